from rest_framework.routers import DefaultRouter

from orders.api import markets, orders, tasks

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("services", orders.ServiceItemViewSet, basename="api-service")
router.register("orders", orders.OrderViewSet, basename="api-order")
router.register("tasks", tasks.TaskViewSet, basename="api-task")
router.register("wishes", tasks.WishViewSet, basename="api-wish")
router.register("markets", markets.MarketViewSet, basename="api-market")
router.register("stalls", markets.StallViewSet, basename="api-stall")
router.register("bookings", markets.BookingViewSet, basename="api-booking")

urlpatterns = router.urls

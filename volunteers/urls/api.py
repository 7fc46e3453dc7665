from rest_framework.routers import DefaultRouter

from volunteers.api import orders

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("services", orders.ServiceItemViewSet, basename="api-service")
router.register("orders", orders.OrderViewSet, basename="api-order")

urlpatterns = router.urls

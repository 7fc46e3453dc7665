from rest_framework.routers import DefaultRouter

from volunteers.api import orders, points, shifts

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("shifts", shifts.ShiftViewSet, basename="api-shift")
router.register("signups", shifts.SignupViewSet, basename="api-signup")
router.register("services", orders.ServiceItemViewSet, basename="api-service")
router.register("orders", orders.OrderViewSet, basename="api-order")
router.register("accounts", points.AccountViewSet, basename="api-account")
router.register("gifts", points.GiftViewSet, basename="api-gift")
router.register("redemptions", points.RedemptionViewSet, basename="api-redemption")
router.register("certificates", points.CertificateViewSet, basename="api-certificate")

urlpatterns = router.urls

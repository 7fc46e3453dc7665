"""Hours and points, under /api/v1/."""

from rest_framework.routers import DefaultRouter

from volunteers.api import points

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("accounts", points.AccountViewSet, basename="api-account")
router.register("gifts", points.GiftViewSet, basename="api-gift")
router.register("redemptions", points.RedemptionViewSet, basename="api-redemption")
router.register("certificates", points.CertificateViewSet, basename="api-certificate")

urlpatterns = router.urls

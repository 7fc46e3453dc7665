from rest_framework.routers import DefaultRouter

from points import api

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("accounts", api.AccountViewSet, basename="api-account")
router.register("gifts", api.GiftViewSet, basename="api-gift")
router.register("redemptions", api.RedemptionViewSet, basename="api-redemption")
router.register("transfers", api.TransferViewSet, basename="api-transfer")
router.register("coverage", api.CoverageViewSet, basename="api-coverage")
router.register("certificates", api.CertificateViewSet, basename="api-certificate")

urlpatterns = router.urls

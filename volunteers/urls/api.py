from rest_framework.routers import DefaultRouter

from volunteers.api import grants, helpers, markets, orders, points, shifts

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
router.register("calls", grants.CallViewSet, basename="api-call")
router.register("pitches", grants.PitchViewSet, basename="api-pitch")
router.register("markets", markets.MarketViewSet, basename="api-market")
router.register("stalls", markets.StallViewSet, basename="api-stall")
router.register("bookings", markets.BookingViewSet, basename="api-booking")
router.register("transfers", points.TransferViewSet, basename="api-transfer")
router.register("volunteers", helpers.VolunteerViewSet, basename="api-volunteer")
router.register("tasks", helpers.TaskViewSet, basename="api-task")
router.register("wishes", helpers.WishViewSet, basename="api-wish")
router.register("coverage", points.CoverageViewSet, basename="api-coverage")
router.register("certificates", points.CertificateViewSet, basename="api-certificate")

urlpatterns = router.urls

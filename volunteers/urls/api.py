from rest_framework.routers import DefaultRouter

from volunteers.api import shifts, volunteers

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("volunteers", volunteers.VolunteerViewSet, basename="api-volunteer")
router.register("shifts", shifts.ShiftViewSet, basename="api-shift")
router.register("signups", shifts.SignupViewSet, basename="api-signup")

urlpatterns = router.urls

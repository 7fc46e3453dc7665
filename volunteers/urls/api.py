from rest_framework.routers import DefaultRouter

from volunteers import api

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("shifts", api.ShiftViewSet, basename="api-shift")
router.register("signups", api.SignupViewSet, basename="api-signup")

urlpatterns = router.urls

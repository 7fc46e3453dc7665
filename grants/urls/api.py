from rest_framework.routers import DefaultRouter

from grants import api

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("calls", api.CallViewSet, basename="api-call")
router.register("pitches", api.PitchViewSet, basename="api-pitch")

urlpatterns = router.urls

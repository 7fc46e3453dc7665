from rest_framework.routers import DefaultRouter

from courses import api

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("classes", api.ClassViewSet, basename="api-class")
router.register("enrolments", api.EnrolmentViewSet, basename="api-enrolment")
router.register("notices", api.NoticeViewSet, basename="api-notice")

urlpatterns = router.urls

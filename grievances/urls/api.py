from rest_framework.routers import DefaultRouter

from grievances import api

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
router.register("categories", api.CategoryViewSet, basename="api-category")
router.register("wall", api.WallViewSet, basename="api-wall")
router.register("tickets", api.TicketViewSet, basename="api-ticket")

urlpatterns = router.urls

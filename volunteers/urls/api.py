from volunteers.urls import points_api

urlpatterns = [*points_api.urlpatterns]

from volunteers.urls import points, points_staff

app_name = "volunteers"
urlpatterns = [*points.urlpatterns, *points_staff.urlpatterns]

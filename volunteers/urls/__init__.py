from volunteers.urls import grants, orders

app_name = "volunteers"
urlpatterns = [*orders.urlpatterns, *grants.urlpatterns]

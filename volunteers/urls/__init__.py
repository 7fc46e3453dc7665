from volunteers.urls import orders

app_name = "volunteers"
urlpatterns = [*orders.urlpatterns]

"""The portal's addresses, and those of the bare views."""

from django.urls import include, path

from bench import views

urlpatterns = [
    path("bench/constant/", views.constant),
    path("bench/page/", views.page),
    path("bench/claim/<int:class_id>/", views.claim),
    path("bench/tell/", views.tell),
    path("", include("config.urls")),
]

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.urls import urlpatterns as house


def field(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("up")


kites = ([path("kites/", field, name="field")], "kites")
urlpatterns = [path("", include(kites)), *house]

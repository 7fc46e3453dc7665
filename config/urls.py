"""Every address of the portal."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView

from common.office import office
from common.pages import elder_mode
from courses.views.public import center_page
from people.views import Sessions, new_password
from portal.views.desk import person
from portal.views.gallery import gallery
from portal.views.home import home
from portal.views.mine import mine
from portal.views.workbench import workbench


def healthz(_request: HttpRequest) -> HttpResponse:
    """For the proxy and the supervisor: 200 once the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


# Staff sign in where everybody does, so that rate limits and the second factor hold for them too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    # Pages that many rooms lead to have a name without a namespace: no room names an address of one
    # above it (tests/test_house.py).
    path("", home, name="home"),
    path("my/", mine, name="mine"),
    path("staff/", workbench, name="workbench"),
    path("staff/people/<int:person_id>/", person, name="desk_person"),
    path("centers/<int:center_id>/", center_page, name="center"),
    path("healthz", healthz, name="healthz"),
    path("elder/", elder_mode, name="elder_mode"),
    path("_gallery/", gallery, name="gallery"),
    path("admin/", office(admin.site)),
    path("language/", csrf_exempt(set_language), name="set_language"),
    # Forgotten passwords are helped with at the desk: there is no mail to send a link to.
    path(
        "account/password/reset/",
        TemplateView.as_view(template_name="account/password_reset.html"),
        name="account_reset_password",
    ),
    # Of allauth's pages only those that a portal without mail and text messages can keep.
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/signup/", account.signup, name="account_signup"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/password/set/", new_password, name="account_set_password"),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("account/sessions/", Sessions.as_view(), name="usersessions_list"),
    # First what most people ask for: an address is looked for from the top.
    path("", include("courses.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("volunteers.urls.api")),
    path("api/v1/", include("points.urls.api")),
    path("api/v1/", include("orders.urls.api")),
    path("api/v1/", include("grants.urls.api")),
    path("api/v1/", include("courses.urls.api")),
    path("api/v1/", include("grievances.urls.api")),
    path("", include("portal.urls")),
    path("", include("people.urls")),
    path("", include("volunteers.urls")),
    path("", include("points.urls")),
    path("", include("orders.urls")),
    path("", include("grants.urls")),
    path("", include("grievances.urls")),
    path("", include("visits.urls")),
]

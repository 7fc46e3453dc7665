"""What is around every page: the places of the navigation, and the mark of this browser.

The mark (common.pages.Mark) is a cookie that says that somebody is signed in here, or somebody who
works here. Pages kept for everybody vary by it, so that 工作台 and 退出登录 stand on them too. It
holds nothing personal and opens nothing: where a link leads, the door asks the account.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from common.addresses import page_itself
from common.pages import MARK_COOKIE, Mark, is_judged_anew, mark_kept
from people.doors import works_here
from people.models import User
from people.parts import Place, gathered, parts

FIRST = Place("home", _("首页"), "house", ())
LAST = Place("mine", _("我的"), "person", ("/my",))


class NavPlace(TypedDict):
    """A place of the navigation as a page shows it; `current`: the page lies in it."""

    url: str
    label: str
    icon: str
    current: bool


class Around(TypedDict):
    """Of base.html: the navigation, this page's own address, the mark, whether it is one of staff."""

    nav_places: Callable[[], list[NavPlace]]
    here: str
    mark: Mark
    staff_side: bool


def navigation(request: HttpRequest) -> Around:
    """Context of base.html."""
    return {
        "nav_places": lambda: nav_places(request.path),
        "here": page_itself(request),
        "mark": mark_of(request),
        "staff_side": request.path.startswith("/staff/"),
    }


def places() -> list[Place]:
    """The first page, the places that apps name, 我的."""
    return [FIRST, *gathered(lambda part: part.places), LAST]


def nav_places(path: str) -> list[NavPlace]:
    """The places of the navigation, and which of them the path is in."""
    within = [(name, paths) for part in parts() for name, paths in part.within.items()]
    shown: list[NavPlace] = []
    for place in places():
        paths = (*place.paths, *(path for name, more in within if name == place.name for path in more))
        shown.append(
            {
                "url": reverse(place.name),
                "label": place.label,
                "icon": place.icon,
                "current": path.startswith(paths) if paths else path == "/",
            }
        )
    return shown


def mark_of(request: HttpRequest) -> Mark:
    """Who is at this browser: asked of the account where the page knows it, else of the cookie."""
    # A request with a wrong Host is refused before anybody is asked who it is.
    if getattr(request, "session", None) is None or not hasattr(request, "user"):
        return mark_kept(request)
    if not isinstance(request.user, User):
        return Mark.NOBODY
    # The post of staff is looked at on each page of their own. Whoever else may work here, by
    # teaching a class, is asked for at sign-in, on 我的 and on 工作台 only: residents pay nothing.
    if request.user.is_staff or request.user.is_superuser or is_judged_anew(request):
        return Mark.STAFF if works_here(request.user) else Mark.SIGNED_IN
    return Mark.STAFF if mark_kept(request) == Mark.STAFF else Mark.SIGNED_IN


class Marked:
    """Middleware: keeps the mark of this browser right, and pages that know the account out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)  # it may hold what is hers; the back button would show it
        if request.session.accessed and (mark := mark_of(request)) != request.COOKIES.get(MARK_COOKIE, ""):
            if mark == Mark.NOBODY:
                response.delete_cookie(MARK_COOKIE, samesite="Lax")
            else:
                response.set_cookie(
                    MARK_COOKIE,
                    mark,
                    max_age=settings.SESSION_COOKIE_AGE,
                    samesite="Lax",
                    httponly=True,
                    secure=settings.SESSION_COOKIE_SECURE,
                )
        return response

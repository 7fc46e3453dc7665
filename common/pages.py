"""What every page has around it, and the cache for pages that are the same for everybody."""

import hashlib
from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from common.errors import DomainError, page_before
from common.forms import PlainForm

View = Callable[..., HttpResponse]

ELDER_COOKIE = "elder"
YEAR = 365 * 24 * 3600
# How old a public page may be. Seats on the list are a hint; the class page itself asks the table.
PUBLIC_SECONDS = 5

# What belongs to volunteering, whatever its address begins with.
_VOLUNTEERING = ("/volunteer", "/services", "/wishes", "/grants", "/markets", "/gifts", "/points", "/honour")
# The places of the navigation, in order: (url name, words, icon, path prefixes).
PLACES: tuple[tuple[str, Any, str, tuple[str, ...]], ...] = (
    ("home", _("首页"), "house", ()),
    ("courses:list", _("课程"), "calendar-week", ("/classes",)),
    ("volunteers:home", _("志愿"), "heart", _VOLUNTEERING),
    ("courses:mine", _("我的"), "person", ("/my",)),
)


def is_elder(request: HttpRequest) -> bool:
    """Whether this browser asked for the elder mode."""
    return request.COOKIES.get(ELDER_COOKIE) == "1"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: the navigation, the mode, the office that runs the portal.

    Nothing here depends on who is signed in, so that public pages and the frame can be cached.
    """
    return {
        "nav_places": lambda: nav_places(request.path),
        "elder_mode": is_elder(request),
        "portal": settings.PORTAL,
    }


def nav_places(path: str) -> list[dict[str, Any]]:
    """The places of the navigation, and which of them the path is in."""
    return [
        {
            "url": reverse(name),
            "label": label,
            "icon": icon,
            "current": path.startswith(prefixes) if prefixes else path == "/",
        }
        for name, label, icon, prefixes in PLACES
    ]


def post_only(view: View) -> View:
    """For a view that only acts: GET changes nothing and gets a page that says so (405)."""

    @wraps(view)
    def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        response = render(request, "405.html", status=405)
        response["Allow"] = "POST"
        return response

    return posted


def number(text: str | None) -> int | None:
    """A row's number as a query or a form carries it; None for anything else."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 19 else None


def own_post(view: View) -> View:
    """As post_only; who was signed out meanwhile signs in and is back at the page with the button."""

    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(page_before(request))

    return post_only(signed_in)


def ask(
    request: HttpRequest, form: PlainForm, act: Callable[[], str | HttpResponse], *, back: str, **words: Any
) -> HttpResponse:
    """A page with one form. POST runs `act`, says what it returns (or shows it) and goes `back`.

    A refusal shows the page again with the sentence and with what was typed. The key of a KeyedForm
    goes to the verb, which acts once however often it is sent. `words`: title, intro, button,
    back_label.
    """
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = act()
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            if isinstance(answer, HttpResponse):
                return answer
            messages.success(request, answer)
            return redirect(back)
    return render(request, "ask.html", {"form": form, "back": back, **words}, status=status)


@csrf_exempt  # it sets a preference of this browser and nothing else; public pages carry no token
@post_only
def elder_mode(request: HttpRequest) -> HttpResponse:
    """Switches the elder mode on or off for this browser, then goes back."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    # The button says which mode it wants: pressing it twice does not flip the page back.
    on = "1" if request.POST.get("mode") == "elder" else "0"
    response.set_cookie(ELDER_COOKIE, on, max_age=YEAR, samesite="Lax", httponly=True)
    return response


def public_page(view: View) -> View:
    """Caches a page for everybody, PUBLIC_SECONDS long, per process, language and mode.

    The view is given a request without user, session, cookies or messages: what it renders cannot
    hold anything personal, whoever asked first.
    """

    @wraps(view)
    def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "GET":
            return view(_impersonal(request), *args, **kwargs)
        asked = f"{get_language()}:{is_elder(request)}:{request.get_full_path()}"
        key = hashlib.sha256(asked.encode()).hexdigest()
        found: tuple[bytes, int] | None = caches["pages"].get(key)
        if found is None:
            response = view(_impersonal(request), *args, **kwargs)
            found = (response.content, response.status_code)
            caches["pages"].set(key, found, PUBLIC_SECONDS)
        return HttpResponse(found[0], status=found[1])

    return cached


def _impersonal(request: HttpRequest) -> HttpRequest:
    bare = copy(request)
    bare.COOKIES = {ELDER_COOKIE: request.COOKIES.get(ELDER_COOKIE, "")}
    bare.user = AnonymousUser()
    bare.session = None  # type: ignore[assignment] # touching it is a mistake that must show
    bare._messages = ()  # type: ignore[attr-defined]
    return bare

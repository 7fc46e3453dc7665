"""What every page has around it, and the cache for pages that are the same for everybody."""

import hashlib
from collections.abc import Callable
from copy import copy
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.cache import caches
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from common.addresses import asked_next, page_before
from common.answers import for_everybody
from common.errors import DomainError
from common.forms import PlainForm, show_refusal

View = Callable[..., HttpResponse]
M = TypeVar("M", bound=Model)

ELDER_COOKIE = "elder"
YEAR = 365 * 24 * 3600
# How old a public page may be. Seats on the list are a hint; the class page itself asks the table.
PUBLIC_SECONDS = 5

# Who is at this browser, as far as pages kept for everybody may know: portal/views/frame.py keeps it.
MARK_COOKIE = "mark"


class Mark(StrEnum):
    """Nothing personal, and no right to anything: a browser may write into it what it likes."""

    NOBODY = ""
    SIGNED_IN = "in"
    STAFF = "staff"


_MARKS = {mark.value: mark for mark in Mark}
_JUDGED = "linli.judge_mark"  # no header comes under such a name


def mark_kept(request: HttpRequest) -> Mark:
    """What the cookie says; whatever else stands there is nobody."""
    return _MARKS.get(request.COOKIES.get(MARK_COOKIE, ""), Mark.NOBODY)


def judge_anew(request: HttpRequest) -> None:
    """Somebody has just signed in, or asks for her own things: the mark is asked of her account."""
    request.META[_JUDGED] = True


def is_judged_anew(request: HttpRequest) -> bool:
    """Whether somebody asked for that."""
    return _JUDGED in request.META


def is_elder(request: HttpRequest) -> bool:
    """Whether this browser asked for the elder mode."""
    return request.COOKIES.get(ELDER_COOKIE) == "1"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: the mode, the office that runs the portal. The rest: portal/views/frame.py.

    Nothing here depends on who is signed in, so that public pages and the frame can be cached.
    """
    return {
        "elder_mode": is_elder(request),
        "portal": settings.PORTAL,
    }


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


def typed_words(text: str | None, most: int = 60) -> str:
    """What was typed into a box of search: no longer than `most`, without what no name can hold."""
    return (text or "").replace("\0", "").strip()[:most]


def number(text: str | None) -> int | None:
    """A row's number as a query or a form carries it; None for anything else."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 19 else None


def long_page(rows: QuerySet[M], per_page: int, number: str | None, *, count: int) -> "Page[M]":
    """One page of a list that may be long and whose length is known.

    Which rows stand on it is asked of their keys alone: all that come before it are passed over, and
    whole rows would be sorted for that.
    """
    listed = Paginator(range(count), per_page).get_page(number)
    first = (listed.number - 1) * per_page
    keys = list(rows.values_list("pk", flat=True)[first : first + per_page])
    return Page(rows.filter(pk__in=keys), listed.number, listed.paginator)  # type: ignore[arg-type]


def own_post(view: View) -> View:
    """As post_only; who was signed out meanwhile signs in and is back at the page with the button."""

    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(page_before(request))

    return post_only(signed_in)


class Shown(Protocol):
    """Shows the page on which a form stands, with this status."""

    def __call__(self, *, status: int) -> HttpResponse: ...


def ask(
    request: HttpRequest,
    form: PlainForm,
    act: Callable[[], str | HttpResponse],
    *,
    back: str,
    show: Shown | None = None,
    **words: Any,
) -> HttpResponse:
    """How every page runs a verb: a form a verb, an address a verb, one `act`.

    `act` calls the verb with what the form read, and returns the sentence to show `back` where one
    came from, or a page. The form is shown, at first and after a refusal, with what was typed and
    with the sentence at its field (422, or the status of the refusal):

    - on a page of its own, of which `words` are title, intro, button and back_label;
    - or on the page of a row, which `show` renders with this form among its others;
    - or nowhere, with neither: a button on a row has nothing to fill in, posts
      `PlainForm(request.POST)` and runs at once. A refusal is a message `back` on the row; NOT_ALLOWED
      is a page (403).

    A view that is only posted to says so with a door (`own_post`, `staff_post`): GET is 405. The key
    of a KeyedForm goes to the verb, which acts once however often it is sent.
    """
    status, is_button = 422 if form.is_bound else 200, show is None and not words
    if form.is_bound and form.is_valid():
        try:
            answer = act()
        except DomainError as refusal:
            if is_button and refusal.status == HTTPStatus.FORBIDDEN:
                raise
            show_refusal(form, refusal)
            status = refusal.status
        else:
            if isinstance(answer, HttpResponse):
                return answer
            messages.success(request, answer)
            return redirect(back)
    if is_button:
        return _sent_back(request, form, back)
    if show is not None:
        return show(status=status)
    return render(request, "ask.html", {"form": form, "back": back, **words}, status=status)


def _sent_back(request: HttpRequest, form: PlainForm, back: str) -> HttpResponse:
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
    return redirect(back)


@csrf_exempt  # it sets a preference of this browser and nothing else; public pages carry no token
@post_only
def elder_mode(request: HttpRequest) -> HttpResponse:
    """Switches the elder mode on or off for this browser, then goes back."""
    response = HttpResponseRedirect(asked_next(request) or "/")
    # The button says which mode it wants: pressing it twice does not flip the page back.
    on = "1" if request.POST.get("mode") == "elder" else "0"
    response.set_cookie(ELDER_COOKIE, on, max_age=YEAR, samesite="Lax", httponly=True)
    return response


def public_page(view: View) -> View:
    """Caches a page for everybody, PUBLIC_SECONDS long, per process, language, mode and mark.

    The view is given a request without user, session, cookies or messages: what it renders cannot
    hold anything personal, whoever asked first.
    """

    @wraps(view)
    def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return view(_impersonal(request), *args, **kwargs)
        asked = f"{get_language()}:{is_elder(request)}:{mark_kept(request)}:{request.get_full_path()}"
        key = hashlib.sha256(asked.encode()).hexdigest()
        found: tuple[bytes, int] | None = caches["pages"].get(key)
        if found is None:
            response = view(_impersonal(request), *args, **kwargs)
            found = (response.content, response.status_code)
            caches["pages"].set(key, found, PUBLIC_SECONDS)
        kept = HttpResponse(found[0], status=found[1])
        # Whoever keeps it on the way must not hand out one browser's mode, language or mark to another's.
        patch_vary_headers(kept, ["Cookie", "Accept-Language"])
        patch_cache_control(kept, private=True, no_cache=True)
        return for_everybody(kept)

    return cached


def _impersonal(request: HttpRequest) -> HttpRequest:
    bare = copy(request)
    bare.COOKIES = {ELDER_COOKIE: request.COOKIES.get(ELDER_COOKIE, ""), MARK_COOKIE: mark_kept(request)}
    bare.user = AnonymousUser()
    for personal in ("session", "_messages"):  # touching it is a mistake that must show
        vars(bare).pop(personal, None)
    return bare

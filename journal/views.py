"""Whatever staff are refused, every file they take away, and whom they look up by a number, is noted behind
the answer."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.errors import noticed
from common.searches import looks_noticed
from journal.actions import note
from journal.rules import Happened

MOST_NAMED = 8  # of the rows that one number found
DIGITS = 10  # of a row's number; a telephone number has more, and stands in no log


class Noticed:
    """Middleware. It stands outside the views' transactions: a refusal takes back what was written inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with noticed() as codes, looks_noticed() as looks:
            response = self.get_response(request)
        for rows in looks:
            self._note(request, Happened.SEARCHED, "" if rows else "NOBODY", rows)
        if codes or response.status_code == 403:
            self._note(request, Happened.REFUSED, codes[-1] if codes else "403")
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            self._note(request, Happened.EXPORTED)
        return response

    def _note(self, request: HttpRequest, kind: Happened, code: str = "", rows: Sequence[int] = ()) -> None:
        user = request.user
        if user.is_authenticated and user.is_staff:
            what = " ".join([where(request), *(f"#{pk}" for pk in rows[:MOST_NAMED])])
            note(kind=kind, by=user, now=timezone.now(), what=what, code=code)


def where(request: HttpRequest) -> str:
    """The address by its name and the numbers of the rows in it; nothing that somebody typed."""
    at = request.resolver_match
    if at is None:
        return ""
    told = [f"{name}={value}" for name, value in at.kwargs.items() if str(value).isdecimal()]
    rows = [one for one in told if len(one.partition("=")[2]) < DIGITS]
    return " ".join([f"{request.method} {at.view_name}", *rows])

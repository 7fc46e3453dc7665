"""How much may be sent at once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.addresses import page_before
from common.errors import DomainError

# Six pictures of a good telephone, twice over; deploy/Caddyfile lets as much through.
MOST_SENT = 64 * 1024 * 1024


class TooMuch(DomainError):
    code = "TOO_MUCH_SENT"
    status = 413


class NotTooMuch:
    """Middleware: what is larger is refused before anything of it is read, or lies on the disk.

    Whoever does not say how much it is sends nothing: Django reads no further than what was said.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _said(request) <= MOST_SENT:
            return self.get_response(request)
        refusal = TooMuch(message=_("一次传得太多了，请少选几张图片，分几次传。"))
        context = {"refusal": refusal, "back": page_before(request)}
        return render(request, "refused.html", context, status=refusal.status)


def _said(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() and len(said) < 19 else MOST_SENT + 1

"""What a verb refuses, and how a refusal reaches a browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.addresses import page_before

_noticed: ContextVar[list[str] | None] = ContextVar("noticed", default=None)
# Refusals that say "not you", or "not that colleague", of which one after the other may be a guess at why: an
# auditor asks about these, not about a class that is full.
NOT_YOU = {"NOT_ALLOWED", "SAME_PERSON", "NOT_PROVED", "WRONG_PERSON", "NOT_FOR_HER"}


@contextmanager
def noticed() -> Iterator[list[str]]:
    """Collects the codes of such refusals, however they are shown in the end."""
    codes: list[str] = []
    before = _noticed.set(codes)
    try:
        yield codes
    finally:
        _noticed.reset(before)


class DomainError(Exception):
    """A refusal: `code` for programs, `message` one plain sentence saying what to change.

    `status` is the HTTP status of a page that had nothing better to show than the sentence; the
    API always answers 409 (common/api.py). `about` is the argument of the verb that has to change: a
    form that asks for it shows the sentence there.
    """

    code: str = "REFUSED"
    status: int = 409

    def __init__(self, code: str = "", message: str = "", *, about: str = "") -> None:
        self.code = code or self.code
        self.message = message
        self.about = about
        super().__init__(self.code, message)
        codes = _noticed.get()
        if codes is not None and self.code in NOT_YOU:
            codes.append(self.code)

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DomainError):
    """The person asking may not do this, or must not learn that it exists."""

    code = "NOT_ALLOWED"
    status = 403


class DomainErrorMiddleware:
    """Shows an uncaught refusal as a plain page with its sentence and status, never a traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        context: dict[str, Any] = {"refusal": error, "back": page_before(request)}
        return render(request, "refused.html", context, status=error.status)

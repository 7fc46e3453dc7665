"""What a verb refuses, and how a refusal reaches a browser."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.addresses import page_before


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

"""Addresses inside this portal: where a page leads back to, and what can be no address."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import BadRequest, DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def is_ours(address: str) -> bool:
    """Whether this is a path of the portal: not another site's, and not a word beside the present page."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def asked_next(request: HttpRequest) -> str:
    """The page of ours that `next` names, in the form or in the address, else ""."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    return asked if is_ours(asked) else ""


def page_before(request: HttpRequest) -> str:
    """Path of the page of ours that the browser came from, else "/": never another site's address."""
    before = request.headers.get("Referer", "")
    try:
        host = request.get_host()
    except DisallowedHost:
        return "/"
    if not url_has_allowed_host_and_scheme(before, {host}):
        return "/"
    path = urlsplit(before)._replace(scheme="", netloc="").geturl()
    return path if is_ours(path) else "/"  # "//elsewhere/"


def page_itself(request: HttpRequest) -> str:
    """Path under which this page can be opened again; what answers a form was never at one."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else page_before(request)


def with_query(address: str, **words: object) -> str:
    """The address asking for more, whether it asks for something already or not."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(words)}"


class NoNul:
    """Middleware: a NUL, which PostgreSQL could not even look for, is refused before any page reads it.

    An address with one is no page of ours (404); nobody types one into a query, a form or a cookie (400).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404
        if _has_nul(request.GET) or any("\0" in value for value in request.COOKIES.values()):
            raise BadRequest
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Here, as the middleware of tokens knows what to do where somebody hangs up while posting."""
        if _has_nul(request.POST):
            raise BadRequest


def _has_nul(words: QueryDict) -> bool:
    return any("\0" in text for word, values in words.lists() for text in (word, *values))

"""What every answer says to the browser and to whoever passes it on, decided in one place."""

from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control

BACK_OFFICE = "/admin/"
# Whatever a picture might turn out to be, opened by itself it loads nothing and runs nothing; the browser
# puts it in the middle by a style of its own.
PICTURE_POLICY = {"default-src": [NONE], "img-src": [SELF], "style-src": [UNSAFE_INLINE], "sandbox": True}


class ContentPolicy(CSPMiddleware):
    """The portal's content security policy; the back office's and a picture's differ from it."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 - the package's signature
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if response.headers.get("Content-Type", "").startswith("image/"):
            parts.replace = PICTURE_POLICY
        elif request.path_info.startswith(BACK_OFFICE):
            parts.update = settings.BACK_OFFICE_POLICY
        return parts


def for_everybody(response: HttpResponse) -> HttpResponse:
    """Marks an answer that holds nothing of anybody, so that a browser may keep it for a while."""
    response.for_everybody = True  # type: ignore[attr-defined]
    return response


class KeptByNobody:
    """No browser and nobody on the way keeps an answer, but for those marked as everybody's.

    A machine in the hall is used by many: what one of them saw must not come back by the back button
    of the next.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(response, "for_everybody", False):
            patch_cache_control(response, no_store=True, private=True)
        return response

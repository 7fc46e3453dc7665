"""How the API speaks: refusals as 409, cursors, and retries that change nothing twice."""

import hashlib
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.views import exception_handler as drf_exception_handler

from common.errors import DomainError

REPLAY_SECONDS = 24 * 3600
BIGGEST = 2**63 - 1  # of a primary key


class IdCursorPagination(CursorPagination):
    """Pages by primary key, newest first: constant cost however deep."""

    ordering = "-pk"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Refuses what no page of ours handed out: a cursor stands for the number of a row."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not f"{cursor.position}".isdecimal():
            raise NotFound(self.invalid_cursor_message)
        return cursor


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("这个 Idempotency-Key 已经用于另一个请求，请换一个。")
    default_code = "KEY_REUSED"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DomainError becomes 409 with {"code", "message"}; the rest is DRF's."""
    if isinstance(error, DomainError):
        body = {"code": error.code, "message": str(error)}
        return Response(body, status=status.HTTP_409_CONFLICT)
    return drf_exception_handler(error, context)


class IdempotentMixin(APIView):
    """Writes may carry an Idempotency-Key: the same key with the same body gives the first answer.

    The first answer is kept for a day in the cache. Should the cache lose it, the database's own
    constraints still refuse to do the thing twice.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key", "")
        if request.method in {"GET", "HEAD", "OPTIONS"} or not key:
            return super().dispatch(request, *args, **kwargs)
        digest = hashlib.sha256(f"{request.method}{request.path}".encode() + request.body).hexdigest()
        self._replay = (f"idem:{request.user.pk}:{hashlib.sha256(key.encode()).hexdigest()}", digest)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        slot = getattr(self, "_replay", None)
        found = cache.get(slot[0]) if slot else None
        if found and slot and found[0] != slot[1]:
            raise KeyReused
        if found:
            raise _Replay(found[1], found[2])

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        slot = getattr(self, "_replay", None)
        if slot and response.status_code < 500 and response.status_code not in {401, 403, 422, 429}:
            cache.add(slot[0], (slot[1], response.status_code, response.data), REPLAY_SECONDS)
        return response

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, _Replay):
            return Response(error.data, status=error.status)
        return super().handle_exception(error)


class _Replay(Exception):
    def __init__(self, status_code: int, data: Any) -> None:
        self.status, self.data = status_code, data

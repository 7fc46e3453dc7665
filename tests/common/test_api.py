"""How the API speaks: refusals, cursors, and a key that makes a retry harmless."""

import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from common.api import IdempotentMixin, exception_handler
from common.errors import DomainError, NotAllowed
from people.models import User
from tests.addresses import OURS, filled
from tests.cast import Cast

DEEP = ["[" * 5000 + "]" * 5000, '{"a":' * 5000 + "1" + "}" * 5000, '{"a":' + "[" * 500 + "]" * 500 + "}"]


class Full(DomainError):
    code = "FULL"


class Bell(IdempotentMixin, APIView):
    """Rings; every ring is counted. `mood` decides how it answers."""

    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []
    rings: list[Any] = []

    def post(self, request: Request) -> Response:
        mood = request.data.get("mood")
        self.rings.append(mood)
        if mood == "refuse":
            raise Full(message="名额满了。")
        if mood == "crash":
            raise ZeroDivisionError
        if mood == "forbid":
            raise NotFound
        return Response({"rings": len(self.rings)}, status=201)

    def get(self, _request: Request) -> Response:
        self.rings.append("get")
        return Response({"rings": len(self.rings)})


@pytest.fixture(autouse=True)
def _quiet() -> None:
    Bell.rings.clear()


def ring(user: User, key: str = "", mood: str = "ring", method: str = "post") -> Any:
    factory = APIRequestFactory()
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    request = getattr(factory, method)("/bell/", {"mood": mood}, format="json", **headers)
    request.user = user
    force_authenticate(request, user)
    return Bell.as_view()(request).render()


@pytest.mark.sweep
@pytest.mark.parametrize("body", DEEP, ids=["lists", "objects", "within"])
def test_a_body_that_is_nested_too_deep_is_malformed_everywhere(
    client: Client, cast: Cast, body: str
) -> None:
    client.force_login(cast.guilan.user)
    routes = [one.route for one in OURS if one.route.startswith("api/v1/")]
    found = set()
    for route in routes:
        address = filled(route, dict.fromkeys(re.findall(r"<(?:\w+:)?(\w+)>", route), 1))
        for method in (client.post, client.put, client.patch, client.delete):
            found.add(method(address, body, content_type="application/json").status_code)
            cache.clear()  # what throttles is another test's matter
    assert found <= {400, 403, 404, 405, 409}
    assert 400 in found


def test_without_a_key_every_request_counts(cast: Cast) -> None:
    assert [ring(cast.worker).data["rings"] for _ in range(2)] == [1, 2]


def test_the_same_key_with_the_same_body_gives_the_first_answer(cast: Cast) -> None:
    first, again = ring(cast.worker, "k1"), ring(cast.worker, "k1")
    assert (first.status_code, first.data) == (again.status_code, again.data) == (201, {"rings": 1})
    assert Bell.rings == ["ring"]


def test_the_same_key_with_another_body_is_refused(cast: Cast) -> None:
    ring(cast.worker, "k1")
    again = ring(cast.worker, "k1", mood="other")
    assert again.status_code == 422
    assert Bell.rings == ["ring"]


def test_a_key_belongs_to_its_user(cast: Cast) -> None:
    ring(cast.worker, "k1")
    assert ring(cast.other_worker, "k1").data == {"rings": 2}


def test_a_refusal_is_repeated_too(cast: Cast) -> None:
    first, again = ring(cast.worker, "k1", "refuse"), ring(cast.worker, "k1", "refuse")
    assert first.status_code == again.status_code == 409
    assert first.data == again.data == {"code": "FULL", "message": "名额满了。"}
    assert Bell.rings == ["refuse"]


def test_a_crash_may_be_tried_again(cast: Cast) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            ring(cast.worker, "k1", "crash")
    assert Bell.rings == ["crash", "crash"]


def test_reading_is_never_replayed(cast: Cast) -> None:
    ring(cast.worker, "k1", method="get")
    assert ring(cast.worker, "k1", method="get").data == {"rings": 2}


@pytest.mark.parametrize(
    ("error", "code"), [(Full(message="满了"), "FULL"), (NotAllowed(message="不行"), "NOT_ALLOWED")]
)
def test_every_refusal_is_409_with_code_and_message(error: DomainError, code: str) -> None:
    response = exception_handler(error, {})
    assert response is not None
    assert response.status_code == 409
    assert response.data == {"code": code, "message": str(error)}


def test_other_errors_are_left_alone(rf: RequestFactory) -> None:
    assert exception_handler(ZeroDivisionError(), {}) is None
    found = exception_handler(NotFound(), {})
    assert found is not None
    assert found.status_code == 404
    assert json.dumps(found.data)

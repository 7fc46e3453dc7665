"""The API: catalogue, one's own seats, refusals as 409, retries that do nothing twice."""

import json
from datetime import timedelta

import pytest
import schemathesis
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from schemathesis.core import NotSet

from courses.models.enrolment import Enrolment
from tests import lanes
from tests.factories import courses

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def group(cast, now):
    return courses.class_group(cast.center, now, name="书法一班", capacity=1)


def post(client, url, body, **headers):
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def enrol(client, group, person, **headers):
    url = reverse("api-enrolment-list")
    return post(client, url, {"class_id": group.pk, "person_id": person.pk}, **headers)


def test_the_catalogue_is_open_and_impersonal(client, group, cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        answer = client.get(reverse("api-class-list"))
    (one,) = answer.json()["results"]
    assert (one["name"], one["seats_left"]) == ("书法一班", 1)
    assert client.get(reverse("api-class-sessions", args=[group.pk])).json() == []
    assert client.get(reverse("api-class-detail", args=[999])).status_code == 404


def test_a_seat_through_the_api(client, group, cast):
    assert enrol(client, group, cast.guilan).status_code == 403
    client.force_login(cast.guilan.user)
    answer = enrol(client, group, cast.guilan)
    assert (answer.status_code, answer.json()["state"]) == (201, "SEATED")
    assert Enrolment.objects.get().channel == "API"
    refused = enrol(client, group, cast.guilan)
    assert (refused.status_code, refused.json()["code"]) == (409, "ALREADY_ENROLLED")
    assert "王桂兰" in refused.json()["message"]
    pk = answer.json()["id"]
    assert client.get(reverse("api-enrolment-list")).json()["results"][0]["id"] == pk
    gone = post(client, reverse("api-enrolment-withdraw", args=[pk]), {})
    assert gone.json()["state"] == "WITHDRAWN"


def test_the_same_key_twice_is_one_seat(client, group, cast):
    client.force_login(cast.guilan.user)
    first = enrol(client, group, cast.guilan, idempotency_key="a1")
    again = enrol(client, group, cast.guilan, idempotency_key="a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = enrol(client, group, cast.zixuan, idempotency_key="a1")
    assert other.status_code == 422
    assert Enrolment.objects.count() == 1


def test_nobody_sees_or_moves_what_is_not_theirs(client, group, cast, now):
    seat = courses.seat(group, cast.guilan, now)
    client.force_login(cast.stranger.user)
    assert client.get(reverse("api-enrolment-list")).json()["results"] == []
    for name in ("withdraw", "accept", "decline"):
        assert post(client, reverse(f"api-enrolment-{name}", args=[seat.pk]), {}).status_code == 404
    assert enrol(client, group, cast.guilan).json()["code"] == "NOT_ALLOWED"


def test_offers_are_answered(client, group, cast, now):
    seat = courses.seat(group, cast.guilan, now, state="OFFERED", offer_until=now + timedelta(hours=1))
    client.force_login(cast.guilan.user)
    assert post(client, reverse("api-enrolment-accept", args=[seat.pk]), {}).json()["state"] == "SEATED"


def test_bad_input_is_400_in_words(client, group, cast):
    client.force_login(cast.guilan.user)
    url = reverse("api-enrolment-list")
    for body in ({}, {"class_id": "x", "person_id": 1}, {"class_id": 10**30, "person_id": 1}, [1], None):
        assert post(client, url, body).status_code == 400
    assert client.post(url, "{", content_type="application/json").status_code == 400


@pytest.mark.sweep
def test_no_input_makes_a_server_error(client, cast, now, request):
    """schemathesis reads the schema and makes up what no client would send."""
    many = lanes.inputs_made_up(request.config)
    courses.class_group(cast.center, now, name="书法一班")
    client.force_login(cast.guilan.user)
    schema = schemathesis.openapi.from_dict(client.get("/api/v1/schema/?format=json").json())
    seen = set()
    for operation in (found.ok() for found in schema.get_all_operations()):

        @settings(max_examples=many, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def try_it(case):
            body = "" if isinstance(case.body, NotSet) else json.dumps(case.body, default=str)
            with transaction.atomic():
                answer = client.generic(
                    case.method,
                    case.formatted_path,
                    body,
                    content_type="application/json",
                    query_params=case.query or {},
                )
                transaction.set_rollback(True)
            assert answer.status_code < 500, (case.method, case.formatted_path, body)
            seen.add(case.path)

        try_it()
    assert len(seen) >= 8

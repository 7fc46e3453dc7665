"""The API of grants: read by everybody, written by who may, a retry changes nothing."""

import json

import pytest
from django.urls import reverse

from grants.actions.pitches import advance_pitch, close_call, make_pitch, vote, withdraw_pitch
from grants.models import Pitch, PitchVote
from grants.rules import PitchMove
from tests.factories import orders, people, volunteers

pytestmark = pytest.mark.usefixtures("clock")


def get(client, name, *args):
    return client.get(reverse(f"api-{name}", args=args))


def post(client, name, *args, body=None, **headers):
    url = reverse(f"api-{name}", args=args)
    return client.post(url, json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def pitch(cast, now):
    return orders.pitch(cast, now)


def test_calls_and_pitches_are_read_by_everybody(client, pitch):
    (call,) = get(client, "call-list").json()["results"]
    assert (call["title"], call["division"], call["state"]) == ("冬季创投", "花园路街道", "OPEN")
    assert get(client, "call-detail", pitch.call_id).json() == call
    for answer in (get(client, "pitch-list"), get(client, "call-pitches", pitch.call_id)):
        (one,) = answer.json()["results"]
        assert (one["title"], one["pitcher"], one["state"]) == ("暖冬陪伴", "阳光社工站", "PITCHED")


def test_what_was_taken_back_is_gone(client, cast, now, pitch):
    withdraw_pitch(pitch_id=pitch.pk, by=cast.stranger.user, now=now)
    assert get(client, "pitch-list").json()["results"] == []
    assert get(client, "pitch-detail", pitch.pk).status_code == 404


def test_a_pitch_through_the_api(client, cast, now, pitch):
    body = {"call_id": pitch.call_id, "unit_id": pitch.unit_id, "title": "读报", "text": "每周一次"}
    assert post(client, "pitch-list", body=body).status_code == 403
    client.force_login(cast.guilan.user)
    assert post(client, "pitch-list", body=body).json()["code"] == "NOT_ALLOWED"
    client.force_login(cast.stranger.user)
    first = post(client, "pitch-list", body=body, idempotency_key="a1")
    again = post(client, "pitch-list", body=body, idempotency_key="a1")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert (first.status_code, first.json()["state"]) == (201, "PITCHED")
    assert Pitch.objects.filter(title="读报").count() == 1
    refused = post(client, "pitch-list", body=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "ALREADY_PITCHED")
    assert post(client, "pitch-list", body={**body, "title": ""}).status_code == 400
    close_call(call_id=pitch.call_id, by=cast.officer, now=now)
    assert post(client, "pitch-list", body={**body, "title": "晚了"}).json()["code"] == "NOT_OPEN"


def test_a_team_pitches_through_the_api(client, cast, pitch):
    team = orders.team(cast.city["community"], volunteers.volunteer(cast.guilan))
    client.force_login(cast.guilan.user)
    body = {"call_id": pitch.call_id, "team_id": team.pk, "title": "读报", "text": "每周一次"}
    assert post(client, "pitch-list", body=body).json()["pitcher"] == str(team)


def test_a_resident_s_word_through_the_api(client, cast, now, pitch):
    body = {"person_id": cast.guilan.pk, "needed": True}
    assert post(client, "pitch-vote", pitch.pk, body=body).status_code == 403
    client.force_login(cast.guilan.user)
    for key in ("a1", "a1", "a2"):
        answer = post(client, "pitch-vote", pitch.pk, body=body, idempotency_key=key)
        assert (answer.status_code, answer.json()["needed"]) == (200, True)
    assert PitchVote.objects.count() == 1
    other = post(client, "pitch-vote", pitch.pk, body={**body, "needed": False})
    assert (other.status_code, other.json()["code"]) == (409, "ALREADY_VOTED")
    for wrong in ({}, {"person_id": "x", "needed": True}, {**body, "needed": "ja"}):
        assert post(client, "pitch-vote", pitch.pk, body=wrong).status_code == 400


def test_totals_are_told_once_nobody_is_asked_any_more(client, cast, now, pitch):
    for number in range(8):
        one = people.resident("居民", cast.city["community"])
        vote(pitch_id=pitch.pk, person_id=one.pk, needed=number < 6, by=one.user, now=now)
    assert get(client, "pitch-detail", pitch.pk).json()["survey"] is None
    advance_pitch(pitch_id=pitch.pk, move=PitchMove.SURVEY, by=cast.officer, now=now)
    assert get(client, "pitch-detail", pitch.pk).json()["survey"] == {"needed": 6, "not_needed": None}


def test_lists_of_grants_cost_the_same_however_long(client, cast, now, pitch, django_assert_max_num_queries):
    for number in range(12):
        told = {"call_id": pitch.call_id, "unit_id": pitch.unit_id, "title": f"项目{number}", "text": "做事"}
        make_pitch(**told, by=cast.stranger.user, now=now)
    for name, args in (("pitch-list", ()), ("call-pitches", (pitch.call_id,)), ("call-list", ())):
        with django_assert_max_num_queries(3):
            assert get(client, name, *args).status_code == 200

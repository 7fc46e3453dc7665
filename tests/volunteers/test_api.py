"""The interface of volunteering: shifts, one's own sign-ups, checking in."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.factories import volunteers
from tests.factories.courses import at
from tests.queries import assert_constant
from volunteers.actions.check_in import shift_token
from volunteers.models.signups import ShiftSignup

pytestmark = pytest.mark.usefixtures("clock")
NINE = at(2026, 11, 28, 9)
API = "/api/v1"


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def shift(home):
    return volunteers.shift(home, NINE, activity=volunteers.activity(home, title="小广场清扫"))


@pytest.fixture
def me(cast):
    return volunteers.volunteer(cast.guilan)


def post(client, path, body=None, **headers):
    return client.post(f"{API}{path}", body or {}, content_type="application/json", headers=headers)


def test_everybody_reads_the_shifts_and_no_drafts(client, home, shift):
    volunteers.shift(home, NINE, activity=volunteers.activity(home, state="DRAFT"))
    rows = client.get(f"{API}/shifts/").json()["results"]
    assert [row["title"] for row in rows] == ["小广场清扫"]
    assert (rows[0]["places"], rows[0]["places_left"], rows[0]["state"]) == (2, 2, "PLANNED")
    assert client.get(f"{API}/shifts/{shift.pk}/").json()["id"] == shift.pk


def test_the_same_key_signs_up_once(guilan, me, shift):
    told = {"shift_id": shift.pk, "volunteer_id": me.pk}
    first = post(guilan, "/signups/", told, **{"Idempotency-Key": "a"})
    again = post(guilan, "/signups/", told, **{"Idempotency-Key": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["state"], first.json()["volunteer"]) == ("SIGNED", "王桂兰")
    other = post(guilan, "/signups/", told, **{"Idempotency-Key": "b"})
    assert (other.status_code, other.json()["code"]) == (409, "ALREADY_SIGNED")


def test_refusals_have_a_code_and_a_sentence(guilan, cast, me, shift):
    stranger = volunteers.volunteer(cast.stranger)
    answer = post(guilan, "/signups/", {"shift_id": shift.pk, "volunteer_id": stranger.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_ALLOWED")
    assert post(guilan, "/signups/", {"shift_id": 0, "volunteer_id": me.pk}).status_code == 400
    assert post(Client(), "/signups/", {}).status_code in {401, 403}


def test_one_gives_a_place_back(guilan, cast, me, shift, now):
    mine = volunteers.signup(shift, me, now)
    theirs = volunteers.signup(shift, volunteers.volunteer(cast.stranger), now)
    assert [row["id"] for row in guilan.get(f"{API}/signups/").json()["results"]] == [mine.pk]
    assert guilan.get(f"{API}/signups/{theirs.pk}/").status_code == 404
    for _ in range(2):
        assert post(guilan, f"/signups/{mine.pk}/withdraw/").json()["state"] == "WITHDRAWN"


def test_a_scan_made_offline_counts_and_a_replay_changes_nothing(guilan, me, shift, clock, now):
    mine = volunteers.signup(shift, me, now)
    clock.now = NINE + timedelta(hours=30)
    scan = {"token": shift_token(shift.pk, NINE), "scanned_at": NINE.isoformat()}
    for _ in range(3):
        answer = post(guilan, f"/signups/{mine.pk}/check-in/", scan)
        assert (answer.status_code, answer.json()["state"]) == (200, "CAME")
    out = NINE + timedelta(minutes=70)
    scan = {"token": shift_token(shift.pk, out), "scanned_at": out.isoformat()}
    assert post(guilan, f"/signups/{mine.pk}/check-out/", scan).json()["checked_out_at"] is not None
    mine.refresh_from_db()
    assert (mine.checked_in_at, mine.checked_out_at) == (NINE, out)


def test_a_wrong_code_is_refused(guilan, me, shift, clock, now):
    mine = volunteers.signup(shift, me, now)
    clock.now = NINE
    answer = post(guilan, f"/signups/{mine.pk}/check-in/", {"token": "1-2"})
    assert (answer.status_code, answer.json()["code"]) == (409, "TOKEN_WRONG")
    assert post(guilan, f"/signups/{mine.pk}/check-in/", {}).status_code == 400
    assert ShiftSignup.objects.get().state == "SIGNED"


@pytest.mark.parametrize("what", ["shifts", "signups"])
def test_lists_cost_the_same_however_long(guilan, me, home, now, what):
    def more(count):
        for _ in range(count):
            made = volunteers.shift(home, NINE + timedelta(hours=3 * volunteers.next_number()))
            volunteers.signup(made, me, now)

    assert_constant(guilan, f"{API}/{what}/", more)

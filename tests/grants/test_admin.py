"""Grants in the back office: looked at within reach, never edited; work is done at the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grants.actions.pitches import appoint_expert, make_pitch, score_pitch, vote
from grants.models import GrantCall, Pitch
from grants.rules import PitchState
from orders.models.market import MarketDay, Stall, StallBooking
from tests.backoffice import add, change, delete, listed
from tests.factories import orders, people
from tests.factories.grants import brought
from tests.html import Page
from tests.queries import assert_constant, count

pytestmark = pytest.mark.usefixtures("clock")
P = PitchState


@pytest.fixture
def pitch(cast, now):
    return orders.pitch(cast, now)


@pytest.fixture
def office(client, cast):
    """The officer of the street: runs grants."""
    client.force_login(cast.officer)
    return client


@pytest.fixture
def desk(client, cast):
    """The social worker of the street: runs markets."""
    client.force_login(cast.worker)
    return client


@pytest.fixture
def expert(cast, now, pitch):
    judge = people.user("评审专家")
    appoint_expert(call_id=pitch.call_id, expert_id=judge.pk, by=cast.officer, now=now)
    return judge


def test_nothing_of_a_grant_is_edited_and_no_vote_is_shown(office, cast, now, pitch):
    vote(pitch_id=pitch.pk, person_id=cast.guilan.pk, needed=False, by=cast.guilan.user, now=now)
    text = office.get(change(pitch)).content.decode()
    assert "不到 5 人" in text
    assert "王桂兰" not in text
    for row in (pitch, pitch.call):
        assert office.post(change(row), {"title": "改名"}).status_code == 403
        assert office.get(delete(row)).status_code == 403
        assert office.get(add(type(row))).status_code == 403


def test_grants_are_for_who_runs_them(client, cast, pitch):
    client.force_login(cast.worker)
    assert client.get(listed(Pitch)).status_code == 403


def test_a_pitch_leads_to_the_desk_and_shows_all_that_happened(office, cast, now, pitch, expert):
    brought(P.RUNNING, pitch, cast.officer, expert, now)
    page = Page(office.get(change(pitch)))
    assert reverse("grants:staff_pitch", args=[pitch.pk]) in page.links
    for words in ("CT-1", "评审专家", "结项报告", "启动"):
        assert words in page.text
    assert "评审专家" in office.get(change(pitch.call)).content.decode()


# --- What it costs ----------------------------------------------------------------------------


@pytest.fixture
def market(cast, now):
    return orders.market(cast, now)


@pytest.mark.sweep
def test_lists_cost_the_same_however_long(client, cast, now, pitch, market):
    client.force_login(cast.admin)
    names = iter(range(10_000))

    def pitches(n):
        for _ in range(n):
            unit = orders.unit(cast.city["street"], cast.stranger.user)
            told = {"call_id": pitch.call_id, "title": f"项目{next(names)}", "text": "每周一次"}
            make_pitch(**told, unit_id=unit.pk, by=cast.stranger.user, now=now)

    def calls(n):
        for _ in range(n):
            GrantCall.objects.create(
                division=cast.city["street"], title="创投", text="做事", opens_at=now,
                closes_at=now + timedelta(days=1), opened_by=cast.officer,
            )  # fmt: skip

    def markets(n):
        for _ in range(n):
            orders.market(cast, now + timedelta(days=next(names) + 1))

    makers = {GrantCall: calls, Pitch: pitches, MarketDay: markets, Stall: markets, StallBooking: markets}
    for model, more in makers.items():
        assert_constant(client, listed(model), more)


def test_a_pitch_costs_the_same_however_much_happened(client, cast, now, pitch, expert):
    client.force_login(cast.admin)
    brought(P.SHORTLISTED, pitch, cast.officer, expert, now)
    score_pitch(pitch_id=pitch.pk, need=9, plan=9, means=9, by=expert, now=now)
    few = count(client, change(pitch))
    for _ in range(10):
        judge = people.user()
        appoint_expert(call_id=pitch.call_id, expert_id=judge.pk, by=cast.officer, now=now)
        score_pitch(pitch_id=pitch.pk, need=9, plan=9, means=9, by=judge, now=now)
    assert count(client, change(pitch)) == few

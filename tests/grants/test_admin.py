"""Grants in the back office: looked at within reach, moved by verbs, never edited."""

from datetime import timedelta

import pytest

from grants.actions.contracts import hand_in_report
from grants.actions.pitches import appoint_expert, make_pitch, score_pitch, vote
from grants.models import GrantCall, Pitch, PitchEvent
from grants.rules import PitchState
from orders.models.market import MarketDay, Stall, StallBooking
from tests.backoffice import add, change, delete, listed, said, verb, verb_of_list
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


PAPER = {"contract_no": "CT-1", "midterm_on": "2027-03-01", "closing_on": "2027-06-15"}
for _number, _share, _due in ((1, 40, "2026-12-15"), (2, 40, "2027-03-15"), (3, 20, "2027-06-30")):
    PAPER |= {f"share_{_number}": _share, f"due_{_number}": _due}


def test_a_call_is_opened_gets_experts_and_is_closed(office, cast):
    told = {"title": "春季创投", "division": cast.city["street"].pk, "text": "给孩子的服务"}
    told |= {"opens_on": "2026-12-01", "closes_on": "2026-11-01"}
    wrong = Page(office.post(verb_of_list(GrantCall, "open"), told))
    assert (wrong.status, "截止时间" in wrong.text) == (409, True)
    assert (
        said(office.post(verb_of_list(GrantCall, "open"), {**told, "closes_on": "2026-12-31"}))
        == "征集发出了。"
    )
    call = GrantCall.objects.get()
    assert "请专家先注册" in Page(office.post(verb(call, "expert"), {"phone": "1"})).text
    judge = people.user("评审专家")
    assert "专家请好了" in said(office.post(verb(call, "expert"), {"phone": judge.phone}))
    assert "评审专家" in office.get(change(call)).content.decode()
    assert said(office.post(verb(call, "close"))) == "征集截止了。"
    call.refresh_from_db()
    assert call.state == "CLOSED"
    assert verb(call, "close") not in office.get(change(call)).content.decode()


def test_a_pitch_from_the_survey_to_the_closing(office, cast, now, clock, pitch, expert):
    for button in ("survey", "shortlist"):
        assert "项目现在是" in said(office.post(verb(pitch, button)))
    assert "还没有专家评分" in said(office.post(verb(pitch, "score")))
    score_pitch(pitch_id=pitch.pk, need=90, plan=80, means=70, by=expert, now=now)
    office.post(verb(pitch, "score"))
    half = Page(office.post(verb(pitch, "contract"), {**PAPER, "share_3": 10}))
    assert (half.status, "合计 100%" in half.text) == (409, True)
    assert "签约登记好了" in said(office.post(verb(pitch, "contract"), PAPER))
    office.post(verb(pitch, "start"))
    assert said(office.post(verb(pitch, "accept"))) == "报告还没有交，不能通过。"
    assert "没有迟" in Page(office.post(verb(pitch, "excuse"), {"reason": "大雪封路"})).text
    assert said(office.post(verb(pitch, "release"))) == "这一期放行了。"
    assert "结项报告通过以后" in said(office.post(verb(pitch, "close")))
    clock.now = now.replace(year=2027, month=3, day=5)
    office.force_login(cast.officer)
    assert "请先裁定" in said(office.post(verb(pitch, "release")))
    assert "裁定记下了" in said(office.post(verb(pitch, "excuse"), {"reason": "大雪封路"}))
    for kind in ("MIDTERM", "CLOSING"):
        hand_in_report(
            pitch_id=pitch.pk, kind=kind, services=12, attendances=140, text="上门", by=cast.stranger.user,
            now=clock.now,
        )  # fmt: skip
        assert said(office.post(verb(pitch, "accept"))) == "报告通过了。"
    for _ in range(2):
        assert said(office.post(verb(pitch, "release"))) == "这一期放行了。"
    assert said(office.post(verb(pitch, "release"))) == "各期都已经放行。"
    assert said(office.post(verb(pitch, "close"))) == "项目结项了。"
    answer = office.get(change(pitch))
    page, source = Page(answer), answer.content.decode()
    assert Pitch.objects.get().state == P.CLOSED
    for words in ("大雪封路", "CT-1", "评审专家", "结项报告", "140"):
        assert words in page.text
    for button in ("survey", "accept", "release", "close", "reject"):
        assert verb(pitch, button) not in source


def test_a_rejection_takes_a_reason(office, pitch):
    office.post(verb(pitch, "survey"))
    assert "请写明为什么没有入选" in Page(office.post(verb(pitch, "reject"), {"reason": "x"})).text
    office.post(verb(pitch, "reject"), {"reason": "和已有项目重复"})
    assert PitchEvent.objects.last().reason == "和已有项目重复"


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
    assert client.post(verb(pitch, "survey")).status_code == 404
    assert Pitch.objects.get().state == P.PITCHED


# --- What it costs ----------------------------------------------------------------------------


@pytest.fixture
def market(cast, now):
    return orders.market(cast, now)


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

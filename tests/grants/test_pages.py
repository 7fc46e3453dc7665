"""Pages of grants."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse

from grants.actions.contracts import accept_report, hand_in_report
from grants.actions.pitches import advance_pitch, appoint_expert, make_pitch, vote
from grants.models import GrantCall, Pitch, PitchEvent
from grants.rules import PitchMove, PitchState
from notices.actions import deliver_due
from orders.rules.orders import OrderState
from tests.factories import orders, people
from tests.factories.grants import brought
from tests.html import Page, complains, opened
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")
P = PitchState


def at(name, *args):
    return reverse(f"grants:{name}", args=args)


@pytest.fixture
def pitch(cast, now):
    return orders.pitch(cast, now)


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


def do(client, row, verb, **fields):
    return client.post(at(verb, row.pk), fields)


def state_of(pitch):
    return Pitch.objects.get(pk=pitch.pk).state


def test_calls_and_pitches_are_public(client, cast, pitch):
    assert "冬季创投" in opened(client, at("calls")).text
    page = opened(client, at("call", pitch.call_id))
    assert "报一个项目" in page.text
    assert "暖冬陪伴" in page.text
    assert "征询结束后公布人数" in opened(client, at("pitch", pitch.pk)).text


def test_nothing_called_for(client, db):
    assert "现在没有征集" in opened(client, at("calls")).text


def test_a_resident_answers_and_only_totals_are_shown(guilan, cast, now, pitch):
    assert do(guilan, pitch, "vote", person=cast.guilan.pk, needed="yes").status_code == 302
    complains(do(guilan, pitch, "vote", person=cast.guilan.pk, needed="no"), "每人一次", 409)
    complains(do(guilan, pitch, "vote", person=cast.zixuan.pk), "请选需要或不需要", 422)
    complains(do(guilan, pitch, "vote", person=cast.stranger.pk, needed="yes"), "请选替谁回答", 422)
    assert [one.needed for one in pitch.votes.all()] == [True]
    for _ in range(4):
        one = people.resident("居民", cast.city["community"])
        vote(pitch_id=pitch.pk, person_id=one.pk, needed=True, by=one.user, now=now)
    assert "人说需要" not in opened(guilan, at("pitch", pitch.pk)).text  # not while it runs
    advance_pitch(pitch_id=pitch.pk, move=PitchMove.SURVEY, by=cast.officer, now=now)
    page = opened(guilan, at("pitch", pitch.pk))
    assert "5 人说需要" in page.text
    assert "人说不需要" not in page.text


def test_who_pitches(client, cast, pitch):
    url = at("make_pitch", pitch.call_id)
    client.force_login(cast.guilan.user)
    assert "由队伍的负责人或单位的联络人来报" in opened(client, url).text
    client.force_login(cast.stranger.user)
    voice = opened(client, url).fields("voice")[0]["value"]
    wrong = Page(client.post(url, {"voice": voice, "title": "暖冬陪伴", "text": "每周一次"}))
    assert (wrong.status, "已经报过" in wrong.text) == (409, True)
    client.post(url, {"voice": voice, "title": "读报", "text": "每周一次"})
    assert Pitch.objects.filter(title="读报").exists()


def test_from_the_call_to_the_closing_by_buttons(officer, cast, now, clock, pitch):
    desk = at("staff_pitch", pitch.pk)
    assert opened(officer, desk).headings("h2")[-1] == "经过"
    for step in ("SURVEY", "SHORTLIST"):
        do(officer, pitch, "staff_advance", move=step)
    assert do(officer, pitch, "staff_advance", move="SCORE").url == desk
    assert "还没有专家评分" in opened(officer, desk).text
    assert do(officer, pitch, "staff_advance", move="CLOSE").url == desk
    assert state_of(pitch) == P.SHORTLISTED
    judge = people.user("评审专家")
    wrong = complains(do(officer, pitch, "staff_expert", phone="1"), "没有找到这个账号", 422)
    assert f"#expert-{pitch.pk}-phone" in wrong.links
    do(officer, pitch, "staff_expert", phone=judge.phone)
    officer.force_login(judge)
    answer = do(officer, pitch, "score", need="一百", plan="70", means="60")
    assert complains(answer, "0 到 100 的整数", 422).fields("plan")[0]["value"] == "70"
    do(officer, pitch, "score", need="90", plan="70", means="60")
    officer.force_login(cast.officer)
    do(officer, pitch, "staff_advance", move="SCORE")
    paper = {"contract_no": "CT-1", "midterm_on": "2027-03-01", "closing_on": "2027-06-15"}
    for number, share, due in ((1, 40, "2026-12-15"), (2, 40, "2027-03-15"), (3, 20, "2027-06-30")):
        paper |= {f"share_{number}": share, f"due_{number}": due}
    url = at("staff_contract", pitch.pk)
    assert "合计 100%" in Page(officer.post(url, {**paper, "share_3": 30})).text
    officer.post(url, paper)
    do(officer, pitch, "staff_advance", move="START")
    tranches, reports = list(pitch.tranches.all()), list(pitch.reports.order_by("due_on"))
    do(officer, tranches[0], "staff_release")
    do(officer, reports[0], "staff_accept")
    assert "报告还没有交，不能通过" in opened(officer, desk).text
    complains(do(officer, reports[0], "staff_excuse", reason="大雪封路"), "没有迟", 409)
    clock.now = now.replace(year=2027, month=3, day=5)
    officer.force_login(cast.officer)  # a session does not last that long
    assert "迟交" in opened(officer, desk).text
    do(officer, tranches[1], "staff_release")
    assert "请先裁定" in opened(officer, desk).text
    for report in reports:
        officer.force_login(cast.stranger.user)
        told = {"services": "12", "attendances": "140", "text": "上门 12 次"}
        wrong = complains(do(officer, report, "report", **{**told, "text": ""}), "做了什么", 422)
        assert wrong.fields("services")[0]["value"] == "12"
        do(officer, report, "report", **told)
        officer.force_login(cast.officer)
        do(officer, report, "staff_excuse", reason="大雪封路")
        do(officer, report, "staff_accept")
    for tranche in tranches[1:]:
        do(officer, tranche, "staff_release")
    do(officer, pitch, "staff_close")
    closed = Pitch.objects.get(pk=pitch.pk)
    assert (closed.state, closed.order.state) == (P.CLOSED, OrderState.CONFIRMED)
    assert "12 场，140 人次" in opened(officer, desk).text


def test_a_pitch_is_taken_back_and_a_call_is_closed(client, cast, pitch):
    client.force_login(cast.stranger.user)
    do(client, pitch, "withdraw")
    assert state_of(pitch) == P.WITHDRAWN
    client.force_login(cast.officer)
    client.post(at("staff_close_call", pitch.call_id))
    assert GrantCall.objects.get().state == "CLOSED"
    told = {"title": "春季创投", "division": cast.city["street"].pk, "text": "给孩子的服务"}
    told |= {"opens_on": "2026-12-01", "closes_on": "2026-11-01"}
    assert "截止时间" in Page(client.post(at("staff_calls"), told)).text
    client.post(at("staff_calls"), {**told, "closes_on": "2026-12-31"})
    assert GrantCall.objects.count() == 2


def test_the_desk_of_grants_costs_the_same_however_full(officer, cast, now, pitch):
    def more(n):
        unit = orders.unit(cast.city["street"], cast.stranger.user)
        for number in range(n):
            make_pitch(
                call_id=pitch.call_id,
                title=f"项目{unit.pk}-{number}",
                text="每周一次",
                unit_id=unit.pk,
                by=cast.stranger.user,
                now=now,
            )

    assert_constant(officer, at("staff_calls"), more)


def test_a_resident_who_has_answered_is_not_asked_again(guilan, cast, now, pitch):
    first = opened(guilan, at("pitch", pitch.pk))
    assert [field["value"] for field in first.fields("person")] == [str(cast.guilan.pk), str(cast.zixuan.pk)]
    do(guilan, pitch, "vote", person=cast.guilan.pk, needed="yes")
    page = opened(guilan, at("pitch", pitch.pk))
    assert [field["value"] for field in page.fields("person")] == [str(cast.zixuan.pk)]
    assert "王桂兰答过了" in page.text


def test_who_lives_elsewhere_is_told_who_is_asked(client, cast, pitch):
    client.force_login(people.resident("外街的", cast.city["other_community"]).user)
    page = opened(client, at("pitch", pitch.pk))
    assert "只问花园路街道的居民" in page.text
    assert page.fields("person") == []


def test_a_rejection_takes_a_reason(officer, pitch):
    do(officer, pitch, "staff_advance", move="SURVEY")
    wrong = complains(do(officer, pitch, "staff_reject", reason="x"), "请写明为什么没有入选", 422)
    assert wrong.fields("reason")[0]["value"] == "x"
    do(officer, pitch, "staff_reject", reason="和已有项目重复")
    assert PitchEvent.objects.last().reason == "和已有项目重复"


def test_the_desk_of_grants_is_for_who_runs_them(client, cast, pitch):
    client.force_login(cast.worker)
    assert client.get(at("staff_pitch", pitch.pk)).status_code == 403
    assert do(client, pitch, "staff_advance", move="SURVEY").status_code == 403
    assert state_of(pitch) == P.PITCHED


def test_the_pitcher_reads_why_it_was_not_chosen_and_nobody_else(client, cast, now, pitch):
    for move in (PitchMove.SURVEY, PitchMove.REJECT):
        advance_pitch(pitch_id=pitch.pk, move=move, reason="和已有项目重复", by=cast.officer, now=now)
    assert "重复" not in opened(client, at("pitch", pitch.pk)).text
    client.force_login(cast.stranger.user)
    assert "没有入选，原因：和已有项目重复" in opened(client, at("pitch", pitch.pk)).text


def test_an_expert_sees_what_she_scored_and_everybody_what_came_of_it(client, cast, now, pitch):
    judge = people.user("评审专家")
    appoint_expert(call_id=pitch.call_id, expert_id=judge.pk, by=cast.officer, now=now)
    brought(P.RUNNING, pitch, cast.officer, judge, now)
    client.force_login(judge)
    assert "您评了：居民需要 80 · 做法可行 70 · 人手和经验 60" in opened(client, at("pitch", pitch.pk)).text
    client.force_login(cast.stranger.user)
    page = opened(client, at("pitch", pitch.pk))
    assert "第 2 期 40%" in page.text
    assert "交了中期报告以后，在这里交" in page.text
    told = {"services": 12, "attendances": 140, "text": "上门 12 次", "by": cast.stranger.user, "now": now}
    hand_in_report(pitch_id=pitch.pk, kind="MIDTERM", **told)
    assert "改报告" in opened(client, at("pitch", pitch.pk)).text
    client.logout()
    assert "140 人次" not in opened(client, at("pitch", pitch.pk)).text
    accept_report(pitch_id=pitch.pk, kind="MIDTERM", by=cast.officer, now=now)
    page = opened(client, at("pitch", pitch.pk))
    assert "12 场，140 人次" in page.text
    assert "第 2 期" not in page.text


def test_the_order_of_a_pitch_has_no_buttons_of_its_own(client, cast, now, pitch):
    judge = people.user("评审专家")
    appoint_expert(call_id=pitch.call_id, expert_id=judge.pk, by=cast.officer, now=now)
    order = brought(P.RUNNING, pitch, cast.officer, judge, now).order
    for user, page in (
        (cast.admin, reverse("orders:staff_order", args=[order.pk])),
        (cast.stranger.user, reverse("orders:taker_orders")),
    ):
        client.force_login(user)
        found = opened(client, page)
        assert order.reference in found.text
        assert "请到创投项目页面办理" in found.text
        assert [link for link in found.links if f"orders/{order.pk}/" in link] == []


def test_a_call_says_when_it_takes_nothing_in(client, cast, now, clock, pitch):
    clock.now = now - timedelta(days=2)
    assert "还没开始" in opened(client, at("calls")).text
    assert "还没开始" in opened(client, at("call", pitch.call_id)).text
    clock.now = now + timedelta(days=30)
    caches["pages"].clear()
    assert "已截止" in opened(client, at("calls")).text
    page = opened(client, at("call", pitch.call_id))
    assert "已截止" in page.text
    assert "报一个项目" not in page.text


def test_the_officer_finds_the_desk_and_not_the_board_that_is_shut_to_her(officer):
    page = opened(officer, "/staff/")
    assert at("staff_calls") in page.links
    assert reverse("orders:staff_orders") not in page.links


def test_letters_and_one_s_own_page_lead_there(client, cast, now, pitch):
    stall, _booking = orders.market(cast, now)
    deliver_due(now=now)
    client.force_login(cast.stranger.user)
    for path in ("/my/", "/my/inbox/"):
        assert at("pitch", pitch.pk) in opened(client, path).links
    client.force_login(cast.guilan.user)
    for path in ("/my/", "/my/inbox/"):
        assert reverse("orders:market", args=[stall.market_id]) in opened(client, path).links

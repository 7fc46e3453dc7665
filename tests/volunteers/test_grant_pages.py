"""Pages of grants and market days."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse

from notices.actions import deliver_due
from tests.factories import orders, people
from tests.factories.grants import brought
from tests.html import Page, opened
from tests.queries import assert_constant
from volunteers import actions
from volunteers.models import GrantCall, Pitch, StallBooking
from volunteers.rules import OrderState, PitchMove, PitchState

pytestmark = pytest.mark.usefixtures("clock")
P = PitchState


def at(name, *args):
    return reverse(f"volunteers:{name}", args=args)


@pytest.fixture
def pitch(cast, now):
    return orders.pitch(cast, now)


@pytest.fixture
def officer(client, cast):
    client.force_login(cast.officer)
    return client


def do(client, pitch, move, where="staff_pitch_do", **fields):
    return client.post(at(where, pitch.pk), {"move": move, **fields})


def state_of(pitch):
    return Pitch.objects.get(pk=pitch.pk).state


# --- Grants -----------------------------------------------------------------------------------


def test_calls_and_pitches_are_public(client, cast, pitch):
    assert "冬季创投" in opened(client, at("grants")).text
    page = opened(client, at("grant", pitch.call_id))
    assert "报一个项目" in page.text
    assert "暖冬陪伴" in page.text
    assert "征询结束后公布人数" in opened(client, at("pitch", pitch.pk)).text


def test_nothing_called_for(client, db):
    assert "现在没有征集" in opened(client, at("grants")).text


def test_a_resident_answers_and_only_totals_are_shown(guilan, cast, now, pitch):
    assert do(guilan, pitch, "vote", "pitch_do", person=cast.guilan.pk, needed="yes").status_code == 302
    twice = Page(do(guilan, pitch, "vote", "pitch_do", person=cast.guilan.pk, needed="no"))
    assert (twice.status, "每人一次" in twice.text) == (422, True)
    for _ in range(4):
        one = people.resident("居民", cast.city["community"])
        actions.vote(pitch_id=pitch.pk, person_id=one.pk, needed=True, by=one.user, now=now)
    assert "人说需要" not in opened(guilan, at("pitch", pitch.pk)).text  # not while it runs
    actions.advance_pitch(pitch_id=pitch.pk, move=PitchMove.SURVEY, by=cast.officer, now=now)
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
        do(officer, pitch, "advance", step=step)
    assert "还没有专家评分" in Page(do(officer, pitch, "advance", step="SCORE")).text
    judge = people.user("评审专家")
    assert "没有找到这个账号" in Page(do(officer, pitch, "expert", phone="1")).text
    do(officer, pitch, "expert", phone=judge.phone)
    officer.force_login(judge)
    wrong = Page(do(officer, pitch, "score", "pitch_do", need="一百", plan="70", means="60"))
    assert (wrong.status, wrong.fields("plan")[0]["value"]) == (422, "70")
    do(officer, pitch, "score", "pitch_do", need="90", plan="70", means="60")
    officer.force_login(cast.officer)
    do(officer, pitch, "advance", step="SCORE")
    paper = {"contract_no": "CT-1", "midterm_on": "2027-03-01", "closing_on": "2027-06-15"}
    for number, share, due in ((1, 40, "2026-12-15"), (2, 40, "2027-03-15"), (3, 20, "2027-06-30")):
        paper |= {f"share_{number}": share, f"due_{number}": due}
    url = at("staff_contract", pitch.pk)
    assert "合计 100%" in Page(officer.post(url, {**paper, "share_3": 30})).text
    officer.post(url, paper)
    do(officer, pitch, "advance", step="START")
    tranches = list(Pitch.objects.get(pk=pitch.pk).tranches.all())
    do(officer, pitch, "release", tranche=tranches[0].pk)
    clock.now = now.replace(year=2027, month=3, day=5)
    officer.force_login(cast.officer)  # a session does not last that long
    assert "迟交" in opened(officer, desk).text
    assert "请先裁定" in Page(do(officer, pitch, "release", tranche=tranches[1].pk)).text
    for kind in ("MIDTERM", "CLOSING"):
        officer.force_login(cast.stranger.user)
        report = {"kind": kind, "services": "12", "attendances": "140", "text": "上门 12 次"}
        assert Page(do(officer, pitch, "report", "pitch_do", **{**report, "text": ""})).status == 422
        do(officer, pitch, "report", "pitch_do", **report)
        officer.force_login(cast.officer)
        do(officer, pitch, "excuse", kind=kind, reason="大雪封路")
        do(officer, pitch, "accept", kind=kind)
    for tranche in tranches[1:]:
        do(officer, pitch, "release", tranche=tranche.pk)
    do(officer, pitch, "close")
    closed = Pitch.objects.get(pk=pitch.pk)
    assert (closed.state, closed.order.state) == (P.CLOSED, OrderState.CONFIRMED)
    assert "12 场，140 人次" in opened(officer, desk).text


def test_a_pitch_is_taken_back_and_a_call_is_closed(client, cast, pitch):
    client.force_login(cast.stranger.user)
    do(client, pitch, "withdraw", "pitch_do")
    assert state_of(pitch) == P.WITHDRAWN
    client.force_login(cast.officer)
    client.post(at("staff_close_call", pitch.call_id))
    assert GrantCall.objects.get().state == "CLOSED"
    told = {"title": "春季创投", "division": cast.city["street"].pk, "text": "给孩子的服务"}
    told |= {"opens_on": "2026-12-01", "closes_on": "2026-11-01"}
    assert "截止时间" in Page(client.post(at("staff_grants"), told)).text
    client.post(at("staff_grants"), {**told, "closes_on": "2026-12-31"})
    assert GrantCall.objects.count() == 2


def test_the_desk_of_grants_costs_the_same_however_full(officer, cast, now, pitch):
    def more(n):
        unit = orders.unit(cast.city["street"], cast.stranger.user)
        for number in range(n):
            actions.make_pitch(
                call_id=pitch.call_id,
                title=f"项目{unit.pk}-{number}",
                text="每周一次",
                unit_id=unit.pk,
                by=cast.stranger.user,
                now=now,
            )

    assert_constant(officer, at("staff_grants"), more)


def test_a_resident_who_has_answered_is_not_asked_again(guilan, cast, now, pitch):
    first = opened(guilan, at("pitch", pitch.pk))
    assert [field["value"] for field in first.fields("person")] == [str(cast.guilan.pk), str(cast.zixuan.pk)]
    do(guilan, pitch, "vote", "pitch_do", person=cast.guilan.pk, needed="yes")
    page = opened(guilan, at("pitch", pitch.pk))
    assert [field["value"] for field in page.fields("person")] == [str(cast.zixuan.pk)]
    assert "王桂兰答过了" in page.text


def test_who_lives_elsewhere_is_told_who_is_asked(client, cast, pitch):
    client.force_login(people.resident("外街的", cast.city["other_community"]).user)
    page = opened(client, at("pitch", pitch.pk))
    assert "只问花园路街道的居民" in page.text
    assert page.fields("person") == []


def test_the_pitcher_reads_why_it_was_not_chosen_and_nobody_else(client, cast, now, pitch):
    for move in (PitchMove.SURVEY, PitchMove.REJECT):
        actions.advance_pitch(pitch_id=pitch.pk, move=move, reason="和已有项目重复", by=cast.officer, now=now)
    assert "重复" not in opened(client, at("pitch", pitch.pk)).text
    client.force_login(cast.stranger.user)
    assert "没有入选，原因：和已有项目重复" in opened(client, at("pitch", pitch.pk)).text


def test_an_expert_sees_what_she_scored_and_everybody_what_came_of_it(client, cast, now, pitch):
    judge = people.user("评审专家")
    actions.appoint_expert(call_id=pitch.call_id, expert_id=judge.pk, by=cast.officer, now=now)
    brought(P.RUNNING, pitch, cast.officer, judge, now)
    client.force_login(judge)
    assert "您评了：居民需要 80 · 做法可行 70 · 人手和经验 60" in opened(client, at("pitch", pitch.pk)).text
    client.force_login(cast.stranger.user)
    page = opened(client, at("pitch", pitch.pk))
    assert "第 2 期 40%" in page.text
    assert "交了中期报告以后，在这里交" in page.text
    told = {"services": 12, "attendances": 140, "text": "上门 12 次", "by": cast.stranger.user, "now": now}
    actions.hand_in_report(pitch_id=pitch.pk, kind="MIDTERM", **told)
    assert "改报告" in opened(client, at("pitch", pitch.pk)).text
    client.logout()
    assert "140 人次" not in opened(client, at("pitch", pitch.pk)).text
    actions.accept_report(pitch_id=pitch.pk, kind="MIDTERM", by=cast.officer, now=now)
    page = opened(client, at("pitch", pitch.pk))
    assert "12 场，140 人次" in page.text
    assert "第 2 期" not in page.text


def test_a_call_says_when_it_takes_nothing_in(client, cast, now, clock, pitch):
    clock.now = now - timedelta(days=2)
    assert "还没开始" in opened(client, at("grants")).text
    assert "还没开始" in opened(client, at("grant", pitch.call_id)).text
    clock.now = now + timedelta(days=30)
    caches["pages"].clear()
    assert "已截止" in opened(client, at("grants")).text
    page = opened(client, at("grant", pitch.call_id))
    assert "已截止" in page.text
    assert "报一个项目" not in page.text


def test_the_officer_finds_the_desk_and_not_the_board_that_is_shut_to_her(officer):
    page = opened(officer, "/staff/")
    assert at("staff_grants") in page.links
    assert at("staff_orders") not in page.links


def test_letters_and_one_s_own_page_lead_there(client, cast, now, pitch):
    stall, _booking = orders.market(cast, now)
    deliver_due(now=now)
    client.force_login(cast.stranger.user)
    for path in ("/my/", "/my/inbox/"):
        assert at("pitch", pitch.pk) in opened(client, path).links
    client.force_login(cast.guilan.user)
    for path in ("/my/", "/my/inbox/"):
        assert at("market", stall.market_id) in opened(client, path).links


# --- Market days ------------------------------------------------------------------------------


def test_a_market_is_announced_and_stalls_are_put_up(client, cast, now):
    client.force_login(cast.worker)
    shop = orders.shop(cast.city["community"])
    told = {"title": "周六市集", "division": cast.city["community"].pk, "place": "小广场"}
    told |= {"day": "2026-11-28", "opens": "09:00", "closes": "08:00"}
    assert "结束时间" in Page(client.post(at("staff_announce"), told)).text
    made = client.post(at("staff_announce"), {**told, "closes": "10:00"})
    stall = {"keeper": f"shop-{shop.pk}", "offers": "理发", "places": "2", "slot_minutes": "20"}
    client.post(made.url, stall)
    assert "请换个说法" in Page(client.post(made.url, stall)).text
    assert "同时 2 位，每位 20 分钟" in opened(client, made.url).text
    assert "周六市集" in opened(client, at("staff_orders")).text
    assert "小广场 · 理发" in opened(client, at("markets")).text


def test_a_time_is_booked_and_given_back(client, cast, now):
    stall, booking = orders.market(cast, now)
    page = opened(client, at("market", stall.market_id))
    assert "还能约 5 位" in page.text
    client.force_login(cast.guilan.user)
    url = at("stall", stall.pk)
    times = [field["value"] for field in opened(client, url).fields("starts_at")]
    assert len(times) == 3
    again = Page(client.post(url, {"person": cast.guilan.pk, "starts_at": times[1]}))
    assert (again.status, "已经约过" in again.text) == (422, True)
    client.post(url, {"person": cast.zixuan.pk, "starts_at": times[0]})
    assert len(opened(client, url).fields("starts_at")) == 2  # the first time is full
    assert "王子轩" in opened(client, at("market", stall.market_id)).text
    client.post(at("cancel_booking", booking.pk))
    assert StallBooking.objects.live().count() == 1


def test_the_desk_books_for_who_has_no_phone_and_gives_back(client, cast, now):
    stall, booking = orders.market(cast, now)
    client.force_login(cast.worker)
    url = at("stall", stall.pk)
    assert "先找到是哪位居民" in opened(client, url).text
    assert "没有找到“查无此人”" in opened(client, f"{url}?q=查无此人").text
    page = opened(client, f"{url}?q=解福生")
    (person,), times = page.fields("person"), page.fields("starts_at")
    answer = client.post(f"{url}?q=解福生", {"person": person["value"], "starts_at": times[0]["value"]})
    assert answer.url == at("staff_market", stall.market_id)
    page = opened(client, answer.url)
    assert "解福生" in page.text
    assert client.post(at("cancel_booking", booking.pk)).url == answer.url
    assert StallBooking.objects.live().get().person == cast.elder


def test_a_resident_finds_nobody_else_at_a_stall(guilan, cast, now):
    stall, _booking = orders.market(cast, now)
    page = opened(guilan, f"{at('stall', stall.pk)}?q=解福生")
    assert "解福生" not in page.text


def test_a_market_that_is_called_off_says_so(client, cast, now):
    stall, _booking = orders.market(cast, now)
    client.force_login(cast.worker)
    client.post(at("staff_cancel_market", stall.market_id))
    page = opened(client, at("market", stall.market_id))
    assert "已取消" in page.text
    assert "不能约了" in page.text


def test_a_stall_that_is_called_off_says_so(client, cast, now):
    stall, _booking = orders.market(cast, now)
    client.force_login(cast.worker)
    desk = at("staff_market", stall.market_id)
    assert client.post(at("staff_cancel_stall", stall.pk)).url == desk
    page = opened(client, desk)
    assert "已取消" in page.text
    assert at("stall", stall.pk) not in page.links
    page = opened(client, at("market", stall.market_id))
    assert "摊主来不了，取消了" in page.text
    assert "理发" not in opened(client, at("markets")).text


def test_no_market_soon(client, cast, now, clock):
    assert "近期没有市集" in opened(client, at("markets")).text
    stall, _booking = orders.market(cast, now)
    clock.now = now + timedelta(days=4)
    assert "近期没有市集" in opened(client, at("markets")).text
    assert "不能约了" in opened(client, at("market", stall.market_id)).text


def test_a_market_costs_the_same_however_many_stalls(client, cast, now):
    first, _booking = orders.market(cast, now)

    def more(n):
        for number in range(n):
            shop = orders.shop(cast.city["community"])
            actions.add_stall(
                market_id=first.market_id,
                keeper=orders.taker_of(shop),
                offers=f"摊位{shop.pk}-{number}",
                places=1,
                slot_minutes=20,
                by=cast.worker,
                now=now,
            )

    assert_constant(client, at("market", first.market_id), more)

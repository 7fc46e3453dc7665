"""Who hears of what about grants and market days: once each, in words, and never of their own doing."""

from datetime import date, timedelta

import pytest

from grants.actions.contracts import accept_report, close_pitch, release_tranche
from grants.actions.letters import remind_reports
from grants.actions.pitches import advance_pitch, appoint_expert, make_pitch
from grants.rules import PitchMove, PitchState, ReportKind
from notices.actions import deliver_due
from notices.models import Delivery, Notice
from orders.actions.market import book_stall, cancel_booking, cancel_market
from orders.actions.market_letters import remind_markets
from tests.factories import orders, people, volunteers
from tests.factories.courses import at
from tests.factories.grants import brought, report

P, V = PitchState, PitchMove


def letters(person, kind):
    return list(Notice.objects.filter(recipient=person, kind=kind, withdrawn_at=None).order_by("pk"))


def last(person, kind="PITCH_STEP"):
    one = letters(person, kind)[-1]
    return f"{one.title}\n{one.body}"


# --- Grants -----------------------------------------------------------------------------------


def test_who_pitched_hears_of_every_step(cast, now, pitch, director, expert):
    her, one = cast.stranger, {"pitch_id": pitch.pk, "by": director, "now": now}
    assert last(her) == "收到了：暖冬陪伴\n“暖冬陪伴”报上了“冬季创投”。接下来问居民需不需要，有进展会告诉您。"
    brought(P.SURVEYED, pitch, director, expert, now)
    assert len(letters(her, "PITCH_STEP")) == 1  # the office's own work is no news
    brought(P.SHORTLISTED, pitch, director, expert, now)
    assert last(her).startswith("入围了：暖冬陪伴")
    brought(P.CONTRACTED, pitch, director, expert, now)
    assert "协议编号 CT-1。中期报告 2027年3月1日前交，结项报告 2027年6月20日前交" in last(her)
    brought(P.RUNNING, pitch, director, expert, now)
    assert last(her).startswith("可以开始了：暖冬陪伴")
    for kind, words in (("MIDTERM", "中期报告通过了"), ("CLOSING", "结项报告通过了")):
        report(pitch, kind, her.user, now)
        for _ in range(2):
            accept_report(pitch_id=pitch.pk, kind=ReportKind(kind), by=director, now=now)
        assert last(her).startswith(words)
    for number, tranche in enumerate(pitch.tranches.all(), 1):
        for _ in range(2):
            release_tranche(tranche_id=tranche.pk, by=director, now=now)
        assert last(her).startswith(f"第 {number} 期放行了：暖冬陪伴")
    for _ in range(2):
        close_pitch(**one)
    assert last(her).startswith("结项了：暖冬陪伴")
    assert len(letters(her, "PITCH_STEP")) == 10


def test_a_rejection_says_why(cast, now, pitch, director, expert):
    brought(P.SURVEYED, pitch, director, expert, now)
    advance_pitch(pitch_id=pitch.pk, move=V.REJECT, reason="和已有项目重复", by=director, now=now)
    assert "没有入选，原因：和已有项目重复。" in last(cast.stranger)


def test_the_leader_hears_for_her_team_and_nobody_for_a_unit_without_a_contact(
    cast, now, call, unit, pitch, director
):
    team = orders.team(cast.city["community"], volunteers.volunteer(cast.guilan))
    told = {"call_id": call.pk, "title": "读报", "text": "每周一次", "now": now}
    hers = make_pitch(**told, team_id=team.pk, by=cast.guilan.user)
    assert last(cast.guilan).startswith("收到了：读报")
    unit.contact = None
    unit.save()
    for one in (pitch, hers):
        advance_pitch(pitch_id=one.pk, move=V.SURVEY, by=director, now=now)
    before = Notice.objects.count()
    advance_pitch(pitch_id=pitch.pk, move=V.SHORTLIST, by=director, now=now)
    assert Notice.objects.count() == before
    team.leader = None
    team.save()
    advance_pitch(pitch_id=hers.pk, move=V.SHORTLIST, by=director, now=now)
    assert Notice.objects.count() == before


def test_an_expert_is_asked_and_hears_what_waits(cast, now, call, pitch, director, expert):
    judge = cast.guilan
    for _ in range(2):
        appoint_expert(call_id=call.pk, expert_id=judge.user.pk, by=director, now=now)
    assert last(judge, "EXPERT_ASKED").startswith("请您当评审专家：冬季创投\n花园路街道请您给")
    appoint_expert(call_id=call.pk, expert_id=cast.stranger.user.pk, by=director, now=now)
    brought(P.SHORTLISTED, pitch, director, expert, now)
    assert last(judge, "EXPERT_ASKED").startswith("请您评分：暖冬陪伴")
    assert len(letters(judge, "EXPERT_ASKED")) == 2
    # An account of staff without a record hears as well.
    assert Notice.objects.filter(kind="EXPERT_ASKED", recipient__user=expert).exists()
    # Her own pitch is not hers to judge.
    assert len(letters(cast.stranger, "EXPERT_ASKED")) == 1


def test_a_report_is_asked_for_a_fortnight_before_and_once(cast, running):
    due = "REPORT_DUE"
    assert remind_reports(now=at(2027, 2, 14, 23, 50)) == 0
    assert remind_reports(now=at(2027, 2, 15, 0, 10)) == 1
    assert remind_reports(now=at(2027, 2, 16, 8)) == 0
    assert last(cast.stranger, due).startswith("中期报告 3月1日前交：暖冬陪伴")
    assert letters(cast.stranger, due)[0].due_at == at(2027, 2, 15, 8)  # not at night
    report(running, "MIDTERM", cast.stranger.user, at(2027, 2, 20))
    assert remind_reports(now=at(2027, 6, 6, 8)) == 1
    assert last(cast.stranger, due).startswith("结项报告 6月20日前交：暖冬陪伴")


def test_what_is_handed_in_or_not_begun_or_late_is_not_asked_for(cast, now, pitch, director, expert, unit):
    brought(P.CONTRACTED, pitch, director, expert, now)
    assert remind_reports(now=at(2027, 2, 20, 9)) == 0
    brought(P.RUNNING, pitch, director, expert, now)
    assert remind_reports(now=at(2027, 3, 2, 9)) == 0
    unit.contact = None
    unit.save()
    assert remind_reports(now=at(2027, 2, 20, 9)) == 0
    unit.contact = cast.stranger.user
    unit.save()
    report(pitch, "MIDTERM", cast.stranger.user, now)
    assert remind_reports(now=at(2027, 2, 20, 9)) == 0
    assert pitch.reports.get(kind="MIDTERM").due_on == date(2027, 3, 1)


# --- Market days ------------------------------------------------------------------------------


@pytest.fixture
def market(cast, now):
    """王桂兰's booking on Saturday 14:00; told three days before."""
    return orders.market(cast, now)


def test_who_booked_has_the_day_the_time_the_place_and_the_stall(cast, now, market):
    stall, booking = market
    assert last(cast.guilan, "STALL_BOOKED") == (
        f"约好了：11月28日 星期六 14:00 理发\n王桂兰约好了周六市集的“理发”（{stall.keeper}），"
        "地点：通信花园社区 小广场。来不了请早点取消，位置给别人。"
    )
    again = {"stall_id": stall.pk, "person_id": cast.guilan.pk, "starts_at": booking.starts_at, "now": now}
    book_stall(**again, by=cast.guilan.user)
    assert len(letters(cast.guilan, "STALL_BOOKED")) == 1


def test_who_cancels_herself_is_not_told(cast, now, market):
    cancel_booking(booking_id=market[1].pk, by=cast.guilan.user, now=now)
    assert letters(cast.guilan, "STALL_CANCELLED") == []


def test_what_the_desk_cancels_is_told(cast, now, market):
    for _ in range(2):
        cancel_booking(booking_id=market[1].pk, by=cast.worker, now=now)
    assert "要换个时间，请重新约" in last(cast.guilan, "STALL_CANCELLED")
    assert len(letters(cast.guilan, "STALL_CANCELLED")) == 1


def test_a_market_that_is_called_off_is_told_and_phoned(cast, now, market):
    stall, booking = market
    elders = book_stall(
        stall_id=stall.pk, person_id=cast.elder.pk, starts_at=booking.starts_at, by=cast.worker, now=now
    )
    before = booking.starts_at - timedelta(hours=20)
    assert remind_markets(now=before) == 2
    for _ in range(2):
        cancel_market(market_id=stall.market_id, by=cast.worker, now=before)
    for person in (cast.guilan, cast.elder):
        assert len(letters(person, "STALL_CANCELLED")) == 1
        assert "周六市集取消了" in last(person, "STALL_CANCELLED")
        assert letters(person, "MARKET_REMINDER") == []  # what was queued for tomorrow is taken back
    deliver_due(now=before)
    assert Delivery.objects.get(channel="CALL_LIST").notice.about_id == elders.pk


def test_the_day_before_once(cast, now, market):
    stall, booking = market
    start = booking.starts_at
    assert remind_markets(now=start - timedelta(hours=24, minutes=1)) == 0
    assert remind_markets(now=start - timedelta(hours=24)) == 1
    assert remind_markets(now=start - timedelta(hours=1)) == 0
    assert last(cast.guilan, "MARKET_REMINDER").startswith("11月28日 14:00 理发\n周六市集，地点：小广场。")
    # Who booked within the day has the time at hand.
    late = people.resident("后来的", cast.city["community"])
    told = {"stall_id": stall.pk, "person_id": late.pk, "starts_at": start}
    book_stall(**told, by=late.user, now=start - timedelta(hours=20))
    assert remind_markets(now=start - timedelta(hours=2)) == 0


def test_nobody_is_reminded_of_what_is_cancelled(cast, now, market):
    _stall, booking = market
    at_noon = booking.starts_at - timedelta(hours=22)
    assert remind_markets(now=at_noon) == 1
    cancel_booking(booking_id=booking.pk, by=cast.guilan.user, now=at_noon)
    assert letters(cast.guilan, "MARKET_REMINDER") == []
    assert remind_markets(now=at_noon + timedelta(hours=1)) == 0

"""Clocks of tickets, to the second, against a reckoning of its own on chinesecalendar."""

from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from centers.models import CalendarDay
from common.days import SHANGHAI
from common.workdays import Workdays
from grievances.actions import handling, passing, verdicts
from grievances.actions.tickets import accept_ticket, assign_ticket
from grievances.models.categories import ClockPolicy
from grievances.models.history import Clock
from grievances.rules.clocks import Limit, due, left
from grievances.rules.tickets import TicketState
from notices.models import Notice
from tests.factories import grievances
from tests.factories.courses import at
from tests.factories.grievances import brought_to, told
from tests.refusals import rule

S = TicketState
DAY = 7 * 3600
YEAR = Workdays(
    frozenset({2025, 2026}),
    {
        day: "假"
        for day in chinese_calendar.get_holidays(date(2025, 1, 1), date(2026, 12, 31))
        if day.weekday() < 5
    },
    {
        day: "班"
        for day in chinese_calendar.get_workdays(date(2025, 1, 1), date(2026, 12, 31))
        if day.weekday() > 4
    },
)


def reckoned(start, seconds):
    """Walks second by second through the hours, a whole stretch at a time, asking chinesecalendar alone."""
    at_, gone = start, 0
    while True:
        day = at_.date()
        for opens, closes in ((9, 12), (14, 18)) if chinese_calendar.is_workday(day) else ():
            first = max(at_, datetime.combine(day, time(opens), SHANGHAI))
            last = datetime.combine(day, time(closes), SHANGHAI)
            stretch = max(0.0, (last - first).total_seconds())
            if gone + stretch >= seconds and stretch:
                return first + timedelta(seconds=seconds - gone)
            gone += stretch
        at_ = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


@given(
    start=st.datetimes(datetime(2025, 1, 1), datetime(2026, 10, 1)).map(
        lambda one: one.replace(tzinfo=SHANGHAI, microsecond=0)
    ),
    seconds=st.integers(1, 15 * DAY),
)
def test_every_end_equals_a_reckoning_of_its_own(start, seconds):
    until, provisional = due(start, Limit(seconds, "OFFICE"), YEAR)
    assert (until, provisional) == (reckoned(start, seconds), False)
    assert left(start, until, "OFFICE", YEAR) == seconds


def test_seven_working_days_over_the_national_holiday():
    until, _ = due(at(2026, 9, 28, 10), Limit(7 * DAY, "OFFICE"), YEAR)
    assert until == reckoned(at(2026, 9, 28, 10), 7 * DAY)
    assert until.date() > date(2026, 10, 8)


@pytest.fixture
def hand(cast):
    return grievances.handler(cast)


def running(ticket):
    return {one.kind: one for one in Clock.objects.running().filter(ticket=ticket)}


def test_no_edit_and_no_other_hand_sets_a_clock_anew(cast, hand, now):
    ticket = told(cast, now)
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)
    first = running(ticket)
    for minutes, who in enumerate((hand, cast.worker, hand), start=1):
        later = now + timedelta(minutes=minutes)
        assign_ticket(ticket_id=ticket.pk, handler_id=who.pk, by=cast.worker, now=later)
    assert {kind: one.due_at for kind, one in running(ticket).items()} == {
        kind: one.due_at for kind, one in first.items()
    }
    for change in ({"due_at": now + timedelta(days=99)}, {"started_at": now - timedelta(1)}, {"seconds": 1}):
        with rule("clock_is_not_set_anew"):
            Clock.objects.filter(pk=first["HANDLING"].pk).update(**change)


def test_her_days_are_not_ours(cast, hand, now):
    """Asked on Wednesday 14:00, answered on Friday 10:00: what was left then is left now."""
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    before = running(ticket)["HANDLING"]
    handling.ask_resident(ticket_id=ticket.pk, reason="哪一盏", by=hand, now=now)
    paused = running(ticket)["HANDLING"]
    assert (paused.paused_at, paused.seconds) == (now, 7 * DAY)
    back = at(2026, 11, 27, 10)
    verdicts.reply_ticket(ticket_id=ticket.pk, reason="东边的", by=cast.guilan.user, now=back)
    after = running(ticket)["HANDLING"]
    assert after.paused_at is None
    assert after.due_at == reckoned(back, 7 * DAY) > before.due_at


def test_a_policy_of_a_later_day_changes_no_earlier_ticket(cast, hand, now):
    first = told(cast, now)
    ClockPolicy.objects.create(clock="FIRST_ANSWER", minutes=60, valid_from=date(2026, 11, 26))
    at_noon = running(first)["FIRST_ANSWER"]
    assert at_noon.seconds == DAY
    later = told(cast, at(2026, 11, 26, 9), title="又一盏灯")
    assert running(later)["FIRST_ANSWER"].due_at == at(2026, 11, 26, 10)


def test_hazards_run_by_the_wall_clock_at_night_too(cast):
    night = at(2026, 11, 28, 23)
    ticket = told(cast, night, about="安全隐患", title="楼道电线冒火花")
    assert running(ticket)["FIRST_ANSWER"].due_at == night + timedelta(hours=2)


@pytest.mark.parametrize("state", [S.REGISTERED, S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS])
def test_what_is_late_is_told_above_once_whether_or_not_somebody_has_it(cast, hand, now, state):
    director = grievances.director(cast)
    ticket = brought_to(state, told(cast, now), cast=cast, by=hand, now=now)
    late = max(one.due_at for one in running(ticket).values())
    for _again in range(3):
        passing.pass_time(now=late)
    ticket.refresh_from_db()
    assert ticket.level >= 1
    assert ticket.state == state
    told_above = Notice.objects.filter(kind="TICKET_LATE")
    assert {one.recipient.user for one in told_above} >= {director}
    assert told_above.count() <= 2
    assert passing.pass_time(now=late + timedelta(days=30)) == 0


@pytest.mark.parametrize(
    ("state", "end"),
    [
        (S.WAITING_RESIDENT, S.CLOSED_NO_REPLY),
        (S.ANSWERED, S.CLOSED_UNVERIFIED),
        (S.REFUSED, S.CLOSED_EXPLAINED),
        (S.PARKED, S.IN_PROGRESS),
    ],
)
def test_silence_closes_it_in_no_rate_and_a_review_takes_it_up(cast, hand, now, state, end):
    head = grievances.director(cast)
    ticket = brought_to(state, told(cast, now), cast=cast, by=hand, now=now, above=head)
    assert passing.pass_time(now=ticket.due_at - timedelta(seconds=1)) == 0
    assert passing.pass_time(now=ticket.due_at) == 1
    ticket.refresh_from_db()
    assert ticket.state == end
    assert ticket.transitions.last().hat == "SYSTEM"


def test_who_reads_no_inbox_is_to_be_rung_in_three_days(cast, hand, now):
    ticket = told(cast, now)
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    assert set(running(ticket)) == {"VERDICT"}
    rung = grievances.at_the_desk(cast, now, cast.elder)
    brought_to(S.ANSWERED, rung, cast=cast, by=hand, now=now)
    assert set(running(rung)) == {"VERDICT", "CALL_BACK"}


def test_a_clock_into_an_unknown_year_is_provisional_and_set_right(cast):
    CalendarDay.objects.filter(day__year=2027).delete()
    eve = at(2026, 12, 29, 15)
    ticket = told(cast, eve)
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=eve)
    clock = running(ticket)["HANDLING"]
    assert clock.provisional  # 1 January and the weekend are left out
    assert clock.due_at == at(2027, 1, 8, 15)
    for day in (1, 4):
        CalendarDay.objects.create(day=date(2027, 1, day), kind="HOLIDAY", name="元旦")
    assert passing.settle_calendar(now=eve) == 1
    moved = running(ticket)["HANDLING"]
    assert (moved.provisional, moved.due_at) == (False, at(2027, 1, 11, 15))
    assert passing.settle_calendar(now=eve) == 0

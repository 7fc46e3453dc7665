"""Clocks of tickets, to the second, against a reckoning of its own on chinesecalendar (reckoning.py)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centers.models import CalendarDay
from common.days import SHANGHAI
from grievances.actions import handling, passing, verdicts
from grievances.actions.merging import merge_ticket, unmerge_ticket
from grievances.actions.tickets import accept_ticket, assign_ticket, propose_refusal, refuse_ticket
from grievances.models.categories import ClockPolicy
from grievances.models.history import Clock
from grievances.rules.clocks import Limit, due, left
from grievances.rules.tickets import TicketState
from notices.models import Notice
from tests.factories import grievances
from tests.factories.courses import at
from tests.factories.grievances import brought_to, told
from tests.grievances.reckoning import DAY, FIRST, LAST, ends, works
from tests.refusals import rule

S = TicketState


@pytest.fixture
def calendar(db):
    return CalendarDay.objects.workdays()


def test_the_calendar_here_and_the_package_call_the_same_days_working_days(calendar):
    """Of all years that an office begins with; the package knows earlier ones as well."""
    assert (min(calendar.years), max(calendar.years)) == (FIRST.year, LAST.year) == (2020, 2026)
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    assert [day for day in days if calendar.is_workday(day) != works(day)] == []


def test_every_end_equals_a_reckoning_of_its_own(calendar):
    @given(
        start=st.datetimes(datetime(2020, 1, 1), datetime(2026, 10, 1)),
        seconds=st.integers(1, 15 * DAY),
    )
    def equals(start, seconds):
        start, limit = start.replace(tzinfo=SHANGHAI), Limit(seconds, "OFFICE")
        until, provisional = due(start, limit, calendar)
        assert (until, provisional) == (ends(start, seconds), False)
        half = ends(start, seconds // 2)
        assert left(limit, start, half, calendar) == seconds - seconds // 2

    equals()


def test_seven_working_days_over_the_national_holiday(calendar):
    until, _ = due(at(2026, 9, 28, 10), Limit(7 * DAY, "OFFICE"), calendar)
    assert until == ends(at(2026, 9, 28, 10), 7 * DAY)
    assert until.date() > date(2026, 10, 8)


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
    assert after.due_at == ends(back, 7 * DAY) > before.due_at


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
    assert passing.settle_calendar(now=eve) == 0  # January is typed in, and nothing of what follows
    assert running(ticket)["HANDLING"].provisional
    CalendarDay.objects.create(day=date(2027, 10, 1), kind="HOLIDAY", name="国庆节")
    assert passing.settle_calendar(now=eve) == 1
    moved = running(ticket)["HANDLING"]
    assert (moved.provisional, moved.due_at) == (False, at(2027, 1, 11, 15))
    assert passing.settle_calendar(now=eve) == 0


def test_a_clock_that_stands_still_before_it_was_set_right_keeps_what_is_left(cast, hand):
    """The calendar has come, beat has not gone over the clocks yet: the end is wrong, what passed is not."""
    CalendarDay.objects.filter(day__year=2027).delete()
    eve, asked, back = at(2026, 12, 29, 15), at(2027, 1, 5, 10), at(2027, 1, 6, 10)
    ticket = brought_to(S.IN_PROGRESS, told(cast, eve), cast=cast, by=hand, now=eve)
    for day in (1, 4):
        CalendarDay.objects.create(day=date(2027, 1, day), kind="HOLIDAY", name="元旦")
    handling.ask_resident(ticket_id=ticket.pk, reason="哪一盏", by=hand, now=asked)
    assert running(ticket)["HANDLING"].seconds == 7 * DAY - (3 + 7 + 7 + 1) * 3600
    verdicts.reply_ticket(ticket_id=ticket.pk, reason="东边的", by=cast.guilan.user, now=back)
    assert running(ticket)["HANDLING"].due_at == at(2027, 1, 12, 15)


def test_who_appeals_begins_the_time_for_handling_anew(cast, hand, now):
    """The desk had it for two weeks before it was refused: nothing would be left of the time."""
    ticket = brought_to(S.ACCEPTED, told(cast, now), cast=cast, by=hand, now=now)
    late, again = at(2026, 12, 14, 10), at(2026, 12, 16, 10)
    propose_refusal(ticket_id=ticket.pk, reason="不归社区管，请找市政", by=cast.worker, now=late)
    refuse_ticket(ticket_id=ticket.pk, by=cast.officer, now=late)
    verdicts.appeal_ticket(ticket_id=ticket.pk, reason="门里的灯归社区", by=cast.guilan.user, now=again)
    assert running(ticket)["HANDLING"].seconds == 7 * DAY
    assert running(ticket)["HANDLING"].due_at == ends(again, 7 * DAY)


def test_a_hazard_merged_and_taken_apart_goes_on_where_it_stood(cast, now):
    """One time in all, on the wall too; found by a simulation of ten thousand."""
    other, ticket = (told(cast, now, about="安全隐患", title="楼道电线冒火花") for _each in range(2))
    for one in (other, ticket):
        accept_ticket(ticket_id=one.pk, by=cast.worker, now=now)
    hand = grievances.handler(cast)
    for hours, ends_after in ((2, 22), (30, 7)):
        ticket.refresh_from_db()
        started = running(ticket)["HANDLING"].started_at
        later = started + timedelta(hours=hours)
        merge_ticket(ticket_id=ticket.pk, into_id=other.pk, by=cast.worker, now=later)
        unmerge_ticket(ticket_id=ticket.pk, by=cast.worker, now=later)
        assign_ticket(ticket_id=ticket.pk, handler_id=hand.pk, by=cast.worker, now=later)
        assert running(ticket)["HANDLING"].due_at == later + timedelta(hours=ends_after)

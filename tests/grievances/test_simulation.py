"""A community over months: whatever people do by chance, nothing told is forgotten and no clock is wrong."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db.models import Q

from common import audit
from common.days import day_of, midnight
from grievances.actions.passing import pass_time
from grievances.models.commitments import Commitment
from grievances.models.history import Clock, Transition
from grievances.models.meetings import Judgement, Meeting
from grievances.models.tickets import Ticket
from grievances.rules.commitments import CommitmentState
from grievances.rules.tickets import OPEN, TICKETS, TicketMove, TicketState
from tests import lanes
from tests.grievances.clock_check import check
from tests.grievances.town import ODDS, Town
from tests.grievances.town_hall import Hall
from tests.moments import guards_as_released
from tests.owner import as_owner, unguarded

LAST_MONTH = date(2026, 2, 1)
LONGEST_END = 150  # days after the last meeting until nothing of it is open
OURS = ("诉求", "计时", "承诺", "会议", "图片")


def faults(now):
    """What the audit of tickets and meetings finds after beat's pass; letters are not sent here."""
    pass_time(now=now)
    with guards_as_released():
        found = {one.name: list(one.find(now)) for one in audit.checks() if one.name.startswith(OURS)}
    return {name: lines for name, lines in found.items() if lines}


def test_what_people_try_here_is_in_the_table():
    for state, odds in ODDS.items():
        for hat, move in odds:
            assert TICKETS.next(state, move, {hat}) or state == TicketState.MERGED, (state, hat, move)


def lived(cast, tickets, months):
    """The town after so many months and the time that all of it takes to come to an end; and when that is."""
    years, month = divmod(LAST_MONTH.year * 12 + LAST_MONTH.month - months, 12)
    town = Town(cast, first=date(years, month + 1, 1), seed=20261129)
    hall = Hall(town, months)
    planned = {}
    for year in range(LAST_MONTH.year, town.first.year, -1):
        planned |= town.the_notice_comes(year)
    stricter = town.first + timedelta(days=100)
    town.a_stricter_policy(stricter)
    days = (hall.days[-1] - town.first).days
    day, told = town.first, 0
    while day <= hall.days[-1]:
        new = round(tickets * ((day - town.first).days + 1) / (days + 1)) - told
        told += new
        due = hall.planned(day)
        if day in planned:
            due.append((town.moment(day, 12, 13), planned[day]))
        town.a_day(day, new, due)
        if day in hall.days:
            assert faults(town.moment(day, 22, 23)) == {}, day
            with as_owner() as cursor:
                cursor.execute("ANALYZE")  # as PostgreSQL does by itself where all this is no one transaction
        day += timedelta(days=1)
    town.finishing = True
    while Ticket.objects.filter(state__in=OPEN).exists() and day < hall.days[-1] + timedelta(LONGEST_END):
        town.a_day(day, 0, hall.planned(day))
        day += timedelta(days=1)
    return town, stricter, day


def figures(town, checked):
    """What was counted, for whoever runs it with -rP."""
    told = {
        "tickets": Counter(Ticket.objects.values_list("state", flat=True)),
        "promises": Counter(Commitment.objects.values_list("state", flat=True)),
        "judged by those present": Counter(Judgement.objects.values_list("verdict", flat=True)),
        "made": town.made,
        "refused": town.refusals,
    }
    lines = [f"{what}: {dict(sums.most_common())}" for what, sums in told.items()]
    return "\n".join([*lines, f"clocks: {checked.clocks}, {checked.paused} stood still", ""])


@pytest.mark.marathon
@pytest.mark.town
def test_everything_told_comes_to_its_end_and_every_clock_is_right(cast, request):
    tickets, meetings = lanes.town_of(request.config)
    town, stricter, day = lived(cast, tickets, meetings)
    checked = check(town, stricter)
    request.node.add_report_section("call", "figures", figures(town, checked))
    assert checked.differ == []
    assert checked.paused > tickets // 20
    assert faults(town.moment(day, 23, 24)) == {}
    assert not Ticket.objects.filter(state__in=OPEN).exists()
    assert set(Meeting.objects.values_list("state", flat=True)) <= {"PUBLISHED", "CANCELLED"}
    assert Meeting.objects.filter(state="PUBLISHED").count() == meetings
    assert not Commitment.objects.filter(state__in=["MADE", "CLAIMED"]).exists()
    # What fell due only after the last meeting waits for the next one: a holiday may put a day off that far.
    last = day_of(Meeting.objects.filter(state="PUBLISHED").latest("starts_at").starts_at)
    was_due = Q(due_on__lt=last) | Q(claimed_at__lt=midnight(last))
    assert not Commitment.objects.filter(was_due, body__isnull=False, judgement=None).exists()
    steps, few = Transition.objects.all(), tickets < 1000
    seen = {
        TicketState: steps.values_list("to", flat=True),
        TicketMove: steps.values_list("event", flat=True),
        CommitmentState: ["MADE", "CLAIMED", *Commitment.objects.values_list("state", flat=True)],
    }
    missed = [one for kind, found in seen.items() for one in {*kind} - {*found}]
    assert len(missed) <= (6 if few else 0), missed
    a_second_too_late = "UPDATE grievances_clock SET due_at = due_at + interval '1 second' WHERE id IN "
    with unguarded() as cursor:
        cursor.execute(a_second_too_late + "(SELECT min(id) FROM grievances_clock GROUP BY kind, unit)")
    kinds = Clock.objects.order_by().values("kind", "unit").distinct().count()
    assert len(check(town, stricter).differ) == kinds >= 9

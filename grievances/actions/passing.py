"""What the time does to tickets: it closes what nobody answers, takes up again what was parked, tells of the rest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from centers.models import CalendarDay
from common.workdays import Workdays
from grievances.actions.clocks import next_due
from grievances.actions.commitments import judge
from grievances.actions.letters import above, tell_staff, tell_tellers
from grievances.actions.steps import go, lock_ticket
from grievances.models.history import Clock
from grievances.models.tickets import Ticket
from grievances.rules.clocks import ENDS, ClockKind, due, end_of
from grievances.rules.commitments import CommitmentMove, promised_day
from grievances.rules.letters import Letter
from grievances.rules.tickets import HIGHEST, Hat, TicketMove


def pass_time(*, now: datetime) -> int:
    """到期: one pass over the clocks that ran out; returns how many tickets it touched.

    Each ticket is its own transaction and is looked at again under its lock; doing it twice, or two
    workers at once, changes nothing more.
    """
    late = Clock.objects.over(now).order_by("ticket_id").values_list("ticket_id", flat=True).distinct()
    return sum(_pass(ticket_id, now) for ticket_id in list(late))


@transaction.atomic
def _pass(ticket_id: int, now: datetime) -> bool:
    ticket = lock_ticket(ticket_id)
    over = list(ticket.clocks.over(now).order_by("due_at"))
    ends = [clock for clock in over if clock.kind in ENDS]
    if ends:
        _end(ticket, ClockKind(ends[0].kind), now)
        return True
    for clock in over:
        _tell_late(ticket, clock, now)
    return bool(over)


def _end(ticket: Ticket, kind: ClockKind, now: datetime) -> None:
    if kind == ClockKind.REVIEW:
        go(ticket, TicketMove.RESUME, {Hat.SYSTEM}, by=None, now=now)
        tell_tellers(ticket, Letter.TICKET_RESUMED, now)
        return
    judge(ticket, CommitmentMove.LAPSE, Hat.SYSTEM, now)
    go(ticket, TicketMove.CLOSE_SILENT, {Hat.SYSTEM}, by=None, now=now)
    tell_tellers(ticket, Letter.TICKET_CLOSED, now)


def _tell_late(ticket: Ticket, clock: Clock, now: datetime) -> None:
    """That it was late is a record; one level higher learns of it, whether or not somebody has it."""
    clock.late_at = now
    clock.save(update_fields=["late_at"])
    ticket.level = min(ticket.level + 1, HIGHEST)
    ticket.save(update_fields=["level"])
    tell_staff(ticket, Letter.TICKET_LATE, above(ticket, now), now)


def settle_calendar(*, now: datetime) -> int:
    """订正暂定期限: clocks that ran into a year that was not loaded, once it is; returns how many moved."""
    rows = Clock.objects.running().filter(provisional=True, paused_at=None)
    return sum(
        _settle(ticket_id, now) for ticket_id in list(rows.values_list("ticket_id", flat=True).distinct())
    )


@transaction.atomic
def _settle(ticket_id: int, now: datetime) -> bool:
    ticket, calendar, moved = lock_ticket(ticket_id), CalendarDay.objects.workdays(), False
    for clock in ticket.clocks.running().filter(provisional=True, paused_at=None):
        until, provisional = _anew(ticket, clock, calendar)
        if not provisional:
            clock.due_at, clock.provisional, moved = until, False, True
            clock.save(update_fields=["due_at", "provisional"])
    if moved:
        ticket.due_at = next_due(ticket)
        ticket.save(update_fields=["due_at"])
    return moved


def _anew(ticket: Ticket, clock: Clock, calendar: Workdays) -> tuple[datetime, bool]:
    """When a provisional clock ends by a calendar that has come; the day of a promise moves with it."""
    if clock.kind != ClockKind.PROMISE:
        return due(clock.runs_from, clock.limit, calendar)
    made = ticket.commitments.live().get()
    made.due_on, made.provisional = promised_day(made.wanted_on, calendar)
    if not made.provisional:
        made.save(update_fields=["due_on", "provisional"])
    return end_of(made.due_on), made.provisional

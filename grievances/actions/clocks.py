"""The clocks of a ticket follow its state; what runs out is closed, taken up again, or told to who stands above."""

from __future__ import annotations

from datetime import datetime

from centers.models import CalendarDay
from common.days import day_of
from common.workdays import Workdays
from grievances.models.categories import ClockPolicy
from grievances.models.history import Clock
from grievances.models.tickets import Ticket
from grievances.rules.clocks import OFFICE_DAY, ONCE, PAUSES, ClockKind, Limit, Unit, due, end_of, left, runs
from grievances.rules.tickets import AGAIN, Kind


def set_clocks(ticket: Ticket, now: datetime) -> None:
    """Stops what does not run in the state of a locked ticket, starts what does, and writes down when
    something happens next. A clock that runs on is left alone: no edit, and no other hand, sets it anew.
    """
    calendar = CalendarDay.objects.workdays()
    wanted = runs(ticket.state) - (frozenset() if ticket.is_to_ring else {ClockKind.CALL_BACK})
    clocks = list(ticket.clocks.all())
    running = {clock.kind: clock for clock in clocks if clock.stopped_at is None}
    for clock in running.values():
        if clock.kind not in wanted:
            clock.stopped_at = now
            clock.save(update_fields=["stopped_at"])
        elif ((ticket.state, clock.kind) in PAUSES) != (clock.paused_at is not None):
            _pause_or_go_on(clock, now, calendar)
    before = {clock.kind for clock in clocks if clock.kind in ONCE}
    started = _begun(ticket, sorted(wanted - set(running) - before), now, calendar)
    Clock.objects.bulk_create(started)
    going = [one for one in (*running.values(), *started) if one.stopped_at is None and one.paused_at is None]
    ticket.due_at = min((one.due_at for one in going), default=None)


def first_clocks(ticket: Ticket, now: datetime) -> list[Clock]:
    """Those of a ticket that is not written down yet, to be written with it: so it has its end from the first."""
    ahead = CalendarDay.objects.filter(day__year__gte=day_of(now).year)
    clocks = _begun(ticket, sorted(runs(ticket.state)), now, ahead.workdays())
    ticket.due_at = min(clock.due_at for clock in clocks)
    return clocks


def hasten(ticket: Ticket, now: datetime) -> None:
    """What turns out to be a hazard runs by its own times from now on; a clock that ends sooner goes on."""
    if ticket.kind != Kind.HAZARD:
        return
    calendar = CalendarDay.objects.workdays()
    running = list(ticket.clocks.running())
    limits = ClockPolicy.objects.limits([clock.kind for clock in running], ticket.kind, day_of(now))
    for clock in running:
        until, _provisional = due(now, limits[clock.kind], calendar)
        if until < clock.due_at:
            clock.stopped_at = now
            clock.save(update_fields=["stopped_at"])
            Clock.objects.bulk_create(_begun(ticket, [ClockKind(clock.kind)], now, calendar))
    ticket.due_at = next_due(ticket)
    ticket.save(update_fields=["due_at"])


def next_due(ticket: Ticket) -> datetime | None:
    """When something happens next: the earliest of its clocks that go."""
    first = ticket.clocks.running().filter(paused_at=None).order_by("due_at").first()
    return first.due_at if first else None


def _pause_or_go_on(clock: Clock, now: datetime, calendar: Workdays) -> None:
    if clock.paused_at is None:
        clock.seconds, clock.paused_at = left(clock.limit, clock.runs_from, now, calendar), now
    else:
        clock.due_at, clock.provisional = due(now, clock.limit, calendar)
        clock.runs_from, clock.paused_at = now, None
    clock.save()


def _begun(ticket: Ticket, kinds: list[ClockKind], now: datetime, calendar: Workdays) -> list[Clock]:
    """Clocks that begin now; whoever asks for them writes them down."""
    begun = list[Clock]()
    limits = ClockPolicy.objects.limits(kinds, ticket.kind, day_of(now)) if kinds else {}
    days = _days(ticket, kinds)
    for kind in kinds:
        if kind in days:  # to the second, whatever the moment it was chosen at
            until, provisional = days[kind]
            limits[kind] = Limit(int((until - now).total_seconds()), Unit.WALL)
        else:
            if kind == ClockKind.HANDLING:
                limits[kind] = _what_is_left(ticket, limits[kind], calendar)
            until, provisional = due(now, limits[kind], calendar)
        clock = Clock(ticket=ticket, kind=kind, unit=limits[kind].unit, seconds=limits[kind].seconds)
        clock.started_at = clock.runs_from = now
        clock.due_at, clock.provisional = until, provisional
        clock.paused_at = now if (ticket.state, kind) in PAUSES else None
        begun.append(clock)
    return begun


def _what_is_left(ticket: Ticket, limit: Limit, calendar: Workdays) -> Limit:
    """For handling there is one time in all, however often it stood still in between, and a working day's
    seven hours at least, for hazards on the wall; the whole of it again only once who told it has said that it is not solved, or asked again."""
    last = ticket.clocks.filter(kind=ClockKind.HANDLING, stopped_at__isnull=False).order_by("-pk").first()
    if last is None or last.stopped_at is None or last.unit != limit.unit:
        return limit
    if ticket.transitions.filter(event__in=AGAIN, at__gte=last.stopped_at).exists():
        return limit
    over = last.seconds if last.paused_at else left(last.limit, last.runs_from, last.stopped_at, calendar)
    return Limit(min(limit.seconds, max(over, OFFICE_DAY * 60)), limit.unit)


def _days(ticket: Ticket, kinds: list[ClockKind]) -> dict[ClockKind, tuple[datetime, bool]]:
    """Clocks that run to the end of a day that somebody chose, and whether that day is provisional."""
    found: dict[ClockKind, tuple[datetime, bool]] = {}
    if ClockKind.REVIEW in kinds and ticket.review_on is not None:
        found[ClockKind.REVIEW] = end_of(ticket.review_on), False
    if ClockKind.PROMISE in kinds:
        made = ticket.commitments.live().get()
        found[ClockKind.PROMISE] = end_of(made.due_on), made.provisional
    return found

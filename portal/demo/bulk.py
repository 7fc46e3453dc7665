"""Writes whole lives of tickets at once: rows that begin as they begin, then a step of all of them.

The database's guards look at every step, and `manage.py audit` judges the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from centers.models import CalendarDay
from common.days import SHANGHAI, day_of
from common.steps import move_all
from grievances.models.categories import ClockPolicy
from grievances.models.history import Clock, Transition
from grievances.models.tickets import Ticket
from grievances.rules.clocks import ENDS, ONCE, PAUSES, ClockKind, due, left, runs
from grievances.rules.tickets import AGAIN, CLOSED, HIGHEST, TICKETS, Hat, Kind, TicketMove, TicketState
from people.actions import words
from people.models import User

BEAT = timedelta(minutes=3)


class Step(NamedTuple):
    """One step of a ticket; `words` is what was said with it."""

    move: TicketMove
    hat: Hat
    by: User | None
    at: datetime
    words: str


@dataclass
class Life:
    """A ticket that is not saved yet, and all that happens to it: told first, closed last."""

    ticket: Ticket
    steps: list[Step]
    clocks: list[Clock] = field(default_factory=list)

    def states(self) -> Iterator[tuple[Step, str, str]]:
        """Each step with the states that it leads from and to."""
        frm = ""
        for step in self.steps:
            known = TICKETS.step(frm, step.move) if frm else None
            to = known.to if known else TicketState.REGISTERED
            yield step, frm, to
            frm = to


class Bulk:
    """Writes them; knows the calendar and how long each clock runs."""

    def __init__(self, now: datetime) -> None:
        self.calendar = CalendarDay.objects.workdays()
        every = [*ClockKind]
        self.limits = {kind: ClockPolicy.objects.limits(every, kind, day_of(now)) for kind in Kind}

    def office(self, at: datetime, span: timedelta) -> datetime:
        """When so much office time has passed."""
        return self.calendar.after_office_time(at.astimezone(SHANGHAI), span)

    def ends(self, ticket: Ticket, kind: ClockKind, at: datetime) -> datetime:
        """When a clock of a ticket ends that starts then."""
        return due(at, self.limits[Kind(ticket.kind)][kind], self.calendar)[0]

    def write(self, lives: Sequence[Life]) -> None:
        """Writes tickets, clocks and history, and takes the tickets along the table."""
        for life in lives:
            life.clocks = list(self._clocks(life))
            life.ticket.answered_at = max(
                (step.at for step in life.steps if step.move == TicketMove.ANSWER), default=None
            )
            late = sum(clock.late_at is not None for clock in life.clocks)
            again = sum(step.move in AGAIN for step in life.steps)
            life.ticket.level = min(HIGHEST, late + again)
        Ticket.objects.bulk_create([life.ticket for life in lives])
        Clock.objects.bulk_create([clock for life in lives for clock in life.clocks])
        _write_down(lives)
        for number in range(1, max(len(life.steps) for life in lives)):
            _all_go([life for life in lives if number < len(life.steps)], number)

    def _clocks(self, life: Life) -> Iterator[Clock]:
        """As set_clocks would have left them, for lives in which handling begins anew by her word alone."""
        running, once = dict[str, Clock](), set[str]()
        for step, _frm, state in life.states():
            wanted = runs(state) - (frozenset() if life.ticket.is_to_ring else {ClockKind.CALL_BACK})
            for kind in [*running]:
                if kind not in wanted:
                    yield self._stopped(running.pop(kind), step.at)
                elif (state, kind) in PAUSES:
                    clock = running[kind]
                    clock.seconds = left(clock.limit, clock.runs_from, step.at, self.calendar)
                    clock.paused_at = step.at
            for kind in sorted(wanted - set(running) - once):
                running[kind] = self._started(life.ticket, kind, step.at)
            once |= wanted & ONCE

    def _started(self, ticket: Ticket, kind: ClockKind, at: datetime) -> Clock:
        limit = self.limits[Kind(ticket.kind)][kind]
        until, provisional = due(at, limit, self.calendar)
        return Clock(
            ticket=ticket,
            kind=kind,
            unit=limit.unit,
            seconds=limit.seconds,
            started_at=at,
            runs_from=at,
            due_at=until,
            provisional=provisional,
        )

    def _stopped(self, clock: Clock, at: datetime) -> Clock:
        clock.stopped_at = at
        if clock.due_at + BEAT < at and clock.paused_at is None and clock.kind not in ENDS:
            clock.late_at = clock.due_at + BEAT
        return clock


def _write_down(lives: Sequence[Life]) -> None:
    told = [(life.ticket, *row) for life in lives for row in life.states()]
    kept = words.keep_all([step.words for _ticket, step, _frm, _to in told])
    Transition.objects.bulk_create(
        Transition(
            ticket=ticket,
            event=step.move,
            frm=frm,
            to=to,
            hat=step.hat,
            by=step.by,
            words=word,
            at=step.at,
        )
        for (ticket, step, frm, to), word in zip(told, kept, strict=True)
    )


def _all_go(lives: Sequence[Life], number: int) -> None:
    """All that have so many steps take that one."""
    going = defaultdict[tuple[TicketMove, Hat], list[int]](list)
    for life in lives:
        going[life.steps[number].move, life.steps[number].hat].append(life.ticket.pk)
    for (move, hat), ids in going.items():
        rows: QuerySet[Ticket] = Ticket.objects.filter(pk__in=ids)
        closes = {step.to for step in TICKETS.sources(move, hat).values()} <= set(CLOSED)
        last = Transition.objects.filter(ticket=OuterRef("pk")).order_by("-pk").values("at")[:1]
        over = {"closed_at": Subquery(last), "due_at": None} if closes else {}
        move_all(rows, TICKETS, move, hat, **over)

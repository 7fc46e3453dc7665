"""Verbs of a promise: make it, put it off once; what its ticket's verbs do to it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from centers.models import CalendarDay
from common.days import day_of
from common.errors import DomainError
from common.steps import refuse_lacking
from grievances.actions.letters import tell_staff, tell_tellers
from grievances.actions.steps import go, had_in_hand, hats, lock_ticket, move_refused
from grievances.models.bodies import Body
from grievances.models.commitments import Commitment, promise_of
from grievances.models.tickets import Ticket
from grievances.rules.clocks import ClockKind
from grievances.rules.commitments import (
    COMMITMENTS,
    LONGEST_PROMISE,
    LONGEST_WAIT,
    CommitmentMove,
    promised_day,
)
from grievances.rules.letters import Letter
from grievances.rules.tickets import HIGHEST, TICKETS, Hat, Kind, TicketMove, TicketState
from people.models import User


@transaction.atomic
def make_commitment(*, ticket_id: int, what: str, due_on: date, by: User, now: datetime) -> Commitment:
    """承诺: says to everybody what will be done by a day; the handling clock stands still until then.

    A day on which nobody works becomes the next on which somebody does. Within the time for handling
    whoever has it promises alone; a later day is promised by who stands above her. The same again
    changes nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, PAST_DAY, TOO_FAR, HAZARD and
    EVENT (neither may wait), TWO_PEOPLE (a later day, by who has it), SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    told = what.strip()[:LONGEST_PROMISE]
    if ticket.state == TicketState.COMMITTED:
        first = ticket.commitments.live().get()
        if (first.what, first.wanted_on) == (told, due_on) and worn - {Hat.RESIDENT}:
            return first
    made = _promise(ticket, told, due_on, now)
    made.body, made.who, made.maker = _before_whom(ticket), ticket.handler or by, by
    if ticket.state == TicketState.IN_PROGRESS:  # elsewhere the table refuses
        worn = _who_may_promise(ticket, worn, due_on, by)
        made.save()
    go(ticket, TicketMove.COMMIT, worn, by=by, now=now, reason=told)
    tell_tellers(ticket, Letter.TICKET_PROMISED, now)
    return made


def _promise(ticket: Ticket, what: str, due_on: date, now: datetime) -> Commitment:
    """The row, not saved yet: of what may wait, on the first working day on or after the one wanted."""
    _check_day(due_on, now)
    if ticket.kind != Kind.ORDINARY:
        raise DomainError(f"{ticket.kind}", _("这一类的事不能等到以后某一天，请接着办。"))
    day, provisional = promised_day(due_on, CalendarDay.objects.workdays())
    return Commitment(
        ticket=ticket,
        division=ticket.division,
        what=what.strip()[:LONGEST_PROMISE],
        level=ticket.level,
        wanted_on=due_on,
        due_on=day,
        provisional=provisional,
        made_at=now,
    )


def _before_whom(ticket: Ticket) -> Body | None:
    """Those before whom it was promised first go on judging what is promised about it."""
    first = ticket.commitments.filter(body__active=True).select_related("body").order_by("pk").first()
    return first.body if first else None


def promise_before(
    ticket: Ticket, body: Body, *, what: str, due_on: date, handler: User, by: User, now: datetime
) -> Commitment:
    """当场答应: before those present, for who will have it in hand; the ticket is locked.

    Refuses MOVE_REFUSED, PAST_DAY, TOO_FAR, HAZARD and EVENT (neither may wait), FOR_THE_STREET (twice
    not solved), SAME_PERSON.
    """
    made = _promise(ticket, what, due_on, now)
    made.body, made.who, made.maker = body, handler, handler
    if ticket.state == TicketState.DISPUTED and ticket.level == HIGHEST:
        raise DomainError("FOR_THE_STREET", _("两次没有解决的事由街道来定，请记一句，等街道重派。"))
    if TICKETS.next(ticket.state, TicketMove.COMMIT, {Hat.MEETING}) is None:
        raise move_refused(ticket, TicketMove.COMMIT)
    made.save()
    go(ticket, TicketMove.COMMIT, {Hat.MEETING}, by=by, now=now, reason=made.what, handler=handler)
    tell_tellers(ticket, Letter.TICKET_PROMISED, now)
    tell_staff(ticket, Letter.TICKET_FOR_YOU, [handler], now)
    return made


def _check_day(day: date, now: datetime) -> None:
    if day <= day_of(now):
        raise DomainError("PAST_DAY", _("答应的日子要在今天以后。"), about="due_on")
    if day > day_of(now) + LONGEST_WAIT:
        raise DomainError("TOO_FAR", _("答应的日子最远一年以内，请写近一些的日子。"), about="due_on")


def _who_may_promise(ticket: Ticket, worn: set[Hat], day: date, by: User) -> set[Hat]:
    """Whoever has it, within its time; who stands above, and has it not herself, also later."""
    running = ticket.clocks.running().get(kind=ClockKind.HANDLING)
    if day <= day_of(running.due_at):
        return worn
    if had_in_hand(ticket, by):
        raise DomainError("TWO_PEOPLE", _("比办理期限还晚的日子，要由主任或街道来答应。"), about="due_on")
    return worn - {Hat.HANDLER}


@transaction.atomic
def postpone_commitment(*, ticket_id: int, due_on: date, reason: str, by: User, now: datetime) -> Commitment:
    """改期: once, to a later day, by who stands above, with a reason that who told it reads.

    The day that was promised first stays to be read. The same again changes nothing. Refuses
    NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, PAST_DAY, TOO_FAR, ONCE, LATE (its day is over: that it was
    late stays), LATER, TWO_PEOPLE (by who has it), SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    made = ticket.commitments.live().first()
    if made is not None and ticket.state == TicketState.COMMITTED:
        if made.postponed_from and made.wanted_on == due_on and worn & {Hat.SUPERVISOR, Hat.STREET}:
            return made
        _check_later(made, due_on, ticket, by, now)
        _check_day(due_on, now)
        made.postponed_from, made.wanted_on = made.due_on, due_on
        made.due_on, made.provisional = promised_day(due_on, CalendarDay.objects.workdays())
        made.save()
        ticket.clocks.running().filter(kind=ClockKind.PROMISE).update(stopped_at=now)
    go(ticket, TicketMove.POSTPONE, worn, by=by, now=now, reason=reason)
    assert made is not None  # noqa: S101 - else the table refused
    tell_tellers(ticket, Letter.TICKET_POSTPONED, now)
    return made


def _check_later(made: Commitment, day: date, ticket: Ticket, by: User, now: datetime) -> None:
    if had_in_hand(ticket, by):
        raise DomainError("TWO_PEOPLE", _("是您经办的，改期要由另一位来定。"))
    if made.postponed_from is not None:
        raise DomainError("ONCE", _("已经改过一次期，不能再改，请办好或说明没有做到。"), about="due_on")
    if made.is_late(day_of(now)):
        raise DomainError(
            "LATE", _("答应的日子已经过了，不能再改期；请办好，或说明没有做到。"), about="due_on"
        )
    if day <= made.due_on:
        raise DomainError("LATER", _("改期只能改到更晚的日子。"), about="due_on")


def claim(ticket: Ticket, evidence: str, now: datetime) -> None:
    """With the answer: the promise was kept, and by what; refuses EVIDENCE_NEEDED."""
    made = ticket.commitments.live().first()
    if made is not None:
        made.evidence, made.claimed_at = evidence.strip()[:LONGEST_PROMISE], now
        _move(made, CommitmentMove.CLAIM, Hat.HANDLER, evidence=made.evidence)


def judge(ticket: Ticket, move: CommitmentMove, hat: Hat, now: datetime) -> None:
    """The word of who told it stands on the promise as on the ticket; of an older one nothing changes."""
    made = promise_of(ticket)
    if made is not None and COMMITMENTS.next(made.state, move, {hat}) is not None:
        made.judged_at = now
        _move(made, move, hat)


def is_overdue(ticket: Ticket, now: datetime) -> bool:
    """Whether the day of its promise has passed."""
    made = ticket.commitments.live().first()
    return made is not None and made.is_late(day_of(now))


def _move(made: Commitment, move: CommitmentMove, hat: Hat, **given: str) -> None:
    found = COMMITMENTS.next(made.state, move, {hat})
    assert found is not None  # noqa: S101 - the ticket's table went this way
    refuse_lacking(found[0], **given)
    made.state = found[0].to
    made.save()

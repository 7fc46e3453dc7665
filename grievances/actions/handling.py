"""Verbs of who has a ticket in hand, and of who stands above her: start, ask, answer, object, park."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError
from grievances.actions.commitments import claim
from grievances.actions.letters import above, tell_staff, tell_teller, tell_tellers
from grievances.actions.steps import go, hats, lock_ticket
from grievances.actions.tickets import refuse_proposer
from grievances.models.tickets import Ticket
from grievances.rules.commitments import LONGEST_WAIT
from grievances.rules.letters import Letter
from grievances.rules.tickets import Hat, Kind, TicketMove, TicketState
from people.models import User


@transaction.atomic
def start_ticket(*, ticket_id: int, by: User, now: datetime) -> Ticket:
    """开始办理: whoever has it has spoken to the resident, or seen the place; the first clock stops.

    Twice changes nothing. Refuses NOT_ALLOWED (only who has it), MOVE_REFUSED.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.state == TicketState.IN_PROGRESS and Hat.HANDLER in worn:
        return ticket
    go(ticket, TicketMove.START, worn, by=by, now=now)
    tell_tellers(ticket, Letter.TICKET_STARTED, now)
    return ticket


@transaction.atomic
def object_ticket(*, ticket_id: int, reason: str, by: User, now: datetime) -> Ticket:
    """提出异议: who was given it says why it is not hers; the clocks run on, who stands above decides.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED.
    """
    ticket = lock_ticket(ticket_id)
    go(ticket, TicketMove.OBJECT, hats(ticket, by), by=by, now=now, reason=reason)
    tell_staff(ticket, Letter.TICKET_TO_DECIDE, above(ticket, now), now)
    return ticket


@transaction.atomic
def decide_objection(*, ticket_id: int, upheld: bool, reason: str, by: User, now: datetime) -> Ticket:
    """定异议: upheld, the desk gives it to another; overruled, she goes on with it.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, TWO_PEOPLE (her own objection), SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.state == TicketState.OBJECTED and ticket.handler_id == by.pk:
        raise DomainError("TWO_PEOPLE", _("是您自己提的异议，要由另一位来定。"))
    move = TicketMove.UPHOLD_OBJECTION if upheld else TicketMove.OVERRULE_OBJECTION
    handler = ticket.handler
    go(ticket, move, worn, by=by, now=now, reason=reason, handler=None if upheld else handler)
    if handler is not None and not upheld:
        tell_staff(ticket, Letter.TICKET_FOR_YOU, [handler], now)
    return ticket


@transaction.atomic
def ask_resident(*, ticket_id: int, reason: str, by: User, now: datetime) -> Ticket:
    """请居民补充: once; her five working days do not count as ours.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, ASKED_BEFORE, HAZARD (its clock never stands
    still), NOBODY_TO_ASK (who told it is not known, and holds no code).
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.kind == Kind.HAZARD:
        raise DomainError("HAZARD", _("隐患急件不能停下来等，请打电话问，接着办。"))
    if not (ticket.can_be_asked or ticket.code_hash):
        raise DomainError("NOBODY_TO_ASK", _("没有留下姓名、电话或查询码，没有人可以问，请接着办。"))
    if ticket.transitions.filter(event=TicketMove.ASK_RESIDENT).exists():
        raise DomainError("ASKED_BEFORE", _("已经请居民补充过一次，不能再停下来等，请接着办或答复。"))
    go(ticket, TicketMove.ASK_RESIDENT, worn, by=by, now=now, reason=reason)
    tell_teller(ticket, Letter.TICKET_ASKS, now)
    return ticket


@transaction.atomic
def answer_ticket(*, ticket_id: int, reason: str, by: User, now: datetime, evidence: str = "") -> Ticket:
    """答复: what was done and what came of it; who told it says whether it is solved.

    The handler cannot close it: without a word for fourteen days it closes as not evaluated and
    counts in no rate. What was promised is said to be kept, with a sentence for everybody. Refuses
    NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, EVIDENCE_NEEDED (where something was promised).
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.state == TicketState.COMMITTED and Hat.HANDLER in worn:
        claim(ticket, evidence, now)
    go(ticket, TicketMove.ANSWER, worn, by=by, now=now, reason=reason, answered_at=now)
    tell_tellers(ticket, Letter.TICKET_ANSWERED, now)
    return ticket


@transaction.atomic
def propose_parking(
    *, ticket_id: int, reason: str, review_on: date | None, by: User, now: datetime
) -> Ticket:
    """拟暂缓: the director says why it cannot be done now and when it is looked at again; the street decides.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, REVIEW_ON_NEEDED, PAST_DAY, TOO_FAR, HAZARD (never
    parked), SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.kind == Kind.HAZARD:
        raise DomainError("HAZARD", _("隐患急件不能暂缓，请接着办。"))
    if review_on is not None and review_on <= day_of(now):
        raise DomainError("PAST_DAY", _("再看的日子要在今天以后。"), about="review_on")
    if review_on is not None and review_on > day_of(now) + LONGEST_WAIT:
        raise DomainError("TOO_FAR", _("再看的日子最远一年以内，请写近一些的日子。"), about="review_on")
    go(ticket, TicketMove.PROPOSE_PARKING, worn, by=by, now=now, reason=reason, review_on=review_on)
    tell_staff(ticket, Letter.TICKET_TO_DECIDE, above(ticket, now), now)
    return ticket


@transaction.atomic
def decide_parking(*, ticket_id: int, agreed: bool, by: User, now: datetime, reason: str = "") -> Ticket:
    """定暂缓: the street agrees, on the day that was proposed; or not, and it goes on.

    Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED (not agreed), TWO_PEOPLE, PAST_DAY (it is past
    already), SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.state == TicketState.TO_PARK:
        refuse_proposer(ticket, TicketMove.PROPOSE_PARKING, by)
        if agreed and ticket.review_on is not None and ticket.review_on <= day_of(now):
            raise DomainError("PAST_DAY", _("再看的日子已经过去，请退回，由中心重新提。"))
    move = TicketMove.PARK if agreed else TicketMove.REFUSE_PARKING
    go(ticket, move, worn, by=by, now=now, reason=reason)
    if agreed:
        tell_tellers(ticket, Letter.TICKET_PARKED, now)
    return ticket


@transaction.atomic
def resume_ticket(*, ticket_id: int, by: User, now: datetime) -> Ticket:
    """恢复办理: a parked ticket goes on. Refuses NOT_ALLOWED, MOVE_REFUSED, SAME_PERSON."""
    ticket = lock_ticket(ticket_id)
    go(ticket, TicketMove.RESUME, hats(ticket, by), by=by, now=now)
    tell_tellers(ticket, Letter.TICKET_RESUMED, now)
    return ticket

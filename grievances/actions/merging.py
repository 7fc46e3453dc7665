"""Verbs that make two tickets one thing to do, and take them apart again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.locks import lock_rows
from grievances.actions.letters import tell, tell_staff
from grievances.actions.steps import go, hats, lock_ticket, not_yours
from grievances.models.tickets import Ticket
from grievances.rules.letters import Letter
from grievances.rules.tickets import OPEN, Hat, Kind, TicketMove, TicketState
from people.authority import refuse_own
from people.models import Person, User

# Nobody works on it now: what is merged into it would stand still unseen.
STANDS_STILL = (TicketState.TO_REFUSE, TicketState.REFUSED, TicketState.TO_PARK, TicketState.PARKED)


@transaction.atomic
def merge_ticket(*, ticket_id: int, into_id: int, by: User, now: datetime) -> Ticket:
    """并单: done together with another that is open; whoever told it is told of each step of that one.

    It keeps what was told in its own words, and who may learn who told it. Twice changes nothing.
    Refuses NOT_ALLOWED (both must be of her desk), MOVE_REFUSED, NOT_TOGETHER (into itself, into one
    that is over, refused, put off or merged, or with others merged into it: no rings; a hazard or an
    event into anything else, where it would lose its haste), SAME_PERSON (of either).
    """
    lock_rows([Ticket.objects.filter(pk__in=[ticket_id, into_id])])
    ticket, into = (
        lock_ticket(ticket_id),
        Ticket.objects.select_related("division", "person", "handler", "category").filter(pk=into_id).first(),
    )
    worn = hats(ticket, by)
    if into is None or Hat.INTAKE not in hats(into, by):
        raise not_yours()
    if ticket.state == TicketState.MERGED and ticket.merged_into_id == into_id and Hat.INTAKE in worn:
        return ticket
    if ticket_id == into_id or into.state in STANDS_STILL or into.state not in OPEN or ticket.merged.exists():
        raise DomainError(
            "NOT_TOGETHER", _("只能并到另一件正在办的诉求；已经有别的并进来的，请先分开。"), about="into"
        )
    if ticket.kind != into.kind and (ticket.kind, into.kind) != (Kind.ORDINARY, Kind.HAZARD):
        raise DomainError("NOT_TOGETHER", _("隐患急件和情况报告不能并到别类的诉求里。"), about="into")
    refuse_own(by, into.person)
    go(ticket, TicketMove.MERGE, worn, by=by, now=now, merged_into=into, handler=None)
    _tell(ticket, now)
    if into.handler is not None:
        tell_staff(into, Letter.TICKET_FOR_YOU, [into.handler], now)
    return ticket


@transaction.atomic
def unmerge_ticket(*, ticket_id: int, by: User, now: datetime) -> Ticket:
    """撤销并单: it goes its own way again, from where it was accepted. Refuses NOT_ALLOWED, MOVE_REFUSED."""
    ticket = lock_ticket(ticket_id)
    go(ticket, TicketMove.UNMERGE, hats(ticket, by), by=by, now=now, merged_into=None)
    _tell(ticket, now)
    return ticket


def _tell(ticket: Ticket, now: datetime) -> None:
    """Whoever told this one, not those of the other."""
    hers = Person.objects.filter(tickets=ticket, merged_into=None)
    letter = Letter.TICKET_MERGED if ticket.merged_into_id else Letter.TICKET_ACCEPTED
    tell(ticket, letter, [*hers, *Person.objects.filter(followed_tickets__ticket=ticket)], now)

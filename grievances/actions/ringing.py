"""The verb of a number: staff ring who told something."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from grievances.actions.steps import hats, not_yours
from grievances.models.tickets import Ticket
from grievances.rules.tickets import Hat, Privacy
from journal.actions import note
from journal.rules import Happened
from people.actions.ringing import open_numbers
from people.models import User


@transaction.atomic
def ring_teller(*, ticket_id: int, by: User, now: datetime) -> Ticket:
    """看号码: opens the number of whoever told it, to those of the desk who may learn who that is.

    The look stands in her own log, which names no ticket that was told in confidence; where she has no record and left a number only, in the journal that
    auditors read. Refuses NOT_ALLOWED for everybody else (what was told in confidence is the intake's,
    nobody acts by a post as a relative), and NO_NUMBER.
    """
    ticket = Ticket.objects.select_related("division", "person").filter(pk=ticket_id).first()
    if ticket is None or not hats(ticket, by) - {Hat.RESIDENT} or not ticket.tells_who(by):
        raise not_yours()
    if ticket.person is not None:
        open_numbers(people=[ticket.person], reason=_why(ticket), by=by, now=now)
    elif ticket.contact_phone:
        note(kind=Happened.REVEALED, by=by, now=now, what=f"ticket.contact_phone {ticket.reference}")
    else:
        raise DomainError("NO_NUMBER", _("反映人没有留电话。"))
    return ticket


def _why(ticket: Ticket) -> str:
    """What she reads in her log; so do colleagues who look after her, and not after the ticket."""
    if ticket.privacy == Privacy.CONFIDENTIAL:
        return _("联系反映人")
    return _("联系反映人：%(ticket)s") % {"ticket": ticket.reference}

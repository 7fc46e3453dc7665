"""Verbs that ask somebody else to look at a ticket as well; it is never passed away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.steps import refuse_unmet
from grievances.actions.steps import go, hats, lock_ticket
from grievances.models.referrals import Referral
from grievances.models.tickets import Ticket
from grievances.rules.tickets import WHAT_THEY_SAID, WHAT_TO_ASK, Adviser, Hat, Kind, TicketMove
from people.models import User


@transaction.atomic
def refer_ticket(*, ticket_id: int, adviser: Adviser, reason: str, by: User, now: datetime) -> Referral:
    """转介: asks somebody else to look at it as well; its state, its hand and its clocks stay.

    To several one after the other; to one who was asked and has not answered, the same again changes
    nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, EVENT (the lawful body has it), SAME_PERSON.
    """
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    if ticket.kind == Kind.EVENT:
        raise DomainError("EVENT", _("这类情况由有关部门处理，不再转介。"))
    asked = ticket.referrals.filter(adviser=adviser, answered_at=None).first()
    if asked is not None and asked.by_id == by.pk:
        return asked
    if asked is not None:
        raise DomainError("ASKED_BEFORE", _("已经请过，还在等回音。"), about="adviser")
    refuse_unmet(WHAT_TO_ASK, reason)
    _go(ticket, TicketMove.REFER, adviser, worn, reason, by, now)
    return Referral.objects.create(ticket=ticket, adviser=adviser, by=by, made_at=now)


@transaction.atomic
def answer_referral(*, ticket_id: int, adviser: Adviser, reason: str, by: User, now: datetime) -> Referral:
    """转介回音: what they said is written down. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED,
    NOT_REFERRED (nobody is waited for there), SAME_PERSON."""
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by)
    asked = ticket.referrals.filter(adviser=adviser, answered_at=None).first()
    if asked is None:
        raise DomainError("NOT_REFERRED", _("没有在等这一家的回音。"), about="adviser")
    refuse_unmet(WHAT_THEY_SAID, reason)
    _go(ticket, TicketMove.ADVISE, adviser, worn, reason, by, now)
    asked.answered_at = now
    asked.save(update_fields=["answered_at"])
    return asked


def _go(
    ticket: Ticket, move: TicketMove, adviser: Adviser, worn: set[Hat], reason: str, by: User, now: datetime
) -> None:
    """The history says to whom as well, or from whom."""
    go(ticket, move, worn, by=by, now=now, reason=f"{Adviser(adviser).label}：{reason}")

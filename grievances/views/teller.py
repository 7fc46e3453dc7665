"""Who told a ticket, on its page at the desk: for whom that is to know, the number by a press."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from common.forms import PlainForm
from common.pages import ask
from grievances.actions.ringing import ring_teller
from grievances.models.tickets import Caller, Ticket
from grievances.views.page import ticket_post
from people.actions.ringing import OPEN_FOR, opened_by
from people.doors import signed_in
from people.models import Person, User

# Of the ticket whose caller's number was opened last here, and when: she has no record to keep it.
RUNG = "ticket_rung"


class Teller(NamedTuple):
    """Who told it, as templates/components/_ring.html shows her; `opened`: whose number stands there."""

    who: Person | Caller
    opened: set[int]


def teller_of(request: HttpRequest, user: User, ticket: Ticket, now: datetime) -> Teller | None:
    """Nobody where this account may not learn who told it, or nobody told it by name."""
    if not ticket.tells_who(user):
        return None
    if ticket.person is not None:
        return Teller(ticket.person, opened_by(user, now))
    if caller := ticket.caller:
        rung, at = request.session.get(RUNG, (0, 0.0))
        lately = rung == ticket.pk and 0 <= now.timestamp() - at < OPEN_FOR.total_seconds()
        return Teller(caller, {caller.pk} if lately else set())
    return None


@ticket_post
def ring(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """看号码, to ring who told it."""
    user, back = signed_in(request), reverse("grievances:staff_ticket", args=[ticket_id])

    def act() -> HttpResponse:
        now = timezone.now()
        ring_teller(ticket_id=ticket_id, by=user, now=now)
        request.session[RUNG] = ticket_id, now.timestamp()
        return redirect(back)

    return ask(request, PlainForm(request.POST), act, back=back)

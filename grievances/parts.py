"""Tickets: one's own, what waits for whom, what is told at the desk."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from grievances.actions import persons
from grievances.models.tickets import Ticket
from grievances.rules.letters import OF_STAFF, PHONED, Letter
from grievances.rules.tickets import TicketState
from people.models import Person, User
from people.parts import About, Asked, AtDesk, Link, Part, Place, Section

ASKS_HER = (TicketState.ANSWERED, TicketState.WAITING_RESIDENT)
DESK = ("grievances.intake", "grievances.handle", "grievances.supervise", "grievances.street")


def _asks(user: User, _now: datetime) -> list[Section]:
    """Answers that wait for her word."""
    waits = Ticket.objects.told_by(user).filter(state__in=ASKS_HER).select_related("category")
    links = [_asked(one) for one in waits.order_by("due_at")[:3]]
    return [Section(_("您反映的事，等您说一句"), links, at="top")] if links else []


def _asked(ticket: Ticket) -> Link:
    words = _("有答复了，解决没有？") if ticket.state == TicketState.ANSWERED else _("请您补充一下")
    return Link(ticket.title, reverse("grievances:ticket", args=[ticket.pk]), words, "chat-left-text")


def _ways(_user: User) -> list[Link]:
    return [Link(_("我反映的事"), reverse("grievances:mine"), icon="chat-left-text")]


def _address(about: About) -> Link | None:
    if about.type != "ticket":
        return None
    staff = about.kind in OF_STAFF
    name = "grievances:staff_ticket" if staff else "grievances:ticket"
    return Link(
        _("看这件事：%(number)s") % {"number": about.data["reference"]}, reverse(name, args=[about.id])
    )


def _waiting(user: User, now: datetime) -> list[Link]:
    """The intake desk, what is in her hands, what she has to decide."""
    if not any(user.reach(verb) for verb in DESK):
        return []
    live = Ticket.objects.live()
    hands = live.in_hands_of(user).exclude(state=TicketState.ANSWERED)
    count = sum(rows.count() for rows in (live.at_intake(user), hands, live.to_decide(user)))
    note = _("受理、派单、办理、答复")
    return [Link(_("说事"), reverse("grievances:staff_tickets"), note, "chat-left-text", count=count)]


def _desk(user: User, person: Person, _now: datetime, _asked: Asked) -> AtDesk:
    if not user.reach("grievances.intake"):
        return AtDesk()
    return AtDesk(
        [Link(_("替居民反映"), reverse("grievances:staff_tell_for", args=[person.pk]), icon="chat-left-text")]
    )


PART = Part(
    app="grievances",
    places=[Place("grievances:home", _t("说事"), "chat-left-text", ("/say",))],
    asks=_asks,
    ways=_ways,
    address=_address,
    waiting=_waiting,
    desk=_desk,
    letters=Letter,
    phoned=PHONED,
    copy=persons.copy,
    lock=persons.lock,
    unfinished=persons.unfinished,
    erase=persons.erase,
    named=persons.named,
    fold=persons.fold,
)

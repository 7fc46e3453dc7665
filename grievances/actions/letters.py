"""Who is told what about a ticket: numbers and times only, for words that were kept outlive what they tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from common.days import day_of
from common.letters import when
from grievances.models.tickets import Follower, Ticket
from grievances.rules.letters import OF_STAFF, Letter
from grievances.rules.tickets import Privacy
from notices.actions import Draft, queue_all
from people.actions.accounts import register
from people.models import Membership, Person, User
from people.rules import Role


def tell(
    ticket: Ticket, kind: Letter, people: Iterable[Person], now: datetime, *, step: int | None = None
) -> None:
    """Queues one letter about a ticket for each of them."""
    # A thing may happen to a ticket more than once: the number of its steps tells them apart.
    step = ticket.transitions.count() if step is None else step
    # Letters are read by who rings about them too, and listed where she lives: of what was told in
    # confidence they do not say which it is.
    secret = ticket.privacy == Privacy.CONFIDENTIAL and kind not in OF_STAFF
    words = {
        "reference": _("保密") if secret else ticket.reference,
        "secret": secret,
        "name": _("保密的一件事") if secret else ticket.category.name,
        "until": when(ticket.due_at) if ticket.due_at else "",
    }
    drafts = [
        Draft(
            f"{kind}",
            f"{kind.lower()}:{ticket.pk}:{step}:{one.pk}",
            one.pk,
            ("ticket", ticket.pk),
            now,
            data=words,
        )
        for one in people
    ]
    # That it was written down she has just read on her screen.
    queue_all(drafts=drafts, now=now, urgent=kind != Letter.TICKET_OPENED)


def tell_teller(ticket: Ticket, kind: Letter, now: datetime) -> None:
    """Whoever told this one, and nobody else."""
    tell(ticket, kind, Person.objects.filter(tickets=ticket, merged_into=None), now)


def tell_tellers(ticket: Ticket, kind: Letter, now: datetime) -> None:
    """Whoever told it, whoever met the same, and whoever told what was merged into it."""
    same = Ticket.objects.filter(Q(pk=ticket.pk) | Q(merged_into=ticket.pk))
    met = Follower.objects.filter(ticket__in=same.values("pk"))
    # A union of two look-ups by index: joined by OR they would read the whole register, with every move.
    people = same.order_by().values("person").union(met.order_by().values("person"))
    tell(ticket, kind, Person.objects.filter(pk__in=people, merged_into=None).order_by("pk"), now)


def tell_staff(ticket: Ticket, kind: Letter, accounts: Iterable[User], now: datetime) -> None:
    """Letters go to persons: an account that staff made may have none yet."""
    tell(ticket, kind, [register(user=one, full_name=str(one), now=now) for one in accounts], now)


def above(ticket: Ticket, now: datetime) -> list[User]:
    """Who stands above a ticket: directors, and from the second level on the officers of the street;
    where there is no director but who has it in hand herself, these at once."""
    places = ticket.division.with_above
    posts = Membership.objects.valid_on(day_of(now)).filter(division__in=places, user__is_active=True)
    posts = posts.exclude(user=ticket.handler_id)
    roles = {Role.STREET_OFFICER} if ticket.level > 1 else {Role.DIRECTOR}
    if not posts.filter(role__in=roles).exists():
        roles = {Role.DIRECTOR, Role.STREET_OFFICER}
    return list(User.objects.filter(pk__in=posts.filter(role__in=roles).values("user")).order_by("pk"))

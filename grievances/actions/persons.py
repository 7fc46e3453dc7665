"""The part of tickets when a person's record is copied, closed or merged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.copies import Column, copies, copy_of
from common.days import day_of
from grievances.actions.pictures import forget_pictures
from grievances.models.bodies import BodyMember
from grievances.models.history import Transition, told_in
from grievances.models.meetings import Correction, ItemFollower
from grievances.models.pictures import TicketPicture
from grievances.models.tickets import Follower, Ticket
from grievances.rules.tickets import OPEN, TicketState
from people.actions.words import forget, said_in
from people.models import Person, User
from people.parts import Folded, Named

# It waits for nothing of hers any more.
WAITS_FOR_NOBODY = (TicketState.PARKED, TicketState.REFUSED)


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """Her tickets, under which their histories lie; those of others that she follows; what was said."""
    return (
        Ticket.objects.filter(person__in=person_ids),
        Follower.objects.filter(person__in=person_ids),
        ItemFollower.objects.filter(person__in=person_ids),
        BodyMember.objects.filter(person__in=person_ids),
        said_in(_history(person_ids)),
    )


def copy(person: Person) -> dict[str, Any]:
    """What she told, and what was answered; of what she only follows its number."""
    number: Column = ("reference", _("编号"))
    told = ("title", "text", "place", "privacy", "state", "opened_at", "answered_at", "closed_at")
    found = {
        _("我反映的事"): copies(Ticket.objects.filter(person=person), number, *told),
        _("我反映的事的经过"): [
            {**copy_of(step, "ticket", "event", "at"), _("原话"): words}
            for step, words in told_in(Transition.objects.filter(ticket__person=person))
        ],
        _("我反映的事的图片"): copies(
            TicketPicture.objects.filter(ticket__person=person).select_related("ticket"),
            "ticket",
            ("number", _("第几张")),
            "width",
            "height",
            "added_at",
        ),
        _("我也遇到的事"): copies(
            Follower.objects.filter(person=person).select_related("ticket"), "ticket", "since"
        ),
        _("我参加的议事会"): copies(
            BodyMember.objects.filter(person=person).select_related("body"),
            ("body", _("议事会")),
            "office",
            "since",
            "until",
        ),
        _("我提的纪要更正"): copies(
            Correction.objects.filter(member__person=person).select_related("item"),
            ("item", _("议题")),
            "text",
            "made_at",
            "taken",
        ),
        _("我关注的议题"): copies(
            ItemFollower.objects.filter(person=person).select_related("item"),
            ("item", _("议题")),
            "speaks",
            "since",
        ),
    }
    return {name: rows for name, rows in found.items() if rows}


def unfinished(person: Person, _now: datetime) -> str:
    """What she has to wait for first, as a sentence; "" for nothing."""
    live = Ticket.objects.filter(person=person, state__in=OPEN).exclude(state__in=WAITS_FOR_NOBODY).first()
    if live is None:
        return ""
    return _("您反映的 %(number)s 还在办，请等有了答复，说一声解决没有，再注销。") % {
        "number": live.reference
    }


def erase(person: Person, _by: User, now: datetime) -> None:
    """Takes off her tickets all that somebody typed, and the pictures; what became of them, and when, stays."""
    forget(_history([person.pk]))
    blank = dict.fromkeys(("title", "text", "place", "public_text", "contact_name", "contact_phone"), "")
    hers = Ticket.objects.filter(person=person)
    hers.update(**blank, pairs=[])
    Follower.objects.filter(person=person).delete()  # nobody reads what she would be told
    ItemFollower.objects.filter(person=person).delete()
    Correction.objects.filter(member__person=person).update(text="", answer="")
    BodyMember.objects.filter(person=person, since__gt=day_of(now)).delete()
    BodyMember.objects.filter(person=person).update(office="")
    BodyMember.objects.filter(person=person, until=None).update(until=day_of(now))
    forget_pictures(hers)


def _history(person_ids: Collection[int]) -> QuerySet[Transition]:
    return Transition.objects.filter(ticket__person__in=person_ids)


def named(person: Person) -> Iterable[Named]:
    """Letters about tickets hold numbers and times only; still, those about hers are hers."""
    return [
        Named("ticket", set(Ticket.objects.filter(person=person).values_list("pk", flat=True)), hers=True)
    ]


def fold(kept: Person, merged: Person, _by: User, _now: datetime) -> Folded:
    """What both follow, and where both have a seat, one of them does; it stays with the merged record, and is back with it."""
    both = Follower.objects.filter(person=merged, ticket__in=kept.followed_tickets.values("ticket"))
    items = ItemFollower.objects.filter(person=merged, item__in=kept.followed_items.values("item"))
    seats = BodyMember.objects.filter(person=merged, body__in=kept.seats_in_bodies.values("body"))
    return Folded(
        stays={
            "grievances.follower": list(both.values_list("pk", flat=True)),
            "grievances.itemfollower": list(items.values_list("pk", flat=True)),
            "grievances.bodymember": list(seats.values_list("pk", flat=True)),
        }
    )

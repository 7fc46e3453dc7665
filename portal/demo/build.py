"""Builds the demo city, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db import transaction
from django.utils import timezone

from courses.models.catalogue import ClassGroup
from notices.actions import deliver_due
from people.models import User
from portal.demo.classes import make_classes, span_around
from portal.demo.data import read
from portal.demo.grievances import Told
from portal.demo.meetings import Meetings
from portal.demo.ordinary import YEARS, Ordinary
from portal.demo.people import PASSWORD, make_people
from portal.demo.places import load_calendars, make_places
from portal.demo.seats import Seating
from portal.demo.volunteering import Volunteering
from portal.demo.walks import Walks

__all__ = ["ACCOUNTS", "PASSWORD", "Account", "build", "is_over", "is_there"]


@dataclass(frozen=True)
class Account:
    """A demo account to sign in with."""

    role: str
    phone: str
    name: str
    about: str


ACCOUNTS = [
    Account(row["role"].lower(), row["phone"], row["name"], row["about"])
    for row in read("people")["accounts"]
]


def is_there() -> bool:
    """Whether the demo was built here: its administrator has a phone that nobody else can have."""
    return User.objects.filter(phone=ACCOUNTS[-1].phone, is_superuser=True).exists()


def is_over(now: datetime) -> bool:
    """Whether the demo's term lies behind."""
    return not ClassGroup.objects.filter(ends_on__gte=timezone.localdate(now)).exists()


@transaction.atomic
def build(*, seed: int, now: datetime) -> None:
    """Makes every place, person, class and seat, then sends out the letters that are due."""
    rng = Random(seed)  # noqa: S311 - invented data, no secrets
    places = make_places()
    # The account of commands, made here for the first time, is as old as the rest.
    User.objects.filter(pk=User.objects.system().pk).update(joined_at=now)
    load_calendars([*range(now.year - YEARS, now.year), *span_around(timezone.localdate(now)).years])
    folk = make_people(rng, places, now)
    classes = make_classes(places, folk, now)
    Seating(rng, folk, classes, now).fill()
    Volunteering(rng, places, folk, now).fill()
    Ordinary(rng, places, folk, now).fill()
    Meetings(places, folk, now).fill()
    Walks(rng, places, folk, now).fill()
    Told(places, folk, now).fill()  # last, as what is under way is the newest
    deliver_due(now=now)

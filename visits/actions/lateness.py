"""Whoever stands above is told where somebody waits: a weekly visit that is a day late, a walk that is nobody's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max

from centers.models import Division
from common.days import day_of
from notices.actions import Draft, queue_all
from people.actions.accounts import register
from people.models import Membership, User
from people.rules import Role
from visits.models.care import CareCase
from visits.rules.care import Level
from visits.rules.letters import Letter


@transaction.atomic
def escalate_care(*, now: datetime) -> int:
    """上报晚了的走访: a pass: directors, else the street, are told of places where somebody who is visited every
    week waits since yesterday at the latest, or where somebody waits and no grid worker has a post.

    Once, until somebody else is late there. Returns in how many places somebody waits.
    """
    today = day_of(now)
    waits = CareCase.objects.open().filter(next_due_on__lt=today, person__home__isnull=False).order_by()
    counted = waits.values("person__home").annotate(late=Count("pk"), since=Max("next_due_on"))
    weekly = set(waits.filter(level=Level.WEEKLY).values_list("person__home", flat=True))
    places = Division.objects.in_bulk([row["person__home"] for row in counted])
    told = 0
    for row in counted:
        place = places[row["person__home"]]
        walked = Membership.objects.allowing("visits.record", today, place).filter(role=Role.GRID_WORKER)
        if place.pk not in weekly and walked.exists():
            continue
        words = {"name": str(place), "late": row["late"], "nobody": not walked.exists()}
        key = f"care_late:{place.pk}:{row['since']:%Y%m%d}:{row['late']}"
        drafts = [
            Draft(f"{Letter.CARE_LATE}", f"{key}:{one.pk}", one.pk, ("grid", place.pk), now, data=words)
            for one in (register(user=user, full_name=str(user), now=now) for user in _above(place, now))
        ]
        queue_all(drafts=drafts, now=now)
        told += 1
    return told


def _above(place: Division, now: datetime) -> Iterable[User]:
    """The directors of a place, else the officers of its street."""
    posts = Membership.objects.valid_on(day_of(now)).filter(
        division__in=place.with_above, user__is_active=True, user__is_staff=True
    )
    directors = posts.filter(role=Role.DIRECTOR)
    asked = directors if directors.exists() else posts.filter(role=Role.STREET_OFFICER)
    return User.objects.filter(pk__in=asked.values("user")).order_by("pk")

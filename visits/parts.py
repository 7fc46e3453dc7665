"""Visits on pages that belong to all: the grid worker's walk on 工作台, her part of a person's record."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Person, User
from people.parts import Asked, AtDesk, Link, Part
from visits.actions import persons
from visits.models.register import Household


def _waiting(user: User, _now: datetime) -> list[Link]:
    if not user.reach("visits.view"):
        return []
    return [Link(_("走访"), reverse("visits:walk"), _("户、谁住在哪里、上门和打电话"), "house")]


def _desk(user: User, person: Person, _now: datetime, _asked: Asked) -> AtDesk:
    """The home she lives in, where that is hers to see."""
    seen = Household.objects.visible_to(user).select_related("building")
    homes = seen.filter(residences__person=person, residences__until=None)
    return AtDesk(
        [
            Link(_("住 %(home)s") % {"home": one}, reverse("visits:household", args=[one.pk]), icon="house")
            for one in homes
        ]
    )


PART = Part(
    app="visits",
    waiting=_waiting,
    desk=_desk,
    copy=persons.copy,
    lock=persons.lock,
    erase=persons.erase,
    fold=persons.fold,
)

"""Visits on pages that belong to all: the grid worker's walk on 工作台, her part of a person's record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from common.days import day_of
from people.models import Person, User
from people.parts import About, Asked, AtDesk, Link, Part
from visits.actions import persons
from visits.models.callbacks import VisitCallback
from visits.models.care import CareCase
from visits.models.register import Household, Residence
from visits.rules.letters import Letter


def _waiting(user: User, now: datetime) -> list[Link]:
    if not user.reach("visits.view"):
        return []
    due = CareCase.objects.visible_to(user).due_by(day_of(now)).count()
    note = _("户、谁住在哪里、上门和打电话")
    found = [Link(_("走访"), reverse("visits:walk"), note, "house", count=due)]
    asks = VisitCallback.objects.visible_to(user).waiting(now).count() if user.reach("visits.care") else 0
    if asks:
        note = _("抽中的走访，打电话问有没有人来过")
        found.append(Link(_("走访回访"), reverse("visits:callbacks"), note, "telephone", count=asks))
    return found


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


def _lives_at(text: str) -> QuerySet[Residence, Any] | None:
    """Who lives behind a door as a clerk writes it; None where no home here is called so."""
    homes = Household.objects.behind(text)
    if not homes.exists():
        return None
    return Residence.objects.now().filter(household__in=homes).values("person")


def _address(about: About) -> Link | None:
    if about.type != "grid":
        return None
    if about.kind == Letter.GRID_YOURS:
        return Link(_("去走访"), reverse("visits:walk"))
    return Link(_("看轮到谁了"), reverse("visits:care"))


PART = Part(
    app="visits",
    letters=Letter,
    address=_address,
    lives_at=_lives_at,
    waiting=_waiting,
    desk=_desk,
    copy=persons.copy,
    lock=persons.lock,
    erase=persons.erase,
    fold=persons.fold,
    unfold=persons.unfold,
)

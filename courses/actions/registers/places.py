"""Places that a timetable names: found on record, made by whoever may, taken back if nobody uses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from centers.models import Center, Division, Room
from centers.rules import DivisionKind
from common.errors import DomainError
from common.pointers import unused
from courses.models.register import Made, RegisterRow
from people.authority import may_act
from people.models import User


class PlaceMissing(DomainError):
    code = "PLACE_MISSING"


@dataclass(frozen=True)
class Named:
    """Where a line's class would be: what of it is on record, and what is not."""

    home: Division  # of the center; of the community, where that has to be made first
    community: str
    place: str
    center: Center | None
    name_of_room: str
    room: Room | None

    @property
    def missing(self) -> list[str]:
        """What importing the line would make."""
        center = "" if self.center else self.place
        room = self.name_of_room if self.room is None and self.name_of_room else ""
        room = _("%(place)s的%(room)s") % {"place": self.place, "room": room} if room else ""
        return [one for one in (self.community, center, room) if one]


def find(division: Division, place: str, room: str) -> Named:
    """What a line names, under a division; without a center it is the street's own.

    Refuses OTHER_STREETS_CENTER.
    """
    place = place or _("%(street)s党群服务中心") % {"street": division.name}
    center = Center.objects.select_related("division").filter(name=place).first()
    if center is not None and not division.contains(center.division):
        raise DomainError("OTHER_STREETS_CENTER", _("“%(place)s”属于别的街道。") % {"place": place})
    home, community = (center.division, "") if center else _home(division, place)
    known = Room.objects.filter(center=center, name=room).first() if center and room else None
    return Named(home, community, place, center, room, known)


def _home(division: Division, place: str) -> tuple[Division, str]:
    """The community that a center's name says, and its name where it is not on record."""
    name = place.partition("社区")[0] + "社区" if "社区" in place else ""
    if not name or division.kind == DivisionKind.COMMUNITY:
        return division, ""
    found = Division.objects.filter(kind=DivisionKind.COMMUNITY, name=name, parent=division).first()
    return (found, "") if found else (division, name)


def refuse_missing(named: Named, by: User) -> None:
    """Refuses PLACE_MISSING where a place is to be made by somebody who looks after none there."""
    if named.missing and not may_act(by=by, verb="centers.change", row=named.home):
        words = {"places": "、".join(named.missing)}
        raise PlaceMissing(message=_("还没有%(places)s。请中心主任先建这个中心或教室，再导入。") % words)


def make(named: Named, made: Made) -> tuple[Center, Room | None]:
    """Makes what is missing, and notes in `made` what did not exist a moment ago."""
    home, center, room = named.home, named.center, named.room
    if named.community:
        home, fresh = Division.objects.get_or_create(
            kind=DivisionKind.COMMUNITY, name=named.community, parent=named.home
        )
        if fresh:
            made["division"] = home.pk
    if center is None:
        center = Center.objects.create(division=home, name=named.place)
        made["center"] = center.pk
    if room is None and named.name_of_room:
        room, fresh = Room.objects.get_or_create(center=center, name=named.name_of_room)
        if fresh:
            made["room"] = room.pk
    return center, room


def lock_communities(rows: Iterable[RegisterRow]) -> None:
    """Before all else that undoing locks: docs/locking.md."""
    ids = [row.made["division"] for row in rows if "division" in row.made]
    list(Division.objects.filter(pk__in=ids).order_by("pk").select_for_update())


def take_back(rows: Iterable[RegisterRow]) -> None:
    """Takes back what lines made and nothing anywhere points at: rooms, then centers, then communities."""
    made = [row.made for row in rows]
    _delete_unused(Room.objects.filter(pk__in=[one["room"] for one in made if "room" in one]))
    _delete_unused(Center.objects.filter(pk__in=[one["center"] for one in made if "center" in one]))
    _delete_unused(Division.objects.filter(pk__in=[one["division"] for one in made if "division" in one]))


def _delete_unused(rows: models.QuerySet[Any]) -> None:
    rows.filter(pk__in=list(unused(rows).values_list("pk", flat=True))).delete()

"""Verbs of buildings and households."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.steps import refuse_unmet
from people.models import User
from visits.actions.steps import lock_building, lock_grid, lock_household
from visits.models.register import Building, Household
from visits.rules.register import (
    LONGEST_DOOR,
    LONGEST_NAME,
    LONGEST_NOTE,
    WHAT_CALLED,
    WHICH_ROOM,
    numbered,
)


@transaction.atomic
def add_building(*, grid_id: int, name: str, by: User, now: datetime) -> Building:
    """登记楼栋: puts a building into a grid, last in the walk; the same name again gives back the first.

    Refuses NOT_ALLOWED, NOT_A_GRID, NAME_NEEDED.
    """
    grid = lock_grid(grid_id, by)
    called = _called(name)
    known = Building.objects.filter(grid=grid, name=called).first()
    if known is not None:
        return known
    return Building.objects.create(
        grid=grid, name=called, walked=Building.objects.filter(grid=grid).count() + 1
    )


@transaction.atomic
def describe_building(
    *,
    building_id: int,
    name: str,
    floors: int | None,
    lift: bool | None,
    step_free: bool | None,
    by: User,
    now: datetime,
) -> Building:
    """改楼栋: what it is called, how high it is, whether somebody in a wheelchair gets in. None: not known.

    The same again changes nothing. Refuses NOT_ALLOWED, NAME_NEEDED, NAME_TAKEN.
    """
    known = Building.objects.filter(pk=building_id).values_list("grid_id", flat=True).first()
    lock_grid(known or 0, by)  # two may be called one thing at once
    building = lock_building(building_id, by)
    called = _called(name)
    # Before anything is written: the log of the grid comes after all row locks.
    homes = list(building.households.order_by("pk").select_for_update(no_key=True))
    if Building.objects.filter(grid=building.grid, name=called).exclude(pk=building.pk).exists():
        raise DomainError("NAME_TAKEN", _("这个网格里已经有叫这个名字的楼栋。"), about="name")
    before = (building.name, building.floors, building.lift, building.step_free)
    if (called, floors, lift, step_free) == before:
        return building
    building.name, building.floors, building.lift, building.step_free = called, floors, lift, step_free
    building.save()
    for home in homes:
        home.building = building
        home.save(update_fields=["door_key"])
    return building


def _called(name: str) -> str:
    refuse_unmet(WHAT_CALLED, name)
    return name.strip()[:LONGEST_NAME]


@transaction.atomic
def number_buildings(*, grid_id: int, building_ids: Sequence[int], by: User, now: datetime) -> list[Building]:
    """排走访次序: the buildings of a grid in the order in which she walks them; those she does not name come after.

    Refuses NOT_ALLOWED, NOT_A_GRID, NO_SUCH_BUILDING (one of another grid).
    """
    grid = lock_grid(grid_id, by)
    known = list(Building.objects.filter(grid=grid).select_for_update(no_key=True).order_by("pk"))
    walked = sorted(known, key=lambda one: (one.walked, one.pk))
    if not set(building_ids) <= {one.pk for one in known}:
        raise DomainError("NO_SUCH_BUILDING", _("有一栋不在这个网格里，请刷新再排。"))
    places = numbered([one.pk for one in walked], building_ids)
    for one in known:
        if one.walked != places[one.pk]:
            one.walked = places[one.pk]
            one.save(update_fields=["walked"])
    return sorted(known, key=lambda one: one.walked)


@transaction.atomic
def add_household(
    *, building_id: int, unit: str, room: str, by: User, now: datetime, floor: int | None = None
) -> Household:
    """登记户: puts a home into a building; the same door again gives back the first.

    Refuses NOT_ALLOWED, ROOM_NEEDED.
    """
    building = lock_building(building_id, by)
    refuse_unmet(WHICH_ROOM, room)
    where = {"building": building, "unit": unit.strip()[:LONGEST_DOOR], "room": room.strip()[:LONGEST_DOOR]}
    known = Household.objects.filter(**where).first()
    return known or Household.objects.create(**where, floor=floor)


@transaction.atomic
def note_household(*, household_id: int, note: str, by: User, now: datetime) -> Household:
    """改户备注: what whoever knocks here ought to know ("耳背，要大声敲"). The same again changes nothing.

    Refuses NOT_ALLOWED.
    """
    household = lock_household(household_id, by)
    kept = note.strip()[:LONGEST_NOTE]
    if household.note != kept:
        household.note = kept
        household.save(update_fields=["note"])
    return household

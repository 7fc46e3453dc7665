"""Households of a confirmed book, written down: doors, people, and who lives behind which."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _

from centers.models import Division
from common.days import day_of
from common.sealed import blind_index
from people.models import Person
from people.rules import BirthPrecision
from visits.actions.books.look import of
from visits.models.books import BookMember, BookRow, HouseholdBook, Said
from visits.models.changes import lock_logs
from visits.models.register import Building, Household, Residence
from visits.rules.books import RowFate
from visits.rules.register import Relation


class _Home(NamedTuple):
    """A row of the book, what it says, and the grid it goes into."""

    row: BookRow
    said: Said
    grid_id: int

    @property
    def house(self) -> tuple[int, str]:
        return self.grid_id, self.row.building


def take_in(book: HouseholdBook, rows: Sequence[BookRow], now: datetime) -> None:
    """Writes down these households of a book, under its lock; in few statements, however many they are.

    What has changed since the preview stays as it is, and the row says so: who lives elsewhere by now, a
    household that has a head.
    """
    homes = [_Home(row, json.loads(row.said), book.places[row.building] or 0) for row in rows]
    ground = _Ground(book, homes)
    people = _People(homes)
    lock_logs({home.grid_id for home in homes})
    ground.make()
    moves = [move for home in homes for move in people.moving_in(home, ground.door(home), day_of(now))]
    _save(book, moves)
    BookRow.objects.bulk_update(rows, ["made", "said", "done", "fate"])


class _Ground:
    """The buildings and doors of some households, locked; `make` adds those that are missing."""

    def __init__(self, book: HouseholdBook, homes: Sequence[_Home]) -> None:
        self.book, self.homes = book, homes
        grids = sorted({home.grid_id for home in homes})
        list(Division.objects.filter(pk__in=grids).order_by("pk").select_for_update(no_key=True))
        known = Building.objects.filter(grid__in=grids, name__in={home.row.building for home in homes})
        self.buildings = {
            (one.grid_id, one.name): one for one in known.order_by("pk").select_for_update(no_key=True)
        }
        doors = Household.objects.filter(building__in=self.buildings.values())
        by_key = {(one.building_id, one.door_key or one.door): one.pk for one in doors}
        wanted = {by_key[key] for home in homes if (key := self._key(home)) in by_key}
        locked = Household.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
        self.doors = {(one.building_id, one.door_key or one.door): one for one in locked}

    def _key(self, home: _Home) -> tuple[int, str]:
        """A door as it is known here, of a building that has no number yet 0."""
        building = self.buildings.get(home.house) or Building(name=home.row.building)
        door = Household(building=building, unit=home.row.unit, room=home.row.room)
        door.name_door()
        return building.pk or 0, door.door_key or door.door

    def door(self, home: _Home) -> Household:
        """The household on record of a row, once it is made."""
        return self.doors[self._key(home)]

    def make(self) -> None:
        """Adds what the register does not have: buildings come last in the walk, doors as the book has them."""
        walked = dict(
            Building.objects.filter(grid__in={home.grid_id for home in self.homes})
            .order_by()
            .values_list("grid")
            .annotate(many=Count("pk"))
        )
        for home in self.homes:
            if home.house not in self.buildings:
                walked[home.grid_id] = walked.get(home.grid_id, 0) + 1
                self.buildings[home.house] = Building.objects.create(
                    grid_id=home.grid_id,
                    name=home.row.building,
                    walked=walked[home.grid_id],
                    book=self.book,
                )
        missing: dict[tuple[int, str], Household] = {}
        for home in self.homes:
            key = self._key(home)
            if key not in self.doors and key not in missing:
                missing[key] = self._new_door(home)
        Household.objects.bulk_create(missing.values())
        self.doors |= missing

    def _new_door(self, home: _Home) -> Household:
        row = home.row
        door = Household(
            building=self.buildings[home.house],
            unit=row.unit,
            room=row.room,
            floor=home.said["floor"],
            book=self.book,
        )
        door.name_door()
        return door


@dataclass(slots=True)
class _Move:
    """Somebody who moves in behind a door: on record before, or new."""

    row: BookRow
    door: Household
    person: Person
    relation: str
    since: date
    new: bool


class _People:
    """Those of some households who are on record, locked; who lives where, and who is the head."""

    def __init__(self, homes: Sequence[_Home]) -> None:
        wanted = {pk for home in homes for pk in home.row.known}
        locked = Person.objects.filter(pk__in=wanted, merged_into=None).order_by("pk")
        self.people = {one.pk: one for one in locked.select_for_update(no_key=True)}
        self.lived: dict[int, int] = {}  # by person the household
        self.left: dict[int, date] = {}  # the last day on which she lived somewhere
        for one in Residence.objects.filter(person__in=self.people).order_by("pk"):
            if one.until is None:
                self.lived[one.person_id] = one.household_id
            else:
                self.left[one.person_id] = max(one.until, self.left.get(one.person_id, one.until))
        self.headed: dict[int, bool] = {}

    def moving_in(self, home: _Home, door: Household, today: date) -> Iterator[_Move]:
        """Whom a row brings to a door. The row is done, and says what it could not bring."""
        row = home.row
        row.made = {"household": door.pk, "people": [], "known": [], "residences": []}
        row.done = True
        for member in home.said["members"]:
            why = member["out"] or self._why_not(member, door)
            if not why and self.lived.get(member["person"] or 0) != door.pk:
                yield self._move(row, door, member, today)
            elif why and not member["out"]:
                home.said["doubts"].append(of(member["full_name"], why))
                row.fate = RowFate.DOUBTFUL
        row.said = json.dumps(home.said, ensure_ascii=False)

    def _why_not(self, member: BookMember, door: Household) -> str:
        """What has become of somebody on record since the preview."""
        if member["person"] is None:
            return ""
        if member["person"] not in self.people:
            return _("她的档案刚刚变了，没有登记，请核对。")
        lived = self.lived.get(member["person"])
        return _("刚刚登记到别的户，没有登记，请核对。") if lived not in {None, door.pk} else ""

    def _move(self, row: BookRow, door: Household, member: BookMember, today: date) -> _Move:
        person = self.people.get(member["person"] or 0)
        since = date.fromisoformat(member["since"]) if member["since"] else today
        if person is not None:
            since = max(since, self.left.get(person.pk, since))
            self.lived[person.pk] = door.pk
        relation = self._relation(member["relation"] or Relation.OTHER, door)
        return _Move(row, door, person or _new(member), relation, since, new=person is None)

    def _relation(self, said: str, door: Household) -> str:
        """A second head is of the others: who it is, staff may say on the card."""
        if said != Relation.HEAD:
            return said
        if door.pk not in self.headed:
            self.headed[door.pk] = door.residences.now().filter(relation=Relation.HEAD).exists()
        first, self.headed[door.pk] = not self.headed[door.pk], True
        return Relation.HEAD if first else Relation.OTHER


def _new(said: BookMember) -> Person:
    person = Person(
        full_name=said["full_name"],
        sex=said["sex"],
        born_on=date.fromisoformat(said["born_on"]) if said["born_on"] else None,
        born_precision=said["born_precision"] or BirthPrecision.DAY,
        phone=said["phone"],
        contact_name=said["contact_name"],
        contact_phone=said["contact_phone"],
        document_no=said["document_no"],
        document_index=blind_index(said["document_no"]),
    )
    person.spell()
    return person


def _save(book: HouseholdBook, moves: Sequence[_Move]) -> None:
    """The people, each of the grid she lives in, then where they live; what was made stands on the rows."""
    for move in moves:
        if not move.new:
            move.row.made["known"].append((move.person.pk, move.person.home_id))
        move.person.home = move.door.building.grid
    Person.objects.bulk_create([move.person for move in moves if move.new])
    Person.objects.bulk_update([move.person for move in moves if not move.new], ["home"])
    by = book.confirmed_by
    assert by is not None  # noqa: S101 - no other book is at work here
    made = [
        Residence(
            household=move.door,
            person=move.person,
            relation=move.relation,
            since=move.since,
            by=by,
            book=book,
        )
        for move in moves
    ]
    Residence.objects.bulk_create(made)
    for move, lives in zip(moves, made, strict=True):
        move.row.made["residences"].append(lives.pk)
        if move.new:
            move.row.made["people"].append(move.person.pk)

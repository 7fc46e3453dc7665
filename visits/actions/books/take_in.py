"""Households of a confirmed book, written down: doors, people, and who lives behind which."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from centers.models import Division
from common.days import day_of
from common.sealed import blind_index
from common.sheets.same import Verdict, same_person
from people.authority import kin_of, own_words
from people.models import Person
from people.rules import BirthPrecision
from visits.actions.books.who import of, within_community, written
from visits.models.books import BookMember, BookRow, HouseholdBook, Moved, Said
from visits.models.changes import lock_logs
from visits.models.register import Building, Household, Residence
from visits.registers.households import Member
from visits.rules.books import RowFate
from visits.rules.register import Relation


class _Home(NamedTuple):
    """A row of the book, what it says, and the grid it goes into."""

    row: BookRow
    said: Said
    grid_id: int


def take_in(book: HouseholdBook, rows: Sequence[BookRow], now: datetime) -> None:
    """Writes down these households of a book, under its lock; in few statements, however many they are.

    What has changed since the preview stays as it is, and the row says so: who was written down meanwhile, lives
    elsewhere by now, or is own of whoever confirmed; a household that has a head.
    """
    homes, lost = _placed(book, rows)
    ground = _Ground(book, homes)
    people = _People(book, homes)
    lock_logs({home.grid_id for home in homes})
    ground.make()
    moves = [move for home in homes for move in people.moving_in(home, ground.door(home), day_of(now))]
    _save(book, moves)
    for row in lost:  # its building, or the grid of it, is gone
        row.fate = RowFate.REFUSED
    BookRow.objects.bulk_update(rows, ["made", "said", "known", "done", "fate"])


def _placed(book: HouseholdBook, rows: Sequence[BookRow]) -> tuple[list[_Home], list[BookRow]]:
    """The rows with the grids they go into, and those of which nobody can say any more."""
    grids = dict(Building.objects.filter(pk__in={row.at_id for row in rows}).values_list("pk", "grid"))
    homes, lost = [], []
    for row in rows:
        grid_id = grids.get(row.at_id) if row.at_id else book.places.get(row.building)
        if grid_id is None or not row.said:
            lost.append(row)
        else:
            homes.append(_Home(row, row.told, grid_id))
    return homes, lost


class _Ground:
    """The buildings and doors of some households, locked; `make` adds those that are missing."""

    def __init__(self, book: HouseholdBook, homes: Sequence[_Home]) -> None:
        self.book, self.homes = book, homes
        grids = sorted({home.grid_id for home in homes})
        list(Division.objects.filter(pk__in=grids).order_by("pk").select_for_update(no_key=True))
        new = Q(grid__in=grids, name__in={home.row.building for home in homes if home.row.at_id is None})
        known = Building.objects.filter(new | Q(pk__in={home.row.at_id for home in homes}))
        locked = list(known.order_by("pk").select_for_update(no_key=True))
        self.by_name = {(one.grid_id, one.name): one for one in locked}
        self.by_id = {one.pk: one for one in locked}
        doors = Household.objects.filter(building__in=locked)
        by_key = {(one.building_id, one.door_key or one.door): one.pk for one in doors}
        wanted = {by_key[key] for home in homes if (key := self._key(home)) in by_key}
        found = Household.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
        self.doors = {(one.building_id, one.door_key or one.door): one for one in found}

    def _building(self, home: _Home) -> Building | None:
        row = home.row
        return self.by_id[row.at_id] if row.at_id else self.by_name.get((home.grid_id, row.building))

    def _key(self, home: _Home) -> tuple[int, str]:
        """A door as it is known here, of a building that has no number yet 0."""
        building = self._building(home) or Building(name=home.row.building)
        door = Household(building=building, unit=home.row.unit, room=home.row.room)
        door.name_door()
        return building.pk or 0, door.door_key or door.door

    def door(self, home: _Home) -> Household:
        """The household on record of a row, once it is made."""
        return self.doors[self._key(home)]

    def make(self) -> None:
        """Adds what the register does not have: buildings come last in the walk, doors as the book has them."""
        missing = {(home.grid_id, home.row.building): home for home in self.homes if not self._building(home)}
        grids = Building.objects.filter(grid__in={grid_id for grid_id, _name in missing}).order_by()
        walked = defaultdict(int, grids.values_list("grid").annotate(many=Count("pk")))
        for grid_id, name in missing:
            walked[grid_id] += 1
            made = Building(grid_id=grid_id, name=name, walked=walked[grid_id], book=self.book)
            made.save()
            self.by_name[grid_id, name] = made
        doors: dict[tuple[int, str], Household] = {}
        for home in self.homes:
            key = self._key(home)
            if key not in self.doors and key not in doors:
                doors[key] = self._new_door(home)
        Household.objects.bulk_create(doors.values())
        self.doors |= doors

    def _new_door(self, home: _Home) -> Household:
        row = home.row
        building, floor = self._building(home), home.said["floor"]
        door = Household(building=building, unit=row.unit, room=row.room, floor=floor, book=self.book)
        door.name_door()
        return door


@dataclass(slots=True)
class _Move:
    """Somebody who moves in behind a door by a line: on record before, or new."""

    row: BookRow
    line: int
    door: Household
    person: Person
    relation: str
    since: date
    new: bool


class _People:
    """Those of some households who are on record, locked; who lives where, and who is the head."""

    def __init__(self, book: HouseholdBook, homes: Sequence[_Home]) -> None:
        by = book.confirmed_by
        assert by is not None  # noqa: S101 - no other book is at work here
        self.phone = by.phone
        self.own = set(kin_of(by).values_list("pk", flat=True))
        wanted = {pk for home in homes for pk in home.row.known}
        here = Person.objects.filter(within_community(book.division), merged_into=None)
        locked = here.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True, of=("self",))
        self.people = {one.pk: one for one in locked}
        names = {member["full_name"] for home in homes for member in home.said["members"]}
        self.since: dict[str, list[Person]] = defaultdict(list)  # by name who came on record since
        for one in here.filter(full_name__in=names).exclude(pk__in=wanted):
            self.since[one.full_name].append(one)
        self.lived: dict[int, int] = {}  # by person the household
        self.left: dict[int, date] = {}  # the last day on which she lived somewhere
        for lives in Residence.objects.filter(person__in=self.people).order_by("pk"):
            if lives.until is None:
                self.lived[lives.person_id] = lives.household_id
            else:
                last = self.left.get(lives.person_id, lives.until)
                self.left[lives.person_id] = max(lives.until, last)
        self.headed: dict[int, bool] = {}

    def moving_in(self, home: _Home, door: Household, today: date) -> Iterator[_Move]:
        """Whom a row brings to a door. The row is done, and says what it could not bring."""
        row = home.row
        row.made, row.done = {"household": door.pk, "moves": []}, True
        for member in home.said["members"]:
            if member["out"]:
                continue
            if why := self._why_not(member, door):
                home.said["doubts"].append(of(member["full_name"], why))
                row.fate = RowFate.DOUBTFUL
            elif self.lived.get(member["person"] or 0) != door.pk:
                yield self._move(row, door, member, today)
        row.said = json.dumps(home.said, ensure_ascii=False)

    def _why_not(self, member: BookMember, door: Household) -> str:
        """What has become of somebody since the preview, or is between her and whoever confirmed."""
        if member["person"] in self.own or (member["phone"] and member["phone"] == self.phone):
            return own_words()
        if member["person"] is None:
            said = member_of(member)
            came = any(
                same_person(said, written(one)) is not Verdict.DIFFERENT
                for one in self.since[member["full_name"]]
            )
            return _("上传以后有了她的档案，没有登记，请核对。") if came else ""
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
        return _Move(row, member["line"], door, person or _new(member), relation, since, new=person is None)

    def _relation(self, said: str, door: Household) -> str:
        """A second head is of the others: who it is, staff may say on the card."""
        if said != Relation.HEAD:
            return said
        if door.pk not in self.headed:
            self.headed[door.pk] = door.residences.filter(until=None, relation=Relation.HEAD).exists()
        first, self.headed[door.pk] = not self.headed[door.pk], True
        return Relation.HEAD if first else Relation.OTHER


def member_of(said: BookMember) -> Member:
    """A line as it is kept, in the reader's own terms."""
    return Member(
        line=said["line"],
        full_name=said["full_name"],
        sex=said["sex"],
        born_on=date.fromisoformat(said["born_on"]) if said["born_on"] else None,
        born_precision=said["born_precision"],
        phone=said["phone"],
        document_no=said["document_no"],
    )


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
    before = [None if move.new else move.person.home_id for move in moves]
    for move in moves:
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
    for move, lives, home_id in zip(moves, made, before, strict=True):
        moved: Moved = {
            "residence": lives.pk,
            "person": move.person.pk,
            "relation": move.relation,
            "line": move.line,
            "new": move.new,
            "home": home_id,
        }
        move.row.made["moves"].append(moved)
        move.row.known = sorted({*move.row.known, move.person.pk})

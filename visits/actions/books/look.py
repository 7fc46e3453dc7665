"""What confirming a household book would do, door by door: which are new, who is on record, what is doubtful."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.sheets import archive
from common.sheets.sheet import read_sheet
from visits.actions.books.who import Who, of
from visits.models.books import BookRow, HouseholdBook, Said
from visits.models.register import Building, Household
from visits.registers.addresses import Address, grid_name, spot_of
from visits.registers.book import Book, read_book
from visits.registers.households import HouseholdRead
from visits.rules.books import RowFate
from visits.rules.register import LONGEST_NAME

LONGEST_LIST = 20  # lines, headings and grids that are named; a page is not made longer by more


def look(book: HouseholdBook, content: bytes, today: date) -> list[BookRow]:
    """The rows of a book, not saved yet, its `notes` and `places` filled. Refuses SheetRefused, and NOT_ALLOWED
    where whoever sent the book has no post any more.

    Who is on record is asked only where whoever sent the book keeps the register.
    """
    sheet = read_sheet(content, book.file_name, archive.BOOK)
    read = read_book(sheet, today=today, within=_names_above(book.division))
    houses = _Houses(book.division)
    people = Who(book, read)
    rows = [_row(book, home, houses, people) for home in read.households]
    book.places = dict(sorted(houses.places.items()))
    book.notes = [*houses.notes(), *_notes(read)]
    return rows


def _names_above(division: Division) -> list[str]:
    """What an address may begin with: the places it lies in anyway, from the top."""
    above = Division.objects.filter(pk__in=division.with_above)
    return list(above.order_by("path").values_list("name", flat=True))


def _notes(read: Book) -> list[str]:
    notes = [*read.notes]
    if any(member.remark for home in read.households for member in home.people):
        notes.append(_("备注只用来看是不是同一个人，不会登记；要紧的请写在户的备注里。"))
    if read.missing:
        notes.append(_("没有这些列：%(labels)s。") % {"labels": _("、").join(read.missing)})
    if read.unused:
        notes.append(_("没有用到的列：%(labels)s。") % {"labels": _("、").join(read.unused[:LONGEST_LIST])})
    if read.skipped:
        lines = _("、").join(str(one.line) for one in read.skipped[:LONGEST_LIST])
        notes.append(
            _("有 %(count)d 行不是数据，没有读：第 %(lines)s 行。")
            % {"count": len(read.skipped), "lines": lines}
        )
    return notes


def _row(book: HouseholdBook, home: HouseholdRead, houses: _Houses, people: Who) -> BookRow:
    place = houses.of(home)
    home_id = houses.home_id(place, home.door)
    members = [people.member(member, home_id) for member in home.members]
    new = [one for one in members if not one["out"] and not people.lives(one["person"], home_id)]
    told = [*(doubt.message for doubt in home.doubts), *place.doubts]
    for member, one in zip(home.members, members, strict=True):
        told += [of(member.full_name, words) for words in people.doubts(member, one, home_id)]
    fate = RowFate.DOUBTFUL if told else RowFate.GOOD
    if place.refused:
        fate = RowFate.REFUSED
    elif not new and home_id is not None:
        fate = RowFate.KNOWN
    said: Said = {"floor": home.door.storey, "members": members, "doubts": told}
    return BookRow(
        book=book,
        line=home.lines[0],
        at=place.building,
        building=place.name,
        unit=home.door.stairs[:20],
        room=home.door.flat[:20] if home.door.key else "",
        fate=fate,
        said=json.dumps(said, ensure_ascii=False),
        people=len(new),
        known=sorted({pk for member in home.members for pk in people.candidates(member)}),
    )


# --- Where a door is ------------------------------------------------------------------------------


class Place(NamedTuple):
    """The building of a door: on record, or new and only called so; what is doubtful of it, and refuses it."""

    building: Building | None
    name: str
    doubts: tuple[str, ...] = ()
    refused: bool = False


class _Houses:
    """The buildings on record of the place a book is of, and in which grid those lie that are new (`places`)."""

    def __init__(self, division: Division) -> None:
        grids = Division.objects.under(division).filter(kind=DivisionKind.GRID)
        self.grids = {grid_name(grid.name): grid.pk for grid in grids}
        self.places: dict[str, int | None] = {}
        self._unknown = set[str]()
        self._spots: dict[str, list[tuple[str, Building]]] = defaultdict(list)
        buildings = Building.objects.filter(grid__in=self.grids.values()).select_related("grid")
        for building in buildings.order_by("pk"):
            estate, number = spot_of(building.name)
            self._spots[number or building.name].append((estate, building))
        homes = Household.objects.filter(building__grid__in=self.grids.values()).exclude(door_key="")
        self._homes = {(at, key): pk for pk, at, key in homes.values_list("pk", "building", "door_key")}

    def of(self, home: HouseholdRead) -> Place:
        """Where a door of the book is."""
        door = home.door
        if not door.key or not door.room:
            return Place(None, "", refused=True)
        if len(door.house) > LONGEST_NAME:
            told = _("楼栋的名字“%(house)s”太长，请写短一些。") % {"house": f"{door.house[:LONGEST_NAME]}…"}
            return Place(None, "", (told,), refused=True)
        beside = self._spots.get(door.building or door.house, [])
        known = [one for estate, one in beside if estate == door.place] or [
            one for estate, one in beside if not estate or not door.place
        ]
        said = self.grids.get(grid_name(home.grid)) if home.grid else None
        return self._on_record(door, known, said) if known else self._new(home, said)

    def _on_record(self, door: Address, known: Sequence[Building], said: int | None) -> Place:
        here = [one for one in known if said is None or one.grid_id == said] or [*known]
        if len(here) > 1:
            told = _("有几栋楼都叫“%(house)s”，请写明小区或网格。") % {"house": door.house}
            return Place(None, "", (told,), refused=True)
        (found,) = here
        if said is None or found.grid_id == said:
            return Place(found, found.name)
        told = _("台账写的网格不同，“%(house)s”登记在%(grid)s，按登记的办，请核对。")
        return Place(found, found.name, (told % {"house": found.name, "grid": found.grid},))

    def _new(self, home: HouseholdRead, said: int | None) -> Place:
        name, only = home.door.house, None
        if len(self.grids) == 1:
            only = next(iter(self.grids.values()))
        elif home.grid and said is None:
            self._unknown.add(home.grid[:20])
        grid = said or only
        before = self.places.setdefault(name, grid)
        if before is None:
            self.places[name] = grid
        elif grid is not None and before != grid:
            told = _("台账里“%(house)s”写在两个网格，请改成一个。") % {"house": name}
            return Place(None, "", (told,), refused=True)
        return Place(None, name)

    def notes(self) -> list[str]:
        """What the book says of grids and nobody knows."""
        names = _("、").join(sorted(self._unknown)[:LONGEST_LIST])
        return [_("没有叫%(names)s的网格，请在下面选。") % {"names": names}] if names else []

    def home_id(self, place: Place, door: Address) -> int | None:
        """The household on record behind a door, if one is."""
        key = "/".join((door.building, door.unit, door.room))
        return self._homes.get((place.building.pk, key)) if place.building else None

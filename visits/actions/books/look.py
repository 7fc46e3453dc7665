"""What confirming a household book would do, door by door: which are new, who is on record, what is doubtful."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.sheets import archive
from common.sheets.same import Verdict, same_person
from common.sheets.sheet import read_sheet
from people.authority import kin_of, reach_of
from people.models import Person, User
from visits.actions.steps import REGISTER
from visits.models.books import BookMember, BookRow, HouseholdBook, Said
from visits.models.register import Building, Household, Residence
from visits.registers.addresses import Address, grid_name, spot_of
from visits.registers.book import Book, read_book
from visits.registers.households import HouseholdRead, Member
from visits.registers.twins import Resident, Twin, find_twins
from visits.rules.books import RowFate

LONGEST_LIST = 20  # lines and headings that are named; of more it is said how many there are
# Doubts on which a line is left out: who is written down all the same is asked for at her door.
_LEFT_OUT = frozenset({"GONE", "STRUCK"})


def look(book: HouseholdBook, content: bytes, today: date) -> list[BookRow]:
    """The rows of a book, not saved yet, its `notes` and `places` filled. Refuses SheetRefused.

    Who is on record is asked only where whoever sent the book keeps the register.
    """
    sheet = read_sheet(content, book.file_name, archive.BOOK)
    read = read_book(sheet, today=today, within=_names_above(book.division))
    houses = _Houses(book.division)
    people = _People(book.by, read)
    rows = [_row(book, home, houses, people) for home in read.households]
    book.places = dict(sorted(houses.places.items()))
    book.notes = [*houses.notes(), *_notes(read)]
    return rows


def of(name: str, words: str) -> str:
    """A sentence about somebody of a household."""
    return _("%(name)s：%(words)s") % {"name": name, "words": words}


def _names_above(division: Division) -> list[str]:
    """What an address may begin with: the places it lies in anyway, from the top."""
    above = Division.objects.filter(pk__in=[int(pk) for pk in division.path.strip("/").split("/")])
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


def _row(book: HouseholdBook, home: HouseholdRead, houses: _Houses, people: _People) -> BookRow:
    house, doubts, refused = houses.of(home)
    home_id = houses.home_id(house, home.door)
    members = [people.member(member, home_id) for member in home.members]
    new = [one for one in members if not one["out"] and not people.lives(one["person"], home_id)]
    told = [*(doubt.message for doubt in home.doubts), *doubts]
    for member, one in zip(home.members, members, strict=True):
        told += [of(member.full_name, words) for words in people.doubts(member, one, home_id)]
    fate = RowFate.DOUBTFUL if told else RowFate.GOOD
    if refused:
        fate = RowFate.REFUSED
    elif not new and home_id is not None:
        fate = RowFate.KNOWN
    said: Said = {"floor": home.door.storey, "members": members, "doubts": told}
    return BookRow(
        book=book,
        line=home.lines[0],
        building=house[:40],
        unit=home.door.stairs[:20],
        room=home.door.flat[:20] if home.door.key else "",
        fate=fate,
        said=json.dumps(said, ensure_ascii=False),
        people=len(new),
        known=sorted({one["person"] for one in members if one["person"]}),
    )


# --- Where a door is ------------------------------------------------------------------------------


class _Houses:
    """The buildings on record of the place a book is of, and in which grid those lie that are new."""

    def __init__(self, division: Division) -> None:
        grids = Division.objects.under(division).filter(kind=DivisionKind.GRID)
        self.grids = {grid_name(grid.name): grid.pk for grid in grids}
        self.places: dict[str, int | None] = {}  # what the book names
        self._unknown = set[str]()
        self._spots: dict[str, list[tuple[str, Building]]] = defaultdict(list)
        for building in Building.objects.filter(grid__in=self.grids.values()).order_by("pk"):
            estate, number = spot_of(building.name)
            self._spots[number or building.name].append((estate, building))
        homes = Household.objects.filter(building__grid__in=self.grids.values())
        self._homes = {
            (name, key): pk for pk, name, key in homes.values_list("pk", "building__name", "door_key") if key
        }

    def of(self, home: HouseholdRead) -> tuple[str, list[str], bool]:
        """What the register calls the building of a door, what is doubtful of it, whether that refuses it."""
        door = home.door
        if not door.key or not door.room:
            return "", [], True
        beside = self._spots.get(door.building or door.house, [])
        known = [one for estate, one in beside if estate == door.place] or [
            one for estate, one in beside if not estate or not door.place
        ]
        said = self.grids.get(grid_name(home.grid)) if home.grid else None
        here = [one for one in known if said is None or one.grid_id == said]
        if len(here) == 1:
            self.places[here[0].name] = here[0].grid_id
            return here[0].name, [], False
        if len(here) > 1:
            return "", [_("有几栋楼都叫“%(house)s”，请写明小区或网格。") % {"house": door.house}], True
        only = next(iter(self.grids.values())) if len(self.grids) == 1 else None
        if home.grid and said is None and only is None:
            self._unknown.add(home.grid[:20])
        grid = said or only
        before = self.places.setdefault(door.house, grid)
        if before is None:
            self.places[door.house] = grid
        elif grid is not None and before != grid:
            return "", [_("台账里“%(house)s”写在两个网格，请改成一个。") % {"house": door.house}], True
        return door.house, [], False

    def notes(self) -> list[str]:
        """What the book says of grids and nobody knows."""
        names = _("、").join(sorted(self._unknown)[:LONGEST_LIST])
        return [_("没有叫%(names)s的网格，请在下面选。") % {"names": names}] if names else []

    def home_id(self, house: str, door: Address) -> int | None:
        """The household on record behind a door, if one is."""
        return self._homes.get((house, "/".join((door.building, door.unit, door.room))))


# --- Who somebody is ------------------------------------------------------------------------------


class _People:
    """Who of a book is on record, and why one thinks so; of whom whoever sent it may not know nothing is said."""

    def __init__(self, by: User, read: Book) -> None:
        self.members = [member for home in read.households for member in home.people]
        hers = reach_of(by=by, verb=REGISTER)
        seen = Person.objects.filter(hers, merged_into=None)
        names = {member.full_name for member in self.members}
        self._namesakes: dict[str, list[Person]] = defaultdict(list)
        for person in seen.filter(full_name__in=names).order_by("pk"):
            self._namesakes[person.full_name].append(person)
        lived = Residence.objects.now().filter(person__in=seen.values("pk"))
        self._lived = {
            one.person_id: one for one in lived.select_related("household__building", "person").order_by("pk")
        }
        self._own = set(kin_of(by).values_list("pk", flat=True))
        self._known = {member.line: self._judged(member) for member in self.members}
        self._again = dict(self._standing_twice())
        self._twins = self._found(read)

    def lives(self, person_id: int | None, home_id: int | None) -> bool:
        """Whether somebody on record lives behind a door on record."""
        lived = self._lived.get(person_id or 0)
        return lived is not None and lived.household_id == home_id

    def _judged(self, member: Member) -> list[Person]:
        """Those on record who are surely she."""
        return [
            one for one in self._namesakes[member.full_name] if self._compared(member, one) is Verdict.SAME
        ]

    def _compared(self, member: Member, person: Person) -> Verdict:
        return same_person(member, self._written(person))

    def _written(self, person: Person) -> Member:
        """Somebody on record in the reader's own terms, so that one table judges both."""
        return Member(
            line=0,
            full_name=person.full_name,
            sex=person.sex,
            born_on=person.born_on,
            born_precision=person.born_precision if person.born_on else "",
            phone=person.phone,
            document_no=person.document_no,
        )

    def _standing_twice(self) -> Iterator[tuple[int, int]]:
        """Lines of whom an earlier line tells already, and that line."""
        of_name: dict[str, list[Member]] = defaultdict(list)
        for member in self.members:
            earlier = of_name[member.full_name]
            first = next((one for one in earlier if same_person(one, member) is Verdict.SAME), None)
            if first is None:
                earlier.append(member)
            else:
                yield member.line, first.line

    def _found(self, read: Book) -> dict[int, Twin]:
        """By line: who on record may be somebody of the book of whom that is not sure."""
        taken = {person.pk for people in self._known.values() for person in people}
        listed = [
            _resident(member, home)
            for home in read.households
            for member in home.people
            if not self._known[member.line] and member.line not in self._again
        ]
        listed += [_on_record(one) for pk, one in self._lived.items() if pk not in taken]
        found: dict[int, Twin] = {}
        for twin in find_twins(listed) if listed else []:
            one, other = (twin.one, twin.other) if twin.one.source == "book" else (twin.other, twin.one)
            if one.source == "book" and other.source != "book":
                found.setdefault(int(str(one.key)), Twin(one, other, twin.score, twin.evidence))
        return found

    def member(self, member: Member, home_id: int | None) -> BookMember:
        """What is kept of a line: who she is, and why she is left out."""
        found = self._known.get(member.line, [])
        person = found[0] if len(found) == 1 else None
        return {
            **member.said(),
            "line": member.line,
            "person": person.pk if person else None,
            "out": self._why_out(member, found, home_id),
        }

    def _why_out(self, member: Member, found: Sequence[Person], home_id: int | None) -> str:
        if member.fatal:
            return member.fatal
        if member.line in self._again:
            return _("第 %(line)d 行已经有她，只登记那一行。") % {"line": self._again[member.line]}
        if any(doubt.code in _LEFT_OUT for doubt in member.doubts):
            return _("这一行没有登记。")
        if len(found) > 1:
            return _("在册有多份相同的档案，请先合并档案。")
        return self._why_stays(found[0], home_id) if found else ""

    def _why_stays(self, person: Person, home_id: int | None) -> str:
        """Why somebody on record is not written down behind this door."""
        if person.pk in self._own:
            return _("自己或家人的事，要由另一位工作人员来办。")
        lived = self._lived.get(person.pk)
        if lived is not None and lived.household_id != home_id:
            return _("登记住在%(home)s，请先在那一户办搬走。") % {"home": lived.household}
        return ""

    def doubts(self, member: Member, kept: BookMember, home_id: int | None) -> list[str]:
        """Sentences about somebody: what is written doubtfully, who she is or may be, why she is left out."""
        told = [doubt.message for doubt in member.doubts]
        if kept["person"] is not None:
            if not kept["out"] and not self.lives(kept["person"], home_id):
                told.append(self._evidence(member, self._known[member.line][0]))
        elif member.line in self._twins:
            told.append(_maybe(self._twins[member.line]))
        elif any(self._compared(member, one) is Verdict.UNSURE for one in self._namesakes[member.full_name]):
            told.append(_("在册有同名的居民，可能是同一人，没有合并，请核对。"))
        return [*told, kept["out"]] if kept["out"] else told

    def _evidence(self, member: Member, person: Person) -> str:
        same = [
            label
            for label, mine, yours in (
                (_("姓名"), member.full_name, person.full_name),
                (_("电话"), member.phone, person.phone),
                (_("生日"), member.born_on, person.born_on),
                (_("身份证号"), member.document_no, person.document_no),
            )
            if mine and mine == yours
        ]
        return _("在册，同一个人（%(signs)s相同），接着用她的档案。") % {"signs": _("、").join(same)}


def _resident(member: Member, home: HouseholdRead) -> Resident:
    door = home.door
    return Resident(
        key=member.line,
        source="book",
        household=home.lines[0],
        full_name=member.full_name,
        sex=member.sex,
        born_on=member.born_on,
        born_precision=member.born_precision,
        phone=member.phone,
        door="/".join((door.building, door.unit, door.room)) if door.key else "",
    )


def _on_record(lived: Residence) -> Resident:
    person, home = lived.person, lived.household
    return Resident(
        key=person.pk,
        source=home.building.grid_id,
        household=home.pk,
        full_name=person.full_name,
        sex=person.sex,
        born_on=person.born_on,
        born_precision=person.born_precision if person.born_on else "",
        phone=person.phone,
        door=home.door_key,
    )


def _maybe(twin: Twin) -> str:
    shown = {"name": twin.other.full_name, "evidence": _("；").join(twin.evidence)}
    return _("可能就是在册的%(name)s：%(evidence)s。没有合并，请核对。") % shown

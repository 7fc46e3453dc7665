"""Lines of a household book put together: who belongs to which door, who is its head, who stands there twice.

Merged cells, an address written once for several people and one repeated on every line all mean the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import TypedDict

from django.utils.translation import gettext as _

from common.sheets.notes import Doubt
from common.sheets.same import Verdict, same_person
from visits.registers.addresses import Address
from visits.registers.relations import HEAD


class MemberLine(TypedDict):
    """What a line says of somebody, as it is kept sealed; days are ISO or ""."""

    full_name: str
    sex: str
    born_on: str
    born_precision: str
    phone: str
    contact_name: str
    contact_phone: str
    remark: str
    document_no: str
    relation: str
    since: str
    since_precision: str


@dataclass(frozen=True, slots=True)
class Member:
    """One person's line. Empty strings and None are what is not written or not certain."""

    line: int
    full_name: str = ""
    sex: str = ""
    born_on: date | None = None
    born_precision: str = ""
    phone: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    remark: str = ""
    document_no: str = field(default="", repr=False)
    relation: str = ""  # a value of visits.rules' Relation
    since: date | None = None
    since_precision: str = ""
    home: str = ""  # the key of the door
    doubts: tuple[Doubt, ...] = ()
    fatal: str = ""  # why the line cannot be imported at all

    def said(self) -> MemberLine:
        """The line as a register keeps it."""
        return {
            "full_name": self.full_name,
            "sex": self.sex,
            "born_on": self.born_on.isoformat() if self.born_on else "",
            "born_precision": self.born_precision,
            "phone": self.phone,
            "contact_name": self.contact_name,
            "contact_phone": self.contact_phone,
            "remark": self.remark,
            "document_no": self.document_no,
            "relation": self.relation,
            "since": self.since.isoformat() if self.since else "",
            "since_precision": self.since_precision,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as it stands, before it is known whose household it belongs to."""

    member: Member
    number: str = ""  # of the household, as the book counts
    door: Address | None = None  # None: this line names no door
    head: str = ""  # who the line says is the head
    grid: str = ""  # as the book calls it


@dataclass(frozen=True, slots=True)
class HouseholdRead:
    """A door and who lives behind it; one without members stands in the book as empty."""

    door: Address
    members: tuple[Member, ...]
    number: str = ""
    head: str = ""
    grid: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines of the file this household stands on."""
        return tuple(member.line for member in self.members)

    @property
    def people(self) -> tuple[Member, ...]:
        """Those who can be imported."""
        return tuple(member for member in self.members if not member.fatal)


@dataclass(slots=True)
class _Open:
    """A household while its lines are still being read."""

    number: str
    door: Address | None
    head: str
    grid: str = ""
    members: list[Member] = field(default_factory=list)
    doors: dict[str, Address] = field(default_factory=dict)

    def take(self, entry: Entry, *, related: bool) -> None:
        """Add a line; one that names neither a door nor how she belongs is doubted."""
        self.door, self.head = self.door or entry.door, self.head or entry.head
        self.grid = self.grid or entry.grid
        if entry.door:
            self.doors.setdefault(_spot(entry.door), entry.door)
        member = entry.member
        if self.members and not _says_where(entry) and not (related and member.relation):
            message = _("没有写住址和与户主关系，先算在第 %(line)d 行那一户，请核对。")
            doubt = Doubt("FOLLOWS_ABOVE", "", message % {"line": self.members[0].line})
            member = replace(member, doubts=(*member.doubts, doubt))
        self.members.append(replace(member, home=self.door.key if self.door else ""))


def assembled(entries: Iterable[Entry], *, related: bool) -> tuple[HouseholdRead, ...]:
    """The households in the order of their first lines. `related`: the book has a column of relations."""
    found: list[_Open] = []
    known: dict[tuple[str, str, str], _Open] = {}
    for entry in entries:
        key = _key(entry)
        home = found[-1] if found and _follows(entry, found[-1]) else known.get(key)
        if home is None:
            home = _Open(entry.number, entry.door, entry.head)
            found.append(home)
        if _says_where(entry):
            known.setdefault(key, home)
        home.take(entry, related=related)
    return _twice(_beside([_closed(home) for home in found]))


def _says_where(entry: Entry) -> bool:
    return bool(entry.number or entry.door or entry.head)


def _spot(door: Address) -> str:
    return door.key or door.words


def _key(entry: Entry) -> tuple[str, str, str]:
    """Lines with one key are one household, wherever they stand: its number, else its door and head."""
    if entry.number:
        return entry.number, "", ""
    return "", _spot(entry.door) if entry.door else "", entry.head


def _follows(entry: Entry, home: _Open) -> bool:
    """Whether a line goes on with the household above: it names nothing else, and no head of its own."""
    if not _says_where(entry):
        return entry.member.relation != HEAD
    same_number = not entry.number or entry.number == home.number
    same_door = entry.door is None or (home.door is not None and _spot(entry.door) == _spot(home.door))
    same_head = not entry.head or not home.head or entry.head == home.head
    return same_number and same_door and same_head


def _closed(home: _Open) -> HouseholdRead:
    doubts = [*_doubts_of_door(home), *_doubts_of_head(home)]
    return HouseholdRead(
        door=home.door or Address(""),
        members=tuple(home.members),
        number=home.number,
        head=_name_of_head(home),
        grid=home.grid,
        doubts=tuple(doubts),
    )


def _doubts_of_door(home: _Open) -> Iterable[Doubt]:
    if home.door is None:
        yield Doubt("NO_DOOR", "", _("这一户没有写住址，先不登记住处，请写明。"))
    elif home.door.doubt:
        yield Doubt("BAD_DOOR", "", home.door.doubt)
    if len(home.doors) > 1:
        doors = _("、").join(f"“{door}”" for door in home.doors.values())
        yield Doubt(
            "SEVERAL_DOORS", "", _("这一户写了几个住址：%(doors)s，用第一个，请核对。") % {"doors": doors}
        )


def _heads(home: _Open) -> list[Member]:
    return [member for member in home.members if member.relation == HEAD and not member.fatal]


def _name_of_head(home: _Open) -> str:
    heads = _heads(home)
    return heads[0].full_name if len(heads) == 1 else ""


def _doubts_of_head(home: _Open) -> Iterable[Doubt]:
    people = [member for member in home.members if not member.fatal]
    heads = _heads(home)
    if len(heads) > 1:
        names = _("、").join(f"{head.full_name}" for head in heads)
        message = _("这一户写了几个户主：%(names)s，请核对哪一位是户主，或分成几户。")
        yield Doubt("TWO_HEADS", "", message % {"names": names})
    elif people and not heads:
        yield Doubt("NO_HEAD", "", _("这一户没有写谁是户主，请核对。"))
    named = [member for member in people if member.full_name == home.head]
    if home.head and people and not named:
        message = _("户主“%(name)s”不在这一户的名单里，请核对。")
        yield Doubt("HEAD_ABSENT", "", message % {"name": home.head})
    elif named and heads and heads[0].full_name != home.head:
        message = _("户主一栏写的是“%(name)s”，与户主关系一栏写的是“%(other)s”，请核对。")
        shown = {"name": home.head, "other": heads[0].full_name}
        yield Doubt("HEAD_DIFFERS", "", message % shown)


# --- Doors that are one, or may be ----------------------------------------------------------------


def _beside(homes: Sequence[HouseholdRead]) -> list[HouseholdRead]:
    """The households, doubted where another one is behind the same door, or behind one written shorter."""
    alike: dict[tuple[str, str], list[HouseholdRead]] = defaultdict(list)
    for home in homes:
        if home.door.key:
            alike[home.door.building, home.door.room].append(home)
    doubts: dict[int, list[Doubt]] = defaultdict(list)
    for a, b in (pair for group in alike.values() for pair in combinations(group, 2)):
        for one, other in ((a, b), (b, a)):
            if doubt := _doubt_of_doors(one, other):
                doubts[one.lines[0]].append(doubt)
    return [replace(home, doubts=(*home.doubts, *doubts.get(home.lines[0], ()))) for home in homes]


def _doubt_of_doors(one: HouseholdRead, other: HouseholdRead) -> Doubt | None:
    shown = {"line": other.lines[0], "door": str(other.door)}
    if one.door.key == other.door.key:
        message = _("与第 %(line)d 行的一户写的是同一个门，请核对是一户还是两户。")
        return Doubt("SAME_DOOR", "", message % shown)
    left_out = (
        (one.door.place, other.door.place),
        (one.door.unit, other.door.unit),
    )
    if all(mine == yours or not (mine and yours) for mine, yours in left_out):
        message = _("与第 %(line)d 行的“%(door)s”可能是同一个门，只是写得详略不同，请核对。")
        return Doubt("MAYBE_SAME_DOOR", "", message % shown)
    return None


# --- Who stands in the book twice ---------------------------------------------------------------


def _twice(homes: Sequence[HouseholdRead]) -> tuple[HouseholdRead, ...]:
    """The households, whose lines say with which other line they may be one person."""
    of_line = {member.line: home for home in homes for member in home.people}
    people = [member for home in homes for member in home.people]
    doubts: dict[int, list[Doubt]] = defaultdict(list)
    for a, b in [*_namesakes(people), *_one_document(people)]:
        for one, other in ((a, b), (b, a)):
            if doubt := _doubt_of_two(one, other, of_line):
                doubts[one.line].append(doubt)
    if not doubts:
        return tuple(homes)
    return tuple(
        replace(
            home,
            members=tuple(
                replace(member, doubts=(*member.doubts, *doubts[member.line]))
                if member.line in doubts
                else member
                for member in home.members
            ),
        )
        for home in homes
    )


def _namesakes(people: Iterable[Member]) -> Iterable[tuple[Member, Member]]:
    by_name: dict[str, list[Member]] = defaultdict(list)
    for person in people:
        by_name[person.full_name].append(person)
    for same_name in by_name.values():
        yield from combinations(same_name, 2)


def _one_document(people: Iterable[Member]) -> Iterable[tuple[Member, Member]]:
    """Two names under one identity number."""
    by_number: dict[str, list[Member]] = defaultdict(list)
    for person in people:
        if person.document_no:
            by_number[person.document_no].append(person)
    for holders in by_number.values():
        yield from ((a, b) for a, b in combinations(holders, 2) if a.full_name != b.full_name)


def _doubt_of_two(one: Member, other: Member, of_line: dict[int, HouseholdRead]) -> Doubt | None:
    shown = {"line": other.line, "name": other.full_name, "door": str(of_line[other.line].door)}
    if one.full_name != other.full_name:
        message = _("身份证号与第 %(line)d 行的%(name)s相同，请核对。")
        return Doubt("ONE_DOCUMENT", "", message % shown)
    verdict = same_person(one, other)
    if verdict is Verdict.SAME and of_line[one.line] is of_line[other.line]:
        return Doubt("TWICE", "", _("与第 %(line)d 行是同一个人，写了两次，请核对。") % shown)
    if verdict is Verdict.SAME:
        message = _("与第 %(line)d 行是同一个人，那一行写在“%(door)s”，请核对住在哪一户。")
        return Doubt("TWO_HOMES", "", message % shown)
    if verdict is Verdict.UNSURE:
        message = _("与第 %(line)d 行同名，可能是同一个人，请核对。")
        return Doubt("MAYBE_SAME_PERSON", "", message % shown)
    return None

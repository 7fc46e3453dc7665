"""Who of a household book is on record, with what speaks for it; who is left out, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from centers.models import Division
from common.sheets.same import Verdict, same_person
from people.authority import kin_of, own_words, reach_of
from people.models import Person
from visits.actions.steps import REGISTER
from visits.models.books import BookMember, HouseholdBook
from visits.models.register import Residence
from visits.registers.book import Book
from visits.registers.households import HouseholdRead, Member
from visits.registers.twins import Resident, Twin, find_twins

# Doubts on which a line is left out: who is written down all the same is asked for at her door.
_LEFT_OUT = frozenset({"GONE", "STRUCK"})


def of(name: str, words: str) -> str:
    """A sentence about somebody of a household."""
    return _("%(name)s：%(words)s") % {"name": name, "words": words}


def within_community(division: Division) -> Q:
    """People on record in the community of a book."""
    return Q(home__path__startswith=division.community.path)


def written(person: Person) -> Member:
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


class Who:
    """Who of a book is on record, and why one thinks so.

    Asked is the community alone, and there whom the sender keeps the register for: of others nothing is said.
    """

    def __init__(self, book: HouseholdBook, read: Book) -> None:
        self.members = [member for home in read.households for member in home.people]
        self._unread = {
            member.line for home in read.households if not home.door.key for member in home.people
        }
        self._by = book.by
        hers = reach_of(by=book.by, verb=REGISTER)
        seen = Person.objects.filter(hers, within_community(book.division), merged_into=None)
        names = {member.full_name for member in self.members}
        self._namesakes: dict[str, list[Person]] = defaultdict(list)
        for person in seen.filter(full_name__in=names).order_by("pk"):
            self._namesakes[person.full_name].append(person)
        lived = Residence.objects.now().filter(person__in=seen.values("pk"))
        self._lived = {
            one.person_id: one for one in lived.select_related("household__building", "person").order_by("pk")
        }
        self._own = set(kin_of(book.by).values_list("pk", flat=True))
        self._known = {member.line: self._judged(member) for member in self.members}
        self._forget_claimed_twice()
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
        return same_person(member, written(person))

    def _forget_claimed_twice(self) -> None:
        """Two lines that are not one human being are not both she: of father and son behind one telephone the
        record may be either."""
        claims: dict[int, list[Member]] = defaultdict(list)
        for member in self.members:
            for person in self._known[member.line]:
                claims[person.pk].append(member)
        for claiming in claims.values():
            if any(same_person(claiming[0], other) is not Verdict.SAME for other in claiming[1:]):
                self._known |= {member.line: [] for member in claiming}

    def candidates(self, member: Member) -> set[int]:
        """Whoever on record a line is, or may be."""
        found = {one.pk for one in self._known.get(member.line, [])}
        found |= {
            one.pk
            for one in self._namesakes.get(member.full_name, [])
            if self._compared(member, one) is not Verdict.DIFFERENT
        }
        twin = self._twins.get(member.line)
        return found | {int(str(twin.other.key))} if twin else found

    def _standing_twice(self) -> Iterator[tuple[int, int]]:
        """Lines of whom an earlier line tells already, and that line."""
        of_name: dict[str, list[Member]] = defaultdict(list)
        for member in self.members:
            earlier = of_name[member.full_name]
            first = next((one for one in earlier if same_person(one, member) is Verdict.SAME), None)
            if first is not None:
                yield member.line, first.line
            elif not self._is_left_out(member):
                earlier.append(member)

    def _is_left_out(self, member: Member) -> bool:
        """Whether a line is written down nowhere itself, and so keeps no other from being so."""
        return member.line in self._unread or any(doubt.code in _LEFT_OUT for doubt in member.doubts)

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
        if member.phone and member.phone == self._by.phone:
            return own_words()
        if len(found) > 1:
            return _("在册有多份相同的档案，请先合并档案。")
        return self._why_stays(found[0], home_id) if found else ""

    def _why_stays(self, person: Person, home_id: int | None) -> str:
        """Why somebody on record is not written down behind this door."""
        if person.pk in self._own:
            return own_words()
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
        elif any(
            self._compared(member, one) is not Verdict.DIFFERENT for one in self._namesakes[member.full_name]
        ):
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

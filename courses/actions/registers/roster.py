"""A roster read in: people, told apart and never merged by guessing, and their seats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError
from common.sealed import blind_index
from common.sheets.same import Verdict, same_person
from common.sheets.sheet import Sheet
from courses.actions.enrolment import enrol
from courses.actions.registers.common import Line, RegisterUnclear, heading, term_name, terms_of
from courses.models.catalogue import Term
from courses.models.enrolment import Attendance, Enrolment
from courses.models.register import PersonLine, RegisterImport, RegisterRow, RowVerdict
from courses.registers.classes import class_doubt, find_class
from courses.registers.people import PersonGroup, group_people
from courses.registers.roster import RosterRow, read_roster
from courses.rules import LIVE, EnrolChannel, EnrolmentState
from people.models import Person, User
from people.rules import BirthPrecision


def look(sheet: Sheet, division: Division, today: date, term: Term | None) -> tuple[Term | None, list[Line]]:
    """What importing a roster would do, person by person; writes nothing."""
    roster = read_roster(sheet, today=today)
    term = term or _term(heading(sheet), division)
    classes = list(term.classes.values_list("name", flat=True))
    groups = group_people(roster.rows)
    on_record = _on_record(groups, division)
    written_alike = _written_alike(groups, on_record)
    lines = [
        _line(group, classes, on_record[group.full_name], written_alike.get(group.lines)) for group in groups
    ]
    lines += [
        Line(row.line, row.full_name, RowVerdict.REFUSED, [row.fatal, *(d.message for d in row.doubts)])
        for row in roster.rows
        if row.fatal
    ]
    lines += [Line(s.line, s.text[:60], RowVerdict.SKIPPED, [s.reason]) for s in roster.skipped]
    return term, sorted(lines, key=lambda line: line.line)


def _term(title: str, division: Division) -> Term:
    terms = list(terms_of(division))
    named = term_name(title, None)
    found = [term for term in terms if term.name == named] or (terms if len(terms) == 1 else [])
    if not found:
        raise RegisterUnclear(message=_("看不出花名册是哪个学期的，请先导入课程表，再选学期上传。"))
    return found[0]


def _on_record(groups: Iterable[PersonGroup], division: Division) -> dict[str, list[Person]]:
    """Namesakes on record who live in the street, or whose home nobody wrote down."""
    names = {group.full_name for group in groups}
    found: dict[str, list[Person]] = defaultdict(list)
    people = Person.objects.filter(full_name__in=names, merged_into=None).select_related("home")
    for person in people:
        if person.home is None or person.home.path.startswith(division.path):
            found[person.full_name].append(person)
    return found


def _as_row(person: Person) -> RosterRow:
    """A person on record in the reader's own terms, so that one table judges both."""
    return RosterRow(
        line=0,
        raw=(),
        full_name=person.full_name,
        sex=person.sex,
        born_on=person.born_on,
        born_precision=person.born_precision if person.born_on else "",
        phone=person.phone,
        home=person.home.name if person.home else "",
        document_no=person.document_no,
    )


def _written_alike(
    groups: Iterable[PersonGroup], on_record: dict[str, list[Person]]
) -> dict[tuple[int, ...], int]:
    """Lines that say exactly what a record says, one record to one line at most.

    This is what makes reading the same register twice add nobody, also where a missing phone would
    leave the table of people.py unsure; and two who are written alike stay two.
    """
    found: dict[tuple[int, ...], int] = {}
    taken: set[int] = set()
    for group in groups:
        for person in on_record[group.full_name]:
            if person.pk not in taken and _is_written_like(group, person):
                found[group.lines] = person.pk
                taken.add(person.pk)
                break
    return found


def _is_written_like(group: PersonGroup, person: Person) -> bool:
    said = (group.sex, group.born_on, group.phone, group.contact_name, group.contact_phone, group.home)
    home = person.home.name if person.home else ""
    kept = (person.sex, person.born_on, person.phone, person.contact_name, person.contact_phone, home)
    return said == kept and (group.born_on is None or group.born_precision == person.born_precision)


def _line(group: PersonGroup, classes: list[str], namesakes: list[Person], alike: int | None) -> Line:
    doubts = [doubt.message for doubt in group.doubts]
    verdicts = {person.pk: _judge(group, person) for person in namesakes}
    same = [alike] if alike else [pk for pk, verdict in verdicts.items() if verdict is Verdict.SAME]
    if not same and Verdict.UNSURE in verdicts.values():
        doubts.append(_("在册有同名的居民，可能是同一人，没有合并，请核对。"))
    if len(same) > 1:
        doubts.append(_("在册有多份相同的档案，请先合并档案，再导入这一行。"))
        return Line(group.lines[0], group.full_name, RowVerdict.REFUSED, doubts)
    for wish in group.wishes:
        if doubt := class_doubt(wish, classes, _("报名课程")):
            doubts.append(doubt.message)
    if group.note:
        doubts.append(group.note)
    verdict = RowVerdict.DOUBTFUL if doubts else RowVerdict.KNOWN if same else RowVerdict.GOOD
    return Line(group.lines[0], group.full_name, verdict, doubts, _plain(group, classes, same))


def _judge(group: PersonGroup, person: Person) -> Verdict:
    """A group is somebody on record if any of its lines is."""
    verdicts = {same_person(row, _as_row(person)) for row in group.rows}
    for verdict in (Verdict.SAME, Verdict.UNSURE):
        if verdict in verdicts:
            return verdict
    return Verdict.DIFFERENT


def _plain(group: PersonGroup, classes: list[str], same: list[int]) -> PersonLine:
    found = [find_class(wish, classes).name for wish in group.wishes]
    return {
        "person": same[0] if same else None,
        "full_name": group.full_name,
        "sex": group.sex,
        "born_on": group.born_on.isoformat() if group.born_on else "",
        "born_precision": group.born_precision or BirthPrecision.DAY,
        "phone": group.phone,
        "home": group.home,
        "contact_name": group.contact_name,
        "contact_phone": group.contact_phone,
        "remark": group.remark,
        "document_no": group.document_no,
        "classes": list(dict.fromkeys(name for name in found if name)),
    }


def confirm(
    register: RegisterImport, rows: Sequence[tuple[RegisterRow, PersonLine]], by: User, now: datetime
) -> Iterator[RegisterRow]:
    """Makes the people and seats them; what a class refuses is said on the line, the rest goes in."""
    homes = _homes(register.division)
    people = _people(rows, homes)
    classes = {group.name: group.pk for group in register.term.classes.all()} if register.term else {}
    for (row, data), person in zip(rows, people, strict=True):
        row.made = {"person": person.pk, "known": None, "enrolments": []}
        if data["person"]:  # was on record: undoing leaves her there
            row.made |= {"person": None, "known": person.pk}
        for name in data["classes"]:
            _seat(row, person, classes.get(name), name, data["remark"], by, now)
        yield row


def _homes(division: Division) -> dict[str, Division]:
    return {home.name: home for home in Division.objects.under(division)}


def _people(rows: Sequence[tuple[RegisterRow, PersonLine]], homes: dict[str, Division]) -> list[Person]:
    """The person of each line: the one on record, or a new one; all new ones in one statement."""
    known = Person.objects.in_bulk([data["person"] for _row, data in rows if data["person"]])
    people = []
    for row, data in rows:
        person = known.get(data["person"] or 0) or _new(data, homes)
        if data["home"] and data["home"] not in homes and person.pk is None:
            row.doubts.append(_("没有“%(home)s”这个社区，所在社区空着。") % {"home": data["home"]})
        people.append(person)
    fresh = [person for person in people if person.pk is None]
    Person.objects.bulk_create(fresh)
    return people


def _new(data: PersonLine, homes: dict[str, Division]) -> Person:
    person = Person(
        full_name=data["full_name"],
        sex=data["sex"],
        born_on=date.fromisoformat(data["born_on"]) if data["born_on"] else None,
        born_precision=data["born_precision"],
        phone=data["phone"],
        home=homes.get(data["home"]),
        contact_name=data["contact_name"],
        contact_phone=data["contact_phone"],
        document_no=data["document_no"],
        document_index=blind_index(data["document_no"]),
    )
    person.spell()
    return person


def _seat(
    row: RegisterRow, person: Person, class_id: int | None, name: str, remark: str, by: User, now: datetime
) -> None:
    if class_id is None:
        row.doubts.append(_("%(name)s已经不在这个学期里，没有报名。") % {"name": name})
        return
    try:
        done = enrol(
            class_id=class_id,
            person=person,
            by=by,
            now=now,
            channel=EnrolChannel.IMPORT,
            clash_confirmed=True,
            remark=remark,
        )
    except DomainError as refusal:
        row.doubts.append(str(refusal))
        return
    row.made["enrolments"].append(done.pk)
    if done.state == EnrolmentState.WAITING:
        words = {"name": name, "ahead": done.ahead()}
        row.doubts.append(_("%(name)s已满，排进候补，前面 %(ahead)s 人。") % words)


def undo(rows: Sequence[RegisterRow]) -> list[tuple[RegisterRow, str]]:
    """Takes back the seats and the people that lines made; gives those that must stay, and why.

    All lines together: a line by itself would ask every table that knows people, 500 times.
    """
    made = Enrolment.objects.filter(pk__in=[pk for row in rows for pk in row.made.get("enrolments", [])])
    used = set(made.exclude(state__in=LIVE).values_list("pk", flat=True))
    used |= set(Attendance.objects.filter(enrolment__in=made).values_list("enrolment", flat=True))
    stays = [row for row in rows if used.intersection(row.made.get("enrolments", []))]
    gone = [row for row in rows if row not in stays]
    made.filter(pk__in=[pk for row in gone for pk in row.made.get("enrolments", [])]).delete()
    people = Person.objects.filter(pk__in=[row.made.get("person") or 0 for row in gone])
    locked = [person.pk for person in people.order_by("pk").select_for_update(of=("self",))]
    people.filter(pk__in=list(people.filter(pk__in=locked).unused().values_list("pk", flat=True))).delete()
    words = _("%(name)s已有考勤或变动，没有撤销。")
    return [(row, words % {"name": row.label}) for row in stays]

"""A timetable read in: centers, rooms, teachers, classes and their sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from centers.models import CalendarDay, Division
from common.days import SHANGHAI
from common.errors import DomainError
from common.sheets.sheet import Sheet
from courses.actions.classes import publish_class
from courses.actions.registers.common import Line, RegisterUnclear, heading, term_name
from courses.actions.registers.places import find, make, refuse_missing, take_back
from courses.actions.sessions import plan_sessions
from courses.models.catalogue import ClassGroup, Course, Teacher, Term, WeeklySlot
from courses.models.register import ClassLine, Made, RegisterImport, RegisterRow, RowVerdict
from courses.registers.timetable import Timetable, TimetableRow, read_timetable
from people.models import Person, User


def look(sheet: Sheet, division: Division, by: User) -> tuple[Term | None, list[Line], list[str]]:
    """What importing a timetable would do, line by line and (places) in all; writes nothing but the term."""
    table = read_timetable(sheet)
    term = _term(heading(sheet), table, division)
    known = set(term.classes.values_list("name", flat=True))
    to_make: dict[str, None] = {}
    lines = [_placed(_line(row, known), division, by, to_make) for row in table.rows]
    lines += [Line(s.line, s.text[:60], RowVerdict.SKIPPED, [s.reason]) for s in table.skipped]
    notes = [_("导入会新建：%(places)s。") % {"places": "、".join(to_make)}] if to_make else []
    return term, sorted(lines, key=lambda line: line.line), notes


def _placed(line: Line, division: Division, by: User, to_make: dict[str, None]) -> Line:
    """A line as it is, what it would make added to `to_make`; refused where the importer may not make it."""
    if line.raw is None:
        return line
    told = cast(ClassLine, line.raw)  # of a timetable
    try:
        named = find(division, told["place"], told["room"])
        refuse_missing(named, by)
    except DomainError as refusal:
        return Line(line.line, line.label, RowVerdict.REFUSED, [str(refusal), *line.doubts])
    to_make.update(dict.fromkeys(named.missing))
    return line


def _term(title: str, table: Timetable, division: Division) -> Term:
    starts = [row.term_starts for row in table.rows if row.term_starts]
    ends = [row.term_ends for row in table.rows if row.term_ends]
    name = term_name(title, min(starts, default=None))
    if not starts or not ends or not name:
        raise RegisterUnclear(message=_("课程表里没有学期的起止日期，请补上“学期”一列再上传。"))
    defaults = {"starts_on": min(starts), "ends_on": max(ends)}
    return Term.objects.get_or_create(division=division, name=name, defaults=defaults)[0]


def _line(row: TimetableRow, known: set[str]) -> Line:
    doubts = [doubt.message for doubt in row.doubts]
    if row.fatal:
        return Line(row.line, row.class_name, RowVerdict.REFUSED, [row.fatal, *doubts])
    if row.class_name in known:
        return Line(
            row.line, row.class_name, RowVerdict.KNOWN, [_("这个学期已经有这个班，不再导入。"), *doubts]
        )
    verdict = RowVerdict.DOUBTFUL if doubts else RowVerdict.GOOD
    return Line(row.line, row.class_name, verdict, doubts, _plain(row))


def _plain(row: TimetableRow) -> ClassLine:
    return {
        "course": row.course or row.class_name,
        "name": row.class_name,
        "teacher": row.teacher_name,
        "slots": [(s.weekday, s.starts.isoformat(), s.ends.isoformat()) for s in row.slots],
        "room": row.room,
        "place": row.place,
        "capacity": row.capacity or 0,  # without one the line is refused
        "starts": row.term_starts.isoformat() if row.term_starts else "",
        "ends": row.term_ends.isoformat() if row.term_ends else "",
    }


def confirm(
    register: RegisterImport, rows: Sequence[tuple[RegisterRow, ClassLine]], by: User, now: datetime
) -> Iterator[RegisterRow]:
    """Makes, plans and publishes the classes.

    A line whose room or teacher is taken is refused alone, with the reason; so is one whose center
    or room is not on record, unless whoever imports may add it. While the holidays of a later year
    are not published, dates are planned to the end of the last known year.
    """
    known_to = _last_known_day()
    for row, data in rows:
        try:
            made: Made = {}
            with transaction.atomic():
                group = _make(register, data, made, by, now)
                if plan_sessions(class_id=group.pk, by=by, now=now, until=known_to):
                    publish_class(class_id=group.pk, by=by, now=now)
                row.made = {"class": group.pk, **made}
        except DomainError as refusal:
            row.verdict = RowVerdict.REFUSED
            row.doubts.append(str(refusal))
        yield row
    if register.term and register.term.ends_on > known_to:
        words = {"year": known_to.year + 1, "day": f"{known_to:%Y-%m-%d}"}
        register.notes.append(
            _("%(year)s 年的节假日还没有录入，课先排到 %(day)s；录入后到班级里再点一次“排课”。") % words
        )


def _term_of(register: RegisterImport) -> Term:
    if register.term is None:
        raise RegisterUnclear(message=_("这次导入没有学期，请重新上传。"))
    return register.term


def _last_known_day() -> date:
    """The last day of the last year whose holidays are loaded."""
    last = CalendarDay.objects.order_by("-day").values_list("day", flat=True).first()
    return date(last.year if last else 1, 12, 31)


def _make(register: RegisterImport, data: ClassLine, made: Made, by: User, now: datetime) -> ClassGroup:
    term = _term_of(register)
    named = find(register.division, data["place"], data["room"])
    refuse_missing(named, by)
    center, room = make(named, made)
    starts = date.fromisoformat(data["starts"]) if data["starts"] else term.starts_on
    ends = date.fromisoformat(data["ends"]) if data["ends"] else term.ends_on
    closes_at = datetime.combine(ends, time(23, 59), SHANGHAI)
    group = ClassGroup.objects.create(
        course=Course.objects.get_or_create(name=data["course"], defaults={"subject": data["course"]})[0],
        term=term,
        name=data["name"],
        center=center,
        room=room,
        teacher=_teacher(register.division, data["teacher"]),
        capacity=data["capacity"],
        opens_at=min(now, closes_at - timedelta(minutes=1)),
        closes_at=closes_at,
        starts_on=starts,
        ends_on=ends,
    )
    WeeklySlot.objects.bulk_create(
        WeeklySlot(
            class_group=group,
            weekday=weekday,
            starts=time.fromisoformat(begins),
            ends=time.fromisoformat(finishes),
        )
        for weekday, begins, finishes in data["slots"]
    )
    return group


def _teacher(division: Division, name: str) -> Teacher | None:
    """The teacher of that name who teaches in the street already, else a new one.

    Never a learner of the same name: a timetable has no phone to tell two people apart.
    """
    if not name:
        return None
    here = Teacher.objects.filter(
        person__full_name=name, classes__center__division__path__startswith=division.path
    )
    return here.first() or Teacher.objects.create(person=Person.objects.create(full_name=name))


def undo(rows: Sequence[RegisterRow]) -> list[tuple[RegisterRow, str]]:
    """Takes back the classes that lines made, and places that nobody uses without them; gives those that
    must stay, and why."""
    stays = []
    for row in rows:
        group = ClassGroup.objects.filter(pk=row.made.get("class") or 0).first()
        if group is not None and group.enrolments.exists():
            stays.append((row, _("%(name)s已经有人报名，没有撤销。") % {"name": group.name}))
        elif group is not None:
            group.delete()
    take_back(rows)
    return stays

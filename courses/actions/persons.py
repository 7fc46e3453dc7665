"""The part of courses when a person's record is copied, closed or merged into another."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.copies import copies
from courses.models.catalogue import ClassGroup, Teacher
from courses.models.enrolment import Attendance, Enrolment
from courses.models.register import Made, PersonLine, RegisterImport, RegisterKind, RegisterRow, RowVerdict
from courses.models.session import Session
from courses.rules import RegisterState
from people.models import Person, User


def copy(person: Person) -> dict[str, Any]:
    """All that this app knows of her, by name; sealed words are opened, for they are hers."""
    sat = Enrolment.objects.filter(person=person).select_related("class_group", "session").order_by("pk")
    came = Attendance.objects.filter(enrolment__person=person).select_related("session").order_by("pk")
    taught = Teacher.objects.filter(person=person)
    seat = ("class_group", "session", "state", "created_at", "changed_at", "reason", "remark")
    found = {
        _("报名"): copies(sat, *seat),
        _("考勤"): copies(came, "session", "mark", "at"),
        _("教师"): copies(taught, "about"),
    }
    return {name: rows for name, rows in found.items() if rows}


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """The pools under which her enrolments lie, the registers with lines of hers, her as a teacher."""
    hers = Enrolment.objects.filter(person__in=person_ids).order_by()
    lines = [_lines(person).values("register") for person in Person.objects.filter(pk__in=person_ids)]
    return (
        *(RegisterImport.objects.filter(pk__in=registers) for registers in lines),
        ClassGroup.objects.filter(pk__in=hers.values("class_group")),
        Session.objects.filter(pk__in=hers.exclude(session=None).values("session")),
        Teacher.objects.filter(person__in=person_ids),
    )


def _lines(person: Person) -> QuerySet[RegisterRow]:
    """Lines of registers that made her, found her on record, bear her name, or made a class she teaches."""
    taught = list(ClassGroup.objects.filter(teacher__person=person).values_list("pk", flat=True))
    hers = Q(made__person=person.pk) | Q(made__known=person.pk) | Q(made__class__in=taught)
    return RegisterRow.objects.filter(hers | Q(label__contains=person.full_name)).order_by()


def erase(person: Person, _by: User, _now: datetime) -> None:
    """Takes what tells who she is off the rows of this app; who sat where, and when, is counted on."""
    Enrolment.objects.filter(person=person).update(reason="", remark="")
    Teacher.objects.filter(person=person).update(about="")
    for row in _lines(person).select_related("register"):
        if _is_hers(row, person):
            _empty(row)


def _empty(row: RegisterRow) -> None:
    row.label = row.label if "class" in row.made else ""  # of a timetable's line that is the class
    row.raw, row.doubts = "", []
    if row.register.state == RegisterState.PREVIEW:
        row.verdict = RowVerdict.SKIPPED  # confirming it would put her on record again
    row.save(update_fields=["label", "raw", "doubts", "verdict"])


def _is_hers(row: RegisterRow, person: Person) -> bool:
    """Whether a line is hers; one to be imported that only bears her name may be a namesake's."""
    said = json.loads(row.raw or "{}")
    if not said or "class" in row.made:
        return True
    # A line of a timetable that is still to be imported is a class, and nobody's.
    return row.register.kind == RegisterKind.ROSTER and _tells_of(said, row.made, person)


def _tells_of(said: PersonLine, made: Made, person: Person) -> bool:
    if person.pk in {made.get("person"), made.get("known"), said["person"]}:
        return True
    born_on = person.born_on.isoformat() if person.born_on else None
    told = (said["document_no"], said["phone"], said["born_on"])
    kept = (person.document_no, person.phone, born_on)
    return any(one and one == other for one, other in zip(told, kept, strict=True))

"""Verbs of attendance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from courses.actions.steps import step_session
from courses.models.enrolment import Attendance, Enrolment
from courses.models.session import Session
from courses.rules import EnrolBy, EnrolmentState, Mark, Party, SessionMove
from people.authority import may_act
from people.models import User


@transaction.atomic
def mark_attendance(
    *, session_id: int, marks: Mapping[int, Mark], by: User, now: datetime
) -> list[Attendance]:
    """考勤: marks who came to a session; `marks` maps enrolment id to Mark.

    Marking again corrects (the former mark is kept in AttendanceEvent). The session becomes HELD.
    Staff of the reach, or the class's own teacher. Refuses NOT_ALLOWED, NOT_YET (a session that has
    not begun), SESSION_OFF, NOT_IN_CLASS (an enrolment without a seat here), all or nothing.
    """
    session = (
        Session.objects.select_for_update(no_key=True, of=("self",))
        .select_related("class_group__center__division", "class_group__teacher__person")
        .filter(pk=session_id)
        .first()
    )
    party = None if session is None else _party(by, session)
    if session is None or party is None:
        raise NotAllowed(message=_("这个班不在您负责的范围内。"))
    off = DomainError("SESSION_OFF", _("这次课已经停课或改期，不用考勤。"))
    step_session(session, SessionMove.MARK, party, off)
    if session.starts_at > now:
        raise DomainError("NOT_YET", _("还没到上课时间，上课后再记考勤。"))
    _all_in_class(session, marks)
    rows = [
        Attendance(session=session, enrolment_id=enrolment_id, mark=Mark(mark), by=by, at=now)
        for enrolment_id, mark in sorted(marks.items())
    ]
    return Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "enrolment"],
        update_fields=["mark", "by", "at"],
    )


def _party(by: User, session: Session) -> Party | None:
    teacher = session.class_group.teacher
    if teacher is not None and teacher.person.user_id == by.pk:
        return Party.TEACHER
    return (
        Party.STAFF
        if may_act(by=by, verb="courses.attendance", row=session.class_group.center.division)
        else None
    )


def _all_in_class(session: Session, marks: Mapping[int, Mark]) -> None:
    scope = Enrolment.objects.filter(pk__in=marks, class_group=session.class_group)
    scope = scope.exclude(state__in=[EnrolmentState.WAITING, EnrolmentState.OFFERED])
    if session.class_group.enrol_by == EnrolBy.SESSION:
        scope = scope.filter(session=session)
    if scope.count() != len(marks):
        raise DomainError("NOT_IN_CLASS", _("名单里有人不在这个班，请刷新名单再记。"))

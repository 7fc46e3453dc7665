"""Teaching is volunteering: sessions that were held become service records of their teachers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models.session import Session
from courses.rules import Mark, SessionState
from people.models import User
from volunteers.actions.service import record_service
from volunteers.models.service import ServiceRecord
from volunteers.rules.roll import VolunteerState
from volunteers.rules.service import EvidenceDraft, EvidenceKind

LOOK_BACK = timedelta(days=30)
CAME = (Mark.PRESENT, Mark.LATE)


def record_teaching(*, now: datetime) -> int:
    """记录授课: one pass over the sessions held in the last thirty days; returns how many were new.

    For teachers who are volunteers. A colleague approves each record like any other. Attendance
    that somebody else marked speaks for itself; where the teacher marked it alone, the timetable is
    the only evidence until another is added. Doing it twice records nothing twice.
    """
    held = (
        Session.objects.filter(state=SessionState.HELD, ends_at__range=(now - LOOK_BACK, now))
        .filter(teacher__person__volunteer__state=VolunteerState.ACTIVE)
        .select_related("class_group__center", "teacher__person__volunteer")
        .order_by("pk")
    )
    known = set(
        ServiceRecord.objects.filter(source_key__in=[_key(session) for session in held]).values_list(
            "volunteer_id", "source_key"
        )
    )
    return sum(_record(session, known, now) for session in held)


def _key(session: Session) -> str:
    return f"session:{session.pk}"


def _record(session: Session, known: set[tuple[int, str]], now: datetime) -> bool:
    if session.teacher is None:
        return False
    person = session.teacher.person
    key = (person.volunteer.pk, _key(session))
    # Without a single learner there was no lesson.
    marks = session.attendances.filter(mark__in=CAME)
    if key in known or not marks.exists():
        return False
    evidence = [EvidenceDraft(EvidenceKind.LIST, _("课表"), session.starts_at)]
    if marks.filter(~Q(by=person.user_id)).exists():
        evidence.append(EvidenceDraft(EvidenceKind.SESSION, _("当堂考勤"), session.ends_at))
    record_service(
        volunteer_id=person.volunteer.pk,
        source_key=_key(session),
        minutes=int((session.ends_at - session.starts_at).total_seconds()) // 60,
        evidence=evidence,
        by=User.objects.system(),
        now=now,
        title=_("授课：%(name)s") % {"name": session.class_group.name},
        division_id=session.class_group.center.division_id,
        served_on=timezone.localtime(session.starts_at).date(),
    )
    return True

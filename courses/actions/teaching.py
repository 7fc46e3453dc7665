"""Teaching is volunteering: sessions that were held become service records of their teachers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models.enrolment import Attendance
from courses.models.session import Session
from courses.rules import Mark, SessionState
from people.authority import is_own
from people.models import Person, User
from volunteers.actions.service import record_service
from volunteers.models.service import ServiceRecord
from volunteers.rules.roll import VolunteerState
from volunteers.rules.service import EvidenceDraft, EvidenceKind

LOOK_BACK = timedelta(days=30)
CAME = (Mark.PRESENT, Mark.LATE)


def record_teaching(*, now: datetime) -> int:
    """记录授课: one pass over the sessions held in the last thirty days; returns how many were new.

    For teachers who are volunteers. A colleague approves each record like any other. Attendance
    that somebody else marked speaks for itself, in her name; where the teacher or one of hers
    (kin_of) marked it alone, the timetable is the only evidence until another is added. Doing it
    twice records nothing twice.
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


def _witness(marks: QuerySet[Attendance], person: Person) -> User | None:
    """Who marked attendance and is neither the teacher nor one of hers."""
    markers = User.objects.filter(pk__in=marks.values("by")).order_by("pk")
    return next((one for one in markers if not is_own(one, person)), None)


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
    if witness := _witness(marks, person):
        evidence.append(EvidenceDraft(EvidenceKind.SESSION, _("当堂考勤"), session.ends_at, witness.pk))
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

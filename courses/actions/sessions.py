"""Verbs of the dates: plan a term, cancel or move one session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from centers.models import CalendarDay
from common.errors import DomainError, NotAllowed
from common.letters import when
from courses.actions.letters import MoreOfSession, session_letter
from courses.actions.steps import step_enrolments, step_session
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session, SkippedDate
from courses.rules import (
    SESSIONS,
    EnrolBy,
    Event,
    Letter,
    Party,
    Planned,
    SessionMove,
    SessionState,
    Slot,
    plan,
)
from notices.actions import queue_all, withdraw
from people.authority import may_act
from people.models import User

REMINDERS = (Letter.REMINDER_24H, Letter.REMINDER_2H)


class RoomTaken(DomainError):
    code = "ROOM_TAKEN"


class TeacherTaken(DomainError):
    code = "TEACHER_TAKEN"


class SessionOver(DomainError):
    code = "SESSION_OVER"


def locked_class(class_id: int, by: User, verb: str = "courses.change") -> ClassGroup:
    """The class, locked, if `by` may do `verb` to it; refuses NOT_ALLOWED."""
    group = (
        ClassGroup.objects.select_for_update(no_key=True, of=("self",))
        .select_related("center__division", "room", "teacher__person", "term")
        .filter(pk=class_id)
        .first()
    )
    if group is None or not may_act(by=by, verb=verb, row=group.center.division):
        raise NotAllowed(message=_("这个班不在您负责的范围内。"))
    return group


@transaction.atomic
def plan_sessions(*, class_id: int, by: User, now: datetime, until: date | None = None) -> list[Session]:
    """排课: the sessions of a class from its weekly slots, from first to last day of the class.

    Public holidays are skipped; make-up working days (调休) by the class's own policy; each
    skipped date keeps its reason as a SkippedDate. Planning again keeps what was held, moved or
    cancelled and adds only dates that are missing. `until` plans no further than that day (while
    the next year's holidays are not published). Weekly slots are Shanghai time.

    Refuses NOT_ALLOWED, NO_SLOTS, CALENDAR_UNKNOWN (holidays of a year not loaded), ROOM_TAKEN and
    TEACHER_TAKEN (the database's exclusion constraints decide), all or nothing.
    """
    group = locked_class(class_id, by)
    slots = [Slot(slot.weekday, slot.starts, slot.ends) for slot in group.slots.all()]
    if not slots:
        raise DomainError("NO_SLOTS", _("请先填每周的上课时间，再排课。"))
    last = min(group.ends_on, until or group.ends_on)
    dates = list(plan(slots, group.starts_on, last, CalendarDay.objects.all().workdays(), group.makeup))
    known = set(group.sessions.values_list("starts_at", flat=True))
    number = group.sessions.count() - group.sessions.filter(state=SessionState.MOVED).count()
    fresh = [date for date in dates if not date.reason and date.starts_at not in known]
    sessions = [_session(group, number + index, date) for index, date in enumerate(fresh, start=1)]
    SkippedDate.objects.bulk_create(
        [SkippedDate(class_group=group, day=date.day, reason=date.reason) for date in dates if date.reason],
        ignore_conflicts=True,
    )
    _claim(lambda: Session.objects.bulk_create(sessions), sessions)
    return sessions


def _session(group: ClassGroup, number: int, date: Planned) -> Session:
    return Session(
        class_group=group,
        number=number,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        room=group.room,
        teacher=group.teacher,
        capacity=group.capacity if group.enrol_by == EnrolBy.SESSION else 0,
        waiting_limit=group.waiting_limit,
    )


def _claim(write: Callable[[], object], sessions: list[Session]) -> None:
    """Runs a write of sessions; names the class that already has the room or the teacher."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        if "session_room_free" in str(error):
            raise RoomTaken(message=_taken_by(sessions, "room")) from error
        if "session_teacher_free" in str(error):
            raise TeacherTaken(message=_taken_by(sessions, "teacher")) from error
        raise


def _taken_by(sessions: list[Session], what: str) -> str:
    for session in sessions:
        holder = getattr(session, what)
        other = (
            Session.objects.live()
            .filter(**{what: holder}, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)
            .exclude(pk=session.pk)
            .select_related("class_group")
            .first()
        )
        if holder is not None and other is not None:
            words = {"who": str(holder), "when": when(other.starts_at), "name": other.class_group.name}
            if what == "room":
                return _("%(who)s在%(when)s已经排了%(name)s，请换教室或换时间。") % words
            return _("%(who)s老师在%(when)s要上%(name)s，请换老师或换时间。") % words
    return _("同一次排课里时间互相重叠，请检查每周上课时间。")


def _locked_session(session_id: int, by: User) -> Session:
    found = Session.objects.filter(pk=session_id).values_list("class_group_id", flat=True).first()
    group = locked_class(found or 0, by)
    session = Session.objects.select_for_update(no_key=True).get(pk=session_id)
    session.class_group = group
    return session


@transaction.atomic
def cancel_session(*, session_id: int, reason: str, by: User, now: datetime) -> Session:
    """停课: cancels one session; everyone affected is told at once. Doing it twice changes nothing.

    Where people enrol by session, their seats and the line go with it (REMOVED, with the reason).
    Refuses NOT_ALLOWED, REASON_NEEDED, SESSION_OVER.
    """
    session = _locked_session(session_id, by)
    if session.state == SessionState.CANCELLED:
        return session
    refused = SessionOver(message=_("这次课已经上过或改期，不能停课。"))
    step_session(session, SessionMove.CANCEL, Party.STAFF, refused, reason)
    people = _concerned(session)
    step_enrolments(
        Enrolment.objects.filter(session=session),
        Event.REMOVE,
        Party.STAFF,
        by=by,
        now=now,
        reason=session.reason,
    )
    _tell(session, people, Letter.SESSION_CANCELLED, now, reason=session.reason)
    return session


@transaction.atomic
def move_session(
    *,
    session_id: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    now: datetime,
    room_id: int | None = None,
) -> Session:
    """改期: moves a session to another time (and room); returns the new session.

    The old one stays as MOVED with its reason and points at the new one, which keeps its number.
    Everyone seated is told; reminders of the old time that have not gone out are withdrawn.
    Refuses NOT_ALLOWED, REASON_NEEDED, SESSION_OVER, BAD_TIME, ROOM_TAKEN, TEACHER_TAKEN.
    """
    old = _locked_session(session_id, by)
    if SESSIONS.step(old.state, SessionMove.MOVE) and not now < starts_at < ends_at:
        raise DomainError("BAD_TIME", _("新的时间要在现在之后，下课要晚于上课。"))
    refused = SessionOver(message=_("这次课已经上过、停课或改期，不能再改。"))
    step_session(old, SessionMove.MOVE, Party.STAFF, refused, reason)
    new = Session(
        class_group=old.class_group,
        number=old.number,
        starts_at=starts_at,
        ends_at=ends_at,
        room_id=room_id or old.room_id,
        teacher_id=old.teacher_id,
        capacity=old.capacity,
        waiting_limit=old.waiting_limit,
    )
    _claim(new.save, [new])
    old.moved_to = new
    old.save(update_fields=["moved_to"])
    people = _concerned(old)
    Enrolment.objects.filter(session=old).update(session=new, changed_at=now)
    _tell(old, people, Letter.SESSION_MOVED, now, reason=old.reason, to=when(starts_at))
    return new


def _concerned(session: Session) -> list[int]:
    """The people to be told: the seated; where people enrol by session also its line and its offers."""
    enrolments = Enrolment.objects.filter(class_group=session.class_group)
    if session.class_group.enrol_by == EnrolBy.SESSION:
        enrolments = enrolments.live().filter(session=session)
    else:
        enrolments = enrolments.seated()
    return list(enrolments.values_list("person_id", flat=True))


def _tell(
    session: Session, people: list[int], kind: Letter, now: datetime, **more: Unpack[MoreOfSession]
) -> None:
    """Tells people that a session is off; what they have not heard of it yet is withdrawn."""
    take_back_letters(session.pk, now)
    drafts = [session_letter(kind, session, person_id, now, **more) for person_id in people]
    queue_all(drafts=drafts, now=now, urgent=True)


def take_back_letters(session_id: int, now: datetime) -> None:
    """Of a session that is off: its reminders, and that it was moved to this time."""
    withdraw(about=("session", session_id), kinds=REMINDERS, now=now)
    for before in Session.objects.filter(moved_to=session_id).values_list("pk", flat=True):
        withdraw(about=("session", before), kinds=[Letter.SESSION_MOVED], now=now)

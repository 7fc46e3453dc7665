"""Verbs of a class as a whole: publish, cancel, change its seats, write to it, turn it over by date."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.locks import lock_rows
from common.steps import move_all
from courses.actions.letters import letter, offer_is_over
from courses.actions.seats import offer_on
from courses.actions.sessions import locked_class, take_back_letters
from courses.actions.steps import MoveRefused, step_class, step_enrolments
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import (
    CLASSES,
    OPEN_STATES,
    SESSIONS,
    ClassMove,
    ClassState,
    EnrolBy,
    EnrolmentState,
    Event,
    Letter,
    Party,
    SessionMove,
)
from notices.actions import queue_all
from people.models import User


@transaction.atomic
def publish_class(*, class_id: int, by: User, now: datetime) -> ClassGroup:
    """发布: shows a drafted class to residents. Refuses NOT_ALLOWED, NO_SESSIONS, MOVE_REFUSED."""
    group = locked_class(class_id, by)
    if group.state == ClassState.PUBLISHED:
        return group
    if CLASSES.step(group.state, ClassMove.PUBLISH) and not group.sessions.exists():
        raise DomainError("NO_SESSIONS", _("请先排课，再发布。"))
    refused = MoveRefused(message=_("只有草稿可以发布。"))
    step_class(group, ClassMove.PUBLISH, Party.STAFF, refused)
    return group


@transaction.atomic
def cancel_class(*, class_id: int, reason: str, by: User, now: datetime) -> ClassGroup:
    """取消班级: no more sessions; everyone enrolled or waiting is told. Twice changes nothing.

    Refuses NOT_ALLOWED, REASON_NEEDED, MOVE_REFUSED for a finished class.
    """
    group = locked_class(class_id, by)
    if group.state == ClassState.CANCELLED:
        return group
    refused = MoveRefused(message=_("这个班已经结课，不能取消。"))
    step_class(group, ClassMove.CANCEL, Party.STAFF, refused, reason)
    off = [one.pk for one in _lock_sessions(group) if SESSIONS.step(one.state, SessionMove.CANCEL)]
    # First the sessions, then their reminders: a reminder pass going on holds them until it commits.
    move_all(group.sessions.all(), SESSIONS, SessionMove.CANCEL, Party.STAFF, reason=group.state_reason)
    live = _live(group)
    step_enrolments(
        group.enrolments.all(), Event.REMOVE, Party.STAFF, by=by, now=now, reason=group.state_reason
    )
    for session_id in off:
        take_back_letters(session_id, now)
    for enrolment in live:
        if enrolment.state == EnrolmentState.OFFERED:
            offer_is_over(enrolment, now)
    queue_all(
        drafts=[letter(Letter.CLASS_CANCELLED, enrolment, now, reason=reason) for enrolment in live],
        now=now,
        urgent=True,
    )
    return group


def _lock_sessions(group: ClassGroup) -> list[Session]:
    """A locked class's sessions, locked too: seats may be counted there (docs/locking.md)."""
    return list(group.sessions.order_by("pk").select_for_update(no_key=True))


def _live(group: ClassGroup) -> list[Enrolment]:
    return list(group.enrolments.live().select_related("person", "class_group__center"))


@transaction.atomic
def change_capacity(
    *, class_id: int, capacity: int, by: User, now: datetime, waiting_limit: int | None = None
) -> ClassGroup:
    """改名额: changes the seats of a class; new seats are offered to the line at once.

    Where people enrol by session, every session ahead gets them. Refuses NOT_ALLOWED and TOO_FEW:
    fewer seats than are taken.
    """
    group = locked_class(class_id, by)
    pools: list[ClassGroup | Session] = [group]
    if group.enrol_by == EnrolBy.SESSION:
        pools += group.sessions.coming(now).order_by("pk").select_for_update(no_key=True)
    for pool in pools:
        _resize(pool, capacity, pool.waiting_limit if waiting_limit is None else waiting_limit)
        if group.state in OPEN_STATES:
            offer_on(group, pool, now)
    return group


def _resize(pool: ClassGroup | Session, capacity: int, waiting_limit: int) -> None:
    if capacity < pool.seats_taken:
        words = {"taken": pool.seats_taken}
        raise DomainError("TOO_FEW", _("已有 %(taken)s 人入班，名额不能更少。") % words)
    pool.capacity, pool.waiting_limit = capacity, waiting_limit
    pool.save(update_fields=["capacity", "waiting_limit"])


@transaction.atomic
def message_class(*, class_id: int, text: str, key: str, by: User, now: datetime) -> int:
    """群发通知: writes to everyone seated; the same `key` twice is one message. Returns how many.

    Refuses NOT_ALLOWED, and TEXT_NEEDED for an empty or overlong text (500 characters).
    """
    group = locked_class(class_id, by, "courses.message")
    text = text.strip()
    if not 0 < len(text) <= 500:
        raise DomainError("TEXT_NEEDED", _("请写通知内容，最多 500 字。"))
    seated = group.enrolments.seated().select_related("person", "class_group__center")
    drafts = [letter(Letter.CLASS_MESSAGE, enrolment, now, version=key, text=text) for enrolment in seated]
    queue_all(drafts=drafts, now=now, urgent=True)
    return len(drafts)


def turn_classes(*, now: datetime) -> int:
    """One pass by date: published classes start, running ones whose last day is over finish.

    Finishing completes the seated and lets the line and open offers lapse. Returns how many turned.
    """
    today = timezone.localtime(now).date()
    begun = ClassGroup.objects.filter(
        state__in=CLASSES.sources(ClassMove.START, Party.SYSTEM), starts_on__lte=today, ends_on__gte=today
    )
    with transaction.atomic():
        lock_rows([begun])
        started = move_all(begun, CLASSES, ClassMove.START, Party.SYSTEM)
    over = ClassGroup.objects.filter(
        state__in=CLASSES.sources(ClassMove.FINISH, Party.SYSTEM), ends_on__lt=today
    )
    return started + sum(_finish(pk, now) for pk in over.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _finish(class_id: int, now: datetime) -> bool:
    group = ClassGroup.objects.select_for_update(no_key=True).get(pk=class_id)
    if CLASSES.step(group.state, ClassMove.FINISH) is None:
        return False
    _lock_sessions(group)
    for event in (Event.COMPLETE, Event.LAPSE):
        step_enrolments(group.enrolments.all(), event, Party.SYSTEM, by=None, now=now)
    step_class(group, ClassMove.FINISH, Party.SYSTEM, MoveRefused())
    return True

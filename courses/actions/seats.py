"""Pools of seats: locked before they are read, and never left with a free seat and a line."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from common.errors import DomainError
from courses.actions.letters import letter
from courses.actions.steps import step_enrolment
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import (
    CLASSES,
    EnrolBy,
    EnrolmentState,
    Event,
    Letter,
    Party,
    SessionState,
    offer_until,
)
from notices.actions import queue_all


class NoSuchClass(DomainError):
    code = "NO_SUCH_CLASS"
    status = 404


def lock_pool(class_id: int, session_id: int | None) -> tuple[ClassGroup, ClassGroup | Session]:
    """The class, and whatever counts its seats, locked FOR NO KEY UPDATE.

    Whoever locks a pool next sees our enrolment: positions are handed out in order of commit.
    """
    if session_id is None:
        unlocked = ClassGroup.objects.select_for_update(no_key=True, of=("self",)).select_related("center")
        try:
            # get() drops the model's own order, which would join terms and courses.
            locked = unlocked.get(pk=class_id)
        except ClassGroup.DoesNotExist:
            raise NoSuchClass(message=_("没有找到这个班，它可能已经下架。")) from None
        if locked.enrol_by == EnrolBy.SESSION:
            raise DomainError("PICK_A_SESSION", _("这个班按次报名，请选一次课。"))
        return locked, locked
    session = (
        Session.objects.select_for_update(no_key=True, of=("self",))
        .select_related("class_group__center__division")
        .filter(pk=session_id, class_group_id=class_id)
        .first()
    )
    if session is None or session.class_group.enrol_by != EnrolBy.SESSION:
        raise NoSuchClass(message=_("没有找到这次课，请回到班级页重新选。"))
    return session.class_group, session


def offer_on(class_group: ClassGroup, pool: ClassGroup | Session, now: datetime) -> list[Enrolment]:
    """Offers every free seat of a locked pool to the next in line; returns the offered.

    An offered seat counts as taken, so nobody who comes by meanwhile can grab it. What is over or
    called off is offered to nobody.
    """
    if _is_over(class_group, pool, now):
        return []
    pool.refresh_from_db(fields=["seats_taken", "waiting_taken", "capacity"])
    free = min(pool.capacity - pool.seats_taken, pool.waiting_taken)
    if free <= 0:
        return []
    session_id = pool.pk if isinstance(pool, Session) else None
    line = Enrolment.objects.pool(class_group.pk, session_id).filter(state=EnrolmentState.WAITING)
    following = list(line.order_by("position").select_for_update(no_key=True)[:free])
    next_session = class_group.sessions.coming(now).values_list("starts_at", flat=True).first()
    until = offer_until(now, pool.starts_at if isinstance(pool, Session) else next_session)
    for enrolment in following:
        step_enrolment(enrolment, Event.OFFER, Party.SYSTEM, by=None, now=now, offer_until=until)
    queue_all(
        drafts=[
            letter(Letter.OFFERED, enrolment, now, version=int(now.timestamp())) for enrolment in following
        ],
        now=now,
        urgent=True,
    )
    return following


def _is_over(class_group: ClassGroup, pool: ClassGroup | Session, now: datetime) -> bool:
    if isinstance(pool, Session) and (pool.state != SessionState.PLANNED or pool.starts_at <= now):
        return True
    return class_group.state in CLASSES.final

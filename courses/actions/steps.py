"""The steps of courses, one a noun, along the tables in rules: nothing else writes a state."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.steps import move_all, refuse_lacking
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import CLASSES, ENROLMENTS, SESSIONS, ClassMove, Event, Party, SessionMove
from people.models import User

LONGEST_REASON = 200


class MoveRefused(DomainError):
    code = "MOVE_REFUSED"


def step_enrolment(
    enrolment: Enrolment,
    event: Event,
    party: Party,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    offer_until: datetime | None = None,
) -> None:
    """Moves a locked enrolment; the database appends the history.

    Refuses MOVE_REFUSED, and REASON_NEEDED where the table asks for one.
    """
    found = ENROLMENTS.next(enrolment.state, event, {party})
    if found is None:
        words = {"state": enrolment.get_state_display(), "event": event.label}
        raise MoveRefused(message=_("这次报名现在是“%(state)s”，不能%(event)s。") % words)
    refuse_lacking(found[0], reason=reason)
    enrolment.state, enrolment.changed_at, enrolment.by = found[0].to, now, by
    enrolment.offer_until, enrolment.reason = offer_until, reason[:LONGEST_REASON]
    enrolment.save(update_fields=["state", "changed_at", "by", "offer_until", "reason"])


def step_enrolments(
    rows: QuerySet[Enrolment],
    event: Event,
    party: Party,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
) -> None:
    """As `step_enrolment`, for all rows of locked pools that the table lets go."""
    told = {"changed_at": now, "by": by, "offer_until": None, "reason": reason[:LONGEST_REASON]}
    move_all(rows, ENROLMENTS, event, party, **told)


def step_class(
    group: ClassGroup, move: ClassMove, party: Party, refused: DomainError, reason: str = ""
) -> None:
    """Moves a locked class; raises `refused` where the table has no such way, or REASON_NEEDED."""
    found = CLASSES.next(group.state, move, {party})
    if found is None:
        raise refused
    refuse_lacking(found[0], reason=reason)
    group.state, group.state_reason = found[0].to, reason.strip()[:LONGEST_REASON]
    group.save(update_fields=["state", "state_reason"])


def step_session(
    session: Session, move: SessionMove, party: Party, refused: DomainError, reason: str = ""
) -> None:
    """Moves a locked session; raises `refused` where the table has no such way, or REASON_NEEDED."""
    found = SESSIONS.next(session.state, move, {party})
    if found is None:
        raise refused
    refuse_lacking(found[0], reason=reason)
    if session.state != found[0].to:
        session.state, session.reason = found[0].to, reason.strip()[:LONGEST_REASON]
        session.save(update_fields=["state", "reason"])

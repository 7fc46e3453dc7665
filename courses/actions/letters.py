"""What notices about enrolments say: names and times as they were when the thing happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from common.letters import when
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import Letter
from notices.actions import Draft, withdraw


def letter(kind: str, enrolment: Enrolment, now: datetime, *, version: int | str = 0, **data: Any) -> Draft:
    """A draft about an enrolment; `version` tells apart what may happen to it more than once."""
    group = enrolment.class_group
    words = {
        "name": group.name,
        "center": group.center.name,
        "person": enrolment.person.full_name,
        "class_id": group.pk,
        "enrolment_id": enrolment.pk,
        **data,
    }
    if enrolment.offer_until:
        words["until"] = when(enrolment.offer_until)
    return Draft(
        kind=kind,
        key=f"{kind.lower()}:{enrolment.pk}:{version}",
        recipient_id=enrolment.person_id,
        about=("enrolment", enrolment.pk),
        due_at=now,
        data=words,
    )


def offer_is_over(enrolment: Enrolment, now: datetime) -> None:
    """Nobody is rung about a seat that was accepted, given back, lapsed or called off."""
    withdraw(about=("enrolment", enrolment.pk), kinds=[Letter.OFFERED], now=now)


def session_letter(kind: str, session: Session, person_id: int, now: datetime, **data: Any) -> Draft:
    """A draft about a session to one person; said once a session and kind."""
    group = session.class_group
    return Draft(
        kind=kind,
        key=f"{kind.lower()}:{session.pk}:{person_id}",
        recipient_id=person_id,
        about=("session", session.pk),
        due_at=now,
        data={"name": group.name, "center": group.center.name, "when": when(session.starts_at), **data},
    )

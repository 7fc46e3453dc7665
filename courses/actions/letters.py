"""What notices about enrolments say: names and times as they were when the thing happened."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from common.letters import when
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import Letter
from notices.actions import Draft, withdraw


class More(TypedDict, total=False):
    """What one letter about an enrolment says and another does not."""

    until: str
    reason: str
    text: str
    frm: str


class EnrolmentWords(More):
    """The words of a letter about an enrolment."""

    name: str
    center: str
    person: str
    class_id: int
    enrolment_id: int


class MoreOfSession(TypedDict, total=False):
    """Why a session is off, and when it takes place instead."""

    reason: str
    to: str


class SessionWords(MoreOfSession):
    """The words of a letter about a session."""

    name: str
    center: str
    when: str


def letter(
    kind: str, enrolment: Enrolment, now: datetime, *, version: int | str = 0, **more: Unpack[More]
) -> Draft:
    """A draft about an enrolment; `version` tells apart what may happen to it more than once."""
    group = enrolment.class_group
    words: EnrolmentWords = {
        "name": group.name,
        "center": group.center.name,
        "person": enrolment.person.full_name,
        "class_id": group.pk,
        "enrolment_id": enrolment.pk,
        **more,
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


def session_letter(
    kind: str, session: Session, person_id: int, now: datetime, **more: Unpack[MoreOfSession]
) -> Draft:
    """A draft about a session to one person; said once a session and kind."""
    group = session.class_group
    words: SessionWords = {
        "name": group.name,
        "center": group.center.name,
        "when": when(session.starts_at),
        **more,
    }
    return Draft(
        kind=kind,
        key=f"{kind.lower()}:{session.pk}:{person_id}",
        recipient_id=person_id,
        about=("session", session.pk),
        due_at=now,
        data=words,
    )

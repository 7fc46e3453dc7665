"""What notices about shifts say: names and times as they were when the thing happened."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.formats import date_format

from common.letters import when
from notices.actions import Draft
from volunteers.models.service import ServiceRecord
from volunteers.models.signups import ShiftSignup

NOT_REACHED = "班次结束时没有轮到"
CLASHES = "改期后和另一个班次时间冲突"
NO_CHECK_OUT = "没有签退，按计划结束时间计"


class More(TypedDict, total=False):
    """What one letter about a sign-up says and another does not."""

    reason: str
    was: str
    clash: bool


class SignupWords(More):
    """The words of a letter about a sign-up."""

    name: str
    person: str
    when: str
    where: str
    shift_id: int


def letter(
    kind: str, signup: ShiftSignup, now: datetime, *, version: int | str = 0, **more: Unpack[More]
) -> Draft:
    """A draft about a sign-up; `version` tells apart what may happen to it more than once."""
    shift = signup.shift
    words: SignupWords = {
        "name": shift.activity.title,
        "person": signup.volunteer.person.full_name,
        "when": when(shift.starts_at),
        "where": shift.activity.meeting_point or shift.activity.where,
        "shift_id": shift.pk,
        **more,
    }
    return Draft(
        kind=kind,
        key=f"{kind.lower()}:{signup.pk}:{version}",
        recipient_id=signup.volunteer.person_id,
        about=("shift", shift.pk),
        due_at=now,
        data=words,
    )


def refusal(record: ServiceRecord, kind: str, now: datetime) -> Draft:
    """A draft that tells a volunteer why a record earns nothing."""
    return Draft(
        kind=kind,
        key=f"{kind.lower()}:{record.pk}",
        recipient_id=record.volunteer.person_id,
        about=("record", record.pk),
        due_at=now,
        data={
            "name": record.title,
            "day": date_format(record.served_on, "n月j日"),
            "minutes": record.minutes,
            "reason": record.reason,
        },
    )

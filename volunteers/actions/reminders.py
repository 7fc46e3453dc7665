"""Shift reminders: the day before, exactly one to each volunteer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, CharField, DateTimeField, F, Func, JSONField, Value
from django.db.models.functions import Cast, Concat

from notices.actions import COLUMNS, queue_from
from notices.rules import after_quiet_hours
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.letters import Letter
from volunteers.rules.shifts import REMIND_BEFORE, ShiftState, SignupState


class Words(Func):
    """What the letter needs, as it stands when it is queued."""

    function = "jsonb_build_object"
    output_field = JSONField()


@transaction.atomic
def remind_shifts(*, now: datetime) -> int:
    """提醒班次: queues every shift reminder that is due at `now`; returns how many were new.

    One pass, as often as one likes: a notice's key names its shift, the time it starts at and its
    volunteer, so a second beat adds nothing, and a shift that was moved is reminded of anew. Not
    between 21:00 and 08:00. A shift that is being changed at this moment waits for the next pass.
    """
    rows = (
        ShiftSignup.objects.order_by()
        .filter(
            state=SignupState.SIGNED,
            shift__state=ShiftState.PLANNED,
            shift__starts_at__gt=now,
            shift__starts_at__lte=now + REMIND_BEFORE,
        )
        .annotate(
            kind=Value(Letter.SHIFT_REMINDER.value, CharField()),
            key=Concat(
                Value("shift_reminder:"),
                Cast("shift_id", CharField()),
                Value(":"),
                Cast("shift__starts_at", CharField()),
                Value(":"),
                Cast("volunteer__person_id", CharField()),
            ),
            recipient_id=F("volunteer__person_id"),
            about_type=Value("shift", CharField()),
            about_id=F("shift_id"),
            due_at=Value(after_quiet_hours(now), DateTimeField()),
            quiet=Value(True, BooleanField()),  # noqa: FBT003 - a column
            body_data=Words(
                Value("name"),
                F("shift__activity__title"),
                Value("starts_at"),
                F("shift__starts_at"),
                Value("center"),
                F("shift__activity__center__name"),
                Value("place"),
                F("shift__activity__place"),
                Value("meeting_point"),
                F("shift__activity__meeting_point"),
            ),
            created_at_=Value(now, DateTimeField()),
        )
    )
    names = [name if name != "created_at" else "created_at_" for name in COLUMNS]
    return queue_from(rows=rows.values_list(*names), held=Shift)

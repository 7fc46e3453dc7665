"""Class reminders: 24 h and 2 h before a session, exactly one of each to each learner."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, CharField, DateTimeField, F, Func, JSONField, Q, Value
from django.db.models.functions import Cast, Concat

from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import REMIND_BEFORE, EnrolBy, EnrolmentState, SessionState
from notices.actions import COLUMNS, queue_from
from notices.rules import after_quiet_hours


class _Words(Func):
    """What the letter needs, as it stands when it is queued."""

    function = "jsonb_build_object"
    output_field = JSONField()


@transaction.atomic
def remind(*, now: datetime) -> int:
    """提醒: queues every reminder that is due at `now`; returns how many were new.

    One pass, as often as one likes: a notice's key names its session, its kind and its learner,
    so a second beat, a retried task or a restart adds nothing. A session starting in less than 2 h
    gets only the 2 h reminder. A moved session is a new session: the old one's reminders that have
    not gone out are withdrawn by `move_session`, the new one gets its own. A session that is being
    moved, cancelled or enrolled in at this very moment waits for the next pass.
    """
    soon = now + max(REMIND_BEFORE.values())
    if not Session.objects.coming(now).filter(starts_at__lte=soon).order_by().exists():
        return 0
    return sum(_remind(kind, now) for kind in REMIND_BEFORE)


def _remind(kind: str, now: datetime) -> int:
    earliest = now if kind == "REMINDER_2H" else now + REMIND_BEFORE["REMINDER_2H"]
    whole = Q(session=None, class_group__enrol_by=EnrolBy.CLASS)
    total = 0
    for scope, session in ((whole, "class_group__sessions"), (Q(session__isnull=False), "session")):
        due_at = after_quiet_hours(now) if kind == "REMINDER_24H" else now
        rows = (
            Enrolment.objects.order_by()
            .filter(
                scope,
                state=EnrolmentState.SEATED,
                **{
                    f"{session}__state": SessionState.PLANNED,
                    f"{session}__starts_at__gt": earliest,
                    f"{session}__starts_at__lte": now + REMIND_BEFORE[kind],
                },
            )
            .annotate(
                kind=Value(kind, CharField()),
                key=Concat(
                    Value(f"{kind.lower()}:"),
                    Cast(F(f"{session}__pk"), CharField()),
                    Value(":"),
                    Cast("person_id", CharField()),
                ),
                recipient_id=F("person_id"),
                about_type=Value("session", CharField()),
                about_id=F(f"{session}__pk"),
                due_at=Value(due_at, DateTimeField()),
                quiet=Value(kind == "REMINDER_24H", BooleanField()),
                body_data=_Words(
                    Value("name"),
                    F("class_group__name"),
                    Value("center"),
                    F("class_group__center__name"),
                    Value("starts_at"),
                    F(f"{session}__starts_at"),
                    Value("room"),
                    F(f"{session}__room__name"),
                    Value("bring"),
                    F("class_group__bring"),
                ),
                created_at_=Value(now, DateTimeField()),
            )
        )
        names = [name if name != "created_at" else "created_at_" for name in COLUMNS]
        total += queue_from(rows=rows.values_list(*names), held=Session)
    return total

"""What notices about grants say: titles and days as they were when the thing happened."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import transaction

from common.days import SHANGHAI, midnight
from grants.models import GrantCall, Pitch, PitchReport
from grants.rules import REPORT_NOTICE_DAYS, Letter, PitchState, ReportKind
from notices.actions import Draft, queue_all
from notices.models import Notice
from people.actions.accounts import register
from people.models import Person, User


class More(TypedDict, total=False):
    """What one step of a pitch tells and another does not."""

    reason: str
    number: int
    share: int
    contract_no: str
    midterm_at: str
    closing_at: str


class PitchWords(More):
    """The words of a letter about a step of a pitch."""

    name: str
    call: str
    step: str


class ExpertWords(TypedDict):
    """The words of a letter to an expert; `name` is "" where no pitch waits yet."""

    name: str
    call: str
    division: str


class ReportWords(TypedDict):
    """The words of a letter about a report that is due."""

    name: str
    report: str
    due_at: str


def day_at(day: date) -> str:
    """A day as a notice keeps it: its templates write it in the reader's language."""
    return midnight(day).isoformat()


def tell_pitcher(pitch: Pitch, step: str, now: datetime, **more: Unpack[More]) -> None:
    """Tells who pitched of a step; each step of a pitch is told once. Nobody there, nobody told."""
    speaker = pitch.speaker
    if speaker is None:
        return
    words: PitchWords = {"name": pitch.title, "call": pitch.call.title, "step": step, **more}
    key = f"pitch_step:{pitch.pk}:{step}:{more.get('number', '')}"
    draft = Draft(Letter.PITCH_STEP, key, speaker.pk, ("pitch", pitch.pk), now, data=words)
    queue_all(drafts=[draft], now=now, urgent=True)


def tell_days(pitch: Pitch, step: str, now: datetime, **more: Unpack[More]) -> None:
    """As `tell_pitcher`, with the days on which the two reports are due."""
    due = dict(pitch.reports.values_list("kind", "due_on"))
    more["midterm_at"] = day_at(due[ReportKind.MIDTERM])
    more["closing_at"] = day_at(due[ReportKind.CLOSING])
    tell_pitcher(pitch, step, now, **more)


def tell_appointed(call: GrantCall, expert: User, now: datetime) -> None:
    """Tells an expert that she was asked to score the pitches of a call."""
    # Letters go to persons: an account that staff made may have none yet.
    person = register(user=expert, full_name=str(expert), now=now)
    words: ExpertWords = {"name": "", "call": call.title, "division": str(call.division)}
    key = f"expert_asked:{call.pk}:{expert.pk}"
    draft = Draft(Letter.EXPERT_ASKED, key, person.pk, ("call", call.pk), now, data=words)
    queue_all(drafts=[draft], now=now, urgent=True)


def tell_experts(pitch: Pitch, now: datetime) -> None:
    """Tells the experts of a call that a pitch waits for their scores; not whoever speaks for it."""
    speaker = pitch.speaker
    people = Person.objects.filter(user__in=pitch.call.experts.all()).exclude(user=pitch.pitched_by)
    words: ExpertWords = {"name": pitch.title, "call": pitch.call.title, "division": str(pitch.call.division)}
    drafts = [
        Draft(
            Letter.EXPERT_ASKED,
            f"expert_asked:{pitch.call_id}:{person.user_id}:{pitch.pk}",
            person.pk,
            ("pitch", pitch.pk),
            now,
            data=words,
        )
        for person in people
        if person != speaker
    ]
    queue_all(drafts=drafts, now=now, urgent=True)


@transaction.atomic
def remind_reports(*, now: datetime) -> int:
    """提醒交报告: tells of reports due within a fortnight and not handed in; returns how many were new.

    One pass, as often as one likes: each report is told of once. A pitch that is being changed at
    this moment waits for the next pass.
    """
    today = now.astimezone(SHANGHAI).date()
    due = PitchReport.objects.filter(
        handed_in_at=None, due_on__range=(today, today + timedelta(days=REPORT_NOTICE_DAYS))
    )
    running = (
        Pitch.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("team__leader__person", "unit__contact")
        .filter(state=PitchState.RUNNING, pk__in=due.values("pitch"))
        .order_by("pk")
    )
    pitches = {pitch.pk: pitch for pitch in running}
    drafts = [
        draft
        for report in due.filter(pitch__in=pitches)
        if (draft := _due(report, pitches[report.pitch_id], now)) is not None
    ]
    told = set(Notice.objects.filter(key__in=[draft.key for draft in drafts]).values_list("key", flat=True))
    fresh = [draft for draft in drafts if draft.key not in told]
    queue_all(drafts=fresh, now=now)
    return len(fresh)


def _due(report: PitchReport, pitch: Pitch, now: datetime) -> Draft | None:
    speaker = pitch.speaker
    if speaker is None:
        return None
    words: ReportWords = {"name": pitch.title, "report": report.kind, "due_at": day_at(report.due_on)}
    key = f"report_due:{report.pk}"
    return Draft(Letter.REPORT_DUE, key, speaker.pk, ("pitch", pitch.pk), now, quiet=True, data=words)

"""Verbs of a meeting: call it, move it, call it off, open and close it, publish what was said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError, NotAllowed
from common.letters import when
from common.steps import refuse_lacking, refuse_unmet
from grievances.actions.agenda import fill_agenda, lock_meeting
from grievances.models.bodies import Body
from grievances.models.meetings import Correction, Meeting
from grievances.rules.letters import Letter
from grievances.rules.meetings import (
    MEETINGS,
    WHY_FEW,
    MeetingHat,
    MeetingMove,
    MeetingState,
    corrected_until,
)
from notices.actions import Draft, queue_all
from people.actions.accounts import register
from people.authority import may_act
from people.models import Membership, Person, User

FURTHEST = timedelta(days=366)


@transaction.atomic
def call_meeting(*, body_id: int, starts_at: datetime, place: str, by: User, now: datetime) -> Meeting:
    """召集: sets the day; its members are invited, and its agenda begins to fill itself.

    One meeting ahead a body: the same again changes nothing. Refuses NOT_ALLOWED, PAST_DAY, TOO_FAR,
    PLACE_NEEDED, ANOTHER_AHEAD.
    """
    body = Body.objects.select_for_update(no_key=True, of=("self",)).select_related("division")
    found = body.filter(pk=body_id, active=True).first()
    if found is None or not may_act(by=by, verb="grievances.meetings", row=found.division):
        raise NotAllowed(message=_("没有找到这个议事会，或者它不归您管。"))
    _check(starts_at, place, now)
    ahead = found.meetings.ahead().first()
    if ahead is not None and (ahead.starts_at, ahead.place) == (starts_at, place.strip()):
        return ahead
    if ahead is not None:
        raise DomainError("ANOTHER_AHEAD", _("已经定了一次还没有开的会，请改它的时间，或者先开完。"))
    meeting = Meeting.objects.create(body=found, starts_at=starts_at, place=place.strip(), by=by)
    fill_agenda(meeting, now)
    tell_members(meeting, Letter.MEETING_CALLED, now)
    return meeting


def _check(starts_at: datetime, place: str, now: datetime) -> None:
    if starts_at <= now:
        raise DomainError("PAST_DAY", _("开会的时间要在现在以后。"), about="day")
    if starts_at > now + FURTHEST:
        raise DomainError("TOO_FAR", _("开会的时间最远一年以内。"), about="day")
    if not place.strip():
        raise DomainError("PLACE_NEEDED", _("请写明在哪里开。"), about="place")


@transaction.atomic
def reschedule_meeting(
    *, meeting_id: int, starts_at: datetime, place: str, reason: str, by: User, now: datetime
) -> Meeting:
    """改时间: members and whoever follows an item are told. The same again changes nothing. Refuses
    NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED, PAST_DAY, TOO_FAR, PLACE_NEEDED."""
    meeting = lock_meeting(meeting_id, by)
    if (meeting.starts_at, meeting.place, meeting.reason) == (starts_at, place.strip(), reason.strip()[:100]):
        return meeting
    _check(starts_at, place, now)
    _go(meeting, MeetingMove.RESCHEDULE, reason=reason, starts_at=starts_at, place=place.strip()[:40])
    tell_members(meeting, Letter.MEETING_MOVED, now)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting_id: int, reason: str, by: User, now: datetime) -> Meeting:
    """不开了: what stood on its agenda by itself is on the next one's. Twice changes nothing. Refuses
    NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED."""
    meeting = lock_meeting(meeting_id, by)
    if meeting.state == MeetingState.CANCELLED:
        return meeting
    _go(meeting, MeetingMove.CANCEL, reason=reason)
    tell_members(meeting, Letter.MEETING_CANCELLED, now)
    return meeting


@transaction.atomic
def open_meeting(*, meeting_id: int, by: User, now: datetime) -> Meeting:
    """开会: what came meanwhile is on the agenda as well. Twice changes nothing. Refuses NOT_ALLOWED,
    MOVE_REFUSED, NOT_YET (before the day it was called for)."""
    meeting = lock_meeting(meeting_id, by)
    if meeting.state == MeetingState.IN_SESSION:
        return meeting
    if meeting.state == MeetingState.SCHEDULED and day_of(now) < day_of(meeting.starts_at):
        raise DomainError("NOT_YET", _("还没有到开会那一天；要提前开，请先改时间。"))
    late = day_of(now) > day_of(meeting.starts_at)  # its day is the day on which it is held
    _go(meeting, MeetingMove.OPEN, starts_at=now if late else meeting.starts_at)
    fill_agenda(meeting, now)
    return meeting


@transaction.atomic
def close_meeting(*, meeting_id: int, by: User, now: datetime, reason: str = "") -> Meeting:
    """散会: the minutes are there; members read them and say within three days what is wrong.

    Twice changes nothing. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED (fewer were there than the
    body asks for).
    """
    meeting = lock_meeting(meeting_id, by)
    if meeting.state == MeetingState.MINUTES:
        return meeting
    few = meeting.present.count() < meeting.body.quorum
    if meeting.state == MeetingState.IN_SESSION and few:
        refuse_unmet(WHY_FEW, reason)
    why = reason.strip()[:100] if few else ""
    _go(meeting, MeetingMove.CLOSE, reason=why, correct_until=corrected_until(now))
    tell_members(meeting, Letter.MINUTES_TO_READ, now)
    return meeting


def read_again(meeting: Meeting, now: datetime) -> None:
    """What is written once the meeting is over members read as well: their days begin anew."""
    if meeting.state == MeetingState.MINUTES:
        meeting.correct_until = corrected_until(now)
        meeting.save(update_fields=["correct_until"])
        tell_members(meeting, Letter.MINUTES_TO_READ, now)


def go_publish(meeting: Meeting, now: datetime) -> None:
    """The last step of a locked meeting; members and whoever followed an item are told."""
    _go(meeting, MeetingMove.PUBLISH, reason=meeting.reason, published_at=now)
    tell_members(meeting, Letter.MINUTES_PUBLISHED, now)


def move_refused(meeting: Meeting, move: MeetingMove) -> DomainError:
    told = {"state": meeting.get_state_display(), "move": move.label}
    return DomainError("MOVE_REFUSED", _("这次会议现在是“%(state)s”，不能%(move)s，请刷新看看。") % told)


def _go(meeting: Meeting, move: MeetingMove, *, reason: str = "", **fields: object) -> None:
    found = MEETINGS.next(meeting.state, move, {MeetingHat.SECRETARY})
    if found is None:
        raise move_refused(meeting, move)
    refuse_lacking(found[0], reason=reason)
    meeting.state, meeting.reason = found[0].to, reason.strip()[:100]
    for name, value in fields.items():
        setattr(meeting, name, value)
    meeting.save()


def remind_meetings(*, now: datetime) -> int:
    """提醒: members of tomorrow's meeting, with an agenda filled anew; who keeps a body that has not met
    for two months and has no day for it. Doing it again tells nobody twice; returns how many it looked at."""
    looked = 0
    for meeting_id in Meeting.objects.filter(state=MeetingState.SCHEDULED).values_list("pk", flat=True):
        looked += _remind(meeting_id, now)
    for body in Body.objects.filter(active=True).select_related("division").order_by("pk"):
        looked += _tell_overdue(body, now)
    return looked


@transaction.atomic
def _remind(meeting_id: int, now: datetime) -> int:
    rows = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("body__division")
    meeting = rows.get(pk=meeting_id)
    if meeting.state != MeetingState.SCHEDULED:
        return 0
    fill_agenda(meeting, now)
    if day_of(meeting.starts_at) == day_of(now) + timedelta(days=1):
        tell_members(meeting, Letter.MEETING_TOMORROW, now)
    return 1


@transaction.atomic
def _tell_overdue(body: Body, now: datetime) -> int:
    if not body.is_overdue(now):
        return 0
    posts = Membership.objects.allowing("grievances.meetings", day_of(now), body.division)
    keepers = User.objects.filter(pk__in=posts.values("user")).order_by("pk")
    people = [register(user=one, full_name=str(one), now=now) for one in keepers]
    _tell(
        people, Letter.MEETING_OVERDUE, f"{body.pk}:{now:%Y%m}", ("body", body.pk), {"name": body.name}, now
    )
    return 1


def tell_members(meeting: Meeting, kind: Letter, now: datetime) -> None:
    """Who belongs to the body on its day, and whoever follows an item, or told it, where it concerns her."""
    day = day_of(meeting.starts_at)
    members = meeting.body.members.valid_on(day).values("person")
    people = Person.objects.filter(pk__in=members, merged_into=None)
    if kind in {Letter.MEETING_MOVED, Letter.MEETING_CANCELLED, Letter.MINUTES_PUBLISHED}:
        people |= Person.objects.filter(followed_items__item__meeting=meeting, merged_into=None)
        people |= Person.objects.filter(tickets__items__meeting=meeting, merged_into=None)
    told = {
        "name": meeting.body.name,
        "at": when(meeting.starts_at),
        "place": meeting.place,
        "until": f"{meeting.correct_until:%Y-%m-%d}" if meeting.correct_until else "",
    }
    # Told again whenever it changes again; of tomorrow, and of a draft, once a day at most.
    once = {Letter.MEETING_TOMORROW: day, Letter.MINUTES_TO_READ: meeting.correct_until}
    mark = f"{meeting.pk}:{once.get(kind) or now.isoformat()}"
    _tell(people.distinct().order_by("pk"), kind, mark, ("meeting", meeting.pk), told, now)


def tell_corrected(correction: Correction, now: datetime) -> None:
    """The member who said that something is wrong: it is settled, she reads how on the page of the draft."""
    meeting = correction.item.meeting
    hers = Person.objects.filter(pk=correction.member.person_id, merged_into=None)
    told = {"name": meeting.body.name, "at": when(meeting.starts_at)}
    _tell(hers, Letter.CORRECTION_SETTLED, f"{correction.pk}", ("meeting", meeting.pk), told, now)


def _tell(
    people: Iterable[Person],
    kind: Letter,
    mark: str,
    about: tuple[str, int],
    told: dict[str, str],
    now: datetime,
) -> None:
    drafts = [
        Draft(f"{kind}", f"{kind.lower()}:{mark}:{one.pk}", one.pk, about, now, data=told) for one in people
    ]
    queue_all(drafts=drafts, now=now, urgent=True)

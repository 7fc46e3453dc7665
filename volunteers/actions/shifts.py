"""Verbs of activities and their shifts: publish, plan, end, cancel, move, change places."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import CalendarDay
from common.days import SHANGHAI
from common.errors import DomainError, NotAllowed
from common.letters import when
from common.steps import refuse_lacking
from common.workdays import Workdays
from notices.actions import queue_all
from notices.actions import withdraw as withdraw_notices
from people.authority import may_act
from people.models import User
from volunteers.actions.letters import CLASHES, letter
from volunteers.actions.lists import (
    LONGEST_REASON,
    ShiftOver,
    busy,
    lock_shift,
    lock_shifts,
    lock_volunteers,
    promote,
    step_shift,
    take_off,
)
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.letters import Letter
from volunteers.rules.shifts import (
    ACTIVITIES,
    PLANNED_AHEAD,
    SHIFTS,
    ActivityMove,
    ActivityState,
    ShiftMove,
    ShiftState,
    SignupParty,
    SignupState,
    days_of,
    is_past,
)

LONGEST = timedelta(hours=24)


class BadTime(DomainError):
    code = "BAD_TIME"


class ActivityOver(DomainError):
    code = "ACTIVITY_OVER"


def _locked_activity(activity_id: int, by: User) -> Activity:
    """The activity, locked, if `by` may change it; refuses NOT_ALLOWED."""
    activity = (
        Activity.objects.select_for_update(no_key=True, of=("self",))
        .select_related("division")
        .filter(pk=activity_id)
        .order_by()
        .first()
    )
    if activity is None or not may_act(by=by, verb="volunteers.change", row=activity.division):
        raise NotAllowed(message=_("这项活动不在您负责的范围内。"))
    return activity


def _step(
    activity: Activity, move: ActivityMove, party: SignupParty, refused: DomainError, reason: str = ""
) -> None:
    """Moves a locked activity; raises `refused` where the table has no such way, or REASON_NEEDED."""
    found = ACTIVITIES.next(activity.state, move, {party})
    if found is None:
        raise refused
    refuse_lacking(found[0], reason=reason)
    if activity.state != found[0].to:
        activity.state = found[0].to
        activity.save(update_fields=["state"])


@transaction.atomic
def publish_activity(*, activity_id: int, by: User, now: datetime) -> Activity:
    """发布志愿活动: shows a draft to residents and plans its first six weeks.

    Twice changes nothing. Refuses NOT_ALLOWED, and ACTIVITY_OVER where it has ended or no day of
    it is left.
    """
    activity = _locked_activity(activity_id, by)
    if activity.state == ActivityState.PUBLISHED:
        return activity
    over = ActivityOver(message=_("这项活动的日子已经过了，请先改日期再发布。"))
    if is_past(activity.rhythm, timezone.localtime(now).date()):
        raise over
    _step(activity, ActivityMove.PUBLISH, SignupParty.STAFF, over)
    _plan(activity, now)
    return activity


@transaction.atomic
def plan_shifts(*, activity_id: int, by: User, now: datetime) -> list[Shift]:
    """排班次: the shifts of the next six weeks that are not there yet; returns the new ones.

    Public holidays are no reason to skip one: the shift carries a note, where the calendar of the
    year is loaded. What was moved or cancelled is not planned again. Times are Shanghai time.
    Refuses NOT_ALLOWED and ACTIVITY_OVER.
    """
    activity = _locked_activity(activity_id, by)
    over = ActivityOver(message=_("这项活动已经结束，不能再排班次。"))
    _step(activity, ActivityMove.PLAN, SignupParty.STAFF, over)
    return _plan(activity, now)


def _plan(activity: Activity, now: datetime) -> list[Shift]:
    calendar = CalendarDay.objects.all().workdays()
    known = set(activity.shifts.values_list("planned_at", flat=True))
    known |= set(activity.shifts.values_list("starts_at", flat=True))
    last = timezone.localtime(now + PLANNED_AHEAD).date()
    shifts = [_shift(activity, day, calendar) for day in days_of(activity.rhythm, last)]
    fresh = [shift for shift in shifts if shift.starts_at > now and shift.starts_at not in known]
    return Shift.objects.bulk_create(fresh)


def _shift(activity: Activity, day: date, calendar: Workdays) -> Shift:
    starts_at = datetime.combine(day, activity.starts, SHANGHAI)
    return Shift(
        activity=activity,
        starts_at=starts_at,
        ends_at=datetime.combine(day, activity.ends, SHANGHAI),
        planned_at=starts_at,
        places=activity.places,
        waiting_limit=activity.waiting_limit,
        note=_note(day, calendar),
    )


def _note(day: date, calendar: Workdays) -> str:
    holiday = calendar.holiday(day) if day.year in calendar.years else ""
    return _("%(holiday)s假期，照常开展") % {"holiday": holiday} if holiday else ""


def plan_ahead(*, now: datetime) -> int:
    """滚动排班次: one pass: plans every published activity six weeks ahead; returns how many shifts are new.

    Activities whose last day has passed become ENDED. Each is its own transaction; a second pass
    adds nothing.
    """
    going = Activity.objects.filter(state=ActivityState.PUBLISHED).order_by("pk")
    return sum(_plan_ahead(activity_id, now) for activity_id in going.values_list("pk", flat=True))


@transaction.atomic
def _plan_ahead(activity_id: int, now: datetime) -> int:
    rows = Activity.objects.select_for_update(no_key=True).order_by()
    activity = rows.get(pk=activity_id)
    if not ACTIVITIES.offers(ActivityMove.PLAN, SignupParty.SYSTEM)(activity):
        return 0
    if is_past(activity.rhythm, timezone.localtime(now).date()):
        if not activity.shifts.coming(now).exists():  # one may have been moved beyond the last day
            _step(activity, ActivityMove.LAPSE, SignupParty.SYSTEM, ActivityOver())
        return 0
    return len(_plan(activity, now))


@transaction.atomic
def end_activity(*, activity_id: int, reason: str, by: User, now: datetime) -> Activity:
    """结束志愿活动: no more shifts; those that have not begun are cancelled and everyone is told why.

    Twice changes nothing. Refuses NOT_ALLOWED and REASON_NEEDED.
    """
    activity = _locked_activity(activity_id, by)
    if activity.state == ActivityState.ENDED:
        return activity
    _step(activity, ActivityMove.END, SignupParty.STAFF, ActivityOver(), reason=reason)
    coming = activity.shifts.filter(state=ShiftState.PLANNED, starts_at__gt=now).order_by()
    for shift in lock_shifts(coming.values_list("pk", flat=True)):
        if SHIFTS.offers(ShiftMove.CANCEL)(shift):  # nobody else did meanwhile
            _call_off(shift, reason, by, now)
    return activity


def _managed(shift_id: int, by: User) -> Shift:
    """The shift, locked, if `by` may change it; refuses NOT_ALLOWED."""
    shift = lock_shift(shift_id)
    if not may_act(by=by, verb="volunteers.change", row=shift.activity.division):
        raise NotAllowed(message=_("这个班次不在您负责的范围内。"))
    return shift


def _listed(shift: Shift) -> list[ShiftSignup]:
    """Who has a place or waits, before anybody has come."""
    rows = shift.signups.filter(state__in=[SignupState.SIGNED, SignupState.WAITING])
    listed = list(rows.select_related("volunteer__person").order_by("position"))
    for signup in listed:
        signup.shift = shift
    return listed


@transaction.atomic
def cancel_shift(*, shift_id: int, reason: str, by: User, now: datetime) -> Shift:
    """取消班次: calls one shift off; everyone on the list and in line is told why, at once.

    Twice changes nothing. Refuses NOT_ALLOWED, NO_SUCH_SHIFT, REASON_NEEDED, and SHIFT_OVER once
    it is closed, over, or somebody has come.
    """
    shift = _managed(shift_id, by)
    if shift.state == ShiftState.CANCELLED:
        return shift
    if not shift.is_open_at(now) or shift.signups.filter(state=SignupState.CAME).exists():
        raise _not_cancelled()
    return _call_off(shift, reason, by, now)


def _not_cancelled() -> ShiftOver:
    return ShiftOver(message=_("这个班次已经有人签到或已经结束，不能取消，请照实关闭。"))


def _call_off(shift: Shift, reason: str, by: User, now: datetime) -> Shift:
    people = _listed(shift)
    step_shift(shift, ShiftMove.CANCEL, SignupParty.STAFF, _not_cancelled(), reason=reason)
    why = shift.reason
    take_off(shift, people, by, now, why)
    withdraw_notices(about=("shift", shift.pk), kinds=[Letter.SHIFT_REMINDER], now=now)
    drafts = [letter(Letter.SHIFT_CANCELLED, signup, now, reason=why) for signup in people]
    queue_all(drafts=drafts, now=now, urgent=True)
    return shift


@transaction.atomic
def move_shift(
    *, shift_id: int, starts_at: datetime, ends_at: datetime, reason: str, by: User, now: datetime
) -> Shift:
    """改期: moves a shift to another time; everyone on the list and in line is told.

    Who is expected elsewhere at the new time leaves this list, and her letter says so; the line
    moves up. Moving to where it already is changes nothing. Refuses NOT_ALLOWED, NO_SUCH_SHIFT,
    SHIFT_OVER (closed, called off, begun), BAD_TIME (past, backwards, longer than a day, or taken
    by another shift of the activity) and REASON_NEEDED.
    """
    shift = _managed(shift_id, by)
    if (shift.starts_at, shift.ends_at) == (starts_at, ends_at):
        return shift
    over = ShiftOver(message=_("这个班次已经开始、取消或完成，不能再改期。"))
    if shift.starts_at <= now or not SHIFTS.offers(ShiftMove.MOVE)(shift):
        raise over
    if not now < starts_at < ends_at <= starts_at + LONGEST:
        raise BadTime(message=_("新的时间要在现在之后，结束要晚于开始，最长一天。"))
    step_shift(shift, ShiftMove.MOVE, SignupParty.STAFF, over, reason=reason)
    why, was, people = reason.strip()[:LONGEST_REASON], when(shift.starts_at), _listed(shift)
    lock_volunteers([signup.volunteer_id for signup in people])
    signed = [signup for signup in people if signup.state == SignupState.SIGNED]
    elsewhere = busy([s.volunteer_id for s in signed], starts_at, ends_at, apart_from=shift.pk)
    clashing = [signup for signup in signed if signup.volunteer_id in elsewhere]
    take_off(shift, clashing, by, now, CLASHES)
    shift.starts_at, shift.ends_at = starts_at, ends_at
    _save_time(shift)
    withdraw_notices(about=("shift", shift.pk), kinds=[Letter.SHIFT_REMINDER], now=now)
    moved = f"{int(starts_at.timestamp())}:{int(now.timestamp())}"
    drafts = [
        letter(Letter.SHIFT_MOVED, s, now, version=moved, was=was, reason=why, clash=s in clashing)
        for s in people
    ]
    queue_all(drafts=drafts, now=now, urgent=True)
    promote(shift, now)
    return shift


def _save_time(shift: Shift) -> None:
    try:
        with transaction.atomic():
            shift.save(update_fields=["starts_at", "ends_at"])
    except IntegrityError as error:
        if "shift_once" not in str(error):
            raise
        raise BadTime(message=_("这项活动那个时间已经有一个班次，请换个时间。")) from None


@transaction.atomic
def change_places(*, shift_id: int, places: int, by: User, now: datetime) -> Shift:
    """改人数: more or fewer places in one shift; new ones go to the line at once.

    Refuses NOT_ALLOWED, NO_SUCH_SHIFT, SHIFT_OVER, and TOO_FEW below who is on the list.
    """
    shift = _managed(shift_id, by)
    if not shift.is_open_at(now):
        raise ShiftOver(message=_("这个班次已经取消或结束，不能再改人数。"))
    if places < max(1, shift.places_taken):
        words = {"taken": shift.places_taken}
        raise DomainError("TOO_FEW", _("已经有 %(taken)s 人在名单里，人数不能比这少，至少是 1。") % words)
    shift.places = places
    shift.save(update_fields=["places"])
    promote(shift, now)
    return shift

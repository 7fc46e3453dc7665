"""Activities that repeat, shifts with places, the life of a sign-up: enums and pure decisions."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.moves import Machine, Need, Step

# Recurring shifts are planned this far ahead, so that people can promise next month already.
PLANNED_AHEAD = timedelta(weeks=6)
REMIND_BEFORE = timedelta(hours=24)


class Repeats(TextChoices):
    """How often an activity takes place."""

    NONE = "NONE", _("只办一次")
    WEEKLY = "WEEKLY", _("每周")
    LAST = "LAST", _("每月最后一个")


class ActivityState(TextChoices):
    DRAFT = "DRAFT", _("草稿")
    PUBLISHED = "PUBLISHED", _("招募中")
    ENDED = "ENDED", _("已结束")


class ShiftState(TextChoices):
    PLANNED = "PLANNED", _("待开展")
    CANCELLED = "CANCELLED", _("已取消")
    CLOSED = "CLOSED", _("已完成")


class SignupState(TextChoices):
    SIGNED = "SIGNED", _("已报名")
    WAITING = "WAITING", _("候补中")
    WITHDRAWN = "WITHDRAWN", _("已退出")
    REMOVED = "REMOVED", _("已移出")
    CAME = "CAME", _("已签到")
    # Nothing follows from it: 志愿服务条例 art. 25, nobody may be made to serve.
    MISSED = "MISSED", _("没来")


S = SignupState
# Who takes one of the places, who is on the list at all. Who missed a shift keeps her place in the
# count: her scan may still be on its way, from a phone that was offline.
PLACED = (S.SIGNED, S.CAME, S.MISSED)
LISTED = (S.SIGNED, S.WAITING, S.CAME, S.MISSED)
# Nobody is in two of these at the same time.
BUSY = (S.SIGNED, S.CAME)


class SignupEvent(TextChoices):
    """What may happen to a sign-up."""

    PROMOTE = "PROMOTE", _("递补")
    WITHDRAW = "WITHDRAW", _("退出")
    REMOVE = "REMOVE", _("移出")
    CHECK_IN = "CHECK_IN", _("签到")
    CHECK_OUT = "CHECK_OUT", _("签退")
    UNDO = "UNDO", _("撤销签到")
    MISS = "MISS", _("记为没来")


class SignupParty(TextChoices):
    """In what capacity somebody acts on an activity, its shifts and their sign-ups."""

    VOLUNTEER = "VOLUNTEER", _("本人或代办人")
    ORGANISER = "ORGANISER", _("组织者")
    STAFF = "STAFF", _("工作人员")
    SYSTEM = "SYSTEM", _("系统")


class ActivityMove(TextChoices):
    """What may happen to an activity."""

    PUBLISH = "PUBLISH", _("发布")
    PLAN = "PLAN", _("排班次")
    END = "END", _("结束活动")
    LAPSE = "LAPSE", _("日子过完")


class ShiftMove(TextChoices):
    """What may happen to a shift."""

    PLACES = "PLACES", _("改人数")
    MOVE = "MOVE", _("改期")
    CANCEL = "CANCEL", _("取消班次")
    CLOSE = "CLOSE", _("关闭班次")


E, P = SignupEvent, SignupParty
REASON = Need("reason", _("请写明原因，志愿者会看到。"), least=2)
_STAFF, _SYSTEM = frozenset({P.STAFF}), frozenset({P.SYSTEM})
_HERSELF = frozenset({P.VOLUNTEER, P.STAFF})
_LEADERS = frozenset({P.ORGANISER, P.STAFF})
_LEADERS_OR_TIME = _LEADERS | {P.SYSTEM}
_EVERYBODY = frozenset({P.VOLUNTEER, P.ORGANISER, P.STAFF})
SIGNUPS = Machine(
    noun="signup",
    states=SignupState,
    moves=SignupEvent,
    hats=SignupParty,
    begins=frozenset({S.SIGNED, S.WAITING}),
    table={
        (S.WAITING, E.PROMOTE): Step(S.SIGNED, _SYSTEM),
        (S.WAITING, E.WITHDRAW): Step(S.WITHDRAWN, _HERSELF),
        (S.SIGNED, E.WITHDRAW): Step(S.WITHDRAWN, _HERSELF),
        (S.WAITING, E.REMOVE): Step(S.REMOVED, _LEADERS_OR_TIME, (REASON,)),
        (S.SIGNED, E.REMOVE): Step(S.REMOVED, _LEADERS_OR_TIME, (REASON,)),
        (S.SIGNED, E.CHECK_IN): Step(S.CAME, _EVERYBODY),
        (S.MISSED, E.CHECK_IN): Step(S.CAME, _EVERYBODY),
        # On the spot: who waits and came anyway takes a place that is free.
        (S.WAITING, E.CHECK_IN): Step(S.CAME, _LEADERS),
        # A scan and the organiser's list are two kinds of evidence.
        (S.CAME, E.CHECK_IN): Step(S.CAME, _EVERYBODY),
        (S.CAME, E.CHECK_OUT): Step(S.CAME, _EVERYBODY),
        (S.CAME, E.UNDO): Step(S.SIGNED, _LEADERS),
        (S.SIGNED, E.MISS): Step(S.MISSED, _LEADERS),
    },
)
SHIFTS = Machine(
    noun="shift",
    states=ShiftState,
    moves=ShiftMove,
    hats=SignupParty,
    begins=frozenset({ShiftState.PLANNED}),
    table={
        (ShiftState.PLANNED, ShiftMove.PLACES): Step(ShiftState.PLANNED, _STAFF),
        (ShiftState.PLANNED, ShiftMove.MOVE): Step(ShiftState.PLANNED, _STAFF, (REASON,)),
        (ShiftState.PLANNED, ShiftMove.CANCEL): Step(ShiftState.CANCELLED, _STAFF, (REASON,)),
        (ShiftState.PLANNED, ShiftMove.CLOSE): Step(ShiftState.CLOSED, _LEADERS),
        # Once more, to record what is missing.
        (ShiftState.CLOSED, ShiftMove.CLOSE): Step(ShiftState.CLOSED, _LEADERS),
    },
)
ACTIVITIES = Machine(
    noun="activity",
    states=ActivityState,
    moves=ActivityMove,
    hats=SignupParty,
    begins=frozenset({ActivityState.DRAFT}),
    table={
        (ActivityState.DRAFT, ActivityMove.PUBLISH): Step(ActivityState.PUBLISHED, _STAFF),
        (ActivityState.DRAFT, ActivityMove.PLAN): Step(ActivityState.DRAFT, _STAFF),
        (ActivityState.DRAFT, ActivityMove.END): Step(ActivityState.ENDED, _STAFF, (REASON,)),
        (ActivityState.PUBLISHED, ActivityMove.PLAN): Step(ActivityState.PUBLISHED, _STAFF | _SYSTEM),
        (ActivityState.PUBLISHED, ActivityMove.END): Step(ActivityState.ENDED, _STAFF, (REASON,)),
        (ActivityState.PUBLISHED, ActivityMove.LAPSE): Step(ActivityState.ENDED, _SYSTEM),
    },
)


def place_or_line(*, places: int, taken: int, waiting: int, waiting_limit: int) -> SignupState | None:
    """What the next volunteer gets: a place, a place in line, or None when both are full.

    Whoever waits has been asked before: a place that is still free then is free for the newcomer.
    """
    if taken < places:
        return SignupState.SIGNED
    return SignupState.WAITING if waiting < waiting_limit else None


@dataclass(frozen=True)
class Rhythm:
    """When an activity takes place; weekday 1 is Monday, None where it is held once."""

    repeats: str
    weekday: int | None
    starts_on: date
    ends_on: date | None


def days_of(rhythm: Rhythm, last: date) -> Iterator[date]:
    """The days of an activity in order, up to `last` and its own last day, both included.

    What is held once has its day however far ahead that is.
    """
    end = min(last, rhythm.ends_on or last)
    if rhythm.repeats == Repeats.NONE:
        yield rhythm.starts_on
        return
    day = rhythm.starts_on
    while day <= end:
        if day.isoweekday() == rhythm.weekday and (rhythm.repeats == Repeats.WEEKLY or _is_last(day)):
            yield day
        day += timedelta(days=1)


def is_past(rhythm: Rhythm, today: date) -> bool:
    """Whether no day of an activity is left."""
    last = rhythm.starts_on if rhythm.repeats == Repeats.NONE else rhythm.ends_on
    return last is not None and last < today


def _is_last(day: date) -> bool:
    """Whether this weekday does not come again in its month."""
    return day.day + 7 > calendar.monthrange(day.year, day.month)[1]


def minutes_served(
    *,
    planned: tuple[datetime, datetime],
    checked_in_at: datetime,
    checked_out_at: datetime | None,
    closed_at: datetime,
) -> int:
    """Whole minutes of service: check-out minus check-in, inside the planned time; never negative.

    Who forgot to check out is credited with at most the planned end, and no later than the moment
    the shift was closed.
    """
    left = checked_out_at or closed_at
    begin, end = max(planned[0], checked_in_at), min(planned[1], left)
    return max(0, int((end - begin).total_seconds() // 60))

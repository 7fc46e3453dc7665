"""Clocks of a ticket: which run in which state, until when; pure decisions.

Times are handed in aware; office time is Shanghai's, 9-12 and 14-18 on working days.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.law_days import assumed
from common.workdays import CalendarUnknown, Workdays
from grievances.rules.tickets import TicketState

S = TicketState
OFFICE_DAY = 7 * 60  # minutes of one working day
LONGEST_LIMIT = 366 * 1440  # minutes; a promise for after the year is none


class ClockKind(TextChoices):
    FIRST_ANSWER = "FIRST_ANSWER", _("首次联系")
    HANDLING = "HANDLING", _("办理")
    DECISION = "DECISION", _("主任或街道定")
    CALL_BACK = "CALL_BACK", _("回访")
    WAIT = "WAIT", _("等居民补充")
    VERDICT = "VERDICT", _("等居民评价")
    APPEAL = "APPEAL", _("可以要求复核")
    REVIEW = "REVIEW", _("暂缓后再看")
    PROMISE = "PROMISE", _("答应的日子")


class Unit(TextChoices):
    OFFICE = "OFFICE", _("办公时间")
    WALL = "WALL", _("钟点")


C = ClockKind
RUNS: Mapping[str, frozenset[ClockKind]] = {
    S.REGISTERED: frozenset({C.FIRST_ANSWER}),
    S.ACCEPTED: frozenset({C.FIRST_ANSWER, C.HANDLING}),
    S.ASSIGNED: frozenset({C.FIRST_ANSWER, C.HANDLING}),
    S.OBJECTED: frozenset({C.FIRST_ANSWER, C.HANDLING, C.DECISION}),
    S.IN_PROGRESS: frozenset({C.HANDLING}),
    S.COMMITTED: frozenset({C.HANDLING, C.PROMISE}),
    S.WAITING_RESIDENT: frozenset({C.HANDLING, C.WAIT}),
    S.ANSWERED: frozenset({C.CALL_BACK, C.VERDICT}),
    S.DISPUTED: frozenset({C.DECISION}),
    S.TO_REFUSE: frozenset({C.FIRST_ANSWER, C.DECISION}),
    S.REFUSED: frozenset({C.APPEAL}),
    S.TO_PARK: frozenset({C.HANDLING, C.DECISION}),
    S.PARKED: frozenset({C.HANDLING, C.REVIEW}),
}
# It stands still here; nowhere else, and nothing else does.
PAUSES = {(S.WAITING_RESIDENT, C.HANDLING), (S.PARKED, C.HANDLING), (S.COMMITTED, C.HANDLING)}
# Once a ticket: whoever was contacted once is not contacted for the first time again.
ONCE = frozenset({C.FIRST_ANSWER})
# What happens by itself at the end; all others are late then, and somebody above is told.
ENDS = frozenset({C.WAIT, C.VERDICT, C.APPEAL, C.REVIEW})
# Until a day that somebody chooses each time: no policy says how long.
UNTIL_A_DAY = frozenset({C.REVIEW, C.PROMISE})


class Limit(NamedTuple):
    """How long a clock runs: seconds of office time, or of the wall clock."""

    seconds: int
    unit: str


def lasts(minutes: int, unit: str) -> str:
    """How long that is, as people say it."""
    day, words = (OFFICE_DAY, _t("%(n)s 个工作日")) if unit == Unit.OFFICE else (1440, _t("%(n)s 天"))
    if minutes % day == 0:
        return words % {"n": minutes // day}
    if minutes % 60 == 0:
        return _t("%(n)s 小时") % {"n": minutes // 60}
    return _t("%(n)s 分钟") % {"n": minutes}


def runs(state: str) -> frozenset[ClockKind]:
    """Which clocks a ticket has in a state; none where it is over."""
    return RUNS.get(S(state), frozenset())


def due(start: datetime, limit: Limit, calendar: Workdays) -> tuple[datetime, bool]:
    """Until when a clock runs that starts, or goes on, now; and whether that is provisional.

    Where office time runs into a year whose holidays are not loaded, weekends and the days that the
    law itself fixes are left out, and it is set right when the calendar comes.
    """
    span, local = timedelta(seconds=limit.seconds), start.astimezone(SHANGHAI)
    if limit.unit == Unit.WALL:
        return start + span, False
    try:
        return calendar.after_office_time(local, span), False
    except CalendarUnknown:
        return assumed(calendar).after_office_time(local, span), True


def left(limit: Limit, start: datetime, now: datetime, calendar: Workdays) -> int:
    """Whole seconds that are left of a clock that ran since then; none where it is late.

    Reckoned from what has passed, not from its end: that may stand on a year whose calendar has come
    since. A pause is counted in office time, not on the wall.
    """
    if limit.unit == Unit.WALL:
        passed = now - start
    else:
        moments = start.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
        try:
            passed = calendar.office_time_between(*moments)
        except CalendarUnknown:
            passed = assumed(calendar).office_time_between(*moments)
    return max(0, int((timedelta(seconds=limit.seconds) - passed).total_seconds()))


def end_of(day: date) -> datetime:
    """When a day that was promised is over: the office closes at 18."""
    return datetime.combine(day, time(18), SHANGHAI)

"""Enums of courses, who gets a seat, which dates a class meets: pure decisions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.workdays import Workdays
from notices.rules import SHANGHAI as SHANGHAI

OFFER_HOURS = 24
# A seat freed less than this before the next session is offered for a shorter time.
OFFER_MIN_HOURS = 2
REMIND_BEFORE = {"REMINDER_24H": timedelta(hours=24), "REMINDER_2H": timedelta(hours=2)}


class Audience(TextChoices):
    YOUNG = "YOUNG", _("青年")
    ADULT = "ADULT", _("成人")
    ELDER = "ELDER", _("长辈")
    ALL = "ALL", _("不限")


class CourseKind(TextChoices):
    COURSE = "COURSE", _("课程")
    ACTIVITY = "ACTIVITY", _("活动")
    CONSULTATION = "CONSULTATION", _("咨询")
    PARTY_LESSON = "PARTY_LESSON", _("党课")


class EnrolBy(TextChoices):
    CLASS = "CLASS", _("整班报名")
    SESSION = "SESSION", _("按次报名")


class Mode(TextChoices):
    """How seats are given out. Ballots come with their own issue."""

    FIRST_COME = "FIRST_COME", _("先到先得")


class Makeup(TextChoices):
    """What a class does on a weekend day that is worked to make up for a holiday."""

    SKIP = "SKIP", _("调休上班日停课")
    HOLD = "HOLD", _("调休上班日照常上课")


class ClassState(TextChoices):
    DRAFT = "DRAFT", _("草稿")
    PUBLISHED = "PUBLISHED", _("招生")
    RUNNING = "RUNNING", _("开课")
    CANCELLED = "CANCELLED", _("已取消")
    FINISHED = "FINISHED", _("已结课")


OPEN_STATES = (ClassState.PUBLISHED, ClassState.RUNNING)


class SessionState(TextChoices):
    PLANNED = "PLANNED", _("待上课")
    HELD = "HELD", _("已上课")
    CANCELLED = "CANCELLED", _("已停课")
    MOVED = "MOVED", _("已改期")


LIVE_SESSIONS = (SessionState.PLANNED, SessionState.HELD)


class EnrolmentState(TextChoices):
    APPLIED = "APPLIED", _("已申请")
    SEATED = "SEATED", _("已入班")
    WAITING = "WAITING", _("候补中")
    OFFERED = "OFFERED", _("待确认")
    NOT_DRAWN = "NOT_DRAWN", _("未抽中")
    LAPSED = "LAPSED", _("已过期")
    WITHDRAWN = "WITHDRAWN", _("已退出")
    COMPLETED = "COMPLETED", _("已结业")
    REMOVED = "REMOVED", _("已移出")


S = EnrolmentState
# Who counts against the seats, who stands in line, who is enrolled at all.
OCCUPYING = (S.SEATED, S.OFFERED)
LIVE = (S.APPLIED, S.SEATED, S.WAITING, S.OFFERED)


class Event(TextChoices):
    """What may happen to an enrolment."""

    ACCEPT = "ACCEPT", _("接受名额")
    DECLINE = "DECLINE", _("放弃名额")
    LAPSE = "LAPSE", _("超时")
    OFFER = "OFFER", _("给出名额")
    WITHDRAW = "WITHDRAW", _("退出")
    REMOVE = "REMOVE", _("移出")
    COMPLETE = "COMPLETE", _("结业")


class Party(TextChoices):
    """In what capacity somebody acts on an enrolment."""

    LEARNER = "LEARNER", _("本人或代办人")
    STAFF = "STAFF", _("工作人员")
    SYSTEM = "SYSTEM", _("系统")


_LEARNER_OR_STAFF = frozenset({Party.LEARNER, Party.STAFF})
# The whole life of an enrolment: (state, event) -> (next state, who may).
MOVES: dict[tuple[EnrolmentState, Event], tuple[EnrolmentState, frozenset[Party]]] = {
    (S.WAITING, Event.OFFER): (S.OFFERED, frozenset({Party.SYSTEM, Party.STAFF})),
    (S.OFFERED, Event.ACCEPT): (S.SEATED, _LEARNER_OR_STAFF),
    (S.OFFERED, Event.DECLINE): (S.LAPSED, _LEARNER_OR_STAFF),
    (S.OFFERED, Event.LAPSE): (S.LAPSED, frozenset({Party.SYSTEM})),
    (S.WAITING, Event.LAPSE): (S.LAPSED, frozenset({Party.SYSTEM})),
    (S.APPLIED, Event.WITHDRAW): (S.WITHDRAWN, _LEARNER_OR_STAFF),
    (S.WAITING, Event.WITHDRAW): (S.WITHDRAWN, _LEARNER_OR_STAFF),
    (S.OFFERED, Event.WITHDRAW): (S.WITHDRAWN, _LEARNER_OR_STAFF),
    (S.SEATED, Event.WITHDRAW): (S.WITHDRAWN, _LEARNER_OR_STAFF),
    (S.SEATED, Event.REMOVE): (S.REMOVED, frozenset({Party.STAFF, Party.SYSTEM})),
    (S.WAITING, Event.REMOVE): (S.REMOVED, frozenset({Party.STAFF, Party.SYSTEM})),
    (S.OFFERED, Event.REMOVE): (S.REMOVED, frozenset({Party.STAFF, Party.SYSTEM})),
    (S.SEATED, Event.COMPLETE): (S.COMPLETED, frozenset({Party.SYSTEM, Party.STAFF})),
}


def next_state(state: str, event: Event, party: Party) -> EnrolmentState | None:
    """Where an event leads, or None if it may not happen from here, or not by this party."""
    move = MOVES.get((EnrolmentState(state), event))
    return move[0] if move and party in move[1] else None


class EnrolChannel(TextChoices):
    WEB = "WEB", _("网上")
    COUNTER = "COUNTER", _("服务台")
    PROXY = "PROXY", _("代办")
    IMPORT = "IMPORT", _("导入")
    API = "API", _("接口")


class Mark(TextChoices):
    PRESENT = "PRESENT", _("到")
    LATE = "LATE", _("迟到")
    EXCUSED = "EXCUSED", _("请假")
    ABSENT = "ABSENT", _("缺席")


def seat_or_line(*, capacity: int, taken: int, waiting: int, waiting_limit: int) -> EnrolmentState | None:
    """What the next person gets: a seat, a place in the line, or None when both are full.

    Nobody overtakes: while someone waits, a free seat is theirs.
    """
    if taken < capacity and not waiting:
        return EnrolmentState.SEATED
    if waiting < waiting_limit:
        return EnrolmentState.WAITING
    return None


def offer_until(now: datetime, next_session: datetime | None) -> datetime:
    """How long an offered seat is kept: 24 h, or until 2 h before the next session if that is sooner.

    Never less than 2 h, and an offer never runs out at night (21:00-08:00): it then lasts to 10:00.
    """
    until = now + timedelta(hours=OFFER_HOURS)
    if next_session is not None:
        until = min(until, next_session - timedelta(hours=OFFER_MIN_HOURS))
    until = max(until, now + timedelta(hours=OFFER_MIN_HOURS))
    local = until.astimezone(SHANGHAI)
    if local.time() >= time(21, 0):
        return datetime.combine(local.date() + timedelta(days=1), time(10, 0), SHANGHAI)
    if local.time() < time(8, 0):
        return datetime.combine(local.date(), time(10, 0), SHANGHAI)
    return until


@dataclass(frozen=True)
class Slot:
    """One weekly slot, Shanghai time; weekday 1 is Monday."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True)
class Planned:
    """One date of a class: met from `starts_at` to `ends_at`, or skipped for `reason`."""

    day: date
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


def plan(
    slots: Iterable[Slot], starts_on: date, ends_on: date, calendar: Workdays, makeup: str
) -> Iterator[Planned]:
    """Every date of a class over its term, in order; a skipped one says why.

    Raises CalendarUnknown for a year whose holidays are not loaded.
    """
    by_weekday: dict[int, list[Slot]] = {}
    for slot in slots:
        by_weekday.setdefault(slot.weekday, []).append(slot)
    day = starts_on
    while day <= ends_on:
        for slot in sorted(by_weekday.get(day.isoweekday(), []), key=lambda slot: slot.starts):
            yield Planned(
                day,
                datetime.combine(day, slot.starts, SHANGHAI),
                datetime.combine(day, slot.ends, SHANGHAI),
                _why_skipped(day, calendar, makeup),
            )
        day += timedelta(days=1)


def _why_skipped(day: date, calendar: Workdays, makeup: str) -> str:
    if holiday := calendar.holiday(day):
        return _t("%(holiday)s放假") % {"holiday": holiday}
    if makeup == Makeup.SKIP and (holiday := calendar.makeup(day)):
        return _t("%(holiday)s调休上班") % {"holiday": holiday}
    return ""

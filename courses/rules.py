"""Enums of courses, who gets a seat, which dates a class meets: pure decisions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.moves import Machine, Need, Step
from common.workdays import Workdays

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
    TRANSFER = "TRANSFER", _("调班")


class Party(TextChoices):
    """In what capacity somebody acts on a class, its sessions and its enrolments."""

    LEARNER = "LEARNER", _("本人或代办人")
    STAFF = "STAFF", _("工作人员")
    TEACHER = "TEACHER", _("任课教师")
    SYSTEM = "SYSTEM", _("系统")


class ClassMove(TextChoices):
    """What may happen to a class."""

    PUBLISH = "PUBLISH", _("发布")
    START = "START", _("开课")
    FINISH = "FINISH", _("结课")
    CANCEL = "CANCEL", _("取消")


class SessionMove(TextChoices):
    """What may happen to a session."""

    MARK = "MARK", _("考勤")
    MOVE = "MOVE", _("改期")
    CANCEL = "CANCEL", _("停课")


REASON = Need("reason", _("请写明原因，学员会看到。"))
_STAFF, _SYSTEM = frozenset({Party.STAFF}), frozenset({Party.SYSTEM})
_LEARNER_OR_STAFF = frozenset({Party.LEARNER, Party.STAFF})
_STAFF_OR_SYSTEM = _STAFF | _SYSTEM
ENROLMENTS = Machine(
    noun="enrolment",
    states=EnrolmentState,
    moves=Event,
    hats=Party,
    begins=frozenset({S.APPLIED, S.SEATED, S.WAITING}),
    table={
        (S.APPLIED, Event.LAPSE): Step(S.LAPSED, _SYSTEM),
        (S.APPLIED, Event.WITHDRAW): Step(S.WITHDRAWN, _LEARNER_OR_STAFF),
        (S.APPLIED, Event.REMOVE): Step(S.REMOVED, _STAFF_OR_SYSTEM, (REASON,)),
        (S.WAITING, Event.OFFER): Step(S.OFFERED, _STAFF_OR_SYSTEM),
        (S.WAITING, Event.LAPSE): Step(S.LAPSED, _SYSTEM),
        (S.WAITING, Event.WITHDRAW): Step(S.WITHDRAWN, _LEARNER_OR_STAFF),
        (S.WAITING, Event.REMOVE): Step(S.REMOVED, _STAFF_OR_SYSTEM, (REASON,)),
        (S.OFFERED, Event.ACCEPT): Step(S.SEATED, _LEARNER_OR_STAFF),
        (S.OFFERED, Event.DECLINE): Step(S.LAPSED, _LEARNER_OR_STAFF),
        (S.OFFERED, Event.LAPSE): Step(S.LAPSED, _SYSTEM),
        (S.OFFERED, Event.WITHDRAW): Step(S.WITHDRAWN, _LEARNER_OR_STAFF),
        (S.OFFERED, Event.REMOVE): Step(S.REMOVED, _STAFF_OR_SYSTEM, (REASON,)),
        # Her seat in the other class is a new enrolment.
        (S.SEATED, Event.TRANSFER): Step(S.REMOVED, _STAFF, (REASON,)),
        (S.SEATED, Event.WITHDRAW): Step(S.WITHDRAWN, _LEARNER_OR_STAFF),
        (S.SEATED, Event.REMOVE): Step(S.REMOVED, _STAFF_OR_SYSTEM, (REASON,)),
        (S.SEATED, Event.COMPLETE): Step(S.COMPLETED, _STAFF_OR_SYSTEM),
    },
)
CLASSES = Machine(
    noun="class",
    states=ClassState,
    moves=ClassMove,
    hats=Party,
    begins=frozenset({ClassState.DRAFT}),
    table={
        (ClassState.DRAFT, ClassMove.PUBLISH): Step(ClassState.PUBLISHED, _STAFF),
        (ClassState.DRAFT, ClassMove.CANCEL): Step(ClassState.CANCELLED, _STAFF, (REASON,)),
        (ClassState.PUBLISHED, ClassMove.START): Step(ClassState.RUNNING, _SYSTEM),
        # All its days may go by before the pass of the day comes.
        (ClassState.PUBLISHED, ClassMove.FINISH): Step(ClassState.FINISHED, _SYSTEM),
        (ClassState.PUBLISHED, ClassMove.CANCEL): Step(ClassState.CANCELLED, _STAFF, (REASON,)),
        (ClassState.RUNNING, ClassMove.FINISH): Step(ClassState.FINISHED, _SYSTEM),
        (ClassState.RUNNING, ClassMove.CANCEL): Step(ClassState.CANCELLED, _STAFF, (REASON,)),
    },
)
SESSIONS = Machine(
    noun="session",
    states=SessionState,
    moves=SessionMove,
    hats=Party,
    begins=frozenset({SessionState.PLANNED}),
    table={
        (SessionState.PLANNED, SessionMove.MARK): Step(SessionState.HELD, _STAFF | {Party.TEACHER}),
        (SessionState.PLANNED, SessionMove.MOVE): Step(SessionState.MOVED, _STAFF, (REASON,)),
        (SessionState.PLANNED, SessionMove.CANCEL): Step(SessionState.CANCELLED, _STAFF, (REASON,)),
        # Marking again corrects.
        (SessionState.HELD, SessionMove.MARK): Step(SessionState.HELD, _STAFF | {Party.TEACHER}),
    },
)


class RegisterState(TextChoices):
    PREVIEW = "PREVIEW", _("待确认")
    CONFIRMED = "CONFIRMED", _("已导入")
    UNDONE = "UNDONE", _("已撤销")


class RegisterMove(TextChoices):
    """What may happen to an import of a register."""

    CONFIRM = "CONFIRM", _("确认导入")
    UNDO = "UNDO", _("撤销导入")
    DISCARD = "DISCARD", _("不要了")


REGISTERS = Machine(
    noun="register",
    states=RegisterState,
    moves=RegisterMove,
    hats=Party,
    begins=frozenset({RegisterState.PREVIEW}),
    table={
        (RegisterState.PREVIEW, RegisterMove.CONFIRM): Step(RegisterState.CONFIRMED, _STAFF),
        # No page offers it: who does not confirm leaves the preview where it is.
        (RegisterState.PREVIEW, RegisterMove.DISCARD): Step(RegisterState.UNDONE, _STAFF),
        (RegisterState.CONFIRMED, RegisterMove.UNDO): Step(RegisterState.UNDONE, _STAFF),
    },
)


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


class Letter(TextChoices):
    """What is told; the words are in templates/courses/letters/<kind>.txt."""

    ENROLLED = "ENROLLED", _("报名成功")
    WAITING = "WAITING", _("已排候补")
    OFFERED = "OFFERED", _("候补有名额了")
    OFFER_LAPSED = "OFFER_LAPSED", _("候补名额已过期")
    WITHDRAWN = "WITHDRAWN", _("已退课")
    REMOVED = "REMOVED", _("已移出名单")
    SEAT_MOVED = "SEAT_MOVED", _("已调班")
    REMINDER_24H = "REMINDER_24H", _("明天有课")
    REMINDER_2H = "REMINDER_2H", _("马上上课")
    SESSION_CANCELLED = "SESSION_CANCELLED", _("停课通知")
    SESSION_MOVED = "SESSION_MOVED", _("改期通知")
    CLASS_CANCELLED = "CLASS_CANCELLED", _("班级取消")
    CLASS_MESSAGE = "CLASS_MESSAGE", _("班级通知")


# Who has no account and no one acting for her is phoned about these; about the rest she is not.
PHONED = frozenset(
    {
        Letter.OFFERED,
        Letter.SESSION_CANCELLED,
        Letter.SESSION_MOVED,
        Letter.CLASS_CANCELLED,
        Letter.CLASS_MESSAGE,
    }
)

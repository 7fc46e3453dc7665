"""Meetings: their states, what is on an agenda, what those present say; pure decisions.

docs/adr/0035-meetings.md says where this differs from what others do, and why.
"""

from datetime import date, datetime, timedelta

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from common.days import day_of
from common.moves import Machine, Need, Step
from grievances.rules.commitments import CommitmentMove

LONGEST_ITEM = 60
LONGEST_DECISION = 300
MOST_GUESTS = 500
QUORUM = 20  # members; a body of about twenty
OFTEN = timedelta(days=62)  # two months without a meeting are to be told
CORRECTED_FOR = timedelta(days=3)
# What is raised so often in a community within so many days is on the agenda by itself.
RAISED, WITHIN = 3, timedelta(days=30)


class BodyKind(TextChoices):
    TALK = "TALK", _("说事会")
    JOINT = "JOINT", _("三方联席会议")


class MeetingState(TextChoices):
    SCHEDULED = "SCHEDULED", _("定了日子")
    IN_SESSION = "IN_SESSION", _("正在开")
    MINUTES = "MINUTES", _("整理纪要")
    PUBLISHED = "PUBLISHED", _("纪要公布了")
    CANCELLED = "CANCELLED", _("不开了")


class MeetingMove(TextChoices):
    RESCHEDULE = "RESCHEDULE", _("改时间")
    CANCEL = "CANCEL", _("不开了")
    OPEN = "OPEN", _("开会")
    CLOSE = "CLOSE", _("散会")
    PUBLISH = "PUBLISH", _("公布纪要")


class MeetingHat(TextChoices):
    SECRETARY = "SECRETARY", _("说事会秘书")


WHY_MOVED = Need("reason", _("请写明为什么改时间，会写在会议的页上。"), least=2)
WHY_CANCELLED = Need("reason", _("请写明为什么不开了，会写在会议的页上。"), least=2)
WHY_FEW = Need("reason", _("到会的人不够，请写明为什么还是开了，纪要里会写。"), least=2)
WHAT_WAS_SAID = Need("words", _("请写一句议得怎样，纪要里会写。"), least=2)
WHY_DEFERRED = Need("words", _("请写明为什么下次再评，纪要里会写。"), least=2)
WHY_NOT_PUT_RIGHT = Need("answer", _("请写明为什么不改，提的人会看到。"), least=2)

MS, MM = MeetingState, MeetingMove
_SECRETARY = frozenset({MeetingHat.SECRETARY})
MEETINGS = Machine(
    noun="meeting",
    states=MeetingState,
    moves=MeetingMove,
    hats=MeetingHat,
    begins=frozenset({MS.SCHEDULED}),
    table={
        (MS.SCHEDULED, MM.RESCHEDULE): Step(MS.SCHEDULED, _SECRETARY, (WHY_MOVED,)),
        (MS.SCHEDULED, MM.CANCEL): Step(MS.CANCELLED, _SECRETARY, (WHY_CANCELLED,)),
        (MS.SCHEDULED, MM.OPEN): Step(MS.IN_SESSION, _SECRETARY),
        (MS.IN_SESSION, MM.CLOSE): Step(MS.MINUTES, _SECRETARY),
        (MS.MINUTES, MM.PUBLISH): Step(MS.PUBLISHED, _SECRETARY),
    },
)
# What was said is written down while it is open, and what a device brings later until it is published.
WRITABLE = (MS.IN_SESSION, MS.MINUTES)
AHEAD = (MS.SCHEDULED, MS.IN_SESSION)


class Outcome(TextChoices):
    """What came of an item."""

    ANSWERED = "ANSWERED", _("当场答复了")
    PROMISED = "PROMISED", _("当场答应了")
    HANDED = "HANDED", _("交给承办人了")
    NOTED = "NOTED", _("议过")
    JUDGED = "JUDGED", _("评过")
    DEFERRED = "DEFERRED", _("下次再评")


class RecordKind(TextChoices):
    """What is written down on the day; each once, by the mark that its page gave it."""

    PRESENT = "PRESENT", _("到会")
    RAISE = "RAISE", _("加一件事")
    ANSWER = "ANSWER", _("当场答复")
    PROMISE = "PROMISE", _("当场答应")
    HAND = "HAND", _("交给承办人")
    NOTE = "NOTE", _("记一句")
    VOTE = "VOTE", _("表决")
    JUDGE = "JUDGE", _("评一评")
    DEFER = "DEFER", _("下次再评")


class Verdict(TextChoices):
    """What those present say of a promise."""

    DONE = "DONE", _("做到了")
    PARTLY = "PARTLY", _("做到一部分")
    NOT_DONE = "NOT_DONE", _("没有做到")


class Wait(IntegerChoices):
    """By when, in one tap: so many days from the meeting."""

    WEEK = 7, _("一周以内")
    FORTNIGHT = 14, _("两周以内")
    MONTH = 30, _("一个月以内")
    NEXT = 60, _("两个月以内")


AS_SAID = {
    Verdict.DONE: CommitmentMove.SAY_DONE,
    Verdict.PARTLY: CommitmentMove.SAY_PARTLY,
    Verdict.NOT_DONE: CommitmentMove.SAY_NOT_DONE,
}


def verdict_of(done: int, partly: int, not_done: int) -> Verdict:
    """What most of those said who spoke; where as many said the worse, the worse."""
    said = {Verdict.NOT_DONE: not_done, Verdict.PARTLY: partly, Verdict.DONE: done}
    return max(said, key=lambda verdict: said[verdict])


def may_be_judged(claimed: date | None, due_on: date, on: date) -> bool:
    """Whether those present on a day can say what became of a promise: its own day was over by then, or
    it was said to be kept."""
    return due_on < on or (claimed is not None and claimed <= on)


def corrected_until(now: datetime) -> date:
    """The last day on which members may say what is wrong in the minutes."""
    return day_of(now) + CORRECTED_FOR

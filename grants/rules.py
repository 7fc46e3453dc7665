"""公益创投: calls, pitches, reviews, tranches, reports; pure decisions. No amounts of money anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.moves import Machine, Need, Step

# A figure that stands for fewer people would tell who they are.
SMALLEST_CELL = 5
WHOLE = 100
# How long before a report is due its pitcher is told.
REPORT_NOTICE_DAYS = 14


class CallState(TextChoices):
    OPEN = "OPEN", _("征集中")
    CLOSED = "CLOSED", _("已截止")


class PitchState(TextChoices):
    PITCHED = "PITCHED", _("已报项目")
    SURVEYED = "SURVEYED", _("已问居民")
    SHORTLISTED = "SHORTLISTED", _("已入围")
    REJECTED = "REJECTED", _("未入选")
    SCORED = "SCORED", _("已评审")
    CONTRACTED = "CONTRACTED", _("已签约")
    RUNNING = "RUNNING", _("进行中")
    CLOSED = "CLOSED", _("已结项")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


class PitchMove(TextChoices):
    """What may happen to a pitch."""

    SURVEY = "SURVEY", _("结束征询")
    SHORTLIST = "SHORTLIST", _("入围")
    REJECT = "REJECT", _("不入选")
    SCORE = "SCORE", _("结束评审")
    CONTRACT = "CONTRACT", _("签约")
    START = "START", _("启动")
    CLOSE = "CLOSE", _("结项")
    WITHDRAW = "WITHDRAW", _("撤回")


class CallMove(TextChoices):
    """What may happen to a call."""

    CLOSE = "CLOSE", _("提前截止")


class PitchParty(TextChoices):
    """In what capacity somebody acts on a call and its pitches."""

    PITCHER = "PITCHER", _("申报方")
    STAFF = "STAFF", _("工作人员")


class ReportKind(TextChoices):
    MIDTERM = "MIDTERM", _("中期报告")
    CLOSING = "CLOSING", _("结项报告")


P, V = PitchState, PitchMove
_STAFF = frozenset({PitchParty.STAFF})
_PITCHER = frozenset({PitchParty.PITCHER})
WHY_NOT = Need("reason", _("请写明为什么没有入选，申报方会看到。"), least=2)
WHY_EXCUSED = Need("reason", _("请写明为什么放行，会留在记录里。"), least=2)
PITCHES = Machine(
    noun="pitch",
    states=PitchState,
    moves=PitchMove,
    hats=PitchParty,
    begins=frozenset({P.PITCHED}),
    table={
        (P.PITCHED, V.SURVEY): Step(P.SURVEYED, _STAFF),
        (P.SURVEYED, V.SHORTLIST): Step(P.SHORTLISTED, _STAFF),
        (P.SURVEYED, V.REJECT): Step(P.REJECTED, _STAFF, (WHY_NOT,)),
        (P.SHORTLISTED, V.SCORE): Step(P.SCORED, _STAFF),
        (P.SCORED, V.CONTRACT): Step(P.CONTRACTED, _STAFF),
        (P.SCORED, V.REJECT): Step(P.REJECTED, _STAFF, (WHY_NOT,)),
        (P.CONTRACTED, V.START): Step(P.RUNNING, _STAFF),
        (P.RUNNING, V.CLOSE): Step(P.CLOSED, _STAFF),
        (P.PITCHED, V.WITHDRAW): Step(P.WITHDRAWN, _PITCHER),
        (P.SURVEYED, V.WITHDRAW): Step(P.WITHDRAWN, _PITCHER),
        (P.SHORTLISTED, V.WITHDRAW): Step(P.WITHDRAWN, _PITCHER),
        (P.SCORED, V.WITHDRAW): Step(P.WITHDRAWN, _PITCHER),
    },
)
CALLS = Machine(
    noun="call",
    states=CallState,
    moves=CallMove,
    hats=PitchParty,
    begins=frozenset({CallState.OPEN}),
    table={(CallState.OPEN, CallMove.CLOSE): Step(CallState.CLOSED, _STAFF)},
)


@dataclass(frozen=True)
class TrancheDraft:
    """One part of the support: its share in percent, when it is due, what for."""

    share: int
    due_on: date
    condition: str = ""


def shares_fault(tranches: Sequence[TrancheDraft]) -> bool:
    """Whether the parts are not a whole: at least two, each above nothing, a hundred together."""
    return len(tranches) < 2 or min(t.share for t in tranches) < 1 or sum(t.share for t in tranches) != WHOLE


@dataclass(frozen=True)
class Totals:
    """What the survey may show; None is a figure too small to be shown."""

    needed: int | None
    not_needed: int | None


def survey_totals(needed: int, not_needed: int) -> Totals:
    """The two totals of a survey, cells under five left out."""
    return Totals(
        needed if needed >= SMALLEST_CELL else None, not_needed if not_needed >= SMALLEST_CELL else None
    )


def is_late(due_on: date, handed_in_at: datetime | None, now: datetime) -> bool:
    """Whether a report came, or has not come, after its day (Shanghai time)."""
    return (handed_in_at or now).astimezone(SHANGHAI).date() > due_on


class Letter(TextChoices):
    """What is told; the words are in templates/grants/letters/<kind>.txt."""

    PITCH_STEP = "PITCH_STEP", _("创投项目有进展")
    REPORT_DUE = "REPORT_DUE", _("创投报告快到期")
    EXPERT_ASKED = "EXPERT_ASKED", _("请您评审")

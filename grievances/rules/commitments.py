"""A promise with a day, until somebody who is not its maker says what became of it; pure decisions.

docs/adr/0033-what-was-promised.md says why a promise ends and is never mended.
"""

from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.law_days import assumed
from common.moves import Machine, Need, Step
from common.workdays import CalendarUnknown, Workdays
from grievances.rules.tickets import ASKED, Hat

LONGEST_PROMISE = 100
LONGEST_WAIT = timedelta(days=366)
# Below so many that residents spoke of, a share says nothing: shown as numbers alone.
FEW = 30


class CommitmentState(TextChoices):
    MADE = "MADE", _("已承诺")
    CLAIMED = "CLAIMED", _("说办成了，等居民评")
    DONE = "DONE", _("做到了")
    PARTLY = "PARTLY", _("做到一部分")
    NOT_DONE = "NOT_DONE", _("没有做到")
    UNJUDGED = "UNJUDGED", _("说办成了，没有人评")


class CommitmentMove(TextChoices):
    """What may happen to a commitment; its words stand in the history of its ticket."""

    CLAIM = "CLAIM", _("说办成了")
    SAY_DONE = "SAY_DONE", _("评：做到了")
    SAY_PARTLY = "SAY_PARTLY", _("评：做到一部分")
    SAY_NOT_DONE = "SAY_NOT_DONE", _("评：没有做到")
    LAPSE = "LAPSE", _("期满没有人评")


S, M = CommitmentState, CommitmentMove
# Those present say on it that it was not kept, and all where nobody is known who raised it.
_BOTH = ASKED | {Hat.MEETING}
EVIDENCE = Need("evidence", _("请写一句做到了什么，大家都会看到。"), least=2)

COMMITMENTS = Machine(
    noun="commitment",
    states=CommitmentState,
    moves=CommitmentMove,
    hats=Hat,
    begins=frozenset({S.MADE}),
    table={
        (S.MADE, M.CLAIM): Step(S.CLAIMED, frozenset({Hat.HANDLER}), (EVIDENCE,)),
        # Once its day has passed nobody has to wait for a claim.
        (S.MADE, M.SAY_NOT_DONE): Step(S.NOT_DONE, _BOTH),
        (S.CLAIMED, M.SAY_DONE): Step(S.DONE, _BOTH),
        (S.CLAIMED, M.SAY_PARTLY): Step(S.PARTLY, _BOTH),
        (S.CLAIMED, M.SAY_NOT_DONE): Step(S.NOT_DONE, _BOTH),
        (S.CLAIMED, M.LAPSE): Step(S.UNJUDGED, frozenset({Hat.SYSTEM})),
        # Within the thirty days in which a ticket may come back.
        (S.DONE, M.SAY_NOT_DONE): Step(S.NOT_DONE, ASKED),
        (S.UNJUDGED, M.SAY_DONE): Step(S.DONE, frozenset({Hat.MEETING})),
        (S.UNJUDGED, M.SAY_PARTLY): Step(S.PARTLY, frozenset({Hat.MEETING})),
        (S.UNJUDGED, M.SAY_NOT_DONE): Step(S.NOT_DONE, _BOTH),
    },
)
# One of these at a time hangs on a ticket.
OPEN = (S.MADE, S.CLAIMED)
# What a resident said of it; only these count where shares are told.
JUDGED = (S.DONE, S.PARTLY, S.NOT_DONE)


def promised_day(wanted: date, calendar: Workdays) -> tuple[date, bool]:
    """The first working day on or after the one wanted, and whether that is provisional.

    In a year whose calendar is not loaded weekends and the holidays of the law itself are left out;
    the day is set right when the calendar comes.
    """
    day, provisional = wanted, False
    while True:
        try:
            works = calendar.is_workday(day)
        except CalendarUnknown:
            provisional, works = True, assumed(calendar).is_workday(day)
        if works:
            return day, provisional
        day += timedelta(days=1)


def share_of(part: int, judged: int) -> int | None:
    """In percent of what residents spoke of; None where they spoke of too few for it to say anything."""
    return round(100 * part / judged) if judged >= FEW else None

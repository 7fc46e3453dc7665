"""What was promised, by when, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, TypedDict, cast

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.days import day_of
from common.guards import guards
from grievances.models.bodies import Body
from grievances.models.tickets import Ticket
from grievances.rules.commitments import (
    COMMITMENTS,
    JUDGED,
    LONGEST_PROMISE,
    OPEN,
    CommitmentState,
)
from grievances.rules.tickets import TICKETS, Hat, TicketMove, TicketState
from people.models import User

S = CommitmentState
# Its day moves once, to a later one, while it is open; else only where it was provisional.
_KEPT_SQL = """
    IF (NEW.ticket_id, NEW.body_id, NEW.division_id, NEW.what, NEW.made_at)
       IS DISTINCT FROM (OLD.ticket_id, OLD.body_id, OLD.division_id, OLD.what, OLD.made_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'commitment_is_not_rewritten',
            MESSAGE = 'what was promised is not rewritten';
    END IF;
    IF (NEW.due_on, NEW.wanted_on, NEW.postponed_from)
       IS DISTINCT FROM (OLD.due_on, OLD.wanted_on, OLD.postponed_from)
       AND NOT (OLD.state = 'MADE' AND (
           (OLD.postponed_from IS NULL AND NEW.postponed_from IS NOT DISTINCT FROM OLD.due_on AND NEW.due_on > OLD.due_on)
           OR (OLD.provisional AND NEW.wanted_on = OLD.wanted_on
               AND NEW.postponed_from IS NOT DISTINCT FROM OLD.postponed_from))) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'commitment_keeps_its_day',
            MESSAGE = 'the day of a promise moves once, to a later one';
    END IF;
    RETURN NEW;
"""


class Sums(TypedDict):
    """How many promises there are, and what became of them; `judged` is what a share is of."""

    made: int
    open: int
    late: int
    waiting: int
    done: int
    partly: int
    not_done: int
    unjudged: int
    judged: int


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def live(self) -> CommitmentQuerySet:
        """What still has to be kept, or to be judged."""
        return self.filter(state__in=OPEN)

    def unjudged_before(self, body: Body) -> CommitmentQuerySet:
        """What was promised before a body, or before one that meets no more there, and nobody has judged."""
        before = Q(body=body) | Q(body__active=False, body__division=body.division)
        return self.filter(before, judgement=None)

    def within(self, division: Division) -> CommitmentQuerySet:
        """Those of a place and of what lies in it."""
        return self.filter(division__path__startswith=division.path)

    def sums(self, today: date) -> Sums:
        """All of them by what became of them, in one query."""
        late = Q(state=S.MADE, due_on__lt=today)
        found: dict[str, Any] = self.aggregate(
            made=Count("pk"),
            open=Count("pk", filter=Q(state=S.MADE) & ~late),
            late=Count("pk", filter=late),
            waiting=Count("pk", filter=Q(state=S.CLAIMED)),
            done=Count("pk", filter=Q(state=S.DONE)),
            partly=Count("pk", filter=Q(state=S.PARTLY)),
            not_done=Count("pk", filter=Q(state=S.NOT_DONE)),
            unjudged=Count("pk", filter=Q(state=S.UNJUDGED)),
            judged=Count("pk", filter=Q(state__in=JUDGED)),
        )
        return cast(Sums, found)


class Commitment(models.Model):
    """承诺: what is to be done by a day, told to everybody; it ends as residents say, and is not mended."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="commitments", verbose_name=_("诉求"))
    # Before whom it was promised; those who meet there judge it, too.
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("议事会")
    )
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("所属区划"))
    # Written by staff for everybody to read, of nobody by name.
    what = models.CharField(_("答应办成什么"), max_length=LONGEST_PROMISE)
    who = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("承办人"))
    # Who said so: whoever has it later, she does not write down what became of it.
    maker = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("谁答应的")
    )
    level = models.PositiveSmallIntegerField(_("层级"), default=0, editable=False)
    # The day that was chosen, and the working day that it came to.
    wanted_on = models.DateField(_("选的日子"), editable=False)
    due_on = models.DateField(_("哪天以前"))
    provisional = models.BooleanField(_("暂定"), default=False, editable=False)
    postponed_from = models.DateField(_("原定"), null=True, blank=True, editable=False)
    state = models.CharField(
        _("状态"), max_length=8, choices=CommitmentState, default=CommitmentState.MADE, editable=False
    )
    evidence = models.CharField(_("做到了什么"), max_length=LONGEST_PROMISE, blank=True)
    made_at = models.DateTimeField(_("承诺时间"))
    claimed_at = models.DateTimeField(_("说办成了的时间"), null=True, blank=True)
    judged_at = models.DateTimeField(_("评定时间"), null=True, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("承诺")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(state__in=OPEN), name="one_open_commitment_a_ticket"
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("wanted_on")), name="commitment_day_is_a_later"),
            models.CheckConstraint(
                condition=Q(claimed_at=None, evidence="", state__in=[S.MADE, S.NOT_DONE])
                | (Q(claimed_at__isnull=False) & ~Q(evidence="") & ~Q(state=S.MADE)),
                name="commitment_claimed_with_evidence",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, judged_at=None) | ~Q(state__in=OPEN) & Q(judged_at__isnull=False),
                name="commitment_judged_by_state",
            ),
        ]
        indexes = [models.Index(fields=["division", "-id"], name="commitments_of_a_place")]
        triggers = [
            *guards(COMMITMENTS),
            pgtrigger.Trigger(
                name="keep_promise", when=pgtrigger.Before, operation=pgtrigger.Update, func=_KEPT_SQL
            ),
            pgtrigger.Protect(name="keep_commitment", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.what

    def is_late(self, today: date) -> bool:
        """Whether its day has passed without anybody saying that it was kept."""
        return self.state == S.MADE and self.due_on < today

    @property
    def days_late(self) -> int:
        """How many days after its day somebody said that it was kept; 0 where it was in time."""
        return max(0, (day_of(self.claimed_at) - self.due_on).days) if self.claimed_at else 0


def promise_of(ticket: Ticket) -> Commitment | None:
    """What was promised about it last."""
    return ticket.commitments.order_by("-pk").first()


def offered_to(
    ticket: Ticket, promise: Commitment | None, worn: Collection[Hat], today: date, *, merged: bool = False
) -> list[TicketMove]:
    """The moves of somebody in these hats: of a promise she speaks once its day has passed, or it is
    claimed; with `merged` it is another's ticket, whom alone is asked for more."""
    hidden = {TicketMove.REPLY} if merged else set()
    if promise is None or promise.state != S.CLAIMED:
        hidden.add(TicketMove.CONFIRM_PARTLY)
    if ticket.state == TicketState.COMMITTED and promise is not None and not promise.is_late(today):
        hidden.add(TicketMove.DISPUTE)
    if not ticket.referrals.filter(answered_at=None).exists():
        hidden.add(TicketMove.ADVISE)
    return [move for move in TICKETS.offered(ticket.state, worn) if move not in hidden]

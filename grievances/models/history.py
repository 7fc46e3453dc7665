"""What happened to a ticket, and the clocks that ran: appended, or stopped once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grievances.models.tickets import Ticket
from grievances.rules.clocks import ClockKind, Limit, Unit
from grievances.rules.tickets import BETWEEN_US, PROPOSED, TOLD, Hat, Privacy, TicketMove, TicketState
from people.models import User, Words

# A clock is never set anew: how much of it is left changes where it stands still, and from when that
# counts where it goes on; its end also where a year's calendar has come that was not known.
_CLOCK_SQL = """
    IF (NEW.ticket_id, NEW.kind, NEW.unit, NEW.started_at)
       IS DISTINCT FROM (OLD.ticket_id, OLD.kind, OLD.unit, OLD.started_at)
       OR OLD.stopped_at IS NOT NULL
       OR (NEW.seconds IS DISTINCT FROM OLD.seconds AND NOT (OLD.paused_at IS NULL AND NEW.paused_at IS NOT NULL))
       OR (NEW.runs_from IS DISTINCT FROM OLD.runs_from AND NOT (OLD.paused_at IS NOT NULL AND NEW.paused_at IS NULL))
       OR (NEW.due_at IS DISTINCT FROM OLD.due_at AND NOT OLD.provisional AND NEW.runs_from = OLD.runs_from) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'clock_is_not_set_anew',
            MESSAGE = 'a clock goes on or stops; nobody sets it anew';
    END IF;
    RETURN NEW;
"""


class Transition(models.Model):
    """诉求经过: one step of a ticket, with who and why; appended, never changed."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="transitions", verbose_name=_("诉求"))
    event = models.CharField(_("动作"), max_length=18, choices=TicketMove)
    frm = models.CharField(_("从"), max_length=17, choices=TicketState, blank=True)
    to = models.CharField(_("到"), max_length=17, choices=TicketState)
    hat = models.CharField(_("身份"), max_length=10, choices=Hat)
    # Nobody, where the teller's own account would say who told it in confidence.
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )
    words = models.OneToOneField(
        Words, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("原话")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("诉求经过")
        ordering = ("id",)
        triggers = [pgtrigger.Protect(name="keep_transition", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_event_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def reason(self) -> str:
        return self.words.text if self.words else ""

    @property
    def is_told(self) -> bool:
        """Whether the resident reads it."""
        return self.event in TOLD


class Told(NamedTuple):
    """One step as whoever told it reads it."""

    event: str
    label: str
    at: datetime
    words: str


def told_in(steps: models.QuerySet[Transition]) -> Iterator[tuple[Transition, str]]:
    """Of these steps those that residents read, in their order, with the words; why stands with a proposal."""
    proposed = dict[tuple[int, str], str]()
    for step in steps.select_related("words", "ticket").order_by("pk"):
        if step.is_told:
            move = PROPOSED.get(TicketMove(step.event), "")
            yield step, step.reason or proposed.get((step.ticket_id, move), "")
        else:
            proposed[step.ticket_id, step.event] = step.reason


def told_of(ticket: Ticket) -> list[Told]:
    """What whoever told it reads of what happened, the newest first.

    Of what it was merged into as well, but not what was said between the office and who told that; of
    what was told in confidence or without a name, no words at all.
    """
    other = ticket.followed
    quiet = other.pk != ticket.pk and other.privacy != Privacy.NAMED
    hers = Transition.objects.filter(ticket__in={ticket.pk, ticket.merged_into_id} - {None})
    read = list[Told]()
    for step, words in told_in(hers):
        hidden = step.ticket_id != ticket.pk and (quiet or step.event in BETWEEN_US)
        read.append(Told(step.event, step.get_event_display(), step.at, "" if hidden else words))
    return read[::-1]


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> ClockQuerySet:
        """Those that are not over; a paused one is not over."""
        return self.filter(stopped_at=None)

    def over(self, now: datetime) -> ClockQuerySet:
        """Those that ran out, and of which nobody was told yet."""
        return self.running().filter(paused_at=None, late_at=None, due_at__lte=now)


class Clock(models.Model):
    """计时: until when something about a ticket has to happen."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="clocks", verbose_name=_("诉求"))
    kind = models.CharField(_("时限"), max_length=12, choices=ClockKind)
    started_at = models.DateTimeField(_("开始"))
    # So many seconds, of office time or on the wall, from then on; what is left of them while it is paused.
    unit = models.CharField(_("怎么算"), max_length=6, choices=Unit)
    seconds = models.PositiveIntegerField(_("多少秒"))
    runs_from = models.DateTimeField(_("从何时算"))
    due_at = models.DateTimeField(_("期限"))
    provisional = models.BooleanField(_("暂定"), default=False)
    paused_at = models.DateTimeField(_("暂停"), null=True, blank=True)
    late_at = models.DateTimeField(_("超时上报"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("停止"), null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("计时")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind"], condition=Q(stopped_at=None), name="one_running_clock_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("runs_from"), runs_from__gte=F("started_at")),
                name="clock_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="clock_to_run_out",
                condition=Q(stopped_at=None, paused_at=None, late_at=None),
            ),
            models.Index(
                fields=["due_at"], name="clock_provisional", condition=Q(stopped_at=None, provisional=True)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="guard_clock", when=pgtrigger.Before, operation=pgtrigger.Update, func=_CLOCK_SQL
            ),
            pgtrigger.Protect(name="keep_clock", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.get_kind_display()}"

    @property
    def limit(self) -> Limit:
        """How much of it is to run, from `runs_from` on."""
        return Limit(self.seconds, self.unit)

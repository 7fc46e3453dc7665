"""Who comes to a shift, who waits, who came."""

from __future__ import annotations

from datetime import datetime

import pghistory
import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.guards import guards
from common.history import remembers
from people.models import User, acts_for
from volunteers.models.roll import Volunteer
from volunteers.models.shifts import Shift
from volunteers.rules.check_in import CheckInKind
from volunteers.rules.shifts import BUSY, LISTED, SIGNUPS, SignupState

# Keeps the counters of the shift; the UPDATE takes its row lock if the verb has not.
_COUNT_SQL = """
    IF TG_OP <> 'INSERT' THEN
        seats := -(OLD.state IN ('SIGNED', 'CAME', 'MISSED'))::int;
        line := -(OLD.state = 'WAITING')::int;
        IF TG_OP = 'UPDATE' AND NEW.shift_id = OLD.shift_id THEN
            seats := seats + (NEW.state IN ('SIGNED', 'CAME', 'MISSED'))::int;
            line := line + (NEW.state = 'WAITING')::int;
        END IF;
        IF seats <> 0 OR line <> 0 THEN
            UPDATE volunteers_shift SET places_taken = places_taken + seats,
                waiting_taken = waiting_taken + line WHERE id = OLD.shift_id;
        END IF;
        IF TG_OP = 'DELETE' OR NEW.shift_id = OLD.shift_id THEN
            RETURN NULL;
        END IF;
    END IF;
    UPDATE volunteers_shift SET
        places_taken = places_taken + (NEW.state IN ('SIGNED', 'CAME', 'MISSED'))::int,
        waiting_taken = waiting_taken + (NEW.state = 'WAITING')::int,
        last_position = greatest(last_position, NEW.position) WHERE id = NEW.shift_id;
    RETURN NULL;
"""
_COPY_SQL = """
    SELECT tstzrange(starts_at, ends_at) INTO NEW.during FROM volunteers_shift WHERE id = NEW.shift_id;
    RETURN NEW;
"""


class ShiftSignupQuerySet(models.QuerySet["ShiftSignup"]):
    def listed(self) -> ShiftSignupQuerySet:
        """Sign-ups that hold a place or a place in line."""
        return self.filter(state__in=LISTED)

    def waiting(self) -> ShiftSignupQuerySet:
        """The line, in order."""
        return self.filter(state=SignupState.WAITING).order_by("position")

    def visible_to(self, user: User | AnonymousUser) -> ShiftSignupQuerySet:
        """Staff and organisers: those of their shifts. Everybody: of whom they act for."""
        if not isinstance(user, User):
            return self.none()
        own = Q(volunteer__person__in=acts_for(user).values("pk"))
        return self.filter(own | Q(shift__in=Shift.objects.visible_to(user).values("pk")))

    def expected(self, now: datetime) -> ShiftSignupQuerySet:
        """Those who have a place in a shift that is not over, the next one first."""
        coming = Shift.objects.coming(now).order_by().values("pk")
        found = self.filter(state__in=BUSY, shift__in=coming)
        return found.select_related("shift__activity__center", "volunteer__person").order_by(
            "shift__starts_at", "shift_id", "position"
        )

    def of(self, user: User) -> ShiftSignupQuerySet:
        """One's own, and those of whom one acts for."""
        return self.filter(volunteer__person__in=acts_for(user).values("pk"))


@remembers(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    fields=[
        "shift",
        "volunteer",
        "state",
        "by",
        "changed_at",
        "check_in_kind",
        "checked_in_at",
        "checked_out_at",
        "listed_by",
        "listed_at",
    ],  # no reason: words lie in the sign-up, where closing a record empties them
    model_name="ShiftSignupEvent",
    words=_("志愿报名历史"),
)
class ShiftSignup(models.Model):
    """志愿报名: one volunteer in one shift. Its history is in ShiftSignupEvent."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="signups", verbose_name=_("班次"))
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="signups", verbose_name=_("志愿者"))
    state = models.CharField(_("状态"), max_length=9, choices=SignupState)
    # The order in which people came, from 1; the waiting line is sorted by it.
    position = models.PositiveIntegerField(_("序号"))
    # A copy of the shift's time, written by the database, for the constraint below.
    during = DateTimeRangeField(_("时间"), editable=False)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )
    created_at = models.DateTimeField(_("报名时间"))
    changed_at = models.DateTimeField(_("变更时间"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    # How she was first known to be there; a scan outweighs the organiser's list.
    check_in_kind = models.CharField(_("签到方式"), max_length=5, choices=CheckInKind, blank=True)
    checked_in_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    checked_out_at = models.DateTimeField(_("签退时间"), null=True, blank=True)
    # The organiser (or staff) ticked her off: evidence of another kind than a scan.
    listed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("名单确认人")
    )
    listed_at = models.DateTimeField(_("名单确认时间"), null=True, blank=True)

    objects = ShiftSignupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("志愿报名")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "volunteer"], condition=Q(state__in=LISTED), name="signup_once_a_shift"
            ),
            # Another shift: which of two rules answers for the same one would depend on the order in
            # which their indexes were made, and that is another after a dump is restored.
            ExclusionConstraint(
                name="signup_in_one_place",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                    ("shift", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(state__in=BUSY),
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=SignupState.CAME, checked_in_at__isnull=False) & ~Q(check_in_kind="")
                    | ~Q(state=SignupState.CAME) & Q(checked_in_at=None, checked_out_at=None)
                ),
                name="signup_came_when",
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at=None) | Q(checked_out_at__gte=F("checked_in_at")),
                name="signup_out_after_in",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shift", "position"], name="signup_line", condition=Q(state=SignupState.WAITING)
            ),
        ]
        triggers = [
            *guards(SIGNUPS),
            pgtrigger.Trigger(
                name="copy_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("shift_id"),
                func=_COPY_SQL,
            ),
            pgtrigger.Trigger(
                name="count_places",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("seats", "int"), ("line", "int")],
                func=_COUNT_SQL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} · {self.shift}"

    def ahead(self) -> int:
        """How many people wait before this one."""
        line = ShiftSignup.objects.waiting().filter(shift=self.shift_id)
        return line.filter(position__lt=self.position).count()

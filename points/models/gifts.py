"""Gifts: what points are spent on; a stock that is exact."""

from __future__ import annotations

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from centers.models import Center
from common.counters import Counted
from common.reach import within
from people.models import User
from points.models.policy import Budget


class GiftQuerySet(models.QuerySet["Gift"]):
    def visible_to(self, user: User | AnonymousUser) -> GiftQuerySet:
        reach = user.reach("volunteers.view") if isinstance(user, User) else []
        return self.filter(pk__in=within(self, "center__division", reach).values("pk"))

    def on_offer(self) -> GiftQuerySet:
        """What may be asked for, cheapest first; what has run out is shown as such."""
        return self.filter(on_offer=True).select_related("center").order_by("points", "name")


class Gift(Counted):
    """礼品: goods or a service for points. Stock is counted by triggers (migrations/ledger.sql)."""

    COUNTERS = frozenset({"stock", "reserved", "handed"})

    center = models.ForeignKey(Center, models.PROTECT, related_name="gifts", verbose_name=_("领取中心"))
    name = models.CharField(_("名称"), max_length=40)
    about = models.CharField(_("说明"), max_length=200, blank=True)
    points = models.PositiveIntegerField(_("所需积分"), validators=[MinValueValidator(1)])
    on_offer = models.BooleanField(_("可兑换"), default=True)
    stock = models.IntegerField(_("入库"), default=0, editable=False)
    reserved = models.IntegerField(_("待取"), default=0, editable=False)
    handed = models.IntegerField(_("已取"), default=0, editable=False)

    objects = GiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("礼品")
        ordering = ("points", "name", "id")
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="gift_costs_points"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, handed__gte=0, stock__gte=F("reserved") + F("handed")),
                name="gift_not_given_twice",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int:
        """How many may still be asked for."""
        return self.stock - self.reserved - self.handed


# A correction leaves between nothing and all of what it corrects, and another writes it.
_CORRECTION_SQL = """
    IF NOT EXISTS (
        SELECT 1 FROM points_stockintake f
        WHERE f.id = NEW.corrects_id AND f.corrects_id IS NULL AND f.by_id <> NEW.by_id
          AND f.gift_id = NEW.gift_id AND f.budget_id = NEW.budget_id
          AND sign(f.units) * (f.units + NEW.units + coalesce(
                (SELECT sum(c.units) FROM points_stockintake c WHERE c.corrects_id = f.id), 0))
              BETWEEN 0 AND abs(f.units)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'correction_within_its_intake',
            MESSAGE = 'a correction leaves between nothing and all of its intake, and another writes it';
    END IF;
    RETURN NEW;
"""


class StockIntakeQuerySet(models.QuerySet["StockIntake"]):
    def paid(self) -> StockIntakeQuerySet:
        """What budgets paid for: what came in, as corrected. What was written off was paid all the same."""
        return self.filter(Q(units__gt=0, corrects=None) | Q(corrects__units__gt=0))

    def points(self) -> int:
        found: int | None = self.aggregate(points=Sum(F("units") * F("gift__points")))["points"]
        return found or 0


class StockIntake(models.Model):
    """入库: gifts that came in, paid by a budget; a negative number writes off what broke or spoilt.

    A row that `corrects` another takes back, or gives back, pieces that were typed wrongly.
    """

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="intakes", verbose_name=_("礼品"))
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="intakes", verbose_name=_("积分预算"))
    units = models.IntegerField(_("件数"))
    note = models.CharField(_("说明"), max_length=100, blank=True)
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("更正哪一笔"),
    )
    # Pressing the button twice is one delivery.
    key = models.CharField(max_length=64, blank=True, default="", editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("时间"))

    objects = StockIntakeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("入库")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(units=0), name="intake_is_not_nothing"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="intake_key_once"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="correct_intake",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__corrects__isnull=False),
                func=_CORRECTION_SQL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gift} {self.units:+d}"

    @property
    def counts(self) -> int:
        """The pieces of this intake as they were corrected."""
        found: int | None = self.corrections.aggregate(units=Sum("units"))["units"]
        return self.units + (found or 0)

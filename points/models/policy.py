"""What an hour is worth, and what stands behind it: dated policies, funded budgets."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.reach import within
from people.models import User


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_force(self, division: Division, day: date) -> Policy | None:
        """The rules of a place on a day: its own, else those of the nearest division above."""
        above = self.filter(valid_from__lte=day).annotate(here=models.Value(division.path))
        ruled = above.filter(here__startswith=F("division__path")).select_related("division")
        return max(ruled, key=lambda p: (len(p.division.path), p.valid_from), default=None)

    def ruling(self, day: date) -> PolicyQuerySet:
        """The one policy of each division that holds on a day."""
        held = self.filter(valid_from__lte=day).order_by("division_id", "-valid_from").distinct("division_id")
        return self.filter(pk__in=held.values("pk")).select_related("division").order_by("division__path")


class Policy(models.Model):
    """积分办法: what holds from a day on; a change is a new row, so that old entries keep theirs.

    Cities differ in all of it (rates, caps, ages, expiry), so it is data and never code.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("适用区划"))
    valid_from = models.DateField(_("生效日期"))
    points_per_hour = models.PositiveSmallIntegerField(_("每小时积分"), default=1)
    daily_cap = models.PositiveIntegerField(_("每天积分上限"), null=True, blank=True)
    total_cap = models.PositiveIntegerField(_("累计积分上限"), null=True, blank=True)
    pair_minutes_cap = models.PositiveIntegerField(_("同一对象每月计分分钟上限"), null=True, blank=True)
    expires_after_days = models.PositiveIntegerField(
        _("积分有效天数"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("不填：长期有效"),
    )
    spend_from_age = models.PositiveSmallIntegerField(_("满多少岁可以兑换"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200, help_text=_("文件名称和文号"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("录入人"))

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("积分办法")
        ordering = ("-valid_from", "-id")
        constraints = [models.UniqueConstraint(fields=["division", "valid_from"], name="policy_once_a_day")]

    def __str__(self) -> str:
        return f"{self.division} {self.valid_from}"


class BudgetQuerySet(models.QuerySet["Budget"]):
    def visible_to(self, user: User | AnonymousUser) -> BudgetQuerySet:
        reach = user.reach("volunteers.view") if isinstance(user, User) else []
        return self.filter(pk__in=within(self, "division", reach).values("pk"))

    def nearest(self, division: Division) -> Budget | None:
        """The budget that pays for service in a place: its own, else that of the nearest above."""
        paying = self.paying(division).select_related("division")
        return max(paying, key=lambda b: (len(b.division.path), b.pk), default=None)

    def paying(self, division: Division) -> BudgetQuerySet:
        """The open ones that may pay in a place: its own, and those of what it lies in."""
        above = self.filter(closed_on=None).annotate(here=models.Value(division.path))
        return above.filter(here__startswith=F("division__path"))


class Budget(models.Model):
    """积分预算: points that an office stands for; none is issued beyond what was funded."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("所属区划"))
    name = models.CharField(_("名称"), max_length=60)
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("积分预算")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    def cover(self) -> dict[str, int]:
        """Points that were funded and issued, and how many are left to issue; reads the pots."""
        pots = list(self.pots.all())
        funded, issued = sum(pot.funded for pot in pots), sum(pot.issued for pot in pots)
        return {"funded": funded, "issued": issued, "left": funded - issued}


class BudgetPot(models.Model):
    """预算分仓: a part of a budget's cover. There are several so that many may issue at once.

    Kept by triggers (migrations/ledger.sql).
    """

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="pots", verbose_name=_("积分预算"))
    number = models.PositiveSmallIntegerField()
    funded = models.BigIntegerField(_("注入"), default=0)
    issued = models.BigIntegerField(_("已发"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("预算分仓")
        constraints = [
            models.UniqueConstraint(fields=["budget", "number"], name="budget_pot_once"),
            models.CheckConstraint(
                condition=Q(issued__gte=0, issued__lte=F("funded")), name="issued_within_budget"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.number}"


class Funding(models.Model):
    """注入: points an office promises to honour, with the paper that says so."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="fundings", verbose_name=_("积分预算"))
    points = models.PositiveIntegerField(_("积分"), validators=[MinValueValidator(1)])
    source = models.CharField(_("依据"), max_length=200, help_text=_("文件、捐赠协议或采购单"))
    # Pressing the button twice is one promise.
    key = models.CharField(max_length=64, blank=True, default="", editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("注入")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="funding_is_positive"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="funding_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.budget} +{self.points}"

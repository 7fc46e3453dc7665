"""The ledger: accounts, postings and their legs, holds, lots, closed days.

Append-only double entry. The guards are triggers in migrations/ledger.sql, which also keep
every counter here; ADR 16 says why. A balance is never written by hand, not even in a shell.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from people.models import Person, User, Words
from points.models.gifts import Gift
from points.models.policy import Budget, Policy
from points.rules import AccountKind, HoldOutcome, PostingKind, Unit
from volunteers.models.partners import PartnerShop
from volunteers.models.service import ServiceRecord

_OF_NOBODY = [AccountKind.SERVICE, AccountKind.REDEEMED, AccountKind.EXPIRED]


class AccountQuerySet(models.QuerySet["Account"]):
    def opened(self, kind: AccountKind, unit: Unit = Unit.POINTS, **owner: Any) -> Account:
        """The account of that kind and owner; opened empty where there was none."""
        found = self.filter(kind=kind, unit=unit, **owner).first()
        if found is None:
            self.bulk_create([Account(kind=kind, unit=unit, **owner)], ignore_conflicts=True)
            found = self.get(kind=kind, unit=unit, **owner)
        return found


class Account(models.Model):
    """账户: one unit of one owner. A balance is kept for persons and donations only: keeping one on
    an account that everybody posts to would make them wait for each other."""

    unit = models.CharField(_("单位"), max_length=6, choices=Unit)
    kind = models.CharField(_("种类"), max_length=8, choices=AccountKind)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("居民")
    )
    budget = models.ForeignKey(Budget, models.PROTECT, null=True, blank=True, related_name="+")
    shop = models.ForeignKey(PartnerShop, models.PROTECT, null=True, blank=True, related_name="+")
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    posted = models.BigIntegerField(_("余额"), default=0, editable=False)
    held = models.BigIntegerField(_("已预留"), default=0, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("账户")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "person"], condition=Q(person__isnull=False), name="account_of_person"
            ),
            models.UniqueConstraint(
                fields=["budget"], condition=Q(budget__isnull=False), name="account_of_budget"
            ),
            models.UniqueConstraint(fields=["shop"], condition=Q(shop__isnull=False), name="account_of_shop"),
            models.UniqueConstraint(
                fields=["division"], condition=Q(division__isnull=False), name="account_of_division"
            ),
            models.UniqueConstraint(
                fields=["unit", "kind"], condition=Q(kind__in=_OF_NOBODY), name="account_of_nobody"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=AccountKind.PERSON, person__isnull=False, budget=None, shop=None, division=None
                )
                | Q(
                    kind=AccountKind.DEBT,
                    unit=Unit.POINTS,
                    person__isnull=False,
                    budget=None,
                    shop=None,
                    division=None,
                )
                | Q(
                    kind=AccountKind.BUDGET,
                    unit=Unit.POINTS,
                    budget__isnull=False,
                    person=None,
                    shop=None,
                    division=None,
                )
                | Q(
                    kind=AccountKind.SHOP,
                    unit=Unit.POINTS,
                    shop__isnull=False,
                    person=None,
                    budget=None,
                    division=None,
                )
                | Q(
                    kind=AccountKind.DONATION,
                    unit=Unit.POINTS,
                    division__isnull=False,
                    person=None,
                    budget=None,
                    shop=None,
                )
                | Q(
                    kind=AccountKind.SERVICE,
                    unit=Unit.HOURS,
                    person=None,
                    budget=None,
                    shop=None,
                    division=None,
                )
                | Q(
                    kind__in=[AccountKind.REDEEMED, AccountKind.EXPIRED],
                    unit=Unit.POINTS,
                    person=None,
                    budget=None,
                    shop=None,
                    division=None,
                ),
                name="account_has_its_owner",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[AccountKind.PERSON, AccountKind.DONATION], posted__gte=F("held"), held__gte=0
                )
                | Q(kind=AccountKind.DEBT, posted__lte=0, held=0)
                | Q(posted=0, held=0),
                name="account_not_overdrawn",
            ),
        ]

    def __str__(self) -> str:
        owner = self.person or self.budget or self.shop or self.division
        return f"{self.get_kind_display()} {owner or ''} {self.get_unit_display()}"

    @property
    def free(self) -> int:
        """What may be spent now."""
        return self.posted - self.held


class Posting(models.Model):
    """记账: one event, its legs sum to nothing in each unit; sealed when its transaction ends."""

    key = models.CharField(_("业务号"), max_length=120)
    request_hash = models.CharField(max_length=64, editable=False)
    kind = models.CharField(_("种类"), max_length=8, choices=PostingKind)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name=_("冲正的是")
    )
    record = models.ForeignKey(
        ServiceRecord,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("服务记录"),
    )
    memo = models.CharField(_("摘要"), max_length=80, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("操作人"))
    # For whom `by` acted, as the number of the person: history does not change when records merge.
    principal = models.BigIntegerField(_("代谁办理"), null=True, blank=True)
    policy = models.ForeignKey(
        Policy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("积分办法"),
    )
    # Numbers of rows and days: words about anybody lie in `words`, in its record or in its voucher.
    evidence = models.JSONField(_("凭据"), default=dict, blank=True)
    words = models.ForeignKey(
        Words,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("说明"),
    )
    at = models.DateTimeField(_("时间"))
    # The seal, written by the database.
    txid = models.BigIntegerField(default=0, editable=False)
    sealed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("记账")
        ordering = ("-id",)
        constraints = [
            # As a constraint and not unique=True: that would keep a second index, for LIKE.
            models.UniqueConstraint(fields=["key"], name="posting_key_once"),
            models.UniqueConstraint(
                fields=["record"], condition=Q(kind=PostingKind.EARN), name="record_earns_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind=PostingKind.EARN) | Q(record__isnull=False), name="earning_has_a_record"
            ),
            models.CheckConstraint(
                condition=Q(kind=PostingKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=PostingKind.REVERSAL) & Q(reverses=None)),
                name="reversal_reverses",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PostingKind.OPENING) | ~Q(evidence={}), name="opening_has_evidence"
            ),
        ]
        indexes = [BrinIndex(fields=["sealed_at"], name="posting_days")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.memo}"

    @property
    def title(self) -> str:
        """What it is about: what was written, or what was done."""
        return self.memo or (self.record.title if self.record else "")


class Leg(models.Model):
    """分录: what one posting does to one account; `balance` is what stood there afterwards."""

    # The trigger on legs looks both up under its own rules, and neither can be deleted: what a
    # foreign key would check once more is left out of the database.
    posting = models.ForeignKey(
        Posting, models.PROTECT, related_name="legs", db_constraint=False, verbose_name=_("记账")
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="legs",
        db_constraint=False,
        db_index=False,
        verbose_name=_("账户"),
    )
    amount = models.BigIntegerField(_("数额"))
    balance = models.BigIntegerField(_("余额"), null=True, editable=False)
    expires_on = models.DateField(_("有效至"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("分录")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="leg_is_not_nothing")]
        indexes = [models.Index(fields=["account", "-id"], name="leg_passbook")]

    def __str__(self) -> str:
        return f"{self.amount:+d}"


class Hold(models.Model):
    """预留: points set aside, with a gift or without, until committed, released or expired."""

    key = models.CharField(_("业务号"), max_length=120)
    request_hash = models.CharField(max_length=64, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="holds", verbose_name=_("账户"))
    amount = models.BigIntegerField(_("积分"))
    gift = models.ForeignKey(
        Gift, models.PROTECT, null=True, blank=True, related_name="holds", verbose_name=_("礼品")
    )
    # Nothing: as long as the order that it pays for is open.
    until = models.DateTimeField(_("保留至"), null=True, blank=True)
    policy = models.ForeignKey(
        Policy, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("操作人"))
    # As on the posting that it may become.
    principal = models.BigIntegerField(_("代谁办理"), null=True, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("预留")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["key"], name="hold_key_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_is_positive"),
        ]
        indexes = [models.Index(fields=["until"], name="hold_until")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class HoldEnd(models.Model):
    """预留结果: one row a hold, so a hold ends once."""

    hold = models.OneToOneField(
        Hold, models.PROTECT, primary_key=True, related_name="end", verbose_name=_("预留")
    )
    outcome = models.CharField(_("结果"), max_length=9, choices=HoldOutcome)
    posting = models.OneToOneField(
        Posting, models.PROTECT, null=True, blank=True, related_name="hold_end", verbose_name=_("记账")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("操作人"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("预留结果")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=HoldOutcome.COMMITTED, posting__isnull=False)
                | (~Q(outcome=HoldOutcome.COMMITTED) & Q(posting=None)),
                name="committed_hold_is_posted",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hold} {self.get_outcome_display()}"


class Lot(models.Model):
    """积分批次: points that came in together and expire together; `left` is neither spent nor held."""

    # Written by the trigger on its leg and by nothing else, hence no foreign keys in the database.
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="lots",
        db_constraint=False,
        db_index=False,
        verbose_name=_("账户"),
    )
    leg = models.OneToOneField(
        Leg, models.PROTECT, related_name="lot", db_constraint=False, verbose_name=_("分录")
    )
    amount = models.BigIntegerField(_("积分"))
    left = models.BigIntegerField(_("剩余"))
    expires_on = models.DateField(_("有效至"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("积分批次")
        constraints = [
            models.CheckConstraint(condition=Q(left__gte=0, left__lte=F("amount")), name="lot_within_itself")
        ]
        indexes = [
            models.Index(
                F("account"),
                F("expires_on").asc(nulls_last=True),
                F("id"),
                condition=Q(left__gt=0),
                name="lot_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.left}/{self.amount}"


class HoldLot(models.Model):
    """预留批次: out of which lots a hold took its points, to give them back there."""

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="lots", verbose_name=_("预留"))
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="holds", verbose_name=_("积分批次"))
    amount = models.BigIntegerField(_("积分"))

    class Meta:
        verbose_name = verbose_name_plural = _("预留批次")

    def __str__(self) -> str:
        return f"{self.hold} {self.amount}"

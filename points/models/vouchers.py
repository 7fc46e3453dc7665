"""What two people write into the ledger: a paper book carried over, a posting taken back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from common.guards import guards
from common.reach import within
from people.models import Person, User
from points.models.ledger import Leg, Posting
from points.rules import VOUCHERS, PostingKind, VoucherState


class VoucherQuerySet(models.QuerySet["Voucher"]):
    def near(self, divisions: Sequence[str]) -> VoucherQuerySet:
        """Those that concern a resident or a service of these divisions (paths of a reach)."""
        hers = within(self, "person__home", divisions)
        served = within(self, "reverses__record__division", divisions)
        lines = Leg.objects.filter(posting=OuterRef("reverses"))
        touched = Exists(within(lines, "account__person__home", divisions))
        return self.filter(Q(pk__in=hers.values("pk")) | Q(pk__in=served.values("pk")) | touched)

    def waiting(self) -> VoucherQuerySet:
        """Those that nobody has decided on."""
        return self.filter(state=VoucherState.ASKED)

    def about(self, person: Person) -> VoucherQuerySet:
        """Those by which she gets, or loses, something."""
        return self.filter(Q(person=person) | Q(reverses__legs__account__person=person)).distinct()


class Voucher(models.Model):
    """记账单: one asks, another approves, and only then it is posted.

    `grounds` says which book and page, or why; words lie here and not in the posting, because this
    row can forget them when a record is closed.
    """

    kind = models.CharField(_("种类"), max_length=8, choices=PostingKind)
    key = models.CharField(_("业务号"), max_length=120)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name=_("居民")
    )
    points = models.PositiveIntegerField(_("积分"), default=0)
    minutes = models.PositiveIntegerField(_("分钟"), default=0)
    reverses = models.ForeignKey(
        Posting, models.PROTECT, null=True, blank=True, related_name="vouchers", verbose_name=_("冲正的是")
    )
    grounds = models.CharField(_("依据或原因"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=7, choices=VoucherState, default=VoucherState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    why_not = models.CharField(_("不予入账的原因"), max_length=200, blank=True)
    posting = models.OneToOneField(
        Posting, models.PROTECT, null=True, blank=True, related_name="voucher", verbose_name=_("记账")
    )

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("记账单")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["key"], name="voucher_key_once"),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(state__in=[VoucherState.ASKED, VoucherState.DONE]),
                name="posting_is_taken_back_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=PostingKind.OPENING, person__isnull=False, reverses=None)
                & (Q(points__gt=0) | Q(minutes__gt=0))
                | Q(kind=PostingKind.REVERSAL, person=None, reverses__isnull=False, points=0, minutes=0),
                name="voucher_says_what",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(state=VoucherState.REFUSED) | ~Q(decided_by=F("asked_by")),
                name="voucher_has_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=VoucherState.DONE, decided_by__isnull=False, posting__isnull=False)
                | (~Q(state=VoucherState.DONE) & Q(posting=None)),
                name="voucher_is_posted_when_done",
            ),
        ]
        triggers = guards(VOUCHERS)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

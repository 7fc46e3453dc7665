"""Points that pass from one person to another: within a family, or by inheritance."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.guards import guards
from common.reach import within
from people.models import Person, User, acts_for
from points.models.ledger import Posting
from points.rules import TRANSFERS, TransferKind, TransferState

CODE_DIGITS = 6


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, user: User | AnonymousUser) -> TransferQuerySet:
        """Staff: those whose giver lives in their reach; everybody: one's own, either side."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "giver__home", user.reach("points.ledger"))
        own = acts_for(user).values("pk")
        return self.filter(Q(pk__in=near.values("pk")) | Q(giver__in=own) | Q(taker__in=own))

    def waiting(self) -> TransferQuerySet:
        """Those that nobody has refused, and that have not moved yet."""
        return self.filter(state__in=[TransferState.ASKED, TransferState.SECONDED])

    def of(self, person: Person) -> TransferQuerySet:
        """Those where she stands on either side."""
        return self.filter(Q(giver=person) | Q(taker=person))


class Transfer(models.Model):
    """转赠: points passed to a relative, or left to one; two others approve it."""

    kind = models.CharField(_("种类"), max_length=7, choices=TransferKind)
    giver = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("转出人"))
    taker = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("转入人"))
    points = models.PositiveIntegerField(_("积分"))
    relation = models.CharField(_("关系与证明"), max_length=100)
    state = models.CharField(_("状态"), max_length=8, choices=TransferState, default=TransferState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    first_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("初审人")
    )
    second_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("复审人")
    )
    reason = models.CharField(_("说明"), max_length=200, blank=True)
    posting = models.OneToOneField(
        Posting, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("记账")
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("转赠")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="transfer_is_positive"),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="transfer_to_another"),
            models.CheckConstraint(
                condition=(Q(first_by=None) | ~Q(first_by=F("asked_by")))
                & (Q(second_by=None) | (~Q(second_by=F("asked_by")) & ~Q(second_by=F("first_by")))),
                name="transfer_has_three_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=TransferState.DONE)
                | Q(first_by__isnull=False, second_by__isnull=False, posting__isnull=False),
                name="transfer_done_after_two",
            ),
        ]
        triggers = guards(TRANSFERS)

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker} {self.points}"

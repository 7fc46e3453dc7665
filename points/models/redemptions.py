"""What happens to points: gifts asked for, points passed on in a family."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from common.reach import within
from people.models import Person, User, acts_for
from points.models.gifts import Gift
from points.models.ledger import Hold
from points.rules import RedemptionState

CODE_DIGITS = 6


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    def visible_to(self, user: User | AnonymousUser) -> RedemptionQuerySet:
        """Staff: what is picked up in their reach; everybody: that of whom one acts for."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "gift__center__division", user.reach("points.gifts"))
        return self.filter(Q(pk__in=near.values("pk")) | Q(person__in=acts_for(user).values("pk")))

    def open(self) -> RedemptionQuerySet:
        """Those whose gift waits to be picked up."""
        return self.filter(hold__end=None)


class Redemption(models.Model):
    """兑换: a gift set aside for a person, handed out against a code that works once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="redemptions", verbose_name=_("居民"))
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="redemptions", verbose_name=_("礼品"))
    hold = models.OneToOneField(Hold, models.PROTECT, related_name="redemption", verbose_name=_("预留"))
    code_hash = models.CharField(max_length=64, editable=False)
    code_version = models.PositiveSmallIntegerField(default=1, editable=False)
    wrong_codes = models.PositiveSmallIntegerField(_("输错次数"), default=0, editable=False)

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("兑换")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.person} {self.gift}"

    @property
    def code(self) -> str:
        """The six digits that open it.

        They follow from the server's key, so that they can be shown again, and a copy of the
        database tells them to nobody.
        """
        told = f"{self.hold_id}:{self.hold.key}:{self.code_version}"
        number = int(salted_hmac("points.pick_up", told, algorithm="sha256").hexdigest(), 16)
        return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def hash_of(self, code: str) -> str:
        """What is kept of a code."""
        told = f"{self.hold_id}:{code}"
        return salted_hmac("points.pick_up.hash", told, algorithm="sha256").hexdigest()

    @property
    def outcome(self) -> str:
        """ "" while the gift waits, else how the hold ended."""
        end = getattr(self.hold, "end", None)
        return end.outcome if end else ""

    @property
    def state(self) -> str:
        """Where it stands on its table: REDEMPTIONS."""
        return self.outcome or RedemptionState.WAITING

    def waits_at(self, now: datetime) -> bool:
        """Whether the gift may be picked up: neither ended nor past its week."""
        until = self.hold.until
        return not self.outcome and (until is None or until >= now)

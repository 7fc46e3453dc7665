"""Machines that staff opened for people to check in at."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models import User
from volunteers.models.shifts import Shift


class KioskQuerySet(models.QuerySet["Kiosk"]):
    def open_at(self, now: datetime) -> KioskQuerySet:
        """Those that nobody has ended and whose time is not over."""
        return self.filter(ended_at=None, until__gt=now)


class Kiosk(models.Model):
    """一体机: one machine on which people of one shift check in; it is signed in as nobody.

    The machine alone holds the key, in a cookie; here lies its hash.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="kiosks", verbose_name=_("班次"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("打开的人"))
    opened_at = models.DateTimeField(_("打开时间"))
    until = models.DateTimeField(_("有效至"))
    key_hash = models.CharField(max_length=64, unique=True)
    ended_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("关闭的人")
    )

    objects = KioskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("一体机")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="kiosk_until_after_opening"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="kiosk_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"

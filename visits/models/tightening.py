"""Weeks in which everybody of an area who is visited regularly is visited more often: heat, a flood, a festival."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.reach import covered
from people.models import User
from visits.rules.care import LONGEST_REASON, LONGEST_TIGHT, Tight


class CareTighteningQuerySet(models.QuerySet["CareTightening"]):
    def visible_to(self, user: User | AnonymousUser) -> CareTighteningQuerySet:
        """Those of the places of her posts, and of what lies above them."""
        reach = user.reach("visits.view") if isinstance(user, User) else []
        above = {int(pk) for path in reach for pk in path.strip("/").split("/") if pk}
        return self.filter(covered("division", reach) | Q(division__in=above))

    def on(self, day: date) -> CareTighteningQuerySet:
        """Those that run on a day."""
        last = Q(ended_on=None) | Q(ended_on__gt=day)
        return self.filter(last, since__lte=day, until__gte=day)

    def told(self, day: date) -> list[Tight]:
        """Those that run on a day, for the reckoning."""
        rows = self.on(day).values_list("division__path", "days", "since").order_by("pk")
        return [Tight(*row) for row in rows]


class CareTightening(models.Model):
    """加密走访: until a day, everybody visited regularly in an area is visited within so many days."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("哪里"))
    days = models.PositiveSmallIntegerField(_("几天一次"))
    since = models.DateField(_("从哪天起"))
    until = models.DateField(_("到哪天"))
    ended_on = models.DateField(_("提前结束"), null=True, blank=True)
    # Everybody who works there reads it; it tells of weather, not of people.
    reason = models.CharField(_("为什么"), max_length=LONGEST_REASON)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁定的"))

    objects = CareTighteningQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("加密走访")
        ordering = ("-since", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since"), until__lte=F("since") + LONGEST_TIGHT),
                name="tight_for_a_while",
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=30), name="tight_days_within_a_month"),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_tightening", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="keep_tight_days",
                operation=pgtrigger.UpdateOf("division_id", "days", "since", "until", "reason", "by_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division} {self.days}"

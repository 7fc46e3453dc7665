"""Who looks after a place besides its grid worker (三级包联, 楼栋长, 党员中心户)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from people.models import Person, User
from visits.models.register import Building
from visits.rules.register import LiaisonKind


class LiaisonQuerySet(models.QuerySet["Liaison"]):
    def valid_on(self, day: date) -> LiaisonQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)

    def of(self, building: Building) -> LiaisonQuerySet:
        """Those of a building, and of all that it lies in."""
        return self.filter(Q(building=building) | Q(division__in=building.grid.with_above))


class Liaison(models.Model):
    """联系人: somebody who looks after a building, a grid or a community, since when, until when."""

    kind = models.CharField(_("什么联系人"), max_length=10, choices=LiaisonKind)
    person = models.ForeignKey(Person, models.PROTECT, related_name="liaisons", verbose_name=_("谁"))
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("区划")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="liaisons", verbose_name=_("楼栋")
    )
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁登记的"))

    objects = LiaisonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联系人")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(division=None, building__isnull=False) | Q(division__isnull=False, building=None),
                name="liaison_of_one_place",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="liaison_ends_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["kind", "person", "division"],
                condition=Q(until=None, division__isnull=False),
                name="liaison_of_division_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "person", "building"],
                condition=Q(until=None, building__isnull=False),
                name="liaison_of_building_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person_id}"

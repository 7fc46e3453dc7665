"""What can be told, who deals with it where, and how long that may take; rows that staff edit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.reach import within
from grievances.rules.clocks import ClockKind, Limit, Unit
from grievances.rules.tickets import Kind
from people.models import User

# Two levels are enough to choose from on a phone.
_TWO_LEVELS_SQL = """
    IF NEW.parent_id IS NOT NULL AND (
        NEW.parent_id = NEW.id
        OR EXISTS (SELECT 1 FROM grievances_category WHERE id = NEW.parent_id AND parent_id IS NOT NULL)
        OR EXISTS (SELECT 1 FROM grievances_category WHERE parent_id = NEW.id)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'category_has_two_levels',
            MESSAGE = 'a category lies under one that lies under none';
    END IF;
    RETURN NEW;
"""


class CategoryQuerySet(models.QuerySet["Category"]):
    def offered(self) -> CategoryQuerySet:
        """What may be chosen: the leaves that are in use."""
        leaves = self.filter(active=True, children=None).exclude(parent__active=False)
        return leaves.select_related("parent").order_by("parent__place", "place", "pk")


class Category(models.Model):
    """类别: what a ticket is about; two levels, shared by all streets."""

    name = models.CharField(_("名称"), max_length=20)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    kind = models.CharField(_("性质"), max_length=8, choices=Kind, default=Kind.ORDINARY)
    place = models.PositiveSmallIntegerField(_("排序"), default=0)
    active = models.BooleanField(_("在用"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("反映类别")
        ordering = ("place", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], nulls_distinct=False, name="category_name_once"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="two_levels_of_category",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                func=_TWO_LEVELS_SQL,
            )
        ]

    def __str__(self) -> str:
        return self.name


class RouteQuerySet(models.QuerySet["Route"]):
    def visible_to(self, user: User | AnonymousUser) -> RouteQuerySet:
        if not isinstance(user, User):
            return self.none()
        return self.filter(pk__in=within(self, "division", user.reach("grievances.supervise")).values("pk"))

    def nearest(self, division: Division, category: Category) -> Route | None:
        """Who gets it: the rule of the smallest place around, for its category before that above it."""
        above = [int(pk) for pk in division.path.split("/") if pk]
        wanted = (
            Q(category=category.pk)
            | Q(category=category.parent_id, category__isnull=False)
            | Q(category=None)
        )
        rules = self.filter(wanted, division__in=above, handler__is_active=True, handler__is_staff=True)

        def closeness(rule: Route) -> tuple[int, int]:
            by_category = {category.pk: 2, category.parent_id: 1}.get(rule.category_id, 0)
            return above.index(rule.division_id), by_category if rule.category_id else 0

        return max(rules.select_related("handler"), key=closeness, default=None)


class Route(models.Model):
    """派单规则: who deals with a category in a place; without a category: with everything there."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("区划"))
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="routes", verbose_name=_("类别")
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("承办人")
    )

    objects = RouteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("派单规则")
        ordering = ("division", "category", "id")
        constraints = [
            models.UniqueConstraint(fields=["division", "category"], nulls_distinct=False, name="route_once")
        ]

    def __str__(self) -> str:
        return f"{self.division} · {self.category or _('全部')}"


class ClockPolicyQuerySet(models.QuerySet["ClockPolicy"]):
    def limits(self, kinds: Iterable[str], ticket_kind: str, day: date) -> dict[str, Limit]:
        """How long each of these clocks runs for a ticket of a kind that starts on a day."""
        hazard = ticket_kind == Kind.HAZARD
        rows = self.filter(clock__in=list(kinds), valid_from__lte=day).order_by("valid_from")
        found = {row.clock: row for row in rows if not row.hazard}
        if hazard:
            found |= {row.clock: row for row in rows if row.hazard}
        return {clock: Limit(row.minutes * 60, row.unit) for clock, row in found.items()}


class ClockPolicy(models.Model):
    """时限: how long a clock runs, from a day on; earlier tickets keep what they were given."""

    clock = models.CharField(_("时限"), max_length=12, choices=ClockKind)
    hazard = models.BooleanField(_("只用于隐患急件"), default=False)
    minutes = models.PositiveIntegerField(
        _("多少分钟"), help_text=_("一个工作日是 420 分钟，一天是 1440 分钟。")
    )
    unit = models.CharField(_("怎么算"), max_length=6, choices=Unit, default=Unit.OFFICE)
    valid_from = models.DateField(_("从哪天起"))

    objects = ClockPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("时限规定")
        ordering = ("clock", "hazard", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=["clock", "hazard", "valid_from"], name="clock_policy_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="clock_policy_takes_time"),
            models.CheckConstraint(
                condition=Q(hazard=False) | Q(unit=Unit.WALL), name="hazards_run_by_the_wall_clock"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.valid_from}"

"""What can be told, who deals with it where, and how long that may take; rows that staff edit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.history import remembers
from common.pointers import unused
from common.reach import within
from grievances.rules.clocks import LONGEST_LIMIT, ClockKind, Limit, Unit
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
# Tickets take theirs from it: what was told in confidence of a lamp would be an event overnight.
_KIND_SQL = """
    IF NEW.kind IS DISTINCT FROM OLD.kind THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'category_keeps_its_kind',
            MESSAGE = 'of what kind a category is was said when it was made';
    END IF;
    RETURN NEW;
"""


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_use(self) -> CategoryQuerySet:
        """The leaves that may be chosen."""
        return self.filter(active=True, children=None).exclude(parent__active=False)

    def offered(self) -> CategoryQuerySet:
        """What may be chosen, as it is shown to be chosen from."""
        return self.in_use().in_order()

    def in_order(self) -> CategoryQuerySet:
        return self.select_related("parent").order_by("parent__place", "place", "pk")

    def unused(self) -> CategoryQuerySet:
        """Those about which nothing was told yet, so that they can be taken back."""
        return unused(self)


@remembers(
    pghistory.UpdateEvent(row=pghistory.Old),  # what it was; what it is stands in the category
    fields=["name", "parent", "place", "active", "by"],
    model_name="CategoryEvent",
    words=_("从前的类别"),
)
class Category(models.Model):
    """类别: what a ticket is about; two levels, shared by all streets. What it was: CategoryEvent."""

    name = models.CharField(_("名称"), max_length=20)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    kind = models.CharField(
        _("性质"), max_length=8, choices=Kind, default=Kind.ORDINARY, help_text=_("定了就不能改。")
    )
    place = models.PositiveSmallIntegerField(_("排序"), default=0)
    active = models.BooleanField(
        _("在用"), default=True, help_text=_("用过的类别不删，去掉这个勾就不再给人选。")
    )
    # Who set it so; nobody where an office began with it.
    by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("谁定的")
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("反映类别")
        ordering = ("place", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                nulls_distinct=False,
                name="category_name_once",
                violation_error_message=_("同一个上级下面已经有这个名称。"),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="two_levels_of_category",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                func=_TWO_LEVELS_SQL,
            ),
            pgtrigger.Trigger(
                name="kind_of_category",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("kind"),
                func=_KIND_SQL,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_use(self) -> bool:
        """The same as `in_use` of a row: what lies under another has none under itself."""
        if not self.active or (self.parent is not None and not self.parent.active):
            return False
        return self.parent_id is not None or not self.children.exists()


class RouteQuerySet(models.QuerySet["Route"]):
    def visible_to(self, user: User | AnonymousUser) -> RouteQuerySet:
        if not isinstance(user, User):
            return self.none()
        return self.filter(pk__in=within(self, "division", user.reach("grievances.routes")).values("pk"))

    def nearest(self, division: Division, category: Category) -> Route | None:
        """Who gets it: the rule of the smallest place around, for its category before that above it.

        A rule that names nobody leaves it to the desk, whatever a larger place says.
        """
        above = division.with_above
        wanted = (
            Q(category=category.pk)
            | Q(category=category.parent_id, category__isnull=False)
            | Q(category=None)
        )
        works = Q(handler=None) | Q(handler__is_active=True, handler__is_staff=True)
        rules = self.filter(wanted, works, division__in=above)

        def closeness(rule: Route) -> tuple[int, int]:
            by_category = {category.pk: 2, category.parent_id: 1}.get(rule.category_id, 0)
            return above.index(rule.division_id), by_category if rule.category_id else 0

        return max(rules.select_related("handler"), key=closeness, default=None)


@remembers(
    pghistory.UpdateEvent(row=pghistory.Old),
    fields=["division", "category", "handler", "by"],
    model_name="RouteEvent",
    words=_("从前的派单规则"),
)
class Route(models.Model):
    """派单规则: who deals with a category in a place; without a category: with everything there.

    What it said before: RouteEvent.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("区划"))
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="routes",
        verbose_name=_("类别"),
        help_text=_("不选：那里的所有类别。"),
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("承办人"),
        help_text=_("不选：不自动派，由受理台派。"),
    )
    by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("谁定的")
    )

    objects = RouteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("派单规则")
        ordering = ("division", "category", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["division", "category"],
                nulls_distinct=False,
                name="route_once",
                violation_error_message=_("这个地方的这一类已经有规则了，请改那一条。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.division} · {self.category or _('全部')}"


class ClockPolicyQuerySet(models.QuerySet["ClockPolicy"]):
    def limits(self, kinds: Iterable[str], ticket_kind: str, day: date) -> dict[str, Limit]:
        """How long each of these clocks runs for a ticket of a kind that starts on a day."""
        hazard = ticket_kind == Kind.HAZARD
        rows = self.filter(clock__in=list(kinds), valid_from__lte=day).order_by("valid_from", "pk")
        found = {row.clock: row for row in rows if not row.hazard}
        if hazard:
            found |= {row.clock: row for row in rows if row.hazard}
        return {clock: Limit(row.minutes * 60, row.unit) for clock, row in found.items()}

    def ruling(self, day: date) -> ClockPolicyQuerySet:
        """The rows that hold for what starts on a day."""
        begun = self.filter(valid_from__lte=day).order_by("clock", "hazard", "-valid_from", "-pk")
        return begun.distinct("clock", "hazard")


class ClockPolicy(models.Model):
    """时限: how long a clock runs, from a day on; earlier tickets keep what they were given.

    Appended, never changed: of two for one day the later written holds, so a mistake is put right in time.
    """

    clock = models.CharField(_("时限"), max_length=12, choices=ClockKind)
    hazard = models.BooleanField(_("只用于隐患急件"), default=False)
    minutes = models.PositiveIntegerField(
        _("多少分钟"), help_text=_("一个工作日是 420 分钟，一天是 1440 分钟。")
    )
    unit = models.CharField(_("怎么算"), max_length=6, choices=Unit, default=Unit.OFFICE)
    valid_from = models.DateField(_("从哪天起"))
    by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("谁定的")
    )

    objects = ClockPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("时限规定")
        ordering = ("clock", "hazard", "valid_from", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=LONGEST_LIMIT),
                name="clock_policy_takes_time",
                violation_error_message=_("时限要在一分钟到一年之间。"),
            ),
            models.CheckConstraint(
                condition=Q(hazard=False) | Q(unit=Unit.WALL),
                name="hazards_run_by_the_wall_clock",
                violation_error_message=_("隐患急件按钟点算。"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_clock_policy", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.valid_from}"

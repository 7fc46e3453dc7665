"""Places: the tree of divisions, centers with stations, rooms and hours, and the calendar.

Places know nobody: nothing here imports people.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.rules import WEEKDAYS, CenterKind, Colour, DayKind, DivisionKind, metres
from common.reach import within
from common.workdays import Workdays

# A division's path is the chain of ids from the root, "1/4/17/": a prefix test answers "is it
# under". The database writes it, so no code path can leave it stale, and a loop is refused.
_PATH_SQL = """
    IF NEW.parent_id IS NULL THEN
        NEW.path := NEW.id || '/';
        RETURN NEW;
    END IF;
    SELECT path, kind INTO up FROM centers_division WHERE id = NEW.parent_id;
    IF position('/' || NEW.id || '/' in '/' || up.path) > 0 THEN
        RAISE EXCEPTION 'division % cannot lie under itself', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF array_position(kinds, up.kind::text) >= array_position(kinds, NEW.kind::text) THEN
        RAISE EXCEPTION 'a % cannot lie under a %', NEW.kind, up.kind USING ERRCODE = 'check_violation';
    END IF;
    NEW.path := up.path || NEW.id || '/';
    RETURN NEW;
"""
# Touching the children makes the trigger above write their paths anew, level by level.
_CHILDREN_SQL = "UPDATE centers_division SET path = '' WHERE parent_id = NEW.id; RETURN NULL;"


class DivisionQuerySet(models.QuerySet["Division"]):
    def under(self, division: Division) -> DivisionQuerySet:
        """The division itself and everything below it."""
        return self.filter(path__startswith=division.path)

    def looked_over(self, paths: Iterable[str]) -> list[Division]:
        """Of the places under these paths those of which figures are told: from communities up, grids only where
        there is nothing larger."""
        hers = within(self, "", paths).order_by("path")
        return list(hers.exclude(kind=DivisionKind.GRID)) or list(hers)


class Division(models.Model):
    """行政区划: a city, district, street, community or grid, in one tree."""

    kind = models.CharField(_("级别"), max_length=10, choices=DivisionKind)
    name = models.CharField(_("名称"), max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    # The national codes stopped being published below township level in 2024: optional, 6-17 digits.
    official_code = models.CharField(_("区划代码"), max_length=17, null=True, blank=True, unique=True)
    path = models.CharField(max_length=200, editable=False, default="")

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("区划")
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["parent", "name"], name="division_name_once")]
        indexes = [models.Index(fields=["path"], name="division_path", opclasses=["text_pattern_ops"])]
        triggers = [
            pgtrigger.Trigger(
                name="path",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[
                    ("up", "record"),
                    ("kinds", "text[] := ARRAY['CITY','DISTRICT','STREET','COMMUNITY','GRID']"),
                ],
                func=_PATH_SQL,
            ),
            pgtrigger.Trigger(
                name="path_children",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__path__df=pgtrigger.F("new__path")),
                func=_CHILDREN_SQL,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and reads back the path that the database wrote."""
        super().save(*args, **kwargs)
        self.refresh_from_db(fields=["path"])

    @property
    def with_above(self) -> list[int]:
        """The numbers of itself and of all that it lies in."""
        return [int(pk) for pk in self.path.split("/") if pk]

    @property
    def community_name(self) -> str:
        """What residents call it: of a grid the community around it, whose name they know."""
        return self.community.name

    @property
    def community(self) -> Division:
        """Of a grid the community around it, else itself."""
        return self.parent if self.kind == DivisionKind.GRID and self.parent else self

    def contains(self, other: Division) -> bool:
        """Whether `other` is this division or lies below it."""
        return other.path.startswith(self.path)


class CenterQuerySet(models.QuerySet["Center"]):
    def under(self, paths: Iterable[str]) -> CenterQuerySet:
        """Centers in any of these divisions, or below them."""
        reach = Q(pk__in=[])
        for path in paths:
            reach |= Q(division__path__startswith=path)
        return self.filter(reach)


class Center(models.Model):
    """中心: a party-mass service center or neighbourhood center."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="centers", verbose_name=_("所属区划"))
    kind = models.CharField(_("类型"), max_length=12, choices=CenterKind, default=CenterKind.PARTY_MASS)
    name = models.CharField(_("名称"), max_length=60, unique=True)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    lat = models.FloatField(_("纬度（WGS-84）"), null=True, blank=True)
    lng = models.FloatField(_("经度（WGS-84）"), null=True, blank=True)

    objects = CenterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("中心")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                # NULL in a comparison is no refusal: that both are there has to be said.
                condition=Q(lat__isnull=True, lng__isnull=True)
                | Q(lat__isnull=False, lng__isnull=False, lat__range=(-90, 90), lng__range=(-180, 180)),
                name="center_point_is_on_earth",
                violation_error_message=_("经纬度要一起填，纬度 -90 到 90，经度 -180 到 180。"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def metres_to(self, other: Center) -> float | None:
        """How far it is as the crow flies; None where either has no point on the map."""
        if self.lat is None or self.lng is None or other.lat is None or other.lng is None:
            return None
        return metres(self.lat, self.lng, other.lat, other.lng)


class Station(models.Model):
    """驿站: one of the seven colour-coded service stations of a center."""

    center = models.ForeignKey(Center, models.CASCADE, related_name="stations", verbose_name=_("中心"))
    colour = models.CharField(_("颜色"), max_length=6, choices=Colour)
    name = models.CharField(_("名称"), max_length=40)
    purpose = models.CharField(_("做什么"), max_length=200, blank=True)
    all_day = models.BooleanField(_("24 小时开放"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("驿站")
        ordering = ("center", "id")
        constraints = [models.UniqueConstraint(fields=["center", "name"], name="station_name_once")]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """教室: a room of a center."""

    center = models.ForeignKey(Center, models.CASCADE, related_name="rooms", verbose_name=_("中心"))
    name = models.CharField(_("名称"), max_length=40)
    capacity = models.PositiveSmallIntegerField(_("容纳人数"), default=30)
    step_free = models.BooleanField(_("无台阶可达"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("教室")
        ordering = ("center", "name")
        constraints = [models.UniqueConstraint(fields=["center", "name"], name="room_name_once")]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """开放时间: one stretch of a weekday on which a center is open, Shanghai time."""

    center = models.ForeignKey(Center, models.CASCADE, related_name="hours", verbose_name=_("中心"))
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=WEEKDAYS)
    opens = models.TimeField(_("开门"), default=time(8, 30))
    closes = models.TimeField(_("关门"), default=time(21, 0))

    class Meta:
        verbose_name = verbose_name_plural = _("开放时间")
        ordering = ("center", "weekday", "opens")
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), opens__lt=F("closes")),
                name="hours_open_before_close",
                violation_error_message=_("开门时间要早于关门时间。"),
            ),
            models.UniqueConstraint(fields=["center", "weekday", "opens"], name="hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


def _ends_of(year: int) -> set[date]:
    return {date(year, 1, 1), date(year, 10, 1)}


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def workdays(self) -> Workdays:
        """The whole calendar, for working-day arithmetic.

        A year counts as loaded once its first and its last fixed holiday stand in it, New Year and the
        National Day: who has typed in January alone has said nothing of the Spring Festival.
        """
        holidays: dict[date, str] = {}
        makeups: dict[date, str] = {}
        for day, kind, name in self.values_list("day", "kind", "name"):
            (holidays if kind == DayKind.HOLIDAY else makeups)[day] = name
        years = {day.year for day in holidays}
        return Workdays(
            frozenset(year for year in years if holidays.keys() >= _ends_of(year)), holidays, makeups
        )

    def has_year(self, year: int) -> bool:
        """Whether that year's holidays are loaded."""
        return self.filter(day__in=_ends_of(year), kind=DayKind.HOLIDAY).count() == len(_ends_of(year))

    def missing_year(self, today: date) -> int | None:
        """The year that staff must load now: this one, or in December the next; None if all is well."""
        wanted = [today.year] + [today.year + 1] * (today.month == 12)
        return next((year for year in wanted if not self.has_year(year)), None)


class CalendarDay(models.Model):
    """日历: a public holiday, or a weekend day that is worked to make up for one (调休)."""

    day = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("类型"), max_length=14, choices=DayKind)
    name = models.CharField(_("名称"), max_length=20)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("日历")
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"

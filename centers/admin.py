"""Places and the calendar in the back office."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from centers import actions
from centers.models import CalendarDay, Center, Division, OpeningHours, Room, Station
from common.admin import ScopedAdmin, ScopedInline, Verb, VerbAdmin, VerbForm, reach
from common.reach import tree_label


@admin.register(Division)
class DivisionAdmin(ScopedAdmin):
    see = write = "centers.change"
    place = ""
    erasable = True
    list_display = ("tree", "kind", "official_code")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("name", "official_code")
    ordering = ("path",)
    fields = ("kind", "name", "parent", "official_code")
    choice_places = {"parent": ""}
    choice_labels = {"parent": tree_label}

    @admin.display(description=_("名称"), ordering="path")
    def tree(self, division: Division) -> str:
        return tree_label(division)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only who reaches the parent may hang a division elsewhere; a root stays a root."""
        inside = obj is None or self.covers(request, self.write, obj.parent)
        return (
            ()
            if inside and (obj is None or obj.parent_id or "" in reach(request, self.write))
            else ("parent",)
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """A division without a parent is a new root: for superusers only."""
        form = super().get_form(request, obj, change, **kwargs)
        if "parent" in form.base_fields and "" not in reach(request, self.write):
            form.base_fields["parent"].required = True
        return form


class StationInline(ScopedInline):
    model = Station
    fields = ("colour", "name", "purpose", "all_day")


class RoomInline(ScopedInline):
    model = Room
    fields = ("name", "capacity", "step_free")


class HoursInline(ScopedInline):
    model = OpeningHours
    fields = ("weekday", "opens", "closes")


@admin.register(Center)
class CenterAdmin(ScopedAdmin):
    see = write = "centers.change"
    place = "division"
    choice_places = {"division": ""}
    choice_labels = {"division": tree_label}
    erasable = True
    list_display = ("name", "kind", "division", "address", "phone")
    list_filter = ("kind",)
    list_select_related = ("division",)
    search_fields = ("name", "address")
    inlines = (HoursInline, RoomInline, StationInline)
    fieldsets = (
        (None, {"fields": ("name", "kind", "division", "address", "phone")}),
        (_("地图位置"), {"fields": (("lat", "lng"),)}),
    )


class LoadYearForm(VerbForm):
    year = forms.IntegerField(label=_("哪一年"), min_value=2004, max_value=2100)


class LoadFileForm(VerbForm):
    file = forms.FileField(
        label=_("文件"),
        help_text=_("CSV 三列：日期、类型（放假或调休上班）、名称；或 JSON。文件里有的年份整年替换。"),
    )


def _load_year(_row: None, *, by: actions.Keeper, now: datetime, year: int) -> str:
    return _loaded(actions.load_calendar(year=year, by=by))


def _load_file(_row: None, *, by: actions.Keeper, now: datetime, file: UploadedFile[bytes]) -> str:
    return _loaded(actions.load_calendar_file(content=file.read(), by=by))


def _loaded(days: list[CalendarDay]) -> str:
    years = "、".join(str(year) for year in sorted({day.day.year for day in days}))
    return _t("已载入 %(years)s 年，共 %(count)s 天。") % {"years": years, "count": len(days)}


@admin.register(CalendarDay)
class CalendarDayAdmin(VerbAdmin):
    """A day of the calendar moves the classes of every street."""

    see = write = "centers.change"
    shared = True
    erasable = True
    list_display = ("day", "kind", "name")
    list_filter = ("kind",)
    date_hierarchy = "day"
    ordering = ("-day",)
    verbs = (
        Verb(
            "load-year",
            _("载入一年的放假安排"),
            _load_year,
            needs="centers.change",
            form=LoadYearForm,
            confirm=_("这一年已有的日子会被整年替换，手工改过的也会。"),
            whole_list=True,
        ),
        Verb(
            "load-file",
            _("从文件导入"),
            _load_file,
            needs="centers.change",
            form=LoadFileForm,
            whole_list=True,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        year = CalendarDay.objects.missing_year(timezone.localdate())
        warning = (
            _t("%(year)s 年的放假安排还没有载入（元旦、国庆节都在才算），排课排不到那一年。") % {"year": year}
            if year
            else ""
        )
        return super().changelist_view(request, {**(extra_context or {}), "warning": warning})

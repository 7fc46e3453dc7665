"""Activities and their shifts: drafted as records, run through verbs; who signed up, read-only."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.admin import ReadOnlyAdmin, ReasonForm, Verb, VerbAdmin, reach
from common.reach import within
from people.models import User
from volunteers.actions.shifts import (
    end_activity,
    plan_shifts,
    publish_activity,
)
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import ACTIVITIES, ActivityMove


def _publish(activity: Activity, *, by: User, now: datetime) -> str:
    publish_activity(activity_id=activity.pk, by=by, now=now)
    return _t("已发布，六周内的班次排好了，居民现在看得到。")


def _plan(activity: Activity, *, by: User, now: datetime) -> str:
    made = plan_shifts(activity_id=activity.pk, by=by, now=now)
    if not made:
        return _t("六周内的班次都已经排好，没有要加的。")
    return ngettext("已排 %(n)s 个班次。", "已排 %(n)s 个班次。", len(made)) % {"n": len(made)}


def _end(activity: Activity, *, by: User, now: datetime, reason: str) -> str:
    end_activity(activity_id=activity.pk, reason=reason, by=by, now=now)
    return _t("活动已结束，以后的班次都取消了，报过名的人会收到通知。")


@admin.register(Activity)
class ActivityAdmin(VerbAdmin):
    see, write = "volunteers.view", "volunteers.change"
    place = "division"
    choice_places = {"division": "", "center": "division", "team": "division"}
    list_display = ("title", "division", "repeats", "weekday", "starts", "ends", "places", "state")
    list_filter = ("state", "repeats", "dangerous")
    list_select_related = ("division",)
    search_fields = ("title",)
    autocomplete_fields = ("organiser",)
    readonly_fields = ("state",)
    fieldsets = (
        (None, {"fields": (("title", "division"), "about", ("organiser", "team"), "state")}),
        (_("在哪里"), {"fields": (("center", "place"), "meeting_point")}),
        (
            _("什么时候"),
            {"fields": (("repeats", "weekday"), ("starts", "ends"), ("starts_on", "ends_on"))},
        ),
        (_("要谁"), {"fields": (("places", "waiting_limit"), ("skill", "min_age"), "dangerous")}),
    )
    verbs = (
        Verb(
            "publish",
            _("发布"),
            _publish,
            needs="volunteers.change",
            style="primary",
            offered=ACTIVITIES.offers(ActivityMove.PUBLISH),
        ),
        Verb(
            "plan",
            _("排班次"),
            _plan,
            needs="volunteers.change",
            offered=ACTIVITIES.offers(ActivityMove.PLAN),
        ),
        Verb(
            "end",
            _("结束活动"),
            _end,
            needs="volunteers.change",
            form=ReasonForm,
            confirm=_("以后的班次都取消，报过名的人会收到通知，不能恢复。"),
            style="danger",
            offered=ACTIVITIES.offers(ActivityMove.END),
        ),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: what a clerk organises as a volunteer is on her own page."""
        return within(rows, "division", reach(request, self.see))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        activity = context.get("original")
        if activity is not None:
            shifts = reverse("admin:volunteers_shift_changelist")
            context["links"] = [{"url": f"{shifts}?q={activity.title}", "label": _t("看它的班次")}]
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Shift)
class ShiftAdmin(VerbAdmin, ReadOnlyAdmin):
    see = "volunteers.view"
    place = "activity__division"
    list_display = ("starts_at", "ends_at", "activity", "taken", "waiting_taken", "state", "reason")
    list_filter = ("state",)
    list_select_related = ("activity__division",)
    search_fields = ("activity__title",)
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    fields = (
        "activity",
        ("starts_at", "ends_at"),
        ("places", "places_taken"),
        ("waiting_limit", "waiting_taken"),
        ("state", "reason"),
        ("note", "closed_at"),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return within(rows, "activity__division", reach(request, self.see))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        shift = context.get("original")
        if shift is not None:
            page = reverse("volunteers:staff_shift", args=[shift.pk])
            context["links"] = [{"url": page, "label": _t("打开名单、签到码和签到表")}]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("已报名/人数"))
    def taken(self, shift: Shift) -> str:
        return f"{shift.places_taken}/{shift.places}"


class _SignupAdmin(ReadOnlyAdmin):
    see = "volunteers.view"
    list_filter = ("state",)
    list_select_related = ("volunteer__person", "shift__activity", "by")
    search_fields = ("volunteer__person__full_name", "shift__activity__title")

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return within(rows, "shift__activity__division", reach(request, self.see))


@admin.register(ShiftSignup)
class ShiftSignupAdmin(_SignupAdmin):
    list_display = ("volunteer", "shift", "state", "position", "check_in_kind", "checked_in_at", "changed_at")
    ordering = ("-id",)
    fields = (
        ("shift", "volunteer"),
        ("state", "position"),
        ("created_at", "changed_at"),
        "by",
        ("check_in_kind", "checked_in_at", "checked_out_at"),
        ("listed_by", "listed_at"),
        "reason",
    )


@admin.register(apps.get_model("volunteers", "ShiftSignupEvent"))
class ShiftSignupEventAdmin(_SignupAdmin):
    """Every state a sign-up was in. Rows are only ever added, so why stands in the sign-up itself."""

    list_display = ("pgh_created_at", "volunteer", "shift", "state", "by", "why")
    ordering = ("-pgh_id",)
    fields = ("shift", "volunteer", "state", "by", "changed_at", "why", "checked_in_at", "checked_out_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        now = ShiftSignup.objects.filter(pk=OuterRef("pgh_obj"), state=OuterRef("state"))
        said = Subquery(now.values("reason")[:1])
        rows: QuerySet[Any] = super().get_queryset(request).annotate(said=said)
        return rows

    @admin.display(description=_("原因"))
    def why(self, event: Any) -> str:
        return event.said or "-"

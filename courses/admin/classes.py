"""Class groups and their sessions: drafted as records, run through verbs."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.admin import ReadOnlyAdmin, ReasonForm, ScopedInline, Verb, VerbAdmin, VerbForm
from courses.actions.classes import cancel_class, change_capacity, message_class, publish_class
from courses.actions.sessions import plan_sessions
from courses.models.catalogue import ClassGroup, WeeklySlot
from courses.models.session import Session, SkippedDate
from courses.rules import CLASSES, ClassMove, ClassState
from people.models import User

# The page of a class has these too, for who works from there.
ROSTERS = "social workers manage rosters in the back office: the client asked for it"


class CapacityForm(VerbForm):
    capacity = forms.IntegerField(label=_("名额"), min_value=1, max_value=2000)
    waiting_limit = forms.IntegerField(label=_("候补上限"), min_value=0, max_value=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"capacity": self.row.capacity, "waiting_limit": self.row.waiting_limit}


class MessageForm(VerbForm):
    text = forms.CharField(label=_("通知内容"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"key": uuid4().hex}


def _plan(group: ClassGroup, *, by: User, now: datetime) -> str:
    made = plan_sessions(class_id=group.pk, by=by, now=now)
    if not made:
        return _t("日期都已经排好，没有要加的。")
    return ngettext("已排 %(n)s 次课。", "已排 %(n)s 次课。", len(made)) % {"n": len(made)}


def _publish(group: ClassGroup, *, by: User, now: datetime) -> str:
    publish_class(class_id=group.pk, by=by, now=now)
    return _t("已发布，居民现在看得到这个班。")


def _cancel(group: ClassGroup, *, by: User, now: datetime, reason: str) -> str:
    cancel_class(class_id=group.pk, reason=reason, by=by, now=now)
    return _t("班级已取消，报过名的人都会收到通知。")


def _capacity(group: ClassGroup, *, by: User, now: datetime, capacity: int, waiting_limit: int) -> str:
    change_capacity(class_id=group.pk, capacity=capacity, waiting_limit=waiting_limit, by=by, now=now)
    return _t("名额已改；多出来的名额按顺序给了候补的人。")


def _message(group: ClassGroup, *, by: User, now: datetime, text: str, key: str) -> str:
    count = message_class(class_id=group.pk, text=text, key=key, by=by, now=now)
    return ngettext("已发给 %(n)s 位学员。", "已发给 %(n)s 位学员。", count) % {"n": count}


def _goes_on(group: ClassGroup) -> bool:
    """Neither called off nor over: what is done to such a class changes no state of it."""
    return CLASSES.goes_on(group)


class SlotInline(ScopedInline):
    model = WeeklySlot
    fields = ("weekday", "starts", "ends")


class SkippedInline(ScopedInline):
    """Dates without class and why; written by planning."""

    model = SkippedDate
    fields = readonly_fields = ("day", "reason")
    max_num = 0
    can_delete = False


class ClassGroupForm(forms.ModelForm[ClassGroup]):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        room, center = data.get("room"), data.get("center")
        if room and center and room.center_id != center.pk:
            self.add_error("room", _t("这间教室不在%(center)s，请另选一间。") % {"center": center})
        return data


@admin.register(ClassGroup)
class ClassGroupAdmin(VerbAdmin):
    see, write = "courses.view", "courses.change"
    place = "center__division"
    choice_places = {"center": "division", "room": "center__division"}
    choice_labels = {"room": lambda room: f"{room.center} {room}"}
    form = ClassGroupForm
    list_display = ("name", "course", "term", "center", "teacher", "state", "seats", "waiting_taken")
    list_filter = ("state", ("term", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("course", "term", "center__division", "teacher__person")
    search_fields = ("name", "course__name")
    autocomplete_fields = ("course", "teacher")
    inlines = (SlotInline, SkippedInline)
    _about: tuple[Any, ...] = (
        (None, {"fields": (("name", "course"), ("term", "teacher"), ("center", "room"))}),
        (_("日期"), {"fields": (("starts_on", "ends_on"), "makeup", "opens_at", "closes_at")}),
        (_("给谁"), {"fields": (("min_age", "max_age"), "bring")}),
    )
    add_fieldsets = (
        *_about,
        (_("名额"), {"fields": (("capacity", "waiting_limit"), ("enrol_by", "mode"), "min_size")}),
    )
    fieldsets = (
        *_about,
        (
            _("名额"),
            {
                "fields": (
                    ("capacity", "seats_taken"),
                    ("waiting_limit", "waiting_taken"),
                    ("enrol_by", "mode"),
                    "min_size",
                )
            },
        ),
        (_("状态"), {"fields": (("state", "state_reason"),)}),
    )
    verbs = (
        Verb(
            "plan",
            _("排课"),
            _plan,
            needs="courses.change",
            confirm=_("按每周时间排到结课，节假日自动跳过；已排的不动，只补缺的日期。"),
            offered=_goes_on,
        ),
        Verb(
            "publish",
            _("发布"),
            _publish,
            needs="courses.change",
            style="primary",
            offered=CLASSES.offers(ClassMove.PUBLISH),
        ),
        Verb(
            "capacity",
            _("改名额"),
            _capacity,
            needs="courses.change",
            form=CapacityForm,
            offered=_goes_on,
            why_twice=ROSTERS,
        ),
        Verb(
            "message",
            _("群发通知"),
            _message,
            needs="courses.message",
            form=MessageForm,
            offered=CLASSES.offers(ClassMove.FINISH),
            why_twice=ROSTERS,
        ),
        Verb(
            "cancel",
            _("取消这个班"),
            _cancel,
            needs="courses.change",
            form=ReasonForm,
            confirm=_("以后的课都停，在读和候补的人都会移出并收到通知，不能恢复。"),
            style="danger",
            offered=CLASSES.offers(ClassMove.CANCEL),
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Seats, state and how people enrol are changed by verbs, or not at all once people are in."""
        if obj is None:
            return ()
        fixed = ("capacity", "seats_taken", "waiting_limit", "waiting_taken", "state", "state_reason")
        return fixed if obj.state == ClassState.DRAFT else (*fixed, "enrol_by", "course", "center")

    def choices(self, request: HttpRequest, field: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().choices(request, field, rows)
        return rows.select_related("center") if field == "room" else rows

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        group = context.get("original")
        if group is not None:
            roster = reverse("courses:staff_class", args=[group.pk])
            context["links"] = [{"url": roster, "label": _t("打开花名册、考勤和签到表")}]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("入班/名额"))
    def seats(self, group: ClassGroup) -> str:
        return f"{group.seats_taken}/{group.capacity}"


@admin.register(Session)
class SessionAdmin(VerbAdmin, ReadOnlyAdmin):
    see = "courses.view"
    place = "class_group__center__division"
    list_display = ("starts_at", "ends_at", "class_group", "number", "room", "teacher", "state", "reason")
    list_filter = ("state",)
    list_select_related = ("class_group__center__division", "room", "teacher__person")
    search_fields = ("class_group__name",)
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    fields = ("class_group", "number", ("starts_at", "ends_at"), "room", "teacher", "state", "reason")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        session = context.get("original")
        if session is not None:
            page = reverse("courses:staff_session", args=[session.pk])
            context["links"] = [{"url": page, "label": _t("记考勤、改期、停课")}]
        return super().render_change_form(request, context, *args, **kwargs)

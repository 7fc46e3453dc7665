"""Calls and pitches in the back office: looked at with all that belongs to them; work is done at the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin, ScopedInline, VerbAdmin, WorkPage, reach
from common.reach import within
from grants.models import ExpertScore, GrantCall, Pitch, PitchEvent, PitchReport, Tranche

RUNS = "grants.change"


@admin.register(GrantCall)
class GrantCallAdmin(ReadOnlyAdmin):
    see, place = RUNS, "division"
    list_display = ("title", "division", "opens_at", "closes_at", "state")
    list_filter = ("state",)
    list_select_related = ("division",)
    search_fields = ("title",)
    ordering = ("-id",)
    fields = (
        ("title", "division"),
        "text",
        ("opens_at", "closes_at"),
        "state",
        "expert_names",
        "opened_by",
    )
    readonly_fields = ("expert_names",)

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return within(rows, "division", reach(request, self.see))

    @admin.display(description=_("评审专家"))
    def expert_names(self, call: GrantCall) -> str:
        return "、".join(str(expert) for expert in call.experts.all())


# --- Pitches ----------------------------------------------------------------------------------


class _Shown(ScopedInline):
    """Parts of a pitch: written by its verbs."""

    max_num = 0
    can_delete = False
    hide_title = True
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("pitch", *self.related)


class PitchEventInline(_Shown):
    model = PitchEvent
    fields = readonly_fields = ("event", "frm", "to", "party", "by", "reason", "at")
    related = ("by", "words")


class ExpertScoreInline(_Shown):
    model = ExpertScore
    fields = readonly_fields = ("expert", "need", "plan", "means", "note", "at")
    related = ("expert", "words")


class TrancheInline(_Shown):
    model = Tranche
    fields = readonly_fields = ("number", "share", "due_on", "condition", "released_at", "released_by")
    related = ("released_by",)


class PitchReportInline(_Shown):
    model = PitchReport
    fields = readonly_fields = (
        "kind",
        "due_on",
        "handed_in_at",
        "services",
        "attendances",
        "text",
        "accepted_at",
        "excused_at",
        "excuse",
    )


@admin.register(Pitch)
class PitchAdmin(ReadOnlyAdmin, VerbAdmin):
    see, place = RUNS, "call__division"
    list_display = ("title", "pitcher_name", "call", "state", "pitched_at", "contract_no")
    list_filter = ("state",)
    list_select_related = ("call", "team", "unit")
    search_fields = ("title", "team__name", "unit__name", "contract_no")
    ordering = ("-id",)
    fields = (
        ("title", "pitcher_name"),
        ("call", "state"),
        "text",
        ("pitched_by", "pitched_at"),
        "said",
        ("contract_no", "order"),
    )
    readonly_fields = ("pitcher_name", "said")
    inlines = (ExpertScoreInline, TrancheInline, PitchReportInline, PitchEventInline)
    work_page = WorkPage("grants:staff_pitch", RUNS)

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: one's own pitches belong on one's own page."""
        return within(rows, "call__division", reach(request, self.see))

    @admin.display(description=_("申报方"))
    def pitcher_name(self, pitch: Pitch) -> str:
        return pitch.pitcher

    @admin.display(description=_("居民怎么说"))
    def said(self, pitch: Pitch) -> str | Promise:
        totals = pitch.survey()
        few = _t("不到 5 人")
        words = {"yes": few, "no": few}
        if totals.needed is not None:
            words["yes"] = _t("%(n)s 人") % {"n": totals.needed}
        if totals.not_needed is not None:
            words["no"] = _t("%(n)s 人") % {"n": totals.not_needed}
        return _t("需要：%(yes)s；不需要：%(no)s") % words

"""Records of service with their evidence: looked at, never edited; judged on the staff page."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin, ScopedInline, reach
from common.reach import within
from volunteers.models.service import Evidence, ServiceRecord
from volunteers.rules.service import MANUAL_PREFIX, enough_evidence


class SourceFilter(admin.SimpleListFilter):
    """Typed in by hand, or out of a shift, an order or a session."""

    title = _("来源")
    parameter_name = "manual"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("手工补录")), ("0", _("班次、服务单、课堂"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "1":
            return queryset.filter(source_key__startswith=MANUAL_PREFIX)
        return queryset.exclude(source_key__startswith=MANUAL_PREFIX) if self.value() == "0" else queryset


class EvidenceInline(ScopedInline):
    model = Evidence
    fields = readonly_fields = ("kind", "note", "at", "by")
    max_num = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by", "words")


@admin.register(ServiceRecord)
class ServiceRecordAdmin(ReadOnlyAdmin):
    see = "volunteers.view"
    place = "division"
    list_display = (
        "volunteer",
        "title",
        "served_on",
        "minutes",
        "kinds",
        "enough",
        "manual",
        "recorded_by",
        "state",
    )
    list_filter = ("state", SourceFilter)
    list_select_related = ("volunteer__person", "recorded_by", "division")
    search_fields = ("volunteer__person__full_name", "volunteer__person__initials", "title")
    date_hierarchy = "served_on"
    fields = (
        ("volunteer", "title"),
        ("served_on", "minutes"),
        ("division", "source_key"),
        ("state", "reason"),
        ("recorded_by", "recorded_at"),
        ("approved_by", "approved_at"),
        "beneficiary",
    )
    inlines = (EvidenceInline,)

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return within(rows, "division", reach(request, self.see))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("evidence", queryset=Evidence.objects.order_by("pk")))
        )

    @admin.display(description=_("凭据"))
    def kinds(self, record: ServiceRecord) -> str:
        return "、".join(str(one.get_kind_display()) for one in record.evidence.all())

    @admin.display(description=_("凭据够"), boolean=True)
    def enough(self, record: ServiceRecord) -> bool:
        return enough_evidence(one.kind for one in record.evidence.all())

    @admin.display(description=_("手工"))
    def manual(self, record: ServiceRecord) -> str:
        return _t("手工补录") if record.is_manual else ""

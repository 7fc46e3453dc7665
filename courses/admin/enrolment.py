"""Who sits and waits, and how that came about: read-only; the roster pages do the work."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    see = "courses.view"
    list_display = ("person", "class_group", "state", "position", "channel", "by", "created_at", "changed_at")
    list_filter = ("state", "channel")
    list_select_related = ("person", "class_group", "by")
    search_fields = ("person__full_name", "person__initials", "class_group__name")
    ordering = ("-id",)
    fields = (
        ("class_group", "session"),
        "person",
        ("state", "position"),
        ("channel", "by"),
        ("created_at", "changed_at", "offer_until"),
        "reason",
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: the clerk's own family belongs on her own page."""
        return rows.filter(class_group__in=ClassGroup.objects.visible_to(request.user).values("pk"))


@admin.register(apps.get_model("courses", "EnrolmentEvent"))
class EnrolmentEventAdmin(ReadOnlyAdmin):
    """Every state an enrolment was in. Rows are only ever added, so why stands in the enrolment itself."""

    see = "courses.view"
    list_display = ("pgh_created_at", "person", "class_group", "state", "channel", "by", "why")
    list_select_related = ("person", "class_group", "by")
    list_filter = ("state",)
    search_fields = ("person__full_name", "class_group__name")
    ordering = ("-pgh_id",)
    fields = ("class_group", "session", "person", "state", "channel", "by", "changed_at", "why")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        now = Enrolment.objects.filter(pk=OuterRef("pgh_obj"), state=OuterRef("state"))
        said = Subquery(now.values("reason")[:1])
        rows: QuerySet[Any] = super().get_queryset(request).annotate(said=said)
        return rows

    @admin.display(description=_("原因"))
    def why(self, event: Any) -> str:
        return event.said or "-"

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(class_group__in=ClassGroup.objects.visible_to(request.user).values("pk"))

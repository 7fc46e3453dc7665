"""The outbox and the call list in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin
from notices.models import Delivery, Notice, letter_kinds
from notices.rules import Channel


class KindFilter(admin.SimpleListFilter):
    """By the kinds that the apps send."""

    title = _("类型")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind, words) for kind, (words, _app) in letter_kinds().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    see = "notices.call_list"
    place = "recipient__home"
    list_display = ("what", "recipient", "due_at", "dispatched_at", "withdrawn_at", "read_at")
    list_filter = (KindFilter,)
    list_select_related = ("recipient",)
    search_fields = ("recipient__full_name", "recipient__initials")
    ordering = ("-id",)
    fields = ("what", "recipient", "words", ("due_at", "dispatched_at"), ("withdrawn_at", "read_at"))

    @admin.display(description=_("类型"), ordering="kind")
    def what(self, notice: Notice) -> str:
        return notice.kind_label

    @admin.display(description=_("内容"))
    def words(self, notice: Notice) -> str:
        return f"{notice.title}\n{notice.body}"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """The call list, with who rang and when; the page to work through is /staff/calls/."""

    see = "notices.call_list"
    place = "notice__recipient__home"
    list_display = ("recipient", "notice", "state", "at", "done_by")
    list_filter = ("state",)
    list_select_related = ("notice__recipient", "done_by")
    search_fields = ("notice__recipient__full_name",)
    ordering = ("state", "-id")
    fields = ("notice", "state", "at", "done_by")

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().scope(request, rows).filter(channel=Channel.CALL_LIST)

    @admin.display(description=_("打给谁"))
    def recipient(self, delivery: Delivery) -> str:
        return str(delivery.notice.recipient)

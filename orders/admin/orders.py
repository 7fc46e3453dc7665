"""The menu is kept here; orders and cards are looked at, and a card is stopped."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin, ScopedAdmin, Verb, VerbAdmin, WorkPage, reach
from common.reach import tree_label, within
from orders.actions.cards import stop_card
from orders.models.dispatch import ServiceCard
from orders.models.orders import ServiceItem, ServiceOrder
from people.models import User


@admin.register(ServiceItem)
class ServiceItemAdmin(ScopedAdmin):
    see, write = "volunteers.view", "volunteers.change"
    place = "division"
    choice_places = {"division": ""}
    choice_labels = {"division": tree_label}
    erasable = True
    list_display = ("name", "division", "skill", "dangerous", "minutes", "points", "active")
    list_filter = ("active", "dangerous")
    list_select_related = ("division", "skill")
    search_fields = ("name",)
    ordering = ("division__path", "name", "id")
    fields = ("name", "division", "about", ("skill", "dangerous"), ("minutes", "points", "active"))


@admin.register(ServiceOrder)
class ServiceOrderAdmin(ReadOnlyAdmin, VerbAdmin):
    """Every order in reach; work on them is done from the board, /staff/orders/."""

    see = "volunteers.view"
    place = "division"
    list_display = (
        "reference",
        "kind",
        "title",
        "for_person",
        "division",
        "state",
        "requested_at",
        "answer_due_at",
    )
    list_filter = ("state", "kind")
    list_select_related = ("for_person", "division")
    search_fields = ("title", "for_person__full_name", "for_person__initials")
    ordering = ("-id",)
    fields = (
        ("kind", "item", "state"),
        ("title", "division"),
        ("requester", "for_person"),
        ("wanted_on", "wanted_words", "points"),
        "public_text",
        ("volunteer", "team", "unit", "shop"),
        ("requested_at", "answer_due_at", "answered_at", "escalated_at"),
        ("taken_at", "done_at", "done_minutes", "done_by"),
        ("confirmed_at", "confirmed_by_kind"),
        ("agreement_no", "agreement_until"),
    )
    work_page = WorkPage("orders:staff_order", "orders.dispatch")

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: the clerk's own orders belong on her own page."""
        return within(rows.defer("text", "place"), "division", reach(request, self.see))


def _stop(card: ServiceCard, *, by: User, now: datetime) -> str | Promise:
    stop_card(card_id=card.pk, by=by, now=now)
    return _("这张卡停用了。")


@admin.register(ServiceCard)
class ServiceCardAdmin(ReadOnlyAdmin, VerbAdmin):
    """Cards are issued from a resident's page at the desk: /staff/orders/."""

    see = "volunteers.view"
    place = "person__home"
    list_display = ("number_masked", "person", "trades_words", "uses_left", "valid_until", "stopped_at")
    list_select_related = ("person",)
    # By the whole number: a part of a masked one would be found out digit by digit.
    search_fields = ("=number", "person__full_name", "person__initials")
    ordering = ("-id",)
    fields = (
        ("number_masked", "person"),
        "trades_words",
        ("uses_left", "valid_until"),
        ("issued_by", "issued_at"),
        "stopped_at",
    )
    readonly_fields = ("number_masked", "trades_words")
    verbs = (
        Verb(
            "stop",
            _("停用"),
            _stop,
            "orders.dispatch",
            confirm=_("停用以后这张卡不能再用，确定吗？"),
            style="danger",
            offered=lambda card: card.stopped_at is None,
        ),
    )

    @admin.display(description=_("卡号"))
    def number_masked(self, card: ServiceCard) -> str:
        return card.masked

    @admin.display(description=_("可用的行业"))
    def trades_words(self, card: ServiceCard) -> str:
        return card.trades_words

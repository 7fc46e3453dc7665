"""The menu is kept here; orders and cards are looked at, and move through their verbs."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin, ReasonForm, ScopedAdmin, Verb, VerbAdmin, VerbForm, reach
from common.reach import tree_label, within
from orders.actions.cards import stop_card
from orders.actions.dispatch import withdraw_offer
from orders.actions.orders import accept_order, cancel_order, refuse_order
from orders.models.dispatch import ServiceCard
from orders.models.orders import ServiceItem, ServiceOrder
from orders.rules.orders import ORDERS, OrderMove, OrderParty
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


class PublicTextForm(VerbForm):
    """What the wall shows of a wish."""

    public_text = forms.CharField(
        label=_("上墙的话（只有微心愿要写）"), max_length=200, required=False, widget=forms.Textarea
    )


def _accept(order: ServiceOrder, *, by: User, now: datetime, public_text: str) -> str | Promise:
    accept_order(order_id=order.pk, by=by, now=now, public_text=public_text)
    return _("已受理。")


def _refuse(order: ServiceOrder, *, by: User, now: datetime, reason: str) -> str | Promise:
    refuse_order(order_id=order.pk, by=by, now=now, reason=reason)
    return _("已告诉居民不能办和原因。")


def _withdraw(order: ServiceOrder, *, by: User, now: datetime) -> str | Promise:
    withdraw_offer(order_id=order.pk, by=by, now=now)
    return _("已收回。")


def _cancel(order: ServiceOrder, *, by: User, now: datetime, reason: str) -> str | Promise:
    cancel_order(order_id=order.pk, by=by, now=now, reason=reason)
    return _("已取消。")


@admin.register(ServiceOrder)
class ServiceOrderAdmin(ReadOnlyAdmin, VerbAdmin):
    """Every order in reach; finding a helper is done on the board, /staff/orders/."""

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
    verbs = (
        Verb(
            "accept",
            _("受理"),
            _accept,
            "orders.dispatch",
            form=PublicTextForm,
            style="primary",
            offered=ORDERS.offers(OrderMove.ACCEPT),
        ),
        Verb(
            "refuse",
            _("不受理"),
            _refuse,
            "orders.dispatch",
            form=ReasonForm,
            offered=ORDERS.offers(OrderMove.REFUSE),
        ),
        Verb(
            "withdraw",
            _("收回派单"),
            _withdraw,
            "orders.dispatch",
            offered=ORDERS.offers(OrderMove.WITHDRAW),
        ),
        Verb(
            "cancel",
            _("取消"),
            _cancel,
            "orders.dispatch",
            form=ReasonForm,
            style="danger",
            # What is disputed is settled at the desk: this is for what its owner may call off too.
            offered=ORDERS.offers(OrderMove.CANCEL, OrderParty.REQUESTER),
        ),
    )

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
    list_display = ("number", "person", "trades_words", "uses_left", "valid_until", "stopped_at")
    list_select_related = ("person",)
    search_fields = ("number", "person__full_name", "person__initials")
    ordering = ("-id",)
    fields = (
        ("number", "person"),
        "trades_words",
        ("uses_left", "valid_until"),
        ("issued_by", "issued_at"),
        "stopped_at",
    )
    readonly_fields = ("trades_words",)
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

    @admin.display(description=_("可用的行业"))
    def trades_words(self, card: ServiceCard) -> str:
        return card.trades_words

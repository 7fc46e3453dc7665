"""One's own orders, and those of whom one acts for."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.forms import PlainForm
from common.moments import moment
from common.pages import ask, own_post
from common.shapes import Stage
from orders.actions import completion
from orders.actions.orders import cancel_order
from orders.forms.verbs import DisputeForm
from orders.models.orders import ServiceOrder
from orders.rules.orders import ORDERS, OVER, OrderMove, OrderParty, OrderState
from orders.views.page import Clock, clock, cost, wanted
from people.doors import own_page, signed_in
from people.models import User
from volunteers.models.takers import WITH_TAKER

S = OrderState
MOST = 60


class Listed(TypedDict):
    """One order on the list."""

    order: ServiceOrder
    clock: Clock


class ListPage(TypedDict):
    """What templates/orders/mine.html shows."""

    open: list[Listed]
    over: list[Listed]


class OrderPage(TypedDict):
    """What templates/orders/order.html shows."""

    order: ServiceOrder
    steps: list[Stage]
    wanted: str
    cost: str
    reason: str
    may_cancel: bool
    to_confirm: bool
    dispute: DisputeForm
    form: DisputeForm | None  # the same, where it was refused


@own_page
def orders(request: HttpRequest) -> HttpResponse:
    """我的服务单: what is under way first, then what is over."""
    user, now = signed_in(request), timezone.now()
    mine = (
        ServiceOrder.objects.asked_by(user)
        .select_related("for_person")
        .prefetch_related(*WITH_TAKER)
        .defer("text", "place")
    )
    rows: list[Listed] = [{"order": order, "clock": clock(order, now)} for order in mine[:MOST]]
    page: ListPage = {
        "open": [row for row in rows if row["order"].state not in OVER],
        "over": [row for row in rows if row["order"].state in OVER],
    }
    return render(request, "orders/mine.html", page)


def _own(user: User, order_id: int) -> ServiceOrder:
    rows = ServiceOrder.objects.asked_by(user).select_related("for_person", "division")
    return get_object_or_404(rows.prefetch_related(*WITH_TAKER), pk=order_id)


@own_page
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Where it stands on a line of plain steps, what comes next and when, how to undo it."""
    return _page(request, order_id)


def _page(
    request: HttpRequest, order_id: int, form: DisputeForm | None = None, *, status: int = 200
) -> HttpResponse:
    found, now = _own(signed_in(request), order_id), timezone.now()
    offered = ORDERS.offered(found.state, {OrderParty.REQUESTER})
    last = found.events.order_by("-pk").first()
    page: OrderPage = {
        "order": found,
        "steps": steps(found, now),
        "wanted": wanted(found),
        "cost": cost(found),
        "reason": last.reason if last else "",
        "may_cancel": OrderMove.CANCEL in offered,
        "to_confirm": OrderMove.CONFIRM in offered,
        "dispute": form or DisputeForm(row=found),
        "form": form,
    }
    return render(request, "orders/order.html", page, status=status)


def steps(order: ServiceOrder, now: datetime) -> list[Stage]:
    """The five plain steps of an order, with dates as far as they are known."""
    reached = {S.REQUESTED: 1, S.ACCEPTED_FOR_DISPATCH: 2, S.OFFERED: 2, S.TAKEN: 3, S.DONE: 4, S.DISPUTED: 4}
    at = reached.get(S(order.state), 5)
    notes = [
        moment(order.requested_at, now),
        moment(order.answered_at, now)
        if order.answered_at
        else _("%(at)s前答复您") % {"at": moment(order.answer_due_at, now)},
        order.taker_name or _("找到人马上通知您"),
        moment(order.done_at, now) if order.done_at else wanted(order),
        moment(order.confirmed_at, now) if order.confirmed_at else _("您说做好了，才算做好"),
    ]
    if order.state == S.DISPUTED:
        notes[4] = _("您说没有做好，工作人员在处理")
    labels = [_("送出"), _("答复"), _("有人接"), _("做完"), _("您确认")]
    if order.state in {S.REFUSED, S.CANCELLED}:
        return [
            {"label": labels[0], "note": notes[0], "state": "done"},
            {"label": order.get_state_display(), "note": "", "state": "now"},
        ]
    return [
        {"label": label, "note": note, "state": "done" if n < at else "now" if n == at else ""}
        for n, (label, note) in enumerate(zip(labels, notes, strict=True))
    ]


# --- Verbs ------------------------------------------------------------------------------------


@own_post
def confirm(request: HttpRequest, order_id: int) -> HttpResponse:
    """做好了."""
    user = signed_in(request)
    found = _own(user, order_id)

    def act() -> str:
        completion.confirm(order_id=found.pk, by=user, now=timezone.now())
        return _("谢谢您，这一单办完了。")

    return ask(request, PlainForm(request.POST), act, back=_back(found))


@own_post
def dispute(request: HttpRequest, order_id: int) -> HttpResponse:
    """没有做好, and what is wrong."""
    user = signed_in(request)
    found = _own(user, order_id)
    form = DisputeForm(request.POST, row=found)

    def act() -> str:
        completion.dispute(order_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("记下了，工作人员会给您一个说法。")

    return ask(request, form, act, back=_back(found), show=partial(_page, request, found.pk, form))


@own_post
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """取消; nobody asks why."""
    user = signed_in(request)
    found = _own(user, order_id)

    def act() -> str:
        cancel_order(order_id=found.pk, by=user, now=timezone.now())
        return _("已取消。需要时可以再下一单。")

    return ask(request, PlainForm(request.POST), act, back=_back(found))


def _back(order: ServiceOrder) -> str:
    return reverse("orders:my_order", args=[order.pk])

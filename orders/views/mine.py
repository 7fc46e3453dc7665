"""One's own orders, and those of whom one acts for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.pages import own_post
from orders.actions.completion import confirm, dispute
from orders.actions.orders import cancel_order
from orders.models.orders import ServiceOrder
from orders.rules.orders import ORDERS, OVER, OrderMove, OrderParty, OrderState
from orders.views.page import clock, cost, moment, wanted
from people.doors import Act, own_page, pressed, signed_in
from people.models import User
from volunteers.models.takers import WITH_TAKER

S = OrderState
MOST = 60


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
    rows: list[dict[str, Any]] = [{"order": order, "clock": clock(order, now)} for order in mine[:MOST]]
    context = {
        "open": [row for row in rows if row["order"].state not in OVER],
        "over": [row for row in rows if row["order"].state in OVER],
    }
    return render(request, "orders/mine.html", context)


def _own(user: User, order_id: int) -> ServiceOrder:
    rows = ServiceOrder.objects.asked_by(user).select_related("for_person", "division")
    return get_object_or_404(rows.prefetch_related(*WITH_TAKER), pk=order_id)


@own_page
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Where it stands on a line of plain steps, what comes next and when, how to undo it."""
    return _page(request, order_id)


def _page(request: HttpRequest, order_id: int, refusal: DomainError | None = None) -> HttpResponse:
    found, now = _own(signed_in(request), order_id), timezone.now()
    offered = ORDERS.offered(found.state, {OrderParty.REQUESTER})
    last = found.events.order_by("-pk").first()
    context = {
        "order": found,
        "steps": steps(found, now),
        "wanted": wanted(found),
        "cost": cost(found),
        "reason": last.reason if last else "",
        "may_cancel": OrderMove.CANCEL in offered,
        "to_confirm": OrderMove.CONFIRM in offered,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "orders/order.html", context, status=422 if refusal else 200)


def steps(order: ServiceOrder, now: datetime) -> list[dict[str, Any]]:
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


def _confirm(order_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    confirm(order_id=order_id, by=by, now=now)
    return _("谢谢您，这一单办完了。")


def _dispute(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    dispute(order_id=order_id, by=by, now=now, reason=typed.get("reason", ""))
    return _("记下了，工作人员会给您一个说法。")


def _cancel(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    cancel_order(order_id=order_id, by=by, now=now, reason=typed.get("reason", ""))
    return _("已取消。需要时可以再下一单。")


ACTS: dict[str, Act] = {"confirm": _confirm, "dispute": _dispute, "cancel": _cancel}


@own_post
def do(request: HttpRequest, order_id: int) -> HttpResponse:
    """A button of one's own order; after a refusal the page stands again with what was typed."""
    try:
        words = pressed(request, order_id, ACTS, timezone.now())
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        return _page(request, order_id, refusal)
    messages.success(request, words)
    return redirect("orders:my_order", order_id)

"""The dispatcher's desk: the board, one order with whom to ask, the calls to make."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.addresses import with_query
from common.errors import DomainError
from common.pages import number, typed_words
from orders.actions.completion import confirm, dispute, mark_done, record_callback, settle
from orders.actions.dispatch import decline_order, offer_order, release_order, take_order, withdraw_offer
from orders.actions.orders import accept_order, cancel_order, refuse_order, sign_agreement
from orders.actions.ringing import ring_back
from orders.models.dispatch import CallBack, OrderOffer
from orders.models.market import MarketDay
from orders.models.matching import candidates
from orders.models.orders import ServiceOrder
from orders.rules.orders import (
    ORDERS,
    SETTLEMENTS,
    CallBackAnswer,
    ConfirmedBy,
    OrderMove,
    OrderParty,
    OrderState,
    number_of,
)
from orders.views.page import clock, cost, dispatch_page, dispatch_post, wanted
from people.actions.ringing import opened_by
from people.doors import Act, pressed, signed_in
from people.models import User
from people.parts import links_on
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team
from volunteers.models.takers import WITH_TAKER
from volunteers.rules.takers import Taker, TakerKind

S = OrderState
COLUMNS = (S.REQUESTED, S.DISPUTED, S.ACCEPTED_FOR_DISPATCH, S.OFFERED, S.TAKEN, S.DONE)
MOST = 300
CALLS_A_PAGE = 50
GROUPS: tuple[tuple[TakerKind, Any], ...] = (
    (TakerKind.TEAM, Team),
    (TakerKind.UNIT, PartnerUnit),
    (TakerKind.SHOP, PartnerShop),
)


@dispatch_page
def board(request: HttpRequest) -> HttpResponse:
    """服务单: what waits for whom, in columns, the most urgent first; ?q= finds one by its number."""
    user, now = signed_in(request), timezone.now()
    typed = typed_words(request.GET.get("q"), 40)
    near = ServiceOrder.objects.dispatched_by(user)
    found = near.filter(pk=number_of(typed) or 0).first() if typed else None
    if found is not None:
        return redirect("orders:staff_order", found.pk)
    rows = (
        near.live()
        .select_related("for_person", "division")
        .prefetch_related(*WITH_TAKER)
        .defer("text", "place")
    )
    waits = dict(
        OrderOffer.objects.pending().filter(order__in=near.values("pk")).values_list("order_id", "until")
    )
    columns: dict[str, list[dict[str, Any]]] = {state: [] for state in COLUMNS}
    for order in rows.order_by("answer_due_at", "pk")[:MOST]:
        entry = {"order": order, "clock": clock(order, now, waits.get(order.pk)), "wanted": wanted(order)}
        columns[order.state].append(entry)
    context = {
        "columns": [{"label": S(state).label, "rows": rows} for state, rows in columns.items()],
        "typed": typed,
        "markets": MarketDay.objects.visible_to(user).coming(now)[:10],
        "links": links_on("orders:staff_orders", user),
        "calls": CallBack.objects.visible_to(user).to_make().count(),
    }
    return render(request, "orders/staff/orders.html", context)


def _near(user: User, order_id: int) -> ServiceOrder:
    rows = ServiceOrder.objects.dispatched_by(user).select_related(
        "for_person", "requester", "division", "item__skill", "done_by"
    )
    return get_object_or_404(rows.prefetch_related(*WITH_TAKER), pk=order_id)


@dispatch_page
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: what was asked, how it went, whom to ask, one tap to ask her."""
    return _page(request, order_id)


def _page(request: HttpRequest, order_id: int, refusal: DomainError | None = None) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    found = _near(user, order_id)
    offer = found.offers.pending().prefetch_related(*WITH_TAKER).first()
    offered = ORDERS.offered(found.state, {OrderParty.STAFF})
    asking = OrderMove.OFFER in offered
    today = timezone.localtime(now).date()
    context = {
        "order": found,
        "offer": offer,
        "clock": clock(found, now, offer.until if offer else None),
        "wanted": wanted(found),
        "cost": cost(found),
        "events": found.events.select_related("by"),
        "candidates": candidates(found, user, today) if asking else [],
        "groups": _groups(user, found) if asking else [],
        "asking": asking,
        "offered": offered,
        "settlements": [(move.value, move.label) for move in SETTLEMENTS],
        "may_call": OrderMove.CONFIRM in offered and found.done_by_id != user.pk,
        "today": today,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "orders/staff/order.html", context, status=422 if refusal else 200)


def _groups(user: User, order: ServiceOrder) -> list[dict[str, str]]:
    """Teams, units and shops that serve the place of the order, or lie in the dispatcher's reach."""
    above = [int(pk) for pk in order.division.path.split("/") if pk]
    reach = Q(division__in=above)
    for path in user.reach("orders.dispatch"):
        reach |= Q(division__path__startswith=path)
    return [
        {"value": f"{kind.value}-{row.pk}", "label": str(row), "kind": str(kind.label)}
        for kind, model in GROUPS
        for row in model._default_manager.filter(reach)[:MOST]
    ]


# --- Buttons ----------------------------------------------------------------------------------


def _accept(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    accept_order(order_id=order_id, by=by, now=now, public_text=typed.get("public_text", ""))
    return _("已受理，钟停了。接下来派单。")


def _refuse(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    refuse_order(order_id=order_id, by=by, now=now, reason=typed.get("reason", ""))
    return _("已告诉居民不能办和原因。")


def _offer(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    which, _dash, pk = typed.get("taker", "").partition("-")
    if which not in TakerKind:
        raise DomainError("WHOM", _("请选派给谁。"))
    offer_order(order_id=order_id, taker=Taker(TakerKind(which), number(pk) or 0), by=by, now=now)
    return _("已派出，等对方回音，最多 24 小时。")


def _withdraw(order_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    withdraw_offer(order_id=order_id, by=by, now=now)
    return _("已收回，可以另派。")


def _take(order_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    take_order(order_id=order_id, by=by, now=now)
    return _("记下了：对方接了。")


def _decline(order_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    decline_order(order_id=order_id, by=by, now=now)
    return _("记下了：对方不接，可以另派。")


def _release(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    release_order(order_id=order_id, by=by, now=now, reason=typed.get("reason", ""))
    return _("已退回，可以另派。")


def _done(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    minutes, note = number(typed.get("minutes")) or 0, typed.get("note", "")
    mark_done(order_id=order_id, minutes=minutes, note=note, by=by, now=now)
    return _("记下了：做完了，等居民确认。")


def _confirm(order_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    confirm(order_id=order_id, by=by, now=now, kind=ConfirmedBy.CALLBACK)
    return _("记下了：电话里说做好了。")


def _dispute(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    dispute(order_id=order_id, by=by, now=now, reason=typed.get("reason", ""))
    return _("记下了：没有做好，请接着处理。")


def _settle(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    outcome = typed.get("outcome", "")
    if outcome not in OrderMove:
        raise DomainError("OUTCOME", _("请选怎么处理：返工、换人、认定做好，或取消。"))
    reason = typed.get("reason", "")
    settle(order_id=order_id, outcome=OrderMove(outcome), reason=reason, by=by, now=now)
    return _("处理好了，双方都会收到通知。")


def _cancel(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    cancel_order(order_id=order_id, by=by, now=now, reason=typed.get("reason", ""))
    return _("已取消，并告诉了双方。")


def _agreement(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    try:
        until = date.fromisoformat(typed.get("agreement_until", "").strip())
    except ValueError:
        raise DomainError("AGREEMENT_REFUSED", _("到期日请写成 2026-12-31 这样的日期。")) from None
    number_on_paper = typed.get("agreement_no", "")
    sign_agreement(order_id=order_id, agreement_no=number_on_paper, agreement_until=until, by=by, now=now)
    return _("协议登记好了。")


ACTS: dict[str, Act] = {
    "accept": _accept,
    "refuse": _refuse,
    "offer": _offer,
    "withdraw": _withdraw,
    "take": _take,
    "decline": _decline,
    "release": _release,
    "done": _done,
    "confirm": _confirm,
    "dispute": _dispute,
    "settle": _settle,
    "cancel": _cancel,
    "agreement": _agreement,
}


@dispatch_post
def do(request: HttpRequest, order_id: int) -> HttpResponse:
    """A button of an order at the desk; after a refusal the page stands again with what was typed."""
    _near(signed_in(request), order_id)
    try:
        words = pressed(request, order_id, ACTS, timezone.now())
    except DomainError as refusal:
        return _page(request, order_id, refusal)
    messages.success(request, words)
    return redirect("orders:staff_order", order_id)


# --- Calls ------------------------------------------------------------------------------------


@dispatch_page
def callbacks(request: HttpRequest) -> HttpResponse:
    """回访: whom to phone, the one question, three answers."""
    return _calls(request)


def _calls(request: HttpRequest, callback_id: int = 0, refusal: DomainError | None = None) -> HttpResponse:
    user = signed_in(request)
    mine = CallBack.objects.visible_to(user).select_related("order__for_person", "order__division")
    page = Paginator(mine.to_make(), CALLS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "opened": opened_by(user, timezone.now()),
        "bad": mine.filter(answer=CallBackAnswer.BAD, order__state=S.CONFIRMED)[:CALLS_A_PAGE],
        "refused_id": callback_id,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "orders/staff/callbacks.html", context, status=422 if refusal else 200)


@dispatch_post
def ring(request: HttpRequest, callback_id: int) -> HttpResponse:
    """看号码, to ring her."""
    ring_back(callback_id=callback_id, by=signed_in(request), now=timezone.now())
    address, page = reverse("orders:staff_callbacks"), number(request.POST.get("page"))
    return redirect((with_query(address, page=page) if page else address) + f"#call-{callback_id}")


@dispatch_post
def called(request: HttpRequest, callback_id: int) -> HttpResponse:
    """What she said."""
    answer = request.POST.get("answer", "")
    try:
        if answer not in CallBackAnswer:
            raise DomainError("ANSWER", _("请选一个结果：做好了、没有做好，或没有联系上。"))
        record_callback(
            callback_id=callback_id,
            answer=CallBackAnswer(answer),
            note=request.POST.get("note", ""),
            by=signed_in(request),
            now=timezone.now(),
        )
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        return _calls(request, callback_id, refusal)
    messages.success(request, _("回访记下了。"))
    return redirect("orders:staff_callbacks")

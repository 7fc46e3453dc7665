"""The dispatcher's desk: the board, and the calls to make."""

from __future__ import annotations

from functools import partial
from typing import TypedDict

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.addresses import with_query
from common.forms import PlainForm
from common.pages import ask, number, typed_words
from orders.actions.completion import record_callback
from orders.actions.ringing import ring_back
from orders.forms.verbs import CallBackForm
from orders.models.dispatch import CallBack, OrderOffer
from orders.models.market import MarketDay
from orders.models.orders import ServiceOrder
from orders.rules.orders import CallBackAnswer, OrderState, number_of
from orders.views.page import Clock, clock, dispatch_page, dispatch_post, wanted
from people.actions.ringing import opened_by
from people.doors import signed_in
from people.parts import Link, links_on
from volunteers.models.takers import WITH_TAKER

S = OrderState
COLUMNS = (S.REQUESTED, S.DISPUTED, S.ACCEPTED_FOR_DISPATCH, S.OFFERED, S.TAKEN, S.DONE)
MOST = 300
CALLS_A_PAGE = 50


class Entry(TypedDict):
    """One order on the board."""

    order: ServiceOrder
    clock: Clock
    wanted: str


class Column(TypedDict):
    """What waits for the same thing."""

    label: str
    rows: list[Entry]


class BoardPage(TypedDict):
    """What templates/orders/staff/orders.html shows."""

    columns: list[Column]
    typed: str
    markets: list[MarketDay]
    links: list[Link]
    calls: int


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
    columns: dict[str, list[Entry]] = {state: [] for state in COLUMNS}
    for order in rows.order_by("answer_due_at", "pk")[:MOST]:
        entry: Entry = {
            "order": order,
            "clock": clock(order, now, waits.get(order.pk)),
            "wanted": wanted(order),
        }
        columns[order.state].append(entry)
    page: BoardPage = {
        "columns": [{"label": str(S(state).label), "rows": rows} for state, rows in columns.items()],
        "typed": typed,
        "markets": list(MarketDay.objects.visible_to(user).coming(now)[:10]),
        "links": links_on("orders:staff_orders", user),
        "calls": CallBack.objects.visible_to(user).to_make().count(),
    }
    return render(request, "orders/staff/orders.html", page)


# --- Calls ------------------------------------------------------------------------------------


class Call(TypedDict):
    """A call to make, and where to write down what she said."""

    call: CallBack
    form: CallBackForm


class CallsPage(TypedDict):
    """What templates/orders/staff/callbacks.html shows."""

    page_obj: Page[CallBack]
    calls: list[Call]
    opened: set[int]
    bad: list[CallBack]
    form: CallBackForm | None  # the one that was refused


@dispatch_page
def callbacks(request: HttpRequest) -> HttpResponse:
    """回访: whom to phone, the one question, three answers."""
    return _calls(request)


def _calls(request: HttpRequest, form: CallBackForm | None = None, *, status: int = 200) -> HttpResponse:
    mine = CallBack.objects.visible_to(signed_in(request)).select_related(
        "order__for_person", "order__division"
    )
    listed = Paginator(mine.to_make(), CALLS_A_PAGE).get_page(request.GET.get("page"))
    opened = opened_by(signed_in(request), timezone.now())
    forms = {form.row.pk: form} if form else {}
    page: CallsPage = {
        "page_obj": listed,
        "calls": [{"call": one, "form": forms.get(one.pk) or CallBackForm(row=one)} for one in listed],
        "opened": opened,
        "bad": list(mine.filter(answer=CallBackAnswer.BAD, order__state=S.CONFIRMED)[:CALLS_A_PAGE]),
        "form": form,
    }
    return render(request, "orders/staff/callbacks.html", page, status=status)


@dispatch_post
def ring(request: HttpRequest, callback_id: int) -> HttpResponse:
    """看号码, to ring her."""
    user = signed_in(request)
    address, page = reverse("orders:staff_callbacks"), number(request.POST.get("page"))
    back = (with_query(address, page=page) if page else address) + f"#call-{callback_id}"

    def act() -> HttpResponse:
        ring_back(callback_id=callback_id, by=user, now=timezone.now())
        return redirect(back)

    return ask(request, PlainForm(request.POST), act, back=back)


@dispatch_post
def called(request: HttpRequest, callback_id: int) -> HttpResponse:
    """What she said."""
    user = signed_in(request)
    found = get_object_or_404(CallBack.objects.visible_to(user), pk=callback_id)
    form = CallBackForm(request.POST, row=found)

    def act() -> str:
        record_callback(callback_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("回访记下了。")

    back = reverse("orders:staff_callbacks")
    return ask(request, form, act, back=back, show=partial(_calls, request, form))

"""One order at the desk: what was asked, how it went, whom to ask; an address for each verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypedDict

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.forms import PlainForm
from common.pages import ask
from orders.actions import completion, dispatch
from orders.actions import orders as order_actions
from orders.forms import verbs
from orders.forms.takers import Choice, choice
from orders.models.dispatch import OrderEvent, OrderOffer
from orders.models.matching import Candidate, candidates
from orders.models.orders import ServiceOrder
from orders.rules.orders import ConfirmedBy, OrderKind, OrderMove, OrderParty, OrderState, machine_of
from orders.views.page import Clock, clock, cost, dispatch_page, dispatch_post, wanted
from people.doors import signed_in
from people.models import User
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team
from volunteers.models.takers import WITH_TAKER
from volunteers.rules.takers import TakerKind

MOST = 300
GROUPS: tuple[tuple[TakerKind, Any], ...] = (
    (TakerKind.TEAM, Team),
    (TakerKind.UNIT, PartnerUnit),
    (TakerKind.SHOP, PartnerShop),
)
# What is asked with a move, where something is; the forms of offers and agreements need more than that.
ASKED: dict[OrderMove, type[verbs.OrderVerbForm]] = {
    OrderMove.ACCEPT: verbs.AcceptForm,
    OrderMove.REFUSE: verbs.RefuseForm,
    OrderMove.RELEASE: verbs.ReleaseForm,
    OrderMove.CANCEL: verbs.CancelForm,
    OrderMove.FINISH: verbs.DoneForm,
    OrderMove.DISPUTE: verbs.ToldDisputeForm,
    OrderMove.UPHOLD: verbs.SettleForm,
}


class OrderPage(TypedDict):
    """What templates/orders/staff/order.html shows. `forms` by the names of their verbs."""

    order: ServiceOrder
    offer: OrderOffer | None
    clock: Clock
    wanted: str
    cost: str
    events: QuerySet[OrderEvent]
    offered: Sequence[OrderMove]
    candidates: list[Candidate]
    forms: dict[str, verbs.OrderVerbForm]
    may_call: bool
    form: verbs.OrderVerbForm | None  # the one that was refused


def _near(user: User, order_id: int) -> ServiceOrder:
    rows = ServiceOrder.objects.dispatched_by(user).select_related(
        "for_person", "requester", "division", "item__skill", "done_by"
    )
    return get_object_or_404(rows.prefetch_related(*WITH_TAKER), pk=order_id)


@dispatch_page
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: what was asked, how it went, whom to ask, one tap to ask her."""
    return _page(request, order_id)


def _page(
    request: HttpRequest, order_id: int, form: verbs.OrderVerbForm | None = None, *, status: int = 200
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    found = _near(user, order_id)
    offer = found.offers.pending().prefetch_related(*WITH_TAKER).first()
    offered = _offered(found)
    asking = OrderMove.OFFER in offered
    near = candidates(found, user, timezone.localtime(now).date()) if asking else []
    forms = _forms(found, offered) | ({"offer": _offer_form(found, user, near)} if asking else {})
    page: OrderPage = {
        "order": found,
        "offer": offer,
        "clock": clock(found, now, offer.until if offer else None),
        "wanted": wanted(found),
        "cost": cost(found),
        "events": found.events.select_related("by", "words"),
        "offered": offered,
        "candidates": near,
        "forms": forms | ({form.verb: form} if form else {}),
        "may_call": OrderMove.CONFIRM in offered and found.done_by_id != user.pk,
        "form": form,
    }
    return render(request, "orders/staff/order.html", page, status=status)


def _offered(order: ServiceOrder) -> Sequence[OrderMove]:
    """The moves of the desk; an order of a grant has none of its own, it follows its project."""
    return (
        ()
        if order.kind == OrderKind.GRANT
        else machine_of(order.kind).offered(order.state, {OrderParty.STAFF})
    )


def _forms(order: ServiceOrder, offered: Sequence[OrderMove]) -> dict[str, verbs.OrderVerbForm]:
    """A form for each verb that is offered and asks something."""
    made = [form(row=order) for move, form in ASKED.items() if move in offered]
    if OrderMove.FINISH in offered and order.kind == OrderKind.PROJECT:
        made.append(verbs.AgreementForm(row=order))
    return {form.verb: form for form in made}


def _offer_form(order: ServiceOrder, user: User, near: list[Candidate], typed: Any = None) -> verbs.OfferForm:
    people = [choice(TakerKind.VOLUNTEER, one.volunteer) for one in near]
    return verbs.OfferForm(typed, row=order, people=people, groups=_groups(user, order))


def _groups(user: User, order: ServiceOrder) -> list[Choice]:
    """Teams, units and shops that serve the place of the order, or lie in the dispatcher's reach."""
    above = order.division.with_above
    reach = Q(division__in=above)
    for path in user.reach("orders.dispatch"):
        reach |= Q(division__path__startswith=path)
    return [
        choice(kind, row, f"{kind.label}{_('：')}{row}")
        for kind, model in GROUPS
        for row in model._default_manager.filter(reach)[:MOST]
    ]


# --- Verbs ------------------------------------------------------------------------------------


def _ask(request: HttpRequest, form: verbs.OrderVerbForm, act: Callable[[], str]) -> HttpResponse:
    """A verb that asks something: refused, its form stands on the page of the order."""
    back = reverse("orders:staff_order", args=[form.row.pk])
    return ask(request, form, act, back=back, show=partial(_page, request, form.row.pk, form))


def _press(request: HttpRequest, order: ServiceOrder, act: Callable[[], str]) -> HttpResponse:
    """A verb that asks nothing."""
    return ask(request, PlainForm(request.POST), act, back=reverse("orders:staff_order", args=[order.pk]))


@dispatch_post
def accept(request: HttpRequest, order_id: int) -> HttpResponse:
    """受理; a wish with the words that the wall shows."""
    user = signed_in(request)
    form = verbs.AcceptForm(request.POST, row=_near(user, order_id))

    def act() -> str:
        order_actions.accept_order(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("已受理，钟停了。接下来派单。")

    return _ask(request, form, act)


@dispatch_post
def refuse(request: HttpRequest, order_id: int) -> HttpResponse:
    """不受理."""
    user = signed_in(request)
    form = verbs.RefuseForm(request.POST, row=_near(user, order_id))

    def act() -> str:
        order_actions.refuse_order(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("已告诉居民不能办和原因。")

    return _ask(request, form, act)


@dispatch_post
def offer(request: HttpRequest, order_id: int) -> HttpResponse:
    """派单 to one of those on the page."""
    user, now = signed_in(request), timezone.now()
    found = _near(user, order_id)
    near = candidates(found, user, timezone.localtime(now).date())
    form = _offer_form(found, user, near, request.POST)

    def act() -> str:
        dispatch.offer_order(order_id=order_id, by=user, now=now, **form.cleaned_data)
        return _("已派出，等对方回音，最多 24 小时。")

    return _ask(request, form, act)


@dispatch_post
def withdraw(request: HttpRequest, order_id: int) -> HttpResponse:
    """收回派单."""
    user = signed_in(request)

    def act() -> str:
        dispatch.withdraw_offer(order_id=order_id, by=user, now=timezone.now())
        return _("已收回，可以另派。")

    return _press(request, _near(user, order_id), act)


@dispatch_post
def take(request: HttpRequest, order_id: int) -> HttpResponse:
    """接单, as told by phone."""
    user = signed_in(request)

    def act() -> str:
        dispatch.take_order(order_id=order_id, by=user, now=timezone.now())
        return _("记下了：对方接了。")

    return _press(request, _near(user, order_id), act)


@dispatch_post
def decline(request: HttpRequest, order_id: int) -> HttpResponse:
    """不接, as told by phone."""
    user = signed_in(request)

    def act() -> str:
        dispatch.decline_order(order_id=order_id, by=user, now=timezone.now())
        return _("记下了：对方不接，可以另派。")

    return _press(request, _near(user, order_id), act)


@dispatch_post
def release(request: HttpRequest, order_id: int) -> HttpResponse:
    """退回 from whoever took it."""
    user = signed_in(request)
    form = verbs.ReleaseForm(request.POST, row=_near(user, order_id))

    def act() -> str:
        done = dispatch.release_order(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        over = done.state == OrderState.CANCELLED
        return _("已退回，卡上的次数还回去了。") if over else _("已退回，可以另派。")

    return _ask(request, form, act)


@dispatch_post
def done(request: HttpRequest, order_id: int) -> HttpResponse:
    """做完, for whoever took it."""
    user = signed_in(request)
    form = verbs.DoneForm(request.POST, row=_near(user, order_id))

    def act() -> str:
        completion.mark_done(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("记下了：做完了，等居民确认。")

    return _ask(request, form, act)


@dispatch_post
def confirm(request: HttpRequest, order_id: int) -> HttpResponse:
    """确认 by telephone."""
    user = signed_in(request)

    def act() -> str:
        completion.confirm(order_id=order_id, by=user, now=timezone.now(), kind=ConfirmedBy.CALLBACK)
        return _("记下了：电话里说做好了。")

    return _press(request, _near(user, order_id), act)


@dispatch_post
def dispute(request: HttpRequest, order_id: int) -> HttpResponse:
    """没有做好, as told by phone."""
    user = signed_in(request)
    form = verbs.ToldDisputeForm(request.POST, row=_near(user, order_id))

    def act() -> str:
        completion.dispute(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("记下了：没有做好，请接着处理。")

    return _ask(request, form, act)


@dispatch_post
def settle(request: HttpRequest, order_id: int) -> HttpResponse:
    """处理 of a dispute."""
    user = signed_in(request)
    form = verbs.SettleForm(request.POST, row=_near(user, order_id))

    def act() -> str:
        completion.settle(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("处理好了，双方都会收到通知。")

    return _ask(request, form, act)


@dispatch_post
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """取消."""
    user = signed_in(request)
    form = verbs.CancelForm(request.POST, row=_near(user, order_id))

    def act() -> str:
        order_actions.cancel_order(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("已取消，并告诉了双方。")

    return _ask(request, form, act)


@dispatch_post
def agreement(request: HttpRequest, order_id: int) -> HttpResponse:
    """登记协议 of an adopted project."""
    user = signed_in(request)
    form = verbs.AgreementForm(request.POST, row=_near(user, order_id))

    def act() -> str:
        order_actions.sign_agreement(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("协议登记好了。")

    return _ask(request, form, act)

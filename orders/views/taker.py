"""The helper's page: what is asked of me, what I have to do; and the shop's card."""

from __future__ import annotations

from functools import partial
from typing import TypedDict

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.forms import PlainForm
from common.guesses import Guesses
from common.moments import moment
from common.pages import ask, own_post
from orders.actions import cards
from orders.actions.completion import mark_done
from orders.actions.dispatch import decline_order, release_order, take_order
from orders.actions.ringing import ring_client
from orders.forms.orders import UseCardForm
from orders.forms.verbs import OwnDoneForm
from orders.models.dispatch import OrderOffer
from orders.models.orders import ServiceOrder
from orders.rules.orders import ORDERS, OrderMove, OrderParty, OrderState
from orders.views.page import wanted
from people.actions.ringing import opened_by
from people.doors import own_page, signed_in
from people.models import User
from volunteers.models.partners import PartnerShop
from volunteers.models.takers import WITH_TAKER

CARD_NUMBERS = Guesses("card", most=10, seconds=600)  # of one shopkeeper

MOST = 60


class Asked(TypedDict):
    """An offer that waits for a word."""

    offer: OrderOffer
    until: str
    wanted: str


class InHand(TypedDict):
    """An order to do."""

    order: ServiceOrder
    wanted: str
    done: OwnDoneForm


class HelperPage(TypedDict):
    """What templates/orders/taker.html shows."""

    offers: list[Asked]
    todo: list[InHand]
    waiting: QuerySet[ServiceOrder]
    has_shop: bool
    opened: set[int]
    form: OwnDoneForm | None  # the one that was refused


@own_page
def orders(request: HttpRequest) -> HttpResponse:
    """Offered to me, mine to do, done and waiting for a word."""
    return _page(request)


def _had(user: User) -> QuerySet[ServiceOrder]:
    had = ServiceOrder.objects.had_by(user).select_related("for_person", "division", "item")
    return had.prefetch_related(*WITH_TAKER)


def _page(request: HttpRequest, form: OwnDoneForm | None = None, *, status: int = 200) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    offers = OrderOffer.objects.asked_of(user).filter(until__gt=now).order_by("until")
    offers = offers.select_related("order__division", "order__item").prefetch_related(*WITH_TAKER)[:MOST]
    had = _had(user)
    mine = had.filter(state__in=ORDERS.sources(OrderMove.FINISH, OrderParty.TAKER)).order_by(
        "wanted_on", "pk"
    )
    forms = {form.row.pk: form} if form else {}
    page: HelperPage = {
        "offers": [
            {"offer": offer, "until": moment(offer.until, now), "wanted": wanted(offer.order)}
            for offer in offers
        ],
        "todo": [
            {"order": one, "wanted": wanted(one), "done": forms.get(one.pk) or OwnDoneForm(row=one)}
            for one in mine[:MOST]
        ],
        "waiting": had.filter(state__in=[OrderState.DONE, OrderState.DISPUTED])[:MOST],
        "has_shop": PartnerShop.objects.filter(keeper=user).exists(),
        "opened": opened_by(user, now),
        "form": form,
    }
    return render(request, "orders/taker.html", page, status=status)


# --- Verbs ------------------------------------------------------------------------------------


@own_post
def take(request: HttpRequest, order_id: int) -> HttpResponse:
    """接单."""
    user = signed_in(request)

    def act() -> str:
        done = take_order(order_id=order_id, by=user, now=timezone.now())
        return _("接下了：%(order)s。请和对方约时间。") % {"order": done.title}

    return ask(request, PlainForm(request.POST), act, back=reverse("orders:taker_orders"))


@own_post
def decline(request: HttpRequest, order_id: int) -> HttpResponse:
    """这次不接."""
    user = signed_in(request)

    def act() -> str:
        decline_order(order_id=order_id, by=user, now=timezone.now())
        return _("知道了，我们另找人，谢谢您回个话。")

    return ask(request, PlainForm(request.POST), act, back=reverse("orders:taker_orders"))


@own_post
def release(request: HttpRequest, order_id: int) -> HttpResponse:
    """退回; nobody asks why."""
    user = signed_in(request)

    def act() -> str:
        done = release_order(order_id=order_id, by=user, now=timezone.now())
        over = done.state == OrderState.CANCELLED
        return _("已退回，卡上的次数还回去了。") if over else _("已退回，我们另找人，没有任何影响。")

    return ask(request, PlainForm(request.POST), act, back=reverse("orders:taker_orders"))


@own_post
def done(request: HttpRequest, order_id: int) -> HttpResponse:
    """做完."""
    user = signed_in(request)
    form = OwnDoneForm(request.POST, row=get_object_or_404(_had(user), pk=order_id))

    def act() -> str:
        mark_done(order_id=order_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("记下了，等对方确认后算作服务时长。")

    back = reverse("orders:taker_orders")
    return ask(request, form, act, back=back, show=partial(_page, request, form))


@own_post
def ring(request: HttpRequest, order_id: int) -> HttpResponse:
    """看号码, to ring to whom I go."""
    user, back = signed_in(request), reverse("orders:taker_orders") + f"#order-{order_id}"

    def act() -> HttpResponse:
        ring_client(order_id=order_id, by=user, now=timezone.now())
        return redirect(back)

    return ask(request, PlainForm(request.POST), act, back=back)


@own_page
def use_card(request: HttpRequest) -> HttpResponse:
    """The shop takes one use off a card."""
    user = signed_in(request)
    shops = PartnerShop.objects.filter(keeper=user)
    if not shops:
        return render(request, "orders/no_shop.html")
    form = UseCardForm(request.POST or None, shops=shops, initial={"shop": shops[0]})

    def act() -> str:
        if not CARD_NUMBERS.counted(user.pk):
            raise DomainError(
                "TOO_MANY_GUESSES",
                _("卡号错得太多了，请过 10 分钟再试，或请服务台看一下卡。"),
                about="number",
            )
        told = {**form.cleaned_data}
        cards.use_card(shop_id=told.pop("shop").pk, by=user, now=timezone.now(), **told)
        CARD_NUMBERS.was_right(user.pk)
        return _("卡用好了。做完后请在这里点“做完了”。")

    return ask(
        request,
        form,
        act,
        back=reverse("orders:taker_orders"),
        title=_("用爱心服务卡"),
        intro=_("看着卡输卡号，用一次少一次。不收钱，也不找钱。"),
        button=_("用一次"),
        back_label=_("我接的单"),
    )

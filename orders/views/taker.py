"""The helper's page: what is asked of me, what I have to do; and the shop's card."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.guesses import Guesses
from common.pages import number, own_post
from orders.actions import cards
from orders.actions.completion import mark_done
from orders.actions.dispatch import decline_order, release_order, take_order
from orders.actions.ringing import ring_client
from orders.forms.orders import UseCardForm
from orders.models.dispatch import OrderOffer
from orders.models.orders import ServiceOrder
from orders.rules.orders import ORDERS, OrderMove, OrderParty, OrderState
from orders.views.page import moment, wanted
from people.actions.ringing import opened_by
from people.doors import Act, own_page, pressed, signed_in
from people.models import User
from volunteers.models.partners import PartnerShop
from volunteers.models.takers import WITH_TAKER
from volunteers.rules.service import EvidenceKind

CARD_NUMBERS = Guesses("card", most=10, seconds=600)  # of one shopkeeper

MOST = 60
EVIDENCE = (EvidenceKind.PAPER, EvidenceKind.WITNESS, EvidenceKind.PHOTO)


@own_page
def orders(request: HttpRequest) -> HttpResponse:
    """Offered to me, mine to do, done and waiting for a word."""
    return _page(request)


def _page(request: HttpRequest, order_id: int = 0, refusal: DomainError | None = None) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    offers = OrderOffer.objects.asked_of(user).filter(until__gt=now).order_by("until")
    offers = offers.select_related("order__division", "order__item").prefetch_related(*WITH_TAKER)[:MOST]
    had = ServiceOrder.objects.had_by(user).select_related("for_person", "division", "item")
    had = had.prefetch_related(*WITH_TAKER)
    mine = list(
        had.filter(state__in=ORDERS.sources(OrderMove.FINISH, OrderParty.TAKER)).order_by("wanted_on", "pk")[
            :MOST
        ]
    )
    context = {
        "offers": [
            {"offer": offer, "until": moment(offer.until, now), "wanted": wanted(offer.order)}
            for offer in offers
        ],
        "todo": [{"order": order, "wanted": wanted(order)} for order in mine],
        "waiting": had.filter(state__in=[OrderState.DONE, OrderState.DISPUTED])[:MOST],
        "has_shop": PartnerShop.objects.filter(keeper=user).exists(),
        "evidence": EVIDENCE,
        "opened": opened_by(user, now),
        "refused_id": order_id,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "orders/taker.html", context, status=422 if refusal else 200)


def _take(order_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    done = take_order(order_id=order_id, by=by, now=now)
    return _("接下了：%(order)s。请和对方约时间。") % {"order": done.title}


def _decline(order_id: int, by: User, now: datetime, _typed: QueryDict) -> str:
    decline_order(order_id=order_id, by=by, now=now)
    return _("知道了，我们另找人，谢谢您回个话。")


def _release(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    release_order(order_id=order_id, by=by, now=now, reason=typed.get("reason", ""))
    return _("已退回，我们另找人，没有任何影响。")


def _done(order_id: int, by: User, now: datetime, typed: QueryDict) -> str:
    mark_done(
        order_id=order_id,
        minutes=number(typed.get("minutes")) or 0,
        note=typed.get("note", ""),
        evidence=[one for one in typed.getlist("evidence") if one in EVIDENCE],
        by=by,
        now=now,
    )
    return _("记下了，等对方确认后算作服务时长。")


ACTS: dict[str, Act] = {"take": _take, "decline": _decline, "release": _release, "done": _done}


@own_post
def do(request: HttpRequest, order_id: int) -> HttpResponse:
    """A button of the helper's page; after a refusal it stands again with what was typed."""
    try:
        words = pressed(request, order_id, ACTS, timezone.now())
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        return _page(request, order_id, refusal)
    messages.success(request, words)
    return redirect("orders:taker_orders")


@own_post
def ring(request: HttpRequest, order_id: int) -> HttpResponse:
    """看号码, to ring to whom I go."""
    ring_client(order_id=order_id, by=signed_in(request), now=timezone.now())
    return redirect(reverse("orders:taker_orders") + f"#order-{order_id}")


@own_page
def use_card(request: HttpRequest) -> HttpResponse:
    """The shop takes one use off a card."""
    user = signed_in(request)
    shops = PartnerShop.objects.filter(keeper=user)
    form = UseCardForm(request.POST or None, shops=shops, initial={"shop": shops.first()})
    if form.is_bound and form.is_valid():
        try:
            _use_card(form, user, timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("卡用好了。做完后请在这里点“做完了”。"))
            return redirect("orders:taker_orders")
    context = {"form": form, "shops": shops}
    return render(request, "orders/use_card.html", context, status=422 if form.errors else 200)


def _use_card(form: UseCardForm, user: User, now: datetime) -> None:
    if not CARD_NUMBERS.counted(user.pk):
        raise DomainError("TOO_MANY_GUESSES", _("卡号错得太多了，请过 10 分钟再试，或请服务台看一下卡。"))
    told = {**form.cleaned_data}
    cards.use_card(shop_id=told.pop("shop").pk, by=user, now=now, **told)
    CARD_NUMBERS.was_right(user.pk)

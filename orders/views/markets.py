"""爱心市集: what is offered, booking a time; the desk announces it and puts up stalls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from centers.models import Division
from common.forms import PlainForm
from common.pages import ask, own_post, public_page, typed_words
from common.reach import within
from orders.actions import market as market_actions
from orders.forms.markets import BookingForm, MarketForm, StallForm, keepers_near
from orders.models.market import MarketDay, Stall, StallBooking
from orders.rules.market import MARKETS, MarketMove, MarketParty
from orders.views.page import dispatch_page, dispatch_post
from people.doors import finds_people, people_for, signed_in
from people.models import Person, User, acts_for

MOST_FOUND = 20


class ListPage(TypedDict):
    """What templates/orders/markets/list.html shows."""

    markets: QuerySet[MarketDay]


class Free(TypedDict):
    """A stall, and how many times are free."""

    stall: Stall
    free: int


class MarketPage(TypedDict):
    """What templates/orders/markets/market.html shows."""

    market: MarketDay
    rows: list[Free]
    mine: list[StallBooking]
    open: bool


class StallPage(TypedDict):
    """What templates/orders/markets/stall.html shows; `desk` books for others, found by `typed`."""

    form: BookingForm
    stall: Stall
    times: list[tuple[str, str]]
    back: str
    desk: bool
    typed: str
    people: list[tuple[int, str]]


class DeskPage(TypedDict):
    """What templates/orders/markets/staff.html shows."""

    market: MarketDay
    stalls: QuerySet[Stall]
    bookings: QuerySet[StallBooking]
    offered: Sequence[MarketMove]
    form: StallForm


@public_page
def markets(request: HttpRequest) -> HttpResponse:
    """The markets to come, and what their stalls offer."""
    there = Prefetch("stalls", Stall.objects.filter(called_off_at=None))
    page: ListPage = {"markets": MarketDay.objects.coming(timezone.now()).prefetch_related(there)}
    return render(request, "orders/markets/list.html", page)


@never_cache
def market(request: HttpRequest, market_id: int) -> HttpResponse:
    """One market: its stalls, how many times are free, one's own bookings."""
    now = timezone.now()
    found = get_object_or_404(MarketDay.objects.select_related("division"), pk=market_id)
    rows: list[Free] = [{"stall": one, "free": _free(one, now)} for one in found.stalls.with_times()]
    live = StallBooking.objects.live().filter(stall__market=found).select_related("person", "stall")
    user = request.user
    # Times are booked as long as the day may be called off.
    offered = MARKETS.offered(found.state, {MarketParty.STAFF})
    page: MarketPage = {
        "market": found,
        "rows": rows,
        "mine": list(live.booked_by(user)) if isinstance(user, User) else [],
        "open": bool(offered) and found.closes_at > now,
    }
    return render(request, "orders/markets/market.html", page)


def _free(stall: Stall, now: datetime) -> int:
    times = stall.times(stall.bookings.all())
    return sum(slot.free for slot in times if slot.starts_at > now)


@login_required
@never_cache
@finds_people
def stall(request: HttpRequest, stall_id: int) -> HttpResponse:
    """Book a time at a stall."""
    user, now = signed_in(request), timezone.now()
    rows = Stall.objects.select_related("market__division", "shop", "team", "unit")
    found = get_object_or_404(rows, pk=stall_id)
    free = [slot for slot in found.times(found.bookings.live()) if slot.free and slot.starts_at > now]
    times = [(slot.starts_at.isoformat(), f"{timezone.localtime(slot.starts_at):%H:%M}") for slot in free]
    desk = user.may("orders.dispatch", found.market.division)
    typed = typed_words(request.GET.get("q")) if desk else ""
    sought = Person.objects.visible_to(user).matching(typed)[:MOST_FOUND] if typed else acts_for(user)
    people = people_for(sought, user.pk)
    form = BookingForm(request.POST or None, people=people, times=times)
    back = reverse("orders:staff_market" if typed else "orders:market", args=[found.market_id])
    page: StallPage = {
        "form": form,
        "stall": found,
        "times": times,
        "back": back,
        "desk": desk,
        "typed": typed,
        "people": people,
    }

    def show(*, status: int) -> HttpResponse:
        return render(request, "orders/markets/stall.html", page, status=status)

    def act() -> str:
        told = form.cleaned_data
        market_actions.book_stall(
            stall_id=found.pk, person_id=told["person"], starts_at=told["starts_at"], by=user, now=now
        )
        return _("约好了。来不了请在这里取消，位置马上给别人。")

    return ask(request, form, act, back=back, show=show)


@own_post
def cancel_booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Give a time back: her own, or at the desk."""
    user = signed_in(request)
    seen = StallBooking.objects.visible_to(user).select_related("stall")
    found = get_object_or_404(seen, pk=booking_id)
    own = acts_for(user).filter(pk=found.person_id).exists()

    def act() -> str:
        market_actions.cancel_booking(booking_id=booking_id, by=user, now=timezone.now())
        return _("已取消，位置给别人了。")

    back = reverse("orders:market" if own else "orders:staff_market", args=[found.stall.market_id])
    return ask(request, PlainForm(request.POST), act, back=back)


@dispatch_page
def announce(request: HttpRequest) -> HttpResponse:
    """Announce a market day."""
    user = signed_in(request)
    places = within(Division.objects.order_by("path"), "", user.reach("orders.dispatch"))
    form = MarketForm(request.POST or None, places=places)

    def act() -> HttpResponse:
        made = market_actions.announce_market(by=user, now=timezone.now(), **form.told())
        messages.success(request, _("市集公布了，接着设摊位。"))
        return redirect("orders:staff_market", made.pk)

    back = reverse("orders:staff_orders")
    return ask(request, form, act, title=_("公布市集"), button=_("公布"), back=back, back_label=_("服务单"))


def _near(user: User, market_id: int) -> MarketDay:
    rows = within(MarketDay.objects.select_related("division"), "division", user.reach("orders.dispatch"))
    found: MarketDay = get_object_or_404(rows, pk=market_id)
    return found


@dispatch_page
def desk(request: HttpRequest, market_id: int) -> HttpResponse:
    """A market at the desk: its stalls, who comes when, one more stall."""
    user = signed_in(request)
    found = _near(user, market_id)
    form = StallForm(request.POST or None, keepers=keepers_near(found.division))

    def act() -> str:
        market_actions.add_stall(market_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("摊位设好了。")

    return ask(request, form, act, back=_desk_url(market_id), show=partial(_desk, request, found, form))


def _desk(request: HttpRequest, market: MarketDay, form: StallForm, *, status: int) -> HttpResponse:
    page: DeskPage = {
        "market": market,
        "stalls": market.stalls.select_related("shop", "team", "unit"),
        "bookings": StallBooking.objects.live()
        .filter(stall__market=market)
        .select_related("person", "stall"),
        "offered": MARKETS.offered(market.state, {MarketParty.STAFF}),
        "form": form,
    }
    return render(request, "orders/markets/staff.html", page, status=status)


def _desk_url(market_id: int) -> str:
    return reverse("orders:staff_market", args=[market_id])


@dispatch_post
def call_off(request: HttpRequest, market_id: int) -> HttpResponse:
    """Call a market off."""
    user = signed_in(request)
    found = _near(user, market_id)

    def act() -> str:
        market_actions.cancel_market(market_id=found.pk, by=user, now=timezone.now())
        return _("市集取消了，约过的人会收到通知；没有账号的在待打电话名单里。")

    return ask(request, PlainForm(request.POST), act, back=_desk_url(found.pk))


@dispatch_post
def no_stall(request: HttpRequest, stall_id: int) -> HttpResponse:
    """Call one stall off."""
    user = signed_in(request)
    near = within(Stall.objects.all(), "market__division", user.reach("orders.dispatch"))
    found: Stall = get_object_or_404(near, pk=stall_id)

    def act() -> str:
        market_actions.cancel_stall(stall_id=found.pk, by=user, now=timezone.now())
        return _("摊位取消了，约过的人会收到通知；没有账号的在待打电话名单里。")

    return ask(request, PlainForm(request.POST), act, back=_desk_url(found.market_id))

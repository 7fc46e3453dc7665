"""爱心市集: what is offered, booking a time; the desk announces it and puts up stalls."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from centers.models import Division
from common.errors import DomainError
from common.pages import ask, own_post, public_page, typed_words
from common.reach import within
from orders.actions import market as market_actions
from orders.forms.markets import BookingForm, MarketForm, StallForm, keepers_near
from orders.models.market import MarketDay, Stall, StallBooking
from orders.rules.market import MARKETS, MarketParty
from orders.views.page import dispatch_page, dispatch_post
from people.doors import finds_people, people_for, signed_in
from people.models import Person, User, acts_for

MOST_FOUND = 20


@public_page
def markets(request: HttpRequest) -> HttpResponse:
    """The markets to come, and what their stalls offer."""
    there = Prefetch("stalls", Stall.objects.filter(called_off_at=None))
    coming = MarketDay.objects.coming(timezone.now()).prefetch_related(there)
    return render(request, "orders/markets/list.html", {"markets": coming})


@never_cache
def market(request: HttpRequest, market_id: int) -> HttpResponse:
    """One market: its stalls, how many times are free, one's own bookings."""
    now = timezone.now()
    found = get_object_or_404(MarketDay.objects.select_related("division"), pk=market_id)
    stalls: Any = found.stalls.with_times()
    rows = [
        {"stall": one, "free": sum(slot.free for slot in one.times(one.live) if slot.starts_at > now)}
        for one in stalls
    ]
    user = request.user
    mine = (
        StallBooking.objects.live()
        .filter(stall__market=found)
        .booked_by(user)
        .select_related("person", "stall")
        if isinstance(user, User)
        else []
    )
    # Times are booked as long as the day may be called off.
    offered = MARKETS.offered(found.state, {MarketParty.STAFF})
    context = {"market": found, "rows": rows, "mine": mine, "open": offered and found.closes_at > now}
    return render(request, "orders/markets/market.html", context)


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
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            market_actions.book_stall(
                stall_id=found.pk, person_id=told["person"], starts_at=told["starts_at"], by=user, now=now
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("约好了。来不了请在这里取消，位置马上给别人。"))
            return redirect(back)
    context = {"form": form, "stall": found, "times": times, "back": back}
    context |= {"desk": desk, "typed": typed, "people": people}
    return render(request, "orders/markets/stall.html", context, status=422 if form.errors else 200)


@own_post
def cancel_booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Give a time back."""
    user = signed_in(request)
    done = market_actions.cancel_booking(booking_id=booking_id, by=user, now=timezone.now())
    messages.success(request, _("已取消，位置给别人了。"))
    own = acts_for(user).filter(pk=done.person_id).exists()
    return redirect("orders:market" if own else "orders:staff_market", done.stall.market_id)


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
    if form.is_bound and form.is_valid():
        try:
            market_actions.add_stall(market_id=found.pk, by=user, now=timezone.now(), **form.told())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("摊位设好了。"))
            return redirect("orders:staff_market", found.pk)
    bookings = StallBooking.objects.live().filter(stall__market=found).select_related("person", "stall")
    context = {
        "market": found,
        "stalls": found.stalls.select_related("shop", "team", "unit"),
        "bookings": bookings,
        "offered": MARKETS.offered(found.state, {MarketParty.STAFF}),
        "form": form,
    }
    return render(request, "orders/markets/staff.html", context, status=422 if form.errors else 200)


@dispatch_post
def call_off(request: HttpRequest, market_id: int) -> HttpResponse:
    """Call a market off."""
    market_actions.cancel_market(market_id=market_id, by=signed_in(request), now=timezone.now())
    messages.success(request, _("市集取消了，约过的人会收到通知；没有账号的在待打电话名单里。"))
    return redirect("orders:staff_market", market_id)


@dispatch_post
def no_stall(request: HttpRequest, stall_id: int) -> HttpResponse:
    """Call one stall off."""
    done = market_actions.cancel_stall(stall_id=stall_id, by=signed_in(request), now=timezone.now())
    messages.success(request, _("摊位取消了，约过的人会收到通知；没有账号的在待打电话名单里。"))
    return redirect("orders:staff_market", done.market_id)

"""What everybody reads: the menu of services, the wall of wishes; and ordering, in three screens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.errors import DomainError
from common.pages import number, own_post, public_page
from orders.actions.dispatch import take_order
from orders.actions.orders import request_order
from orders.forms.orders import OrderForm
from orders.models.orders import ServiceItem, ServiceOrder
from orders.rules.orders import ADOPTED_BY, OrderKind
from people.doors import people_for, signed_in
from people.models import User, acts_for
from people.parts import links_on
from points.models.passbook import standing
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team, Volunteer
from volunteers.rules.takers import Taker, TakerKind

PER_PAGE = 24


@public_page
def services(request: HttpRequest) -> HttpResponse:
    """The menu: what can be ordered, and where; ?at= narrows it to one place."""
    everything = list(ServiceItem.objects.on_menu())
    places = {item.division_id: item.division for item in everything}
    at = number(request.GET.get("at")) or 0
    here = reverse("orders:services")
    chips = [{"label": _("全部"), "url": here, "on": at not in places}]
    chips += [{"label": p.name, "url": f"{here}?at={pk}", "on": pk == at} for pk, p in places.items()]
    items = [item for item in everything if at not in places or item.division_id == at]
    user = request.user if isinstance(request.user, User) else None
    context = {
        "items": items,
        "chips": chips if len(places) > 1 else [],
        "links": links_on("orders:services", user),
    }
    return render(request, "orders/services.html", context)


def _free(form: OrderForm, item: ServiceItem | None) -> int:
    """Points that whom it is for may spend; the form says so where they do not reach."""
    if item is None or not item.points:
        return 0
    free = standing(person_id=form.cleaned_data["person"], day=timezone.localdate()).free
    if free < item.points:
        words = {"free": free, "need": item.points}
        form.add_error("person", _("现在可用 %(free)s 积分，这一项要 %(need)s 积分，请换一项。") % words)
    return free


def _order(request: HttpRequest, kind: OrderKind, item: ServiceItem | None, **words: Any) -> HttpResponse:
    """Form, check, send: what was typed stays through all three, and after a refusal."""
    user = signed_in(request)
    people = people_for(acts_for(user).filter(home__isnull=False), user.pk)
    form = OrderForm(request.POST or None, kind=kind, people=people)
    free = _free(form, item) if form.is_valid() else 0
    step = request.POST.get("step", "check") if form.is_valid() else ""
    if step == "send":
        told = {**form.cleaned_data}
        try:
            made = request_order(
                kind=kind,
                for_person_id=told.pop("person"),
                by=user,
                now=timezone.now(),
                item_id=item.pk if item else None,
                **told,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("orders:my_order", made.pk)
    page = "check" if step == "check" else "form"
    context = {"form": form, "item": item, "people": people, "answers": None, "free": free, **words}
    if page == "check":
        context["answers"] = form.answers()
    wrong = form.is_bound and bool(form.errors)
    return render(request, f"orders/order_{page}.html", context, status=422 if wrong else 200)


@login_required
@never_cache
def order_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One thing of the menu."""
    item = get_object_or_404(ServiceItem.objects.on_menu().select_related("skill"), pk=item_id)
    back = reverse("orders:services")
    return _order(request, OrderKind.SERVICE, item, title=item.name, back=back, back_label=_("服务菜单"))


@login_required
@never_cache
def errand(request: HttpRequest) -> HttpResponse:
    """帮办代办: an errand that is not on the menu."""
    back = reverse("orders:services")
    return _order(
        request, OrderKind.ERRAND, None, title=_("请人帮办一件事"), back=back, back_label=_("服务菜单")
    )


@login_required
@never_cache
def wish(request: HttpRequest) -> HttpResponse:
    """A small wish."""
    back = reverse("orders:wishes")
    return _order(request, OrderKind.WISH, None, title=_("说一个微心愿"), back=back, back_label=_("心愿墙"))


@public_page
def wishes(request: HttpRequest) -> HttpResponse:
    """The wall: wishes and projects that wait for somebody; no names."""
    waiting = ServiceOrder.objects.on_wall(ADOPTED_BY)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "orders/wishes.html", {"page_obj": page})


def _voices(user: User, kind: str) -> list[tuple[str, str]]:
    """As whom an account may adopt: herself, her team, her unit, her shop."""
    rows: list[Any] = [
        (TakerKind.VOLUNTEER, Volunteer.objects.active().filter(person__in=acts_for(user).values("pk"))),
        (TakerKind.TEAM, Team.objects.filter(leader__person__user=user)),
        (TakerKind.UNIT, PartnerUnit.objects.filter(contact=user)),
        (TakerKind.SHOP, PartnerShop.objects.filter(keeper=user)),
    ]
    allowed = ADOPTED_BY[OrderKind(kind)]
    return [
        (f"{which.value}-{row.pk}", str(row))
        for which, found in rows
        if which in allowed
        for row in (found.select_related("person") if which == TakerKind.VOLUNTEER else found)
    ]


@login_required
@never_cache
def adopt(request: HttpRequest, wish_id: int) -> HttpResponse:
    """One wish or project: what it is, and as whom to adopt it."""
    user = signed_in(request)
    found = get_object_or_404(ServiceOrder.objects.on_wall(ADOPTED_BY), pk=wish_id)
    voices = _voices(user, found.kind)
    return render(request, "orders/adopt.html", {"order": found, "voices": voices})


@own_post
def adopted(request: HttpRequest, wish_id: int) -> HttpResponse:
    """认领."""
    which, _dash, pk = request.POST.get("as", "").partition("-")
    if which not in TakerKind:
        raise DomainError("AS_WHOM", _("请选一下以谁的名义认领。"))
    taker = Taker(TakerKind(which), number(pk) or 0)
    done = take_order(order_id=wish_id, by=signed_in(request), now=timezone.now(), taker=taker)
    messages.success(request, _("认领好了：%(order)s，请和对方约时间。") % {"order": done.title})
    return redirect("orders:taker_orders")

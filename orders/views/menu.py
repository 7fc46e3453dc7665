"""What everybody reads: the menu of services, the wall of wishes; and ordering, in three screens."""

from __future__ import annotations

from typing import Any, TypedDict

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.pages import ask, number, public_page
from orders.actions.dispatch import take_order
from orders.actions.orders import request_order
from orders.forms.orders import Answer, OrderForm
from orders.forms.takers import Choice, choice
from orders.forms.verbs import AdoptForm
from orders.models.orders import ServiceItem, ServiceOrder
from orders.rules.orders import ADOPTED_BY, OrderKind
from people.doors import people_for, signed_in
from people.models import User, acts_for
from people.parts import Link, links_on
from points.models.passbook import standing
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team, Volunteer
from volunteers.rules.takers import TakerKind

PER_PAGE = 24


class Chip(TypedDict):
    """One place of the menu; `on` where it is the one that is shown."""

    label: str
    url: str
    on: bool


class MenuPage(TypedDict):
    """What templates/orders/services.html shows."""

    items: list[ServiceItem]
    chips: list[Chip]
    links: list[Link]


@public_page
def services(request: HttpRequest) -> HttpResponse:
    """The menu: what can be ordered, and where; ?at= narrows it to one place."""
    everything = list(ServiceItem.objects.on_menu())
    places = {item.division_id: item.division for item in everything}
    at = number(request.GET.get("at")) or 0
    here = reverse("orders:services")
    chips: list[Chip] = [{"label": _("全部"), "url": here, "on": at not in places}]
    chips += [{"label": p.name, "url": f"{here}?at={pk}", "on": pk == at} for pk, p in places.items()]
    items = [item for item in everything if at not in places or item.division_id == at]
    user = request.user if isinstance(request.user, User) else None
    page: MenuPage = {
        "items": items,
        "chips": chips if len(places) > 1 else [],
        "links": links_on("orders:services", user),
    }
    return render(request, "orders/services.html", page)


def _free(form: OrderForm, item: ServiceItem | None) -> int:
    """Points that whom it is for may spend; the form says so where they do not reach."""
    if item is None or not item.points:
        return 0
    free = standing(person_id=form.cleaned_data["person"], day=timezone.localdate()).free
    if free < item.points:
        words = {"free": free, "need": item.points}
        form.add_error("person", _("现在可用 %(free)s 积分，这一项要 %(need)s 积分，请换一项。") % words)
    return free


class OrderFormPage(TypedDict):
    """What templates/orders/order_form.html shows, and order_check.html with the answers."""

    form: OrderForm
    item: ServiceItem | None
    people: list[tuple[int, str]]
    answers: list[Answer]
    free: int
    title: str
    back: str
    back_label: str


def _order(
    request: HttpRequest, kind: OrderKind, item: ServiceItem | None, *, title: str, back: str, back_label: str
) -> HttpResponse:
    """Form, check, send: what was typed stays through all three, and after a refusal."""
    user = signed_in(request)
    people = people_for(acts_for(user).filter(home__isnull=False), user.pk)
    form = OrderForm(request.POST or None, kind=kind, people=people)
    free = _free(form, item) if form.is_valid() else 0
    step = request.POST.get("step", "check")
    page: OrderFormPage = {
        "form": form,
        "item": item,
        "people": people,
        "answers": form.answers() if form.is_valid() else [],
        "free": free,
        "title": title,
        "back": back,
        "back_label": back_label,
    }

    def show(*, status: int) -> HttpResponse:
        return render(request, "orders/order_form.html", page, status=status)

    def act() -> HttpResponse:
        told = {**form.cleaned_data, "for_person_id": form.cleaned_data["person"]}
        del told["person"]
        made = request_order(
            kind=kind, item_id=item.pk if item else None, by=user, now=timezone.now(), **told
        )
        return redirect("orders:my_order", made.pk)

    if form.is_valid() and step != "send":
        return render(request, "orders/order_check.html", page) if step == "check" else show(status=200)
    return ask(request, form, act, back=back, show=show)


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


class WallPage(TypedDict):
    """What templates/orders/wishes.html shows."""

    page_obj: Page[ServiceOrder]


@public_page
def wishes(request: HttpRequest) -> HttpResponse:
    """The wall: wishes and projects that wait for somebody; no names."""
    waiting = ServiceOrder.objects.on_wall(ADOPTED_BY)
    page: WallPage = {"page_obj": Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "orders/wishes.html", page)


def _voices(user: User, kind: str) -> list[Choice]:
    """As whom an account may adopt: herself, her team, her unit, her shop."""
    rows: list[tuple[TakerKind, QuerySet[Any]]] = [
        (
            TakerKind.VOLUNTEER,
            Volunteer.objects.active()
            .filter(person__in=acts_for(user).values("pk"))
            .select_related("person"),
        ),
        (TakerKind.TEAM, Team.objects.filter(leader__person__user=user)),
        (TakerKind.UNIT, PartnerUnit.objects.filter(contact=user)),
        (TakerKind.SHOP, PartnerShop.objects.filter(keeper=user)),
    ]
    allowed = ADOPTED_BY[OrderKind(kind)]
    return [choice(which, row) for which, found in rows if which in allowed for row in found]


class AdoptPage(TypedDict):
    """What templates/orders/adopt.html shows; without voices nobody may adopt."""

    order: ServiceOrder
    voices: list[Choice]
    form: AdoptForm


@login_required
@never_cache
def adopt(request: HttpRequest, wish_id: int) -> HttpResponse:
    """认领: one wish or project, what it is, and as whom to adopt it."""
    user = signed_in(request)
    found = get_object_or_404(ServiceOrder.objects.on_wall(ADOPTED_BY), pk=wish_id)
    voices = _voices(user, found.kind)
    form = AdoptForm(request.POST or None, voices=voices)
    page: AdoptPage = {"order": found, "voices": voices, "form": form}

    def show(*, status: int) -> HttpResponse:
        return render(request, "orders/adopt.html", page, status=status)

    def act() -> str:
        done = take_order(order_id=wish_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("认领好了：%(order)s，请和对方约时间。") % {"order": done.title}

    return ask(request, form, act, back=reverse("orders:taker_orders"), show=show)

"""Orders and market days: what she booked, what waits to be dispatched, orders at the desk."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orders.actions import persons
from orders.actions.market_letters import BookingWords
from orders.models.dispatch import CallBack
from orders.models.market import StallBooking
from orders.models.orders import ServiceOrder
from orders.rules.letters import PHONED, Letter
from orders.rules.orders import OrderState
from people.models import Person, User
from people.parts import About, Asked, AtDesk, Link, Part, Section

# Nobody has been asked yet, or somebody has to look again.
MOST_KEPT = 10
TO_DO = [OrderState.REQUESTED, OrderState.ACCEPTED_FOR_DISPATCH, OrderState.DISPUTED]


def _mine(user: User, now: datetime) -> list[Section]:
    """Stalls booked at market days ahead."""
    booked = StallBooking.objects.live().booked_by(user).filter(starts_at__gt=now)
    links = [_booking(one) for one in booked.select_related("person", "stall__market")]
    return [Section(_("市集上约的"), links)] if links else []


def _booking(one: StallBooking) -> Link:
    day = date_format(timezone.localtime(one.starts_at), _("n月j日 D H:i"))
    market = one.stall.market
    url = reverse("orders:market", args=[market.pk])
    return Link(f"{day} {one.stall.offers}", url, f"{one.person.full_name} · {market.title}")


def _ways(_user: User) -> list[Link]:
    return [Link(_("我的服务单"), reverse("orders:my_orders"), icon="list-ul")]


def _address(about: About) -> Link | None:
    if about.type != "booking":
        return None
    told: BookingWords = about.data
    label = _("看这次市集：%(name)s") % {"name": told["name"]}
    return Link(label, reverse("orders:market", args=[told["market_id"]]))


def _helping(user: User | None) -> list[Link]:
    """On the volunteers' page: asking for help, the wall, and what one is asked to take."""
    ask = _("点单、办事、说一个小心愿")
    links = [
        Link(_("请人帮忙"), reverse("orders:services"), ask, "people"),
        Link(_("帮邻居圆个心愿"), reverse("orders:wishes"), _("心愿墙，不写姓名"), "star"),
    ]
    if user is not None:
        free = _("接不接都行，不用说原因")
        links.append(Link(_("派给我的单"), reverse("orders:taker_orders"), free, "heart"))
    return links


def _bought(_user: User | None) -> list[Link]:
    return [Link(_("积分还能换上门服务"), reverse("orders:services"))]


def _keeping(person: Person) -> list[Link]:
    """Services that points of hers are set aside for, as long as they are under way."""
    paid = ServiceOrder.objects.live().filter(for_person=person, points__gt=0).defer("text", "place")
    return [_kept(order) for order in paid.order_by("pk")[:MOST_KEPT]]


def _kept(order: ServiceOrder) -> Link:
    url = reverse("orders:my_order", args=[order.pk])
    tag = _("留出 %(n)s 分") % {"n": order.points}
    return Link(order.title, url, order.get_state_display(), tag=tag, tag_kind="wait")


def _waiting(user: User, _now: datetime) -> list[Link]:
    """The board; what waits there are orders to pass on and calls to make."""
    if not user.is_staff or not user.reach("orders.dispatch"):
        return []
    waits = ServiceOrder.objects.dispatched_by(user).filter(state__in=TO_DO).count()
    waits += CallBack.objects.visible_to(user).to_make().count()
    note = _("点单、心愿、派单、回访")
    return [Link(_("服务单"), reverse("orders:staff_orders"), note, "heart", count=waits)]


def _desk(user: User, person: Person, _now: datetime, _asked: Asked) -> AtDesk:
    if not user.is_staff or not user.reach("orders.dispatch"):
        return AtDesk()
    order = reverse("orders:staff_order_for", args=[person.pk])
    card = reverse("orders:staff_card", args=[person.pk])
    return AtDesk([Link(_("替居民下单"), order, icon="heart"), Link(_("发爱心服务卡"), card, icon="heart")])


PART = Part(
    app="orders",
    within={"volunteers:home": ("/services", "/wishes", "/markets")},
    beyond={"volunteers:home": _helping, "points:gifts": _bought},
    keeping=_keeping,
    mine=_mine,
    ways=_ways,
    address=_address,
    waiting=_waiting,
    desk=_desk,
    letters=Letter,
    phoned=PHONED,
    copy=persons.copy,
    lock=persons.lock,
    unfinished=persons.unfinished,
    erase=persons.erase,
    named=persons.named,
)

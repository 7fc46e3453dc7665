"""Orders and market days: what she booked, what waits to be dispatched, orders at the desk."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.models import Person, User
from people.parts import About, Asked, AtDesk, Link, Part, Section
from volunteers.models import CallBack, ServiceOrder, StallBooking
from volunteers.rules import OrderState

# Nobody has been asked yet, or somebody has to look again.
TO_DO = [OrderState.REQUESTED, OrderState.ACCEPTED_FOR_DISPATCH, OrderState.DISPUTED]


def _mine(user: User, now: datetime) -> list[Section]:
    """Stalls booked at market days ahead."""
    booked = StallBooking.objects.live().booked_by(user).filter(starts_at__gt=now)
    links = [_booking(one) for one in booked.select_related("person", "stall__market")]
    return [Section(_("市集上约的"), links)] if links else []


def _booking(one: StallBooking) -> Link:
    day = date_format(timezone.localtime(one.starts_at), _("n月j日 D H:i"))
    market = one.stall.market
    url = reverse("volunteers:market", args=[market.pk])
    return Link(f"{day} {one.stall.offers}", url, f"{one.person.full_name} · {market.title}")


def _ways(_user: User) -> list[Link]:
    return [Link(_("我的服务单"), reverse("volunteers:my_orders"), icon="list-ul")]


def _address(about: About) -> Link | None:
    if about.type != "booking":
        return None
    label = _("看这次市集：%(name)s") % {"name": about.data.get("name", "")}
    return Link(label, reverse("volunteers:market", args=[about.data["market_id"]]))


def _waiting(user: User, _now: datetime) -> list[Link]:
    """The board; what waits there are orders to pass on and calls to make."""
    if not user.is_staff or not user.reach("volunteers.dispatch"):
        return []
    waits = ServiceOrder.objects.dispatched_by(user).filter(state__in=TO_DO).count()
    waits += CallBack.objects.visible_to(user).to_make().count()
    note = _("点单、心愿、派单、回访")
    return [Link(_("服务单"), reverse("volunteers:staff_orders"), note, "heart", count=waits)]


def _desk(user: User, person: Person, _now: datetime, _asked: Asked) -> AtDesk:
    if not user.is_staff or not user.reach("volunteers.dispatch"):
        return AtDesk()
    order = reverse("volunteers:staff_order_for", args=[person.pk])
    card = reverse("volunteers:staff_card", args=[person.pk])
    return AtDesk([Link(_("替居民下单"), order, icon="heart"), Link(_("发爱心服务卡"), card, icon="heart")])


PART = Part(
    app="orders",
    within={"volunteers:home": ("/services", "/wishes", "/markets")},
    mine=_mine,
    ways=_ways,
    address=_address,
    waiting=_waiting,
    desk=_desk,
)

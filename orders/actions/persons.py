"""The part of orders and market days when a person's record is copied or closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.copies import Column, copies
from orders.models.dispatch import OrderOffer, ServiceCard
from orders.models.market import StallBooking
from orders.models.orders import ServiceOrder
from people.models import Person, User


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """Her cards; the orders for her, of hers, and those held out to her, under which the offers lie."""
    hers = Q(for_person__in=person_ids) | Q(volunteer__person__in=person_ids)
    asked = OrderOffer.objects.filter(volunteer__person__in=person_ids)
    return (
        ServiceCard.objects.filter(person__in=person_ids),
        ServiceOrder.objects.filter(hers | Q(pk__in=asked.order_by().values("order"))),
    )


def copy(person: Person) -> dict[str, Any]:
    """Of others it says nothing: an agent's own copy says that she asked, not what is wrong with whom."""
    number: Column = ("reference", _("编号"))
    asked = ("kind", "title", "text", "place", "public_text", "wanted_on", "wanted_words", "state")
    taken = ("title", "state", "taken_at", "done_at", "done_minutes", "done_note")
    own = ServiceOrder.objects.filter(for_person=person)
    for_others = ServiceOrder.objects.filter(requester=person).exclude(for_person=person)
    hers = ServiceOrder.objects.filter(volunteer__person=person)
    offers = OrderOffer.objects.filter(volunteer__person=person).select_related("order")
    cards = ServiceCard.objects.filter(person=person)
    trades: Column = ("trades_words", _("可用的行业"))
    bookings = StallBooking.objects.filter(person=person).select_related("stall__market")
    after = ("requested_at", ("taker_name", _("谁接的")), "done_at", "confirmed_at")
    found = {
        _("我接的服务单"): copies(hers, number, *taken),
        _("派给我的服务单"): copies(offers, "order", "at", "answer", "answered_at"),
        _("给我办的服务单"): copies(own, number, *asked, *after),
        _("我替别人下的服务单"): copies(for_others, number, "kind", "state", "requested_at"),
        _("爱心服务卡"): copies(cards, "number", trades, "valid_until", "uses_left", "stopped_at"),
        _("市集预约"): copies(bookings, "stall", "starts_at", "state", "at"),
    }
    return {name: rows for name, rows in found.items() if rows}


def unfinished(person: Person, now: datetime) -> str:
    """What she has to finish first, as a sentence; "" for nothing."""
    live = ServiceOrder.objects.live()
    if taken := live.filter(volunteer__person=person).first():
        words = {"reference": taken.reference}
        return _("接下的服务单 %(reference)s 还没办完，请先办完，或请社区换人，再注销。") % words
    if asked := live.filter(for_person=person).first():
        words = {"reference": asked.reference}
        return _("服务单 %(reference)s 还没办完，请先取消它，或等它办完，再注销。") % words
    booked = StallBooking.objects.live().filter(person=person, starts_at__gte=now)
    if booking := booked.select_related("stall").first():
        return _("还约着市集的“%(stall)s”，请先取消预约，再注销。") % {"stall": booking.stall}
    return ""


def erase(person: Person, _by: User, now: datetime) -> None:
    """Takes what tells who she is off the rows of this app."""
    told = {"text": "", "place": "", "wanted_words": "", "done_note": ""}
    ServiceOrder.objects.filter(for_person=person).update(**told)
    ServiceCard.objects.filter(person=person, stopped_at=None).update(stopped_at=now)

"""The part of orders and market days when a person's record is copied or closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.copies import Column, copies
from orders.models.dispatch import CallBack, OrderEvent, OrderOffer, ServiceCard
from orders.models.market import StallBooking
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderKind
from people.actions.words import forget, said_in
from people.models import Person, User
from people.parts import Named


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """Her cards; the orders for her, of hers, and those held out to her, under which the offers and calls
    lie; what was said in their histories."""
    return (
        ServiceCard.objects.filter(person__in=person_ids),
        _touched(person_ids),
        said_in(_history(person_ids)),
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
    """Takes what tells who she is off the rows of this app: of what was for her, all that was typed; of
    what she did or asked for others, what was typed about that.
    """
    forget(_history([person.pk]))
    hers = ServiceOrder.objects.filter(for_person=person)
    hers.update(text="", place="", public_text="", wanted_words="", done_note="")
    for kind in OrderKind:
        hers.filter(kind=kind, item=None).update(title=str(kind.label)[:40])
    ServiceOrder.objects.filter(volunteer__person=person).update(done_note="")
    CallBack.objects.filter(order__in=_touched([person.pk])).exclude(note="").update(note="")
    ServiceCard.objects.filter(person=person, stopped_at=None).update(stopped_at=now)


def _touched(person_ids: Collection[int]) -> QuerySet[ServiceOrder]:
    """Orders for her, those she asked for somebody, has taken, or was asked to take."""
    hers = Q(for_person__in=person_ids) | Q(requester__in=person_ids) | Q(volunteer__person__in=person_ids)
    asked = OrderOffer.objects.filter(volunteer__person__in=person_ids)
    return ServiceOrder.objects.filter(hers | Q(pk__in=asked.order_by().values("order"))).order_by()


def _history(person_ids: Collection[int]) -> QuerySet[OrderEvent]:
    return OrderEvent.objects.filter(order__in=_touched(person_ids).values("pk"))


def named(person: Person) -> Iterable[Named]:
    """Letters about her orders went to who took them; about those she took, to who asked."""
    hers = set(ServiceOrder.objects.filter(for_person=person).values_list("pk", flat=True))
    others = set(_touched([person.pk]).values_list("pk", flat=True)) - hers
    return [Named("order", hers, hers=True), Named("order", others, hers=False)]

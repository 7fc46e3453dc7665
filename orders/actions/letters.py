"""What notices about orders say: names and times as they were when the thing happened."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notices.actions import Draft, queue_all
from orders.models.orders import ServiceOrder
from orders.rules.letters import Letter
from people.models import Person


def wanted(order: ServiceOrder) -> str:
    """When it is wanted, in words."""
    day = date_format(order.wanted_on, "n月j日 D").replace("星期", "周") if order.wanted_on else ""
    return " ".join(filter(None, [day, order.wanted_words])) or _("时间再约")


class More(TypedDict, total=False):
    """What one letter about an order says and another leaves empty."""

    until: str
    reason: str


class OrderWords(TypedDict):
    """The words of a letter about an order."""

    name: str
    person: str
    division: str
    reference: str
    order_id: int
    taker: str
    when: str
    until: str
    reason: str


def tell(
    order: ServiceOrder, kind: Letter, recipient: Person | None, now: datetime, **more: Unpack[More]
) -> None:
    """Queues one letter about an order; who cannot be told (a unit without an account) is left out."""
    if recipient is None:
        return
    words: OrderWords = {
        "name": order.title,
        "person": order.whom,
        "division": str(order.division),
        "reference": order.reference,
        "order_id": order.pk,
        "taker": order.taker_name,
        "when": wanted(order),
        "until": "",
        "reason": "",
        **more,
    }
    # A thing may happen to an order more than once: the number of its steps tells them apart.
    key = f"{kind.lower()}:{order.pk}:{order.events.count()}:{recipient.pk}"
    draft = Draft(kind, key, recipient.pk, ("order", order.pk), now, data=words)
    queue_all(drafts=[draft], now=now, urgent=True)

"""Verbs of a number: staff ring who was served, a helper rings to whom she goes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from orders.actions.steps import not_yours
from orders.models.dispatch import CallBack
from orders.models.orders import ServiceOrder
from orders.rules.orders import ORDERS, OrderMove, OrderParty
from people.actions.ringing import open_numbers
from people.authority import may_act
from people.models import User


@transaction.atomic
def ring_back(*, callback_id: int, by: User, now: datetime) -> CallBack:
    """看号码: opens the number of whom an order was for, and who looked is on record for her to read.

    Refuses NOT_ALLOWED where no such call is to be made by the caller, and NO_NUMBER.
    """
    calls = CallBack.objects.to_make().select_related("order__for_person", "order__division")
    call: CallBack | None = calls.filter(pk=callback_id, order__for_person__isnull=False).first()
    if call is None or call.order.for_person is None:
        raise not_yours()
    if not may_act(by=by, verb="orders.dispatch", row=call.order.division):
        raise not_yours()
    words = _("服务回访：%(order)s") % {"order": call.order.reference}
    open_numbers(people=[call.order.for_person], reason=words, by=by, now=now)
    return call


@transaction.atomic
def ring_client(*, order_id: int, by: User, now: datetime) -> ServiceOrder:
    """看号码: who has an order in hand opens the number of whom it is for; the look is on record.

    Refuses NOT_ALLOWED for everybody else and once it is done, and NO_NUMBER.
    """
    in_hand = ServiceOrder.objects.had_by(by).filter(
        pk=order_id, state__in=ORDERS.sources(OrderMove.FINISH, OrderParty.TAKER)
    )
    order: ServiceOrder | None = in_hand.select_related("for_person").first()
    if order is None or order.for_person is None:
        raise not_yours()
    words = _("联系上门服务：%(order)s") % {"order": order.reference}
    open_numbers(people=[order.for_person], reason=words, by=by, now=now)
    return order

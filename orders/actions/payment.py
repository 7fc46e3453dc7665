"""What gifts and services for points share: who may spend; and the points of an order."""

from __future__ import annotations

from datetime import datetime

from common.days import day_of
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderState
from people.models import User
from points.actions.ages import check_age
from points.actions.holds import commit_hold, hold, release_hold
from points.models.ledger import Account
from points.models.policy import Policy
from points.rules import AccountKind


def set_aside(order: ServiceOrder, by: User, now: datetime) -> None:
    """Holds what a new order costs, out of the points of whom it is for, as long as it is open.

    Refuses OVERSPEND, IN_DEBT, NOT_OLD_ENOUGH.
    """
    if not order.points or order.for_person is None:
        return
    policy = Policy.objects.in_force(order.division, day_of(now))
    check_age(order.for_person, policy, now)
    order.hold = hold(
        key=f"order:{order.pk}",
        account_id=Account.objects.opened(AccountKind.PERSON, person=order.for_person).pk,
        amount=order.points,
        gift_id=None,
        until=None,
        by=by,
        now=now,
        policy=policy,
        principal_id=order.for_person.pk,
    )
    order.save(update_fields=["hold"])


def settle_points(order: ServiceOrder, by: User, now: datetime) -> None:
    """Spends what a locked order costs once it is confirmed, gives it back where it came to nothing.

    A shop that served is credited with the points; what a volunteer earns comes from the budget
    that pays for all service (`approve_service`), never from a neighbour's pocket: 志愿服务条例
    art. 21, 37.
    """
    if order.hold_id is None:
        return
    if order.state == OrderState.CONFIRMED:
        to = Account.objects.opened(AccountKind.SHOP, shop=order.shop).pk if order.shop else None
        commit_hold(hold_id=order.hold_id, by=by, now=now, to_account_id=to, memo=order.title)
    elif order.state in {OrderState.REFUSED, OrderState.CANCELLED}:
        release_hold(hold_id=order.hold_id, by=by, now=now)

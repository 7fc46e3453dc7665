"""What gifts and services for points share: who may spend; and the points of an order."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from common.errors import DomainError
from people.models import Person, User
from volunteers.actions.holds import commit_hold, hold, release_hold
from volunteers.models import Account, Policy, ServiceOrder
from volunteers.rules import AccountKind, OrderState, day_of


def check_age(person: Person, policy: Policy | None, now: datetime) -> None:
    """Refuses NOT_OLD_ENOUGH where the policy of a place lets points be spent from an age on."""
    if policy is None or policy.spend_from_age is None:
        return
    age = person.age_on(day_of(now))
    if age is None or age < policy.spend_from_age:
        raise DomainError(
            "NOT_OLD_ENOUGH",
            _("按这里的办法，满 %(age)s 岁才能兑换；积分会一直给您留着，也可以捐给需要的人。")
            % {"age": policy.spend_from_age},
        )


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

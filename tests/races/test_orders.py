"""Orders under real concurrency: whoever comes first wins, and exactly one does."""

from datetime import timedelta

import pytest

from common.errors import DomainError
from notices.models import Notice
from orders.actions.cards import issue_card, use_card
from orders.actions.completion import confirm, dispute, settle
from orders.actions.dispatch import expire_offers, offer_order, take_order
from orders.actions.orders import cancel_order
from orders.models.dispatch import OrderEvent, ServiceCard
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderKind, OrderMove, OrderState
from tests.common.faults import found
from tests.factories import orders, volunteers
from tests.factories.orders import asked, brought_to, taker_of
from tests.races.crowd import at_once
from volunteers.models.service import ServiceRecord

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
S, M = OrderState, OrderMove
ROUNDS = 8


def codes(results):
    return [one.code if isinstance(one, DomainError) else "done" for one in results]


def faults():
    """What the audit finds of orders."""
    return {name: rows for name, rows in found().items() if name.startswith("服务单")}


@pytest.fixture
def helper(cast):
    return volunteers.volunteer(home=cast.city["community"])


def test_twenty_volunteers_adopt_one_wish(cast, now, helper):
    crowd = [volunteers.volunteer(home=cast.city["community"]) for _ in range(20)]
    wish = asked(cast.guilan, now, kind=OrderKind.WISH)
    brought_to(S.ACCEPTED_FOR_DISPATCH, wish, helper, cast.worker, now)
    results = at_once(
        [
            lambda one=one: take_order(order_id=wish.pk, by=one.person.user, now=now, taker=taker_of(one))
            for one in crowd
        ]
    )
    assert sorted(codes(results)) == ["NOT_ALLOWED"] * 19 + ["done"]
    assert OrderEvent.objects.filter(event="TAKE").count() == 1
    assert Notice.objects.filter(kind="ORDER_TAKEN").count() == 1
    assert not faults()


def test_a_yes_and_the_end_of_the_offer(cast, now, helper):
    end = now + timedelta(hours=24)
    for _ in range(ROUNDS):
        order = brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
        yes = {"order_id": order.pk, "by": helper.person.user, "now": end - timedelta(seconds=1)}
        taken, expired = at_once([lambda yes=yes: take_order(**yes), lambda: expire_offers(now=end)])
        order.refresh_from_db()
        if isinstance(taken, DomainError):
            assert (order.state, expired, taken.code) == (S.ACCEPTED_FOR_DISPATCH, 1, "NOT_ALLOWED")
        else:
            assert (order.state, expired) == (S.TAKEN, 0)
    assert not faults()


def test_confirmed_and_disputed_at_the_same_moment(cast, now, helper):
    for _ in range(ROUNDS):
        order = brought_to(S.DONE, asked(cast.guilan, now), helper, cast.worker, now)
        one = {"order_id": order.pk, "by": cast.guilan.user, "now": now}
        results = at_once(
            [
                lambda one=one: confirm(**one),
                lambda one=one: dispute(**one, reason="没有来"),
            ]
        )
        order.refresh_from_db()
        expected = {S.CONFIRMED: ["done", "MOVE_REFUSED"], S.DISPUTED: ["MOVE_REFUSED", "done"]}
        assert codes(results) == expected[S(order.state)]
        recorded = ServiceRecord.objects.filter(source_key=f"order:{order.pk}").exists()
        assert recorded == (order.state == S.CONFIRMED)
    assert not faults()


def test_called_off_and_taken_at_the_same_moment(cast, now, helper):
    for _ in range(ROUNDS):
        order = brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
        cancelled, taken = at_once(
            [
                lambda pk=order.pk: cancel_order(order_id=pk, by=cast.guilan.user, now=now),
                lambda pk=order.pk: take_order(order_id=pk, by=helper.person.user, now=now),
            ]
        )
        order.refresh_from_db()
        # A taken order can still be called off: then she who took it is told.
        assert not isinstance(cancelled, DomainError)
        assert order.state == S.CANCELLED
        assert (order.volunteer == helper) == (not isinstance(taken, DomainError))
    assert not faults()


def test_the_button_is_pressed_ten_times(cast, now):
    results = at_once([lambda: asked(cast.guilan, now, key="one")] * 10)
    assert len({one.pk for one in results}) == 1
    assert ServiceOrder.objects.count() == 1
    assert Notice.objects.count() == 1


def test_two_dispatchers_offer_one_order(cast, now, helper):
    other = volunteers.volunteer(home=cast.city["community"])
    order = asked(cast.guilan, now)
    results = at_once(
        [
            lambda one=one: offer_order(order_id=order.pk, taker=taker_of(one), by=cast.worker, now=now)
            for one in (helper, other)
        ]
    )
    assert sorted(codes(results)) == ["MOVE_REFUSED", "done"]
    assert not faults()


def test_the_last_use_of_a_card(cast, now):
    shop = orders.shop(cast.city["community"], cast.stranger.user)
    card = issue_card(
        person_id=cast.elder.pk, trades=["HAIR"], uses=1, valid_until=now.date(), by=cast.worker, now=now
    )
    use = {"number": card.number, "shop_id": shop.pk, "by": cast.stranger.user, "now": now}
    results = at_once([lambda: use_card(**use)] * 10)
    assert sorted(codes(results)) == ["CARD_REFUSED"] * 9 + ["done"]
    assert ServiceCard.objects.get().uses_left == 0
    assert ServiceOrder.objects.count() == 1


def test_twenty_orders_for_the_points_of_one(cast, now):
    """Twenty services at once, points for one: one order stands, with its hold, nothing is half done."""
    fund = volunteers.budget(cast.city["street"], cast.officer, 100)
    volunteers.give(cast.guilan, 25, of=fund, by=cast.officer, now=now)
    menu = [orders.item(cast.city["street"], points=20) for _ in range(20)]
    results = at_once(
        [lambda item=item: asked(cast.guilan, now, kind=OrderKind.SERVICE, item_id=item.pk) for item in menu]
    )
    assert sorted(codes(results)) == ["OVERSPEND"] * 19 + ["done"]
    account = volunteers.points_of(cast.guilan)
    assert (ServiceOrder.objects.count(), account.posted, account.held) == (1, 25, 20)
    assert not faults()


def test_points_of_an_order_upheld_and_cancelled_at_once(cast, now, helper):
    """Two members of staff settle one dispute, each in another way: spent or back, once."""
    fund = volunteers.budget(cast.city["street"], cast.officer, 1000)
    volunteers.give(cast.guilan, 20 * ROUNDS, of=fund, by=cast.officer, now=now)
    spent = 0
    for _ in range(ROUNDS):
        item = orders.item(cast.city["street"], points=20)
        order = asked(cast.guilan, now, kind=OrderKind.SERVICE, item_id=item.pk)
        brought_to(S.DISPUTED, order, helper, cast.worker, now)
        say = {"order_id": order.pk, "now": now, "reason": "谈好了", "by": cast.worker}
        at_once([lambda how=how, say=say: settle(**say, outcome=how) for how in (M.UPHOLD, M.CANCEL)])
        order.refresh_from_db()
        assert order.hold.end.outcome == {"CONFIRMED": "COMMITTED", "CANCELLED": "RELEASED"}[order.state]
        spent += 20 * (order.state == S.CONFIRMED)
    account = volunteers.points_of(cast.guilan)
    assert (account.posted, account.held) == (20 * ROUNDS - spent, 0)
    assert not faults()

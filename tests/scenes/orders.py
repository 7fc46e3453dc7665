"""Orders: asked, taken, done, confirmed; cards and market days."""

from datetime import datetime, timedelta

from notices.actions import deliver_due
from orders.actions.cards import issue_card, stop_card, use_card
from orders.actions.completion import confirm, dispute, mark_done, record_callback, settle
from orders.actions.dispatch import (
    decline_order,
    expire_offers,
    offer_order,
    release_order,
    take_order,
    withdraw_offer,
)
from orders.actions.market import (
    add_stall,
    announce_market,
    book_stall,
    cancel_booking,
    cancel_market,
    cancel_stall,
)
from orders.actions.orders import (
    accept_order,
    cancel_order,
    escalate_orders,
    post_project,
    refuse_order,
    request_order,
    sign_agreement,
)
from orders.actions.ringing import ring_back, ring_client
from orders.models.orders import ServiceOrder
from orders.rules.orders import CallBackAnswer, OrderKind, OrderMove, OrderState
from people.rules import Role
from tests.cast import Cast
from tests.factories import orders, people, volunteers
from tests.factories.orders import asked, brought_to, taker_of
from tests.scenes import Play, story
from volunteers.actions.service import write_record
from volunteers.models.roll import Volunteer
from volunteers.rules.roll import Trade

S = OrderState


def paid(cast: Cast, now: datetime, wanted: int = 0) -> ServiceOrder:
    """A service that costs points, asked by 王桂兰, who has some."""
    if not wanted:
        fund = volunteers.budget(cast.city["street"], cast.officer, 1000)
        volunteers.give(cast.guilan, 200, of=fund, by=cast.officer, now=now)
        volunteers.policy(cast.city["street"], cast.officer)
    menu = orders.item(cast.city["community"], points=20)
    return asked(cast.guilan, now, kind=OrderKind.SERVICE, item_id=menu.pk)


def helper_of(cast: Cast) -> Volunteer:
    return volunteers.volunteer(home=cast.city["community"])


@story(request_order, accept_order, refuse_order, cancel_order)
def an_order_before_anybody_has_it(play: Play, cast: Cast, now: datetime) -> None:
    first = paid(cast, now)
    menu = orders.item(cast.city["community"], points=20)
    told = {"kind": OrderKind.SERVICE, "for_person_id": cast.guilan.pk, "item_id": menu.pk}
    second = play(request_order, **told, by=cast.guilan.user, now=now)
    play(accept_order, order_id=first.pk, by=cast.worker, now=now)
    play(cancel_order, order_id=first.pk, by=cast.guilan.user, now=now)
    play(refuse_order, order_id=second.pk, reason="没有这项服务", by=cast.worker, now=now)


@story(offer_order, withdraw_offer, decline_order, take_order, release_order, mark_done, confirm)
def an_order_is_dispatched(play: Play, cast: Cast, now: datetime) -> None:
    """Paid with points; its record is there already, as where a confirmation comes a second time."""
    order, helper = paid(cast, now), helper_of(cast)
    one, own = {"order_id": order.pk, "now": now}, helper.person.user
    offer = {**one, "by": cast.worker, "taker": taker_of(helper)}
    play(offer_order, **offer)
    play(withdraw_offer, **one, by=cast.worker)
    play(offer_order, **offer)
    play(decline_order, **one, by=own)
    play(offer_order, **offer)
    play(take_order, **one, by=own)
    play(release_order, **one, by=own)
    play(offer_order, **offer)
    play(take_order, **one, by=own)
    people.reached_at(cast.guilan)
    play(ring_client, **one, by=own)
    play(mark_done, **one, by=own, minutes=45, evidence=["PAPER"])
    _written(order, helper, cast, now)
    play(confirm, **one, by=cast.guilan.user)
    play.locked(confirm, "volunteers_servicerecord", "points_account", "points_hold")


def _written(order: ServiceOrder, helper: Volunteer, cast: Cast, now: datetime) -> None:
    write_record(
        helper,
        source_key=f"order:{order.pk}",
        minutes=45,
        evidence=["LIST"],
        by=cast.worker,
        now=now,
        title=order.title,
        division=order.division,
    )


@story(confirm)
def a_shop_is_paid(play: Play, cast: Cast, now: datetime) -> None:
    order = brought_to(S.DONE, paid(cast, now), orders.shop(cast.city["community"]), cast.worker, now)
    play(confirm, order_id=order.pk, by=cast.guilan.user, now=now)


@story(dispute, settle)
def a_dispute_is_settled(play: Play, cast: Cast, now: datetime) -> None:
    helper, other = helper_of(cast), people.staff("高远", Role.SOCIAL_WORKER, cast.city["street"])
    outcomes = [OrderMove.REDO, OrderMove.REDISPATCH, OrderMove.UPHOLD, OrderMove.CANCEL]
    for number, outcome in enumerate(outcomes):
        order = brought_to(S.DONE, paid(cast, now, number), helper, cast.worker, now)
        one = {"order_id": order.pk, "now": now}
        play(dispute, **one, by=cast.guilan.user, reason="没有来")
        if outcome == OrderMove.UPHOLD:
            _written(order, helper, cast, now)
        play(settle, **one, outcome=outcome, reason="已经核实", by=other)


@story(record_callback)
def she_is_rung(play: Play, cast: Cast, now: datetime) -> None:
    helper, other = helper_of(cast), people.staff("高远", Role.SOCIAL_WORKER, cast.city["street"])
    for number, answer in enumerate([CallBackAnswer.GOOD, CallBackAnswer.BAD]):
        order = brought_to(S.DONE, paid(cast, now, number), helper, cast.worker, now)
        call, _other = (orders.callback(order, now, why) for why in ("DRAWN", "SILENT"))
        told = {"answer": answer, "note": "没有来", "by": other, "now": now}
        people.reached_at(cast.guilan)
        play(ring_back, callback_id=call.pk, by=other, now=now)
        play(record_callback, callback_id=call.pk, **told)


@story(take_order, decline_order, withdraw_offer, cancel_order)
def an_offer_that_is_told_by_telephone(play: Play, cast: Cast, now: datetime) -> None:
    """The helper has no account; the order costs points, which come back when it is cancelled."""
    helper = volunteers.volunteer(people.person("高远", home=cast.city["community"]))
    ends = {take_order: {}, decline_order: {}, withdraw_offer: {}, cancel_order: {"reason": "好了"}}
    for number, (end, more) in enumerate(ends.items()):
        order = brought_to(S.OFFERED, paid(cast, now, wanted=number), helper, cast.worker, now)
        deliver_due(now=now)
        play(end, order_id=order.pk, by=cast.worker, now=now, **more)
        play.locked(end, "orders_serviceorder", "notices_delivery")


@story(expire_offers, escalate_orders)
def passes(play: Play, cast: Cast, now: datetime) -> None:
    helper = helper_of(cast)
    for _each in range(2):
        brought_to(S.OFFERED, asked(cast.guilan, now), helper, cast.worker, now)
        asked(cast.guilan, now)
    for name in ("孙主任", "钱主任"):
        people.staff(name, Role.DIRECTOR, cast.city["street"])
    assert play(expire_offers, now=now + timedelta(days=2)) == 2
    assert play(escalate_orders, now=now + timedelta(days=9)) == 2


@story(sign_agreement)
def a_project_is_adopted(play: Play, cast: Cast, now: datetime) -> None:
    unit = orders.unit(cast.city["community"], cast.stranger.user)
    order = orders.project(cast.city["community"], cast.worker, now)
    one = {"order_id": order.pk, "now": now}
    take_order(**one, by=cast.stranger.user, taker=taker_of(unit))
    until = now.date() + timedelta(days=90)
    play(sign_agreement, **one, agreement_no="A-1", agreement_until=until, by=cast.worker)


@story(release_order, cancel_order, settle)
def a_use_of_a_card_comes_to_nothing(play: Play, cast: Cast, now: datetime) -> None:
    card, shop = orders.card(cast.elder, cast.worker, now, uses=3), orders.shop(cast.city["community"])
    other = people.staff("高远", Role.SOCIAL_WORKER, cast.city["street"])
    ends = {release_order: {}, cancel_order: {}, settle: {"outcome": OrderMove.CANCEL}}
    for end, more in ends.items():
        used = use_card(number=card.number, shop_id=shop.pk, by=cast.worker, now=now)
        one = {"order_id": used.pk, "now": now}
        if end is settle:
            mark_done(**one, minutes=20, by=cast.worker)
            dispute(**one, reason="没有剪好", by=cast.worker)
        play(end, **one, reason="店里停水", by=other, **more)
        play.locked(end, "orders_servicecard", "orders_serviceorder")


@story(use_card, stop_card)
def a_card_is_used_and_stopped(play: Play, cast: Cast, now: datetime) -> None:
    card, shop = orders.card(cast.elder, cast.worker, now), orders.shop(cast.city["community"])
    play(use_card, number=card.number, shop_id=shop.pk, by=cast.worker, now=now)
    play(stop_card, card_id=card.pk, by=cast.worker, now=now)


@story(add_stall, book_stall, cancel_booking, cancel_stall, cancel_market)
def a_market_day(play: Play, cast: Cast, now: datetime) -> None:
    first, booking = orders.market(cast, now)
    market = first.market
    told = {"offers": "磨刀", "places": 2, "slot_minutes": 20, "by": cast.worker, "now": now}
    shop = orders.shop(cast.city["community"])
    second, third = (
        play(add_stall, market_id=market.pk, keeper=taker_of(shop), **{**told, "offers": offers})
        for offers in ("磨刀", "修鞋")
    )
    hers = {"person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    for number, stall in enumerate((first, second, third)):
        at = market.opens_at + timedelta(minutes=20 * number)
        if stall != first:
            play(book_stall, stall_id=stall.pk, starts_at=at, **hers)
        other = cast.stranger
        book_stall(stall_id=stall.pk, person_id=other.pk, starts_at=at, by=other.user, now=now)
    play(cancel_booking, booking_id=booking.pk, by=cast.guilan.user, now=now)
    play(cancel_stall, stall_id=second.pk, by=cast.worker, now=now)
    play(cancel_market, market_id=market.pk, by=cast.worker, now=now)


@story()
def what_locks_no_row(play: Play, cast: Cast, now: datetime) -> None:
    here = {"division_id": cast.city["community"].pk, "by": cast.worker, "now": now}
    opens = now + timedelta(days=3)
    told = {
        "title": "便民市集",
        "place": "小广场",
        "opens_at": opens,
        "closes_at": opens + timedelta(hours=3),
    }
    play(announce_market, **here, **told)
    play(post_project, **here, title="楼道扶手", public_text="给三号楼装扶手")
    uses = {"trades": [Trade.HAIR], "uses": 4, "valid_until": opens.date()}
    play(issue_card, person_id=cast.elder.pk, **uses, by=cast.worker, now=now)

"""Service for service: points are set aside with the order, spent when it is confirmed, else back."""

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from orders.actions import completion
from orders.actions.orders import cancel_order
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderKind, OrderMove, OrderState
from points.actions.giving import donate
from points.actions.holds import expire_holds, release_hold
from points.models.ledger import Account, Hold, Posting
from points.rules import AccountKind, PostingKind
from tests.common.faults import found
from tests.factories import orders, volunteers
from tests.factories.orders import asked, brought_to
from tests.factories.points import of, settle, taken_back
from tests.html import Page, opened
from tests.locks import locks_in_order
from tests.owner import unguarded
from tests.refusals import refused

S = OrderState
CHECK = "服务单：用积分的，积分是本人的，跟着单子留出、扣掉或退回"
OPEN = [S.REQUESTED, S.ACCEPTED_FOR_DISPATCH, S.OFFERED, S.TAKEN, S.DONE, S.DISPUTED]


@pytest.fixture
def menu(cast):
    return orders.item(cast.city["street"], "上门理发", points=30)


@pytest.fixture
def helper(cast):
    return volunteers.volunteer(home=cast.city["community"])


def order(person, menu, now, **fields):
    return asked(person, now, kind=OrderKind.SERVICE, item_id=menu.pk, **fields)


def test_points_are_set_aside_with_the_order(cast, rich, menu, now):
    made = order(cast.guilan, menu, now, key="k1")
    assert order(cast.guilan, menu, now, key="k1") == made
    assert (made.points, made.hold.amount, made.hold.until) == (30, 30, None)
    assert of(rich) == (100, 30)
    assert Hold.objects.count() == 1
    settle()


@pytest.mark.parametrize("state", OPEN)
def test_they_stay_there_while_the_order_is_open(cast, rich, menu, helper, now, state):
    brought_to(state, order(cast.guilan, menu, now), helper, cast.worker, now)
    assert of(rich) == (100, 30)
    settle()
    assert expire_holds(now=now.replace(year=2030)) == 0
    assert of(rich) == (100, 30)


def test_they_are_spent_when_it_is_confirmed(cast, rich, menu, helper, now):
    made = brought_to(S.CONFIRMED, order(cast.guilan, menu, now), helper, cast.worker, now)
    settle()
    assert of(rich) == (70, 0)
    paid = Posting.objects.get(kind=PostingKind.REDEEM)
    assert (paid.memo, paid.principal, paid.by) == ("上门理发", cast.guilan.pk, cast.guilan.user)
    assert paid.legs.get(account__kind=AccountKind.REDEEMED).amount == 30
    completion.confirm(order_id=made.pk, by=cast.guilan.user, now=now)
    assert of(rich) == (70, 0)
    # What the helper earns comes from the budget, by the record's own approval.
    assert Account.objects.filter(person=helper.person, posted__gt=0).count() == 0


def test_a_shop_that_served_is_credited(cast, rich, menu, now):
    shop = orders.shop(cast.city["community"], keeper=cast.stranger.user)
    brought_to(S.CONFIRMED, order(cast.guilan, menu, now), shop, cast.worker, now)
    settle()
    leg = Posting.objects.get(kind=PostingKind.REDEEM).legs.get(amount=30)
    assert (leg.account.kind, leg.account.shop) == (AccountKind.SHOP, shop)


@pytest.mark.parametrize("state", [S.REFUSED, S.CANCELLED])
def test_they_come_back_when_it_comes_to_nothing(cast, rich, menu, helper, now, state):
    brought_to(state, order(cast.guilan, menu, now), helper, cast.worker, now)
    settle()
    assert of(rich) == (100, 0)
    # The same wish on the same day may be asked again.
    assert order(cast.guilan, menu, now).hold.amount == 30


@pytest.mark.parametrize(
    ("outcome", "left"),
    [
        (OrderMove.REDO, (100, 30)),
        (OrderMove.REDISPATCH, (100, 30)),
        (OrderMove.UPHOLD, (70, 0)),
        (OrderMove.CANCEL, (100, 0)),
    ],
)
def test_a_settled_dispute_settles_the_points(cast, rich, menu, helper, now, outcome, left):
    made = brought_to(S.DISPUTED, order(cast.guilan, menu, now), helper, cast.worker, now)
    completion.settle(order_id=made.pk, outcome=outcome, reason="谈好了", by=cast.worker, now=now)
    settle()
    assert of(rich) == left


def test_who_has_not_enough_orders_nothing(cast, fund, rich, menu, now):
    dear = orders.item(cast.city["street"], "家电清洗", points=71)
    order(cast.guilan, menu, now)
    refused("OVERSPEND", order, person=cast.guilan, menu=dear, now=now)
    refused("OVERSPEND", order, person=cast.elder, menu=menu, now=now, by=cast.worker)
    assert ServiceOrder.objects.count() == 1
    assert of(rich) == (100, 30)


def test_points_owed_and_age_hold_here_too(cast, fund, rich, menu, now):
    volunteers.policy(cast.city["street"], cast.officer, spend_from_age=90)
    refused("NOT_OLD_ENOUGH", order, person=cast.guilan, menu=menu, now=now)
    cast.guilan.born_on = volunteers.born(90)
    cast.guilan.save()
    made = order(cast.guilan, menu, now)
    donate(key="d", person_id=cast.guilan.pk, points=65, by=cast.guilan.user, now=now)
    first = Posting.objects.filter(kind=PostingKind.OPENING).get()
    taken_back(posting_id=first.pk, reason="记错了", by=cast.officer, now=now)
    cancel_order(order_id=made.pk, by=cast.guilan.user, now=now)
    assert of(rich) == (30, 0)
    refused("IN_DEBT", order, person=cast.guilan, menu=menu, now=now)


def test_the_desk_spends_for_a_named_person(cast, fund, menu, now):
    volunteers.give(cast.elder, 40, of=fund, by=cast.officer, now=now)
    made = order(cast.elder, menu, now, by=cast.worker)
    assert (made.hold.by, made.hold.principal) == (cast.worker, cast.elder.pk)
    assert made.hold.account.person == cast.elder


def test_what_the_menu_asks_tomorrow_changes_no_order(cast, rich, menu, helper, now):
    made = order(cast.guilan, menu, now)
    menu.points = 90
    menu.save()
    brought_to(S.CONFIRMED, made, helper, cast.worker, now)
    assert of(rich) == (70, 0)


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE orders_serviceorder SET points = 5", "order_is_not_rewritten"),
        ("UPDATE orders_serviceorder SET hold_id = NULL", "order_is_not_rewritten"),
        ("UPDATE orders_serviceorder SET state = 'REFUSED'", "order_points_stand_as_it_does"),
        ("UPDATE orders_serviceitem SET points = 10001", "service_item_points"),
    ],
)
def test_the_database_keeps_points_and_orders_together(cast, rich, menu, now, sql, rule):
    order(cast.guilan, menu, now)
    settle()
    with connection.cursor() as cursor, pytest.raises(IntegrityError) as caught:
        cursor.execute(f"{sql}; SET CONSTRAINTS ALL IMMEDIATE")
    assert caught.value.__cause__.diag.constraint_name == rule


def test_an_order_without_points_has_no_hold(cast, rich, now):
    free = orders.item(cast.city["street"], "读报")
    made = order(cast.guilan, free, now)
    assert (made.points, made.hold) == (0, None)
    with pytest.raises(IntegrityError, match="cancel it and order anew"):
        ServiceOrder.objects.filter(pk=made.pk).update(points=5)


def test_the_audit_finds_points_that_went_another_way(cast, rich, menu, now):
    made = order(cast.guilan, menu, now)
    settle()
    release_hold(hold_id=made.hold_id, by=cast.worker, now=now)
    assert CHECK in found()


def test_the_audit_finds_a_hold_without_an_end_and_an_order(cast, rich, menu, now):
    made = order(cast.guilan, menu, now)
    settle()
    with unguarded() as cursor:
        cursor.execute("UPDATE orders_serviceorder SET hold_id = NULL WHERE id = %s", [made.pk])
    assert {CHECK, "预留：没有期限的，都是一张服务单的"} <= set(found())


def test_the_order_is_locked_before_its_points(cast, rich, menu, helper, now):
    with locks_in_order() as watched:
        made = brought_to(S.DONE, order(cast.guilan, menu, now), helper, cast.worker, now)
        completion.confirm(order_id=made.pk, by=cast.guilan.user, now=now)
    assert {"orders_serviceorder", "points_hold", "points_account"} <= watched.taken
    with locks_in_order():
        brought_to(S.CANCELLED, order(cast.guilan, menu, now), helper, cast.worker, now)


# --- Pages ------------------------------------------------------------------------------------


@pytest.fixture
def guilan(client, cast, clock):
    client.force_login(cast.guilan.user)
    return client


def at(name, *args):
    return reverse(f"orders:{name}", args=args)


def typed(person, step):
    return {"person": person.pk, "key": "k1", "text": "剪短些", "step": step}


def test_three_screens_say_what_it_costs(guilan, cast, rich, menu):
    assert "30 积分" in opened(guilan, at("services")).text
    url = at("order_item", menu.pk)
    assert "要用 30 积分：先留出来，确认做好才扣，取消就退。" in opened(guilan, url).text
    check = Page(guilan.post(url, typed(cast.guilan, "check")))
    assert "送出时留出 30 积分（现在可用 100 分）" in check.text
    assert of(rich) == (100, 0)
    placed = opened(guilan, guilan.post(url, typed(cast.guilan, "send")).url)
    assert "留出了 30 积分，确认做好才扣，取消就退。" in placed.text
    assert of(rich) == (100, 30)
    book = opened(guilan, reverse("points:passbook"))
    assert "另有 30 分留着" in book.text
    assert "上门理发 待答复 留出 30 分" in book.text


@pytest.mark.parametrize("step", ["check", "send"])
def test_who_has_too_few_is_told_before_she_sends(guilan, cast, menu, step):
    page = Page(guilan.post(at("order_item", menu.pk), typed(cast.guilan, step)))
    assert page.status == 422
    assert "现在可用 0 积分，这一项要 30 积分，请换一项。" in page.text
    assert "剪短些" in page.text
    assert not ServiceOrder.objects.exists()


@pytest.mark.parametrize(
    ("state", "words"), [(S.CONFIRMED, "用了 30 积分。"), (S.CANCELLED, "留出的 30 积分已经退回。")]
)
def test_the_order_says_where_the_points_went(guilan, cast, rich, menu, helper, now, state, words):
    made = brought_to(state, order(cast.guilan, menu, now), helper, cast.worker, now)
    assert words in opened(guilan, at("my_order", made.pk)).text


def test_the_desk_reads_what_it_costs(client, cast, rich, menu, now, clock):
    client.force_login(cast.worker)
    page = opened(client, at("staff_order_for", cast.guilan.pk))
    assert "上门理发（30 积分）" in page.text
    made = order(cast.guilan, menu, now)
    assert "留出了 30 积分" in opened(client, at("staff_order", made.pk)).text

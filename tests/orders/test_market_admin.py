"""Market days in the back office."""

import pytest

from orders.actions.market import add_stall, book_stall
from orders.models.market import MarketDay, StallBooking
from tests.backoffice import change, delete, listed, said, verb, verb_of_list
from tests.factories import orders, people
from tests.html import Page
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def office(client, cast):
    """The officer of the street: runs grants."""
    client.force_login(cast.officer)
    return client


@pytest.fixture
def desk(client, cast):
    """The social worker of the street: runs markets."""
    client.force_login(cast.worker)
    return client


@pytest.fixture
def market(cast, now):
    return orders.market(cast, now)


def test_a_market_is_announced_gets_stalls_and_is_called_off(desk, cast):
    told = {"title": "周六市集", "division": cast.city["community"].pk, "where": "小广场"}
    told |= {"day": "2026-11-28", "opens": "09:00", "closes": "08:00"}
    assert "结束时间" in Page(desk.post(verb_of_list(MarketDay, "announce"), told)).text
    answer = desk.post(verb_of_list(MarketDay, "announce"), {**told, "closes": "11:00"})
    assert said(answer) == "市集公布了，接着设摊位。"
    day = MarketDay.objects.get()
    shop = orders.shop(cast.city["community"])
    stall = {"keeper": f"shop-{shop.pk}", "offers": "理发", "places": "2", "slot_minutes": "20"}
    assert said(desk.post(verb(day, "stall"), stall)) == "摊位设好了。"
    assert "请换个说法" in Page(desk.post(verb(day, "stall"), stall)).text
    far = orders.shop(cast.city["other_community"])
    assert Page(desk.post(verb(day, "stall"), {**stall, "keeper": f"shop-{far.pk}"})).status == 422
    assert str(shop) in desk.get(change(day)).content.decode()
    assert "市集取消了" in said(desk.post(verb(day, "cancel")))
    assert verb(day, "stall") not in desk.get(change(day)).content.decode()


def test_a_booking_is_given_back(desk, cast, market):
    stall, booking = market
    assert "王桂兰" in desk.get(change(stall)).content.decode()
    assert "已取消" in said(desk.post(verb(booking, "cancel")))
    booking.refresh_from_db()
    assert booking.state == "CANCELLED"
    assert verb(booking, "cancel") not in desk.get(change(booking)).content.decode()
    for row in (booking, stall, stall.market):
        assert desk.post(change(row), {}).status_code == 403
        assert desk.get(delete(row)).status_code == 403


def test_who_comes_is_not_for_everybody_who_sees_the_stall(office, market):
    text = office.get(change(market[0])).content.decode()
    assert "理发" in text
    assert "王桂兰" not in text
    assert office.get(listed(StallBooking)).status_code == 403


def test_another_street_s_are_out_of_sight(client, cast, market):
    client.force_login(cast.other_worker)
    stall, booking = market
    for row in (stall.market, stall, booking):
        assert client.get(change(row)).status_code == 302
        assert "理发" not in client.get(listed(type(row))).content.decode()


def test_a_stall_and_a_market_cost_the_same_however_full(client, cast, now, market):
    client.force_login(cast.admin)
    stall, booking = market

    def book(n):
        for _ in range(n):
            one = people.resident("居民", cast.city["community"])
            made = add_stall(
                market_id=stall.market_id, keeper=orders.taker_of(orders.shop(cast.city["community"])),
                offers=f"摊位{one.pk}", places=1, slot_minutes=20, by=cast.worker, now=now,
            )  # fmt: skip
            told = {"starts_at": booking.starts_at, "person_id": one.pk, "now": now, "by": one.user}
            book_stall(stall_id=made.pk, **told)
            StallBooking.objects.filter(person=one).update(stall=stall, state="CANCELLED")

    for row in (stall, stall.market):
        assert_constant(client, change(row), book)

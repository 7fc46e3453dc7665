"""Market days in the back office."""

import pytest
from django.urls import reverse

from orders.actions.market import add_stall, book_stall
from orders.models.market import StallBooking
from tests.backoffice import change, delete, listed
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


def test_a_market_is_looked_at_and_leads_to_the_desk(client, cast, market):
    stall, booking = market
    client.force_login(cast.officer)  # sees markets and runs none
    work = reverse("orders:staff_market", args=[stall.market_id])
    assert work not in Page(client.get(change(stall.market))).links
    client.force_login(cast.worker)
    assert work in Page(client.get(change(stall.market))).links
    assert "王桂兰" in client.get(change(stall)).content.decode()
    for row in (booking, stall, stall.market):
        assert client.post(change(row), {}).status_code == 403
        assert client.get(delete(row)).status_code == 403


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

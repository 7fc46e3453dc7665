"""Market days through the API."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from orders.models.market import StallBooking
from tests.factories import orders

pytestmark = pytest.mark.usefixtures("clock")


def get(client, name, *args):
    return client.get(reverse(f"api-{name}", args=args))


def post(client, name, *args, body=None, **headers):
    url = reverse(f"api-{name}", args=args)
    return client.post(url, json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def market(cast, now):
    """A stall with three times for two people each; 王桂兰 has the first."""
    return orders.market(cast, now)


def free(answer):
    return [one["free"] for one in answer["times"]]


def test_markets_and_stalls_are_read_by_everybody(client, market):
    stall, _booking = market
    (day,) = get(client, "market-list").json()["results"]
    assert (day["title"], day["place"], day["state"]) == ("周六市集", "小广场", "ANNOUNCED")
    assert get(client, "market-detail", stall.market_id).json() == day
    one = get(client, "stall-detail", stall.pk).json()
    assert (one["offers"], one["places"], one["slot_minutes"], free(one)) == ("理发", 2, 20, [1, 2, 2])
    assert get(client, "stall-list").json()["results"] == [one]
    assert get(client, "market-stalls", stall.market_id).json() == [one]


def test_stalls_of_what_is_over_are_read_with_their_market(client, market, clock):
    clock.now += timedelta(days=9)
    assert get(client, "stall-list").json()["results"] == []
    assert len(get(client, "market-stalls", market[0].market_id).json()) == 1


def test_a_time_is_booked_and_given_back_through_the_api(client, cast, market):
    stall, first = market
    body = {"stall_id": stall.pk, "person_id": cast.zixuan.pk, "starts_at": first.starts_at.isoformat()}
    assert post(client, "booking-list", body=body).status_code == 403
    client.force_login(cast.guilan.user)
    made = post(client, "booking-list", body=body, idempotency_key="a1")
    again = post(client, "booking-list", body=body, idempotency_key="a1")
    assert (made.status_code, made.json()) == (again.status_code, again.json())
    assert (made.status_code, made.json()["person"], made.json()["state"]) == (201, "王子轩", "BOOKED")
    mine = get(client, "booking-list").json()["results"]
    assert [one["person"] for one in mine] == ["王子轩", "王桂兰"]
    assert get(client, "booking-detail", first.pk).json() == mine[1]
    client.force_login(cast.stranger.user)
    full = post(client, "booking-list", body={**body, "person_id": cast.stranger.pk})
    assert (full.status_code, full.json()["code"]) == (409, "STALL_FULL")
    none = post(client, "booking-list", body={**body, "starts_at": "2026-11-28T14:05:00+08:00",
                                              "person_id": cast.stranger.pk})  # fmt: skip
    assert none.json()["code"] == "MARKET_REFUSED"
    assert post(client, "booking-list", body=body).json()["code"] == "NOT_ALLOWED"
    assert post(client, "booking-list", body={**body, "starts_at": "明天"}).status_code == 400
    assert post(client, "booking-cancel", first.pk).status_code == 404
    client.force_login(cast.guilan.user)
    for _ in range(2):
        assert post(client, "booking-cancel", first.pk).json()["state"] == "CANCELLED"
    assert StallBooking.objects.live().get().person == cast.zixuan


def test_lists_of_markets_cost_the_same_however_long(
    client, cast, now, market, django_assert_max_num_queries
):
    for days in range(1, 13):
        orders.market(cast, now + timedelta(days=days))
    client.force_login(cast.guilan.user)
    for name, queries in (("market-list", 4), ("stall-list", 4), ("booking-list", 5)):
        with django_assert_max_num_queries(queries):
            assert len(get(client, name).json()["results"]) == 13

"""Pages of market days."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grants.rules import PitchState
from orders.actions.market import add_stall
from orders.models.market import StallBooking
from tests.factories import orders
from tests.html import Page, opened
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")


P = PitchState


def at(name, *args):
    return reverse(f"orders:{name}", args=args)


def test_a_market_is_announced_and_stalls_are_put_up(client, cast, now):
    client.force_login(cast.worker)
    shop = orders.shop(cast.city["community"])
    told = {"title": "周六市集", "division": cast.city["community"].pk, "place": "小广场"}
    told |= {"day": "2026-11-28", "opens": "09:00", "closes": "08:00"}
    assert "结束时间" in Page(client.post(at("staff_announce"), told)).text
    made = client.post(at("staff_announce"), {**told, "closes": "10:00"})
    stall = {"keeper": f"shop-{shop.pk}", "offers": "理发", "places": "2", "slot_minutes": "20"}
    client.post(made.url, stall)
    assert "请换个说法" in Page(client.post(made.url, stall)).text
    assert "同时 2 位，每位 20 分钟" in opened(client, made.url).text
    assert "周六市集" in opened(client, at("staff_orders")).text
    assert "小广场 · 理发" in opened(client, at("markets")).text


def test_a_time_is_booked_and_given_back(client, cast, now):
    stall, booking = orders.market(cast, now)
    page = opened(client, at("market", stall.market_id))
    assert "还能约 5 位" in page.text
    client.force_login(cast.guilan.user)
    url = at("stall", stall.pk)
    times = [field["value"] for field in opened(client, url).fields("starts_at")]
    assert len(times) == 3
    again = Page(client.post(url, {"person": cast.guilan.pk, "starts_at": times[1]}))
    assert (again.status, "已经约过" in again.text) == (409, True)
    client.post(url, {"person": cast.zixuan.pk, "starts_at": times[0]})
    assert len(opened(client, url).fields("starts_at")) == 2  # the first time is full
    assert "王子轩" in opened(client, at("market", stall.market_id)).text
    client.post(at("cancel_booking", booking.pk))
    assert StallBooking.objects.live().count() == 1


def test_the_desk_books_for_who_has_no_phone_and_gives_back(client, cast, now):
    stall, booking = orders.market(cast, now)
    client.force_login(cast.worker)
    url = at("stall", stall.pk)
    assert "先找到是哪位居民" in opened(client, url).text
    assert "没有找到“查无此人”" in opened(client, f"{url}?q=查无此人").text
    page = opened(client, f"{url}?q=解福生")
    (person,), times = page.fields("person"), page.fields("starts_at")
    answer = client.post(f"{url}?q=解福生", {"person": person["value"], "starts_at": times[0]["value"]})
    assert answer.url == at("staff_market", stall.market_id)
    page = opened(client, answer.url)
    assert "解福生" in page.text
    assert client.post(at("cancel_booking", booking.pk)).url == answer.url
    assert StallBooking.objects.live().get().person == cast.elder


def test_a_resident_finds_nobody_else_at_a_stall(guilan, cast, now):
    stall, _booking = orders.market(cast, now)
    page = opened(guilan, f"{at('stall', stall.pk)}?q=解福生")
    assert "解福生" not in page.text


def test_a_market_that_is_called_off_says_so(client, cast, now):
    stall, _booking = orders.market(cast, now)
    client.force_login(cast.worker)
    client.post(at("staff_cancel_market", stall.market_id))
    page = opened(client, at("market", stall.market_id))
    assert "已取消" in page.text
    assert "不能约了" in page.text


def test_a_stall_that_is_called_off_says_so(client, cast, now):
    stall, _booking = orders.market(cast, now)
    client.force_login(cast.worker)
    desk = at("staff_market", stall.market_id)
    assert client.post(at("staff_cancel_stall", stall.pk)).url == desk
    page = opened(client, desk)
    assert "已取消" in page.text
    assert at("stall", stall.pk) not in page.links
    page = opened(client, at("market", stall.market_id))
    assert "摊主来不了，取消了" in page.text
    assert "理发" not in opened(client, at("markets")).text


def test_no_market_soon(client, cast, now, clock):
    assert "近期没有市集" in opened(client, at("markets")).text
    stall, _booking = orders.market(cast, now)
    clock.now = now + timedelta(days=4)
    assert "近期没有市集" in opened(client, at("markets")).text
    assert "不能约了" in opened(client, at("market", stall.market_id)).text


def test_a_market_costs_the_same_however_many_stalls(client, cast, now):
    first, _booking = orders.market(cast, now)

    def more(n):
        for number in range(n):
            shop = orders.shop(cast.city["community"])
            add_stall(
                market_id=first.market_id,
                keeper=orders.taker_of(shop),
                offers=f"摊位{shop.pk}-{number}",
                places=1,
                slot_minutes=20,
                by=cast.worker,
                now=now,
            )

    assert_constant(client, at("market", first.market_id), more)

"""爱心市集: stalls and their times; exactly as many as there are places."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notices.models import Notice
from orders.actions.market import (
    add_stall,
    announce_market,
    book_stall,
    cancel_booking,
    cancel_market,
    cancel_stall,
)
from orders.models.market import StallBooking
from orders.rules.market import Slot, slots
from tests.common.faults import found
from tests.factories import orders, people
from tests.factories.orders import taker_of
from tests.owner import unguarded
from tests.refusals import refused
from volunteers.rules.takers import Taker, TakerKind


@pytest.fixture
def market(cast, now):
    return announce_market(
        division_id=cast.city["community"].pk,
        title="周六市集",
        place="小广场",
        opens_at=now + timedelta(days=3),
        closes_at=now + timedelta(days=3, hours=1),
        by=cast.worker,
        now=now,
    )


@pytest.fixture
def stall(cast, now, market):
    return put_up(market, cast.worker, now, orders.shop(cast.city["community"]))


def put_up(market, by, now, keeper, **fields):
    told = {"offers": "理发", "places": 2, "slot_minutes": 20, **fields}
    return add_stall(market_id=market.pk, keeper=taker_of(keeper), by=by, now=now, **told)


def book(stall, person, now, *, at=None, by=None):
    return book_stall(
        stall_id=stall.pk,
        person_id=person.pk,
        starts_at=at or stall.market.opens_at,
        by=by or person.user,
        now=now,
    )


def test_the_times_of_a_stall(now):
    end = now + timedelta(minutes=50)
    found = list(slots(now, end, 20, 2, {now: 1}))
    assert found == [Slot(now, 1), Slot(now + timedelta(minutes=20), 2)]
    assert list(slots(now, end, 60, 1, {})) == []
    assert next(slots(now, end, 20, 1, {now: 3})).free == 0


def test_what_is_announced(cast, now, market):
    told = {"division_id": cast.city["community"].pk, "title": "市集", "place": "广场", "now": now}
    told |= {"opens_at": now, "closes_at": now + timedelta(hours=2)}
    refused("NOT_ALLOWED", announce_market, **told, by=cast.other_worker)
    for wrong in ({"title": ""}, {"place": " "}, {"closes_at": now}):
        refused("MARKET_REFUSED", announce_market, **{**told, **wrong}, by=cast.worker)
    assert list(type(market).objects.coming(now)) == [market]
    assert not type(market).objects.coming(market.closes_at)


def test_what_stalls_are_put_up(cast, now, market, stall):
    shop = orders.shop(cast.city["community"])
    one = {"market": market, "now": now, "keeper": shop, "by": cast.worker}
    refused("NOT_ALLOWED", put_up, **{**one, "by": cast.guilan.user})
    for wrong in ({"places": 0}, {"places": 51}, {"slot_minutes": 4}, {"offers": ""}, {"offers": "理发"}):
        refused("MARKET_REFUSED", put_up, **one, **wrong)
    for keeper in (orders.team(cast.city["street"]), orders.unit(cast.city["street"])):
        assert put_up(**{**one, "keeper": keeper}, offers=str(keeper)).keeper == str(keeper)
    told = {"market_id": market.pk, "offers": "磨刀", "places": 1, "slot_minutes": 10}
    for keeper in (Taker(TakerKind.VOLUNTEER, 1), Taker(TakerKind.SHOP, 0)):
        refused("MARKET_REFUSED", add_stall, **told, keeper=keeper, by=cast.worker, now=now)


def test_a_time_is_booked_and_given_back(cast, now, stall):
    first = book(stall, cast.guilan, now)
    assert book(stall, cast.guilan, now) == first
    assert book(stall, cast.zixuan, now, by=cast.guilan.user).place == 2
    refused("STALL_FULL", book, stall=stall, person=cast.stranger, now=now)
    later = stall.market.opens_at + timedelta(minutes=20)
    refused("ALREADY_BOOKED", book, stall=stall, person=cast.guilan, now=now, at=later)
    refused("NOT_ALLOWED", book, stall=stall, person=cast.elder, now=now, by=cast.guilan.user)
    assert book(stall, cast.elder, now, at=later, by=cast.worker).person == cast.elder
    refused("NOT_ALLOWED", cancel_booking, booking_id=first.pk, by=cast.stranger.user, now=now)
    for _ in range(2):
        cancel_booking(booking_id=first.pk, by=cast.guilan.user, now=now)
    assert book(stall, cast.stranger, now).place == 1


def test_nobody_is_at_two_stalls_at_once(cast, now, market, stall):
    other = put_up(market, cast.worker, now, stall.shop, offers="磨刀", slot_minutes=15, places=3)
    book(stall, cast.guilan, now)
    at = market.opens_at
    for minutes in (0, 15):  # a haircut takes twenty
        refused("CLASHES", book, stall=other, person=cast.guilan, now=now, at=at + timedelta(minutes=minutes))
    book(other, cast.zixuan, now, by=cast.guilan.user)
    assert book(other, cast.guilan, now, at=at + timedelta(minutes=30)).state == "BOOKED"
    assert StallBooking.objects.get(person=cast.zixuan).starts_at == at


def test_times_that_are_none(cast, now, stall):
    opens = stall.market.opens_at
    one = {"stall": stall, "person": cast.guilan, "now": now}
    for minutes in (-20, 10, 60):
        refused("MARKET_REFUSED", book, **one, at=opens + timedelta(minutes=minutes))
    refused("MARKET_REFUSED", book, **{**one, "now": opens}, at=opens)
    refused("NOT_ALLOWED", book_stall, stall_id=0, person_id=cast.guilan.pk, starts_at=opens,
            by=cast.guilan.user, now=now)  # fmt: skip


def test_a_stall_that_is_called_off(cast, now, market, stall):
    other = put_up(market, cast.worker, now, stall.shop, offers="磨刀")
    gone, kept = book(stall, cast.guilan, now), book(other, cast.zixuan, now, by=cast.guilan.user)
    refused("NOT_ALLOWED", cancel_stall, stall_id=stall.pk, by=cast.other_worker, now=now)
    for _ in range(2):
        done = cancel_stall(stall_id=stall.pk, by=cast.worker, now=now)
    assert done.called_off_at == now
    assert done.times([]) == []
    assert list(StallBooking.objects.live()) == [kept]
    (letter,) = Notice.objects.filter(kind="STALL_CANCELLED")
    assert letter.about_id == gone.pk
    assert "摊位不来了" in letter.body
    refused("MARKET_REFUSED", book, stall=stall, person=cast.elder, now=now, by=cast.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        StallBooking.objects.filter(pk=gone.pk).update(state="BOOKED")


def test_a_market_that_is_called_off(cast, now, market, stall):
    booking = book(stall, cast.guilan, now)
    refused("NOT_ALLOWED", cancel_market, market_id=market.pk, by=cast.other_worker, now=now)
    for _ in range(2):
        cancel_market(market_id=market.pk, by=cast.worker, now=now)
    booking.refresh_from_db()
    assert booking.state == "CANCELLED"
    refused("MARKET_REFUSED", book, stall=stall, person=cast.guilan, now=now)
    refused(
        "MARKET_REFUSED", put_up, market=market, by=cast.worker, now=now, keeper=stall.shop, offers="磨刀"
    )


def test_the_database_knows_the_places(cast, now, stall):
    booking = book(stall, cast.guilan, now)
    for wrong in ({"place": 3}, {"place": 0}, {"starts_at": booking.starts_at + timedelta(minutes=5)}):
        with pytest.raises(IntegrityError, match="no such place"), transaction.atomic():
            StallBooking.objects.update(**wrong)
    other = book(stall, cast.zixuan, now, by=cast.guilan.user)
    with pytest.raises(IntegrityError, match="one_booking_a_place"), transaction.atomic():
        StallBooking.objects.filter(pk=other.pk).update(place=1)
    with (
        pytest.raises(IntegrityError, match="one_live_booking_a_stall"),
        transaction.atomic(),
    ):
        StallBooking.objects.filter(pk=other.pk).update(person=cast.guilan)


def test_who_sees_a_booking(cast, now, stall):
    booking = book(stall, cast.guilan, now)
    seen = StallBooking.objects
    for who in (cast.guilan.user, cast.worker):
        assert list(seen.visible_to(who)) == [booking]
    for who in (cast.stranger.user, cast.other_worker, people.user()):
        assert not seen.visible_to(who)


def test_the_audit_finds_what_is_planted(cast, now, stall):
    for person in (cast.guilan, cast.stranger):
        book(stall, person, now)
    assert found() == {}
    with unguarded() as cursor:
        cursor.execute("UPDATE orders_stall SET slots = 1")
        assert set(found()) == {"市集：同一时间的预约不多于摊位的位置"}
        cursor.execute("UPDATE orders_stall SET slots = 2")
        cursor.execute("UPDATE orders_marketday SET state = 'CANCELLED'")
    assert set(found()) == {"市集：取消的市集和摊位没有有效的预约"}

"""A stall under real concurrency: as many bookings as there are places, one a person."""

from datetime import timedelta

import pytest

from common.errors import DomainError
from notices.models import Notice
from orders.actions.market import add_stall, announce_market, book_stall, cancel_booking
from orders.actions.market_letters import remind_markets
from orders.models.market import StallBooking
from tests.factories import orders, people
from tests.factories.orders import taker_of
from tests.races.crowd import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_thirty_people_want_one_time_of_three_places(cast, now):
    opens = now + timedelta(days=1)
    market = announce_market(
        division_id=cast.city["community"].pk,
        title="周六市集",
        place="小广场",
        opens_at=opens,
        closes_at=opens + timedelta(hours=1),
        by=cast.worker,
        now=now,
    )
    stall = add_stall(
        market_id=market.pk,
        keeper=taker_of(orders.shop(cast.city["community"])),
        offers="理发",
        places=3,
        slot_minutes=20,
        by=cast.worker,
        now=now,
    )
    crowd = [people.resident("居民", cast.city["community"]) for _ in range(15)]
    results = at_once(
        [
            lambda one=one: book_stall(
                stall_id=stall.pk, person_id=one.pk, starts_at=opens, by=one.user, now=now
            )
            for one in crowd * 2  # everybody taps twice
        ]
    )
    places = sorted(StallBooking.objects.live().values_list("place", flat=True))
    assert places == [1, 2, 3]
    refused = {one.code for one in results if isinstance(one, DomainError)}
    assert refused == {"STALL_FULL"}


def test_beats_and_cancellations_at_once_leave_one_letter_to_who_comes_and_none_to_who_does_not(cast, now):
    """The reminder pass locks what it tells of, so a cancellation either comes first or takes it back."""
    opens = now + timedelta(days=3)
    told = {"division_id": cast.city["community"].pk, "title": "周六市集", "place": "小广场"}
    market = announce_market(
        **told, opens_at=opens, closes_at=opens + timedelta(hours=1), by=cast.worker, now=now
    )
    stall = add_stall(
        market_id=market.pk,
        keeper=taker_of(orders.shop(cast.city["community"])),
        offers="理发",
        places=12,
        slot_minutes=20,
        by=cast.worker,
        now=now,
    )
    crowd = [people.resident("居民", cast.city["community"]) for _ in range(12)]
    booked = [
        book_stall(stall_id=stall.pk, person_id=one.pk, starts_at=opens, by=one.user, now=now)
        for one in crowd
    ]
    tomorrow = opens - timedelta(hours=20)
    beat = [lambda: remind_markets(now=tomorrow)] * 4
    gone = [lambda one=one: cancel_booking(booking_id=one.pk, by=one.by, now=tomorrow) for one in booked[:6]]
    results = at_once([*beat[:2], *gone, *beat[2:]])
    assert not [one for one in results if isinstance(one, Exception)]
    remind_markets(now=tomorrow)  # what was being changed then
    letters = Notice.objects.filter(kind="MARKET_REMINDER", withdrawn_at=None)
    assert sorted(letters.values_list("about_id", flat=True)) == sorted(one.pk for one in booked[6:])


def test_one_person_books_two_stalls_for_the_same_time_at_once(cast, now):
    opens = now + timedelta(days=3)
    market = announce_market(
        division_id=cast.city["community"].pk,
        title="周六市集",
        place="小广场",
        opens_at=opens,
        closes_at=opens + timedelta(hours=1),
        by=cast.worker,
        now=now,
    )
    keeper = taker_of(orders.shop(cast.city["community"]))
    told = {"market_id": market.pk, "keeper": keeper, "places": 2, "slot_minutes": 20}
    stalls = [add_stall(**told, offers=f"摊位{n}", by=cast.worker, now=now) for n in range(6)]
    hers = {"person_id": cast.guilan.pk, "starts_at": opens, "by": cast.guilan.user, "now": now}
    results = at_once([lambda one=one: book_stall(stall_id=one.pk, **hers) for one in stalls])
    codes = sorted(getattr(one, "code", "BOOKED") for one in results)
    assert codes == ["BOOKED"] + ["CLASHES"] * 5
    assert StallBooking.objects.count() == 1

"""The table of moves, the clock, the draw: pure decisions."""

from datetime import date, timedelta
from itertools import chain, combinations, product

import pytest

from common.workdays import Workdays
from orders.rules.market import (
    BOOKINGS,
    MARKETS,
    BookingMove,
    BookingState,
    MarketMove,
    MarketParty,
    MarketState,
)
from orders.rules.orders import (
    CARD_USES,
    ORDERS,
    OVER,
    OrderKind,
    OrderMove,
    OrderParty,
    OrderState,
    answer_due,
    is_drawn,
    machine_of,
    most_minutes,
    number_of,
    reference_of,
    tells_who,
)
from tests.factories.courses import at
from volunteers.rules.takers import TakerKind

S, M, P = OrderState, OrderMove, OrderParty

# Written down once more, by hand: (state, move, to, who).
MEANT = """
REQUESTED ACCEPT ACCEPTED_FOR_DISPATCH STAFF
REQUESTED REFUSE REFUSED STAFF
REQUESTED OFFER OFFERED STAFF
REQUESTED CANCEL CANCELLED REQUESTER STAFF
ACCEPTED_FOR_DISPATCH OFFER OFFERED STAFF
ACCEPTED_FOR_DISPATCH TAKE TAKEN TAKER
ACCEPTED_FOR_DISPATCH CANCEL CANCELLED REQUESTER STAFF
OFFERED TAKE TAKEN TAKER STAFF
OFFERED DECLINE ACCEPTED_FOR_DISPATCH TAKER STAFF
OFFERED WITHDRAW ACCEPTED_FOR_DISPATCH STAFF
OFFERED EXPIRE ACCEPTED_FOR_DISPATCH SYSTEM
OFFERED CANCEL CANCELLED REQUESTER STAFF
TAKEN RELEASE ACCEPTED_FOR_DISPATCH TAKER STAFF
TAKEN FINISH DONE TAKER STAFF
TAKEN CANCEL CANCELLED REQUESTER STAFF
DONE CONFIRM CONFIRMED REQUESTER STAFF
DONE DISPUTE DISPUTED REQUESTER STAFF
DISPUTED REDO TAKEN STAFF
DISPUTED REDISPATCH ACCEPTED_FOR_DISPATCH STAFF
DISPUTED UPHOLD CONFIRMED STAFF
DISPUTED CANCEL CANCELLED STAFF
"""
TABLE = {(line.split()[0], line.split()[1]): line.split()[2:] for line in MEANT.strip().splitlines()}


@pytest.mark.parametrize(("state", "move", "party"), list(product(S, M, P)))
def test_every_state_move_and_party(state, move, party):
    to, *who = TABLE.get((state.value, move.value), [None])
    found = ORDERS.next(state, move, {party})
    assert (found and (found[0].to, found[1])) == ((S(to), party) if party.value in who else None)


@pytest.mark.parametrize(("state", "move", "party"), list(product(S, M, P)))
def test_a_use_of_a_card_goes_back_to_no_desk(state, move, party):
    waits = {"REQUESTED", "ACCEPTED_FOR_DISPATCH", "OFFERED"}
    table = {way: line for way, line in TABLE.items() if not {way[0], line[0]} & waits}
    table["TAKEN", "RELEASE"] = ["CANCELLED", "TAKER", "STAFF"]
    to, *who = table.get((state.value, move.value), [None])
    found = machine_of(OrderKind.SHOP_CARD).next(state, move, {party})
    assert (found and (found[0].to, found[1])) == ((S(to), party) if party.value in who else None)
    assert set(CARD_USES.pairs()) <= set(ORDERS.pairs())  # the guard lets both pass


def test_the_table_has_nothing_else_and_every_end_is_an_end():
    assert {(s.value, m.value) for s, m in ORDERS.table} == set(TABLE)
    assert ORDERS.final == set(OVER)


def test_a_reason_is_asked_where_something_comes_to_nothing_or_is_settled():
    asked = {(s.value, m.value) for (s, m), step in ORDERS.table.items() if step.needs}
    settled = {("DISPUTED", move) for move in ("REDO", "REDISPATCH", "UPHOLD", "CANCEL")}
    assert asked == {("REQUESTED", "REFUSE"), ("DONE", "DISPUTE"), *settled}
    for step in ORDERS.table.values():
        for need in step.needs:
            assert (need.code, need.is_met_by(" 不 "), need.is_met_by("不行")) == (
                "REASON_NEEDED",
                False,
                True,
            )


def test_who_has_several_hats_wears_the_first_that_fits():
    subsets = chain.from_iterable(combinations(P, n) for n in range(len(P) + 1))
    for worn in subsets:
        found = ORDERS.next(S.DONE, M.CONFIRM, set(worn))
        fits = [hat for hat in (P.REQUESTER, P.STAFF) if hat in worn]
        assert (found and found[1]) == (fits[0] if fits else None)


# 2026-09-28 is a Monday. The holiday, the make-up Saturday and the weekends are planted by hand.
CALENDAR = Workdays(
    frozenset({2026}),
    {date(2026, 10, 1): "国庆节", date(2026, 10, 2): "国庆节"},
    {date(2026, 10, 10): "国庆节"},
)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (at(2026, 9, 28, 14), at(2026, 9, 28, 18)),  # an afternoon, to its last minute
        (at(2026, 9, 28, 9, 30), at(2026, 9, 28, 15, 30)),  # over lunch
        (at(2026, 9, 28, 12, 30), at(2026, 9, 28, 18)),  # in the lunch break
        (at(2026, 9, 28, 20), at(2026, 9, 29, 15)),  # in the evening
        (at(2026, 9, 28, 6), at(2026, 9, 28, 15)),  # before the office opens
        (at(2026, 9, 28, 16), at(2026, 9, 29, 11)),  # over night
        (at(2026, 9, 25, 17), at(2026, 9, 28, 12)),  # Friday afternoon
        (at(2026, 9, 30, 17), at(2026, 10, 5, 12)),  # over a holiday and the weekend behind it
        (at(2026, 10, 9, 17), at(2026, 10, 10, 12)),  # a Saturday that is worked
        (at(2026, 10, 1, 10), at(2026, 10, 5, 15)),  # on a holiday
    ],
)
def test_the_answer_is_due_after_four_working_hours(asked, due):
    assert answer_due(asked, CALENDAR) == due


def test_without_the_calendar_a_day_is_given():
    asked = at(2027, 3, 1, 10)
    assert answer_due(asked, CALENDAR) == asked + timedelta(hours=24)
    # The year is not loaded only where the sum reaches it.
    late = at(2026, 12, 31, 17)
    assert answer_due(late, CALENDAR) == late + timedelta(hours=24)


def test_the_draw_is_steady_secret_and_about_a_tenth():
    day = date(2026, 11, 25)
    drawn = {pk for pk in range(2000) if is_drawn(pk, day, 0.1, "one")}
    assert drawn == {pk for pk in range(2000) if is_drawn(pk, day.replace(day=1), 0.1, "one")}
    assert 150 < len(drawn) < 250
    assert drawn != {pk for pk in range(2000) if is_drawn(pk, day, 0.1, "two")}
    assert all(is_drawn(pk, day, 1.0, "one") for pk in range(50))
    assert not any(is_drawn(pk, day, 0.0, "one") for pk in range(50))


def test_references_are_read_as_they_are_written():
    assert reference_of(OrderKind.WISH, 123) == "W000123"
    assert {reference_of(kind, 1)[0] for kind in OrderKind} == set("SWEPCG")
    assert [number_of(text) for text in ("W000123", " w 123", "没有", "9" * 30)] == [123, 123, None, None]


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("一位长辈想要一副老花镜", False),
        ("王桂兰想要一副老花镜", True),
        ("想要老花镜，电话 13800000000", True),
        ("3 号楼的长辈想要 2 副老花镜", False),
    ],
)
def test_a_public_text_names_nobody(text, tells):
    assert tells_who(text, ["王桂兰", ""]) is tells


def test_how_long_it_may_take():
    assert most_minutes(TakerKind.VOLUNTEER) == 1440
    assert most_minutes(TakerKind.UNIT) > 1440
    assert most_minutes(None) > 1440


def test_a_market_and_a_booking_end_once():
    everybody, staff = set(MarketParty), {MarketParty.STAFF}
    assert MARKETS.offered(MarketState.ANNOUNCED, staff) == (MarketMove.CANCEL,)
    assert MARKETS.offered(MarketState.ANNOUNCED, {MarketParty.BOOKER}) == ()
    for hat in MarketParty:
        assert BOOKINGS.offered(BookingState.BOOKED, {hat}) == (BookingMove.CANCEL,)
    assert not MARKETS.offered(MarketState.CANCELLED, everybody)
    assert not BOOKINGS.offered(BookingState.CANCELLED, everybody)

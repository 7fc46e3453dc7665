"""Pure decisions of courses: the life of an enrolment, seats, offers, the dates of a class."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.workdays import CalendarUnknown, Workdays
from courses.rules import (
    LIVE,
    MOVES,
    OCCUPYING,
    EnrolmentState,
    Event,
    Makeup,
    Party,
    Slot,
    next_state,
    offer_until,
    plan,
    seat_or_line,
)
from tests.factories.courses import at

S, E, P = EnrolmentState, Event, Party
# The whole table, written down a second time, by hand: state -> event -> (next state, who may).
TABLE = {
    S.APPLIED: {E.WITHDRAW: (S.WITHDRAWN, {P.LEARNER, P.STAFF})},
    S.WAITING: {
        E.OFFER: (S.OFFERED, {P.STAFF, P.SYSTEM}),
        E.LAPSE: (S.LAPSED, {P.SYSTEM}),
        E.WITHDRAW: (S.WITHDRAWN, {P.LEARNER, P.STAFF}),
        E.REMOVE: (S.REMOVED, {P.STAFF, P.SYSTEM}),
    },
    S.OFFERED: {
        E.ACCEPT: (S.SEATED, {P.LEARNER, P.STAFF}),
        E.DECLINE: (S.LAPSED, {P.LEARNER, P.STAFF}),
        E.LAPSE: (S.LAPSED, {P.SYSTEM}),
        E.WITHDRAW: (S.WITHDRAWN, {P.LEARNER, P.STAFF}),
        E.REMOVE: (S.REMOVED, {P.STAFF, P.SYSTEM}),
    },
    S.SEATED: {
        E.WITHDRAW: (S.WITHDRAWN, {P.LEARNER, P.STAFF}),
        E.REMOVE: (S.REMOVED, {P.STAFF, P.SYSTEM}),
        E.COMPLETE: (S.COMPLETED, {P.STAFF, P.SYSTEM}),
    },
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
@pytest.mark.parametrize("party", P)
def test_every_state_event_and_party(state, event, party):
    to, may = TABLE.get(state, {}).get(event, (None, set()))
    assert next_state(state, event, party) == (to if party in may else None)


def test_the_table_has_no_other_moves():
    assert set(MOVES) == {(state, event) for state, events in TABLE.items() for event in events}


def test_what_is_over_stays_over():
    over = [state for state in S if state not in LIVE]
    assert [state for state, _event in MOVES if state in over] == []


def test_every_state_can_be_reached():
    made = {S.APPLIED, S.SEATED, S.WAITING, S.NOT_DRAWN}  # by enrol, or by a ballot
    assert made | {to for to, _who in MOVES.values()} == set(S)


numbers = st.integers(0, 5)


@given(capacity=numbers, taken=numbers, waiting=numbers, waiting_limit=numbers)
def test_nobody_overtakes_and_nothing_is_oversold(capacity, taken, waiting, waiting_limit):
    got = seat_or_line(capacity=capacity, taken=taken, waiting=waiting, waiting_limit=waiting_limit)
    if got == S.SEATED:
        assert taken < capacity
        assert not waiting
    elif got == S.WAITING:
        assert waiting < waiting_limit
        assert waiting or taken >= capacity
    else:
        assert waiting >= waiting_limit
    assert set(OCCUPYING) < set(LIVE)


@pytest.mark.parametrize(
    ("now", "session", "until"),
    [
        (at(2026, 11, 25, 14), None, at(2026, 11, 26, 14)),
        (at(2026, 11, 25, 14), at(2026, 12, 2, 18), at(2026, 11, 26, 14)),
        (at(2026, 11, 25, 9), at(2026, 11, 25, 18), at(2026, 11, 25, 16)),  # 2 h before the session
        (at(2026, 11, 25, 17), at(2026, 11, 25, 18), at(2026, 11, 25, 19)),  # never less than 2 h
        (at(2026, 11, 25, 21), None, at(2026, 11, 27, 10)),  # never runs out at night
        (at(2026, 11, 25, 7, 30), None, at(2026, 11, 26, 10)),
        (at(2026, 11, 25, 20), at(2026, 11, 25, 21), at(2026, 11, 26, 10)),
        (at(2026, 11, 25, 8), None, at(2026, 11, 26, 8)),
        (at(2026, 11, 25, 20, 59), None, at(2026, 11, 26, 20, 59)),
    ],
)
def test_how_long_an_offer_lasts(now, session, until):
    assert offer_until(now, session) == until


moments = st.datetimes(
    min_value=at(2026, 1, 1).replace(tzinfo=None), max_value=at(2027, 1, 1).replace(tzinfo=None)
)


@given(moments, st.integers(0, 60 * 24 * 9))
def test_an_offer_lasts_two_hours_at_least_and_ends_by_day(moment, minutes):
    now = moment.replace(tzinfo=at(2026, 1, 1).tzinfo)
    until = offer_until(now, now + timedelta(minutes=minutes))
    assert now + timedelta(hours=2) <= until <= now + timedelta(hours=38)
    assert time(8) <= until.time() < time(21)


YEAR = Workdays(
    frozenset({2026}),
    {date(2026, 10, day): "国庆节" for day in range(1, 8)},
    {date(2026, 9, 20): "国庆节", date(2026, 10, 10): "国庆节"},
)
EVENING = (time(18), time(19))


def dates(weekdays, first, last, makeup=Makeup.SKIP):
    slots = [Slot(weekday, *EVENING) for weekday in weekdays]
    return [(p.day.isoformat()[5:], p.reason) for p in plan(slots, first, last, YEAR, makeup)]


def test_a_plan_skips_holidays_and_says_why():
    assert dates([4], date(2026, 9, 24), date(2026, 10, 15)) == [
        ("09-24", ""),
        ("10-01", "国庆节放假"),
        ("10-08", ""),
        ("10-15", ""),
    ]


def test_make_up_days_by_the_policy_of_the_class():
    span = (date(2026, 10, 3), date(2026, 10, 17))
    assert dates([6], *span) == [("10-03", "国庆节放假"), ("10-10", "国庆节调休上班"), ("10-17", "")]
    assert dates([6], *span, Makeup.HOLD) == [("10-03", "国庆节放假"), ("10-10", ""), ("10-17", "")]


def test_two_slots_a_day_come_in_order():
    slots = [Slot(1, time(19), time(20)), Slot(1, time(9), time(10))]
    found = [p.starts_at.hour for p in plan(slots, date(2026, 11, 2), date(2026, 11, 8), YEAR, Makeup.SKIP)]
    assert found == [9, 19]


def test_a_year_not_loaded_is_refused_not_guessed():
    with pytest.raises(CalendarUnknown) as caught:
        dates([5], date(2026, 12, 20), date(2027, 1, 3))
    assert "2027" in str(caught.value)


def test_slots_are_on_the_shanghai_clock():
    (first, *_rest) = plan([Slot(3, *EVENING)], date(2026, 11, 25), date(2026, 11, 25), YEAR, Makeup.SKIP)
    assert first.starts_at == at(2026, 11, 25, 18)
    assert first.starts_at.utcoffset() == timedelta(hours=8)

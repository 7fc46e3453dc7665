"""Pure decisions of courses: the life of an enrolment, seats, offers, the dates of a class."""

from datetime import date, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.workdays import CalendarUnknown, Workdays
from courses.rules import (
    CLASSES,
    ENROLMENTS,
    LIVE,
    OCCUPYING,
    REASON,
    REGISTERS,
    SESSIONS,
    ClassMove,
    ClassState,
    EnrolmentState,
    Event,
    Makeup,
    Party,
    RegisterMove,
    RegisterState,
    SessionMove,
    SessionState,
    Slot,
    offer_until,
    plan,
    seat_or_line,
)
from tests.factories.courses import at

S, E, P = EnrolmentState, Event, Party
C, G, D, N = ClassState, ClassMove, SessionState, SessionMove
BOTH, DESK, TEACHING = {P.LEARNER, P.STAFF}, {P.STAFF, P.SYSTEM}, {P.STAFF, P.TEACHER}
# The whole tables, written down a second time, by hand: machine -> (state, move) -> (next state, who may).
TABLES = {
    ENROLMENTS: {
        (S.APPLIED, E.LAPSE): (S.LAPSED, {P.SYSTEM}),
        (S.APPLIED, E.WITHDRAW): (S.WITHDRAWN, BOTH),
        (S.APPLIED, E.REMOVE): (S.REMOVED, DESK),
        (S.WAITING, E.OFFER): (S.OFFERED, DESK),
        (S.WAITING, E.LAPSE): (S.LAPSED, {P.SYSTEM}),
        (S.WAITING, E.WITHDRAW): (S.WITHDRAWN, BOTH),
        (S.WAITING, E.REMOVE): (S.REMOVED, DESK),
        (S.OFFERED, E.ACCEPT): (S.SEATED, BOTH),
        (S.OFFERED, E.DECLINE): (S.LAPSED, BOTH),
        (S.OFFERED, E.LAPSE): (S.LAPSED, {P.SYSTEM}),
        (S.OFFERED, E.WITHDRAW): (S.WITHDRAWN, BOTH),
        (S.OFFERED, E.REMOVE): (S.REMOVED, DESK),
        (S.SEATED, E.TRANSFER): (S.REMOVED, {P.STAFF}),
        (S.SEATED, E.WITHDRAW): (S.WITHDRAWN, BOTH),
        (S.SEATED, E.REMOVE): (S.REMOVED, DESK),
        (S.SEATED, E.COMPLETE): (S.COMPLETED, DESK),
    },
    CLASSES: {
        (C.DRAFT, G.PUBLISH): (C.PUBLISHED, {P.STAFF}),
        (C.DRAFT, G.CANCEL): (C.CANCELLED, {P.STAFF}),
        (C.PUBLISHED, G.START): (C.RUNNING, {P.SYSTEM}),
        (C.PUBLISHED, G.FINISH): (C.FINISHED, {P.SYSTEM}),
        (C.PUBLISHED, G.CANCEL): (C.CANCELLED, {P.STAFF}),
        (C.RUNNING, G.FINISH): (C.FINISHED, {P.SYSTEM}),
        (C.RUNNING, G.CANCEL): (C.CANCELLED, {P.STAFF}),
    },
    SESSIONS: {
        (D.PLANNED, N.MARK): (D.HELD, TEACHING),
        (D.PLANNED, N.MOVE): (D.MOVED, {P.STAFF}),
        (D.PLANNED, N.CANCEL): (D.CANCELLED, {P.STAFF}),
        (D.HELD, N.MARK): (D.HELD, TEACHING),
    },
    REGISTERS: {
        (RegisterState.PREVIEW, RegisterMove.CONFIRM): (RegisterState.CONFIRMED, {P.STAFF}),
        (RegisterState.PREVIEW, RegisterMove.DISCARD): (RegisterState.UNDONE, {P.STAFF}),
        (RegisterState.CONFIRMED, RegisterMove.UNDO): (RegisterState.UNDONE, {P.STAFF}),
    },
}
# What takes something from people is done for a reason, and they are told it.
WITH_A_REASON = {E.REMOVE, E.TRANSFER, G.CANCEL, N.MOVE, N.CANCEL}


@pytest.mark.parametrize("machine", TABLES, ids=lambda machine: machine.noun)
def test_every_state_move_and_party(machine):
    for state, move, party in product(machine.states, machine.moves, machine.hats):
        to, may = TABLES[machine].get((state, move), (None, set()))
        found = machine.next(state, move, {party})
        assert (found and found[0].to) == (to if party in may else None), (state, move, party)
        if found:
            assert found[0].needs == ((REASON,) if move in WITH_A_REASON else ()), (state, move)


def test_what_is_over_stays_over():
    assert ENROLMENTS.final == set(S) - set(LIVE)
    assert CLASSES.final == {C.CANCELLED, C.FINISHED}
    assert SESSIONS.final == set(D) - {D.PLANNED}


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

"""Pure decisions of shifts: the life of a sign-up, the days of an activity, minutes, codes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.courses import at
from volunteers.rules.check_in import TokenFault, fault_of, seconds_left, token_at
from volunteers.rules.shifts import (
    ACTIVITIES,
    SHIFTS,
    SIGNUPS,
    ActivityMove,
    ActivityState,
    Repeats,
    Rhythm,
    ShiftMove,
    ShiftState,
    SignupEvent,
    SignupParty,
    SignupState,
    days_of,
    is_past,
    minutes_served,
    place_or_line,
)

S, E, P = SignupState, SignupEvent, SignupParty
HERSELF, LEADERS = {P.VOLUNTEER, P.STAFF}, {P.ORGANISER, P.STAFF}
# The whole table, written down a second time, by hand: state -> event -> (next state, who may).
TABLE = {
    S.WAITING: {
        E.PROMOTE: (S.SIGNED, {P.SYSTEM}),
        E.WITHDRAW: (S.WITHDRAWN, HERSELF),
        E.REMOVE: (S.REMOVED, LEADERS | {P.SYSTEM}),
        E.CHECK_IN: (S.CAME, LEADERS),
    },
    S.SIGNED: {
        E.WITHDRAW: (S.WITHDRAWN, HERSELF),
        E.REMOVE: (S.REMOVED, LEADERS | {P.SYSTEM}),
        E.CHECK_IN: (S.CAME, {P.VOLUNTEER, P.ORGANISER, P.STAFF}),
        E.MISS: (S.MISSED, LEADERS),
    },
    S.MISSED: {E.CHECK_IN: (S.CAME, {P.VOLUNTEER, P.ORGANISER, P.STAFF})},
    S.CAME: {
        E.CHECK_IN: (S.CAME, {P.VOLUNTEER, P.ORGANISER, P.STAFF}),
        E.CHECK_OUT: (S.CAME, {P.VOLUNTEER, P.ORGANISER, P.STAFF}),
        E.UNDO: (S.SIGNED, LEADERS),
    },
}
NINE = at(2026, 11, 28, 9)
SECRET = "key"


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
@pytest.mark.parametrize("party", P)
def test_every_state_event_and_party(state, event, party):
    to, may = TABLE.get(state, {}).get(event, (None, set()))
    found = SIGNUPS.next(state, event, {party})
    assert (found and found[0].to) == (to if party in may else None)


def test_the_table_has_no_other_moves():
    assert set(SIGNUPS.table) == {(state, event) for state, events in TABLE.items() for event in events}


C, M = ShiftState, ShiftMove
A, D = ActivityState, ActivityMove
# Of a shift and of an activity: (state, move) -> (next state, who may, whether a reason is asked).
SHIFT_TABLE = {
    (C.PLANNED, M.PLACES): (C.PLANNED, {P.STAFF}, False),
    (C.PLANNED, M.MOVE): (C.PLANNED, {P.STAFF}, True),
    (C.PLANNED, M.CANCEL): (C.CANCELLED, {P.STAFF}, True),
    (C.PLANNED, M.CLOSE): (C.CLOSED, LEADERS, False),
    (C.CLOSED, M.CLOSE): (C.CLOSED, LEADERS, False),
}
ACTIVITY_TABLE = {
    (A.DRAFT, D.PUBLISH): (A.PUBLISHED, {P.STAFF}, False),
    (A.DRAFT, D.PLAN): (A.DRAFT, {P.STAFF}, False),
    (A.DRAFT, D.END): (A.ENDED, {P.STAFF}, True),
    (A.PUBLISHED, D.PLAN): (A.PUBLISHED, {P.STAFF, P.SYSTEM}, False),
    (A.PUBLISHED, D.END): (A.ENDED, {P.STAFF}, True),
    (A.PUBLISHED, D.LAPSE): (A.ENDED, {P.SYSTEM}, False),
}


@pytest.mark.parametrize(("machine", "meant"), [(SHIFTS, SHIFT_TABLE), (ACTIVITIES, ACTIVITY_TABLE)])
def test_shifts_and_activities_go_by_their_tables(machine, meant):
    found = {way: (step.to, set(step.who), bool(step.needs)) for way, step in machine.table.items()}
    assert found == meant


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 20), st.integers(0, 20))
def test_a_place_while_there_is_one_then_the_line(places, taken, waiting, limit):
    got = place_or_line(places=places, taken=taken, waiting=waiting, waiting_limit=limit)
    if taken < places:
        assert got == S.SIGNED
    else:
        assert got == (S.WAITING if waiting < limit else None)


def days(repeats, weekday, starts_on, ends_on=None, last=date(2027, 1, 31)):
    return list(days_of(Rhythm(repeats, weekday, starts_on, ends_on), last))


def test_every_friday():
    fridays = days(Repeats.WEEKLY, 5, date(2026, 11, 25), last=date(2026, 12, 18))
    assert fridays == [date(2026, 11, 27), date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 18)]


def test_the_last_saturday_of_each_month():
    assert days(Repeats.LAST, 6, date(2026, 11, 1)) == [
        date(2026, 11, 28),
        date(2026, 12, 26),
        date(2027, 1, 30),
    ]
    assert days(Repeats.LAST, 6, date(2026, 11, 1), ends_on=date(2026, 12, 25)) == [date(2026, 11, 28)]


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1, 7))
def test_the_last_weekday_is_one_a_month_and_the_last(start, weekday):
    found = days(Repeats.LAST, weekday, start, last=start + timedelta(days=120))
    assert len({(day.year, day.month) for day in found}) == len(found)
    for day in found:
        assert day.isoweekday() == weekday
        assert (day + timedelta(days=7)).month != day.month


def test_what_is_held_once_has_its_day_however_far_ahead():
    assert days(Repeats.NONE, None, date(2028, 5, 1)) == [date(2028, 5, 1)]


@pytest.mark.parametrize(
    ("repeats", "ends_on", "past"),
    [
        (Repeats.NONE, None, True),
        (Repeats.NONE, date(2027, 1, 1), True),
        (Repeats.WEEKLY, None, False),
        (Repeats.WEEKLY, date(2026, 11, 25), False),
        (Repeats.WEEKLY, date(2026, 11, 24), True),
    ],
)
def test_when_no_day_is_left(repeats, ends_on, past):
    assert is_past(Rhythm(repeats, 5, date(2026, 11, 20), ends_on), date(2026, 11, 25)) is past


@pytest.mark.parametrize(
    ("came", "left", "closed", "minutes"),
    [
        (0, 120, 150, 120),
        (-20, 120, 150, 120),  # early: counted from the planned start
        (10, 100, 150, 90),
        (0, 400, 500, 120),  # late out: at most the planned end
        (10, None, 150, 110),  # forgot to check out
        (10, None, 60, 50),  # closed before the planned end
        (30, 30, 150, 0),
        (-30, -5, 150, 0),  # came and left before it began
    ],
)
def test_minutes_inside_the_planned_time(came, left, closed, minutes):
    moment = lambda m: None if m is None else NINE + timedelta(minutes=m)  # noqa: E731
    assert (
        minutes_served(
            planned=(NINE, NINE + timedelta(hours=2)),
            checked_in_at=moment(came),
            checked_out_at=moment(left),
            closed_at=moment(closed),
        )
        == minutes
    )


@pytest.mark.parametrize(
    ("seconds", "fault"),
    [
        (0, None),
        (29, None),
        (59, None),
        (-30, None),
        (60, TokenFault.STALE),
        (-31, TokenFault.STALE),
        (3600, TokenFault.STALE),
    ],
)
def test_a_code_fits_its_window_and_the_ones_beside_it(seconds, fault):
    code = token_at(SECRET, 7, NINE)
    assert fault_of(SECRET, 7, code, NINE + timedelta(seconds=seconds)) == fault


def test_a_code_of_another_shift_key_or_hand_does_not_fit():
    code = token_at(SECRET, 7, NINE)
    assert fault_of(SECRET, 8, code, NINE) == TokenFault.FOREIGN
    assert fault_of("other", 7, code, NINE) == TokenFault.FOREIGN
    window = code.partition("-")[0]
    for made_up in (
        "",
        "-",
        "x",
        f"{window}-",
        f"{window}-0000",
        f"²-{code}",
        "9" * 40 + "-a",
        f"{window}-码",
    ):
        assert fault_of(SECRET, 7, made_up, NINE) == TokenFault.FOREIGN, made_up


def test_a_code_changes_every_thirty_seconds():
    codes = {token_at(SECRET, 7, NINE + timedelta(seconds=n)) for n in range(120)}
    assert len(codes) == 4
    assert [seconds_left(NINE + timedelta(seconds=n)) for n in (0, 1, 29, 30)] == [30, 29, 1, 30]

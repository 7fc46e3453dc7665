"""Quiet hours: what is not urgent falls due by day."""

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.models import letter_kinds, phoned_kinds
from notices.rules import QUIET_FROM, QUIET_TO, after_quiet_hours
from tests.factories.courses import at


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (at(2026, 11, 25, 14), at(2026, 11, 25, 14)),
        (at(2026, 11, 25, 8), at(2026, 11, 25, 8)),
        (at(2026, 11, 25, 20, 59), at(2026, 11, 25, 20, 59)),
        (at(2026, 11, 25, 21), at(2026, 11, 26, 8)),
        (at(2026, 11, 25, 23, 59), at(2026, 11, 26, 8)),
        (at(2026, 11, 26, 0), at(2026, 11, 26, 8)),
        (at(2026, 11, 26, 7, 59), at(2026, 11, 26, 8)),
        (at(2026, 12, 31, 22), at(2027, 1, 1, 8)),
    ],
)
def test_after_quiet_hours(moment, due):
    assert after_quiet_hours(moment) == due


@given(st.integers(0, 60 * 24 * 400))
def test_never_at_night_never_early_never_more_than_eleven_hours_late(minutes):
    moment = at(2026, 1, 1) + timedelta(minutes=minutes)
    due = after_quiet_hours(moment)
    assert timedelta() <= due - moment <= timedelta(hours=11)
    assert QUIET_TO <= due.time() < QUIET_FROM
    assert (time(8), time(21)) == (QUIET_TO, QUIET_FROM)


def test_what_people_are_phoned_about_are_kinds():
    assert set(letter_kinds()) >= phoned_kinds() > set()

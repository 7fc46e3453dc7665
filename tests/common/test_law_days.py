"""Holidays by law, and office time counted over them."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.days import SHANGHAI
from common.law_days import assumed, law_days
from common.workdays import CalendarUnknown, Workdays

NOTHING = Workdays(frozenset(), {}, {})
MOMENTS = st.datetimes(datetime(2026, 11, 1), datetime(2029, 12, 31)).map(
    lambda at: at.replace(tzinfo=SHANGHAI)
)


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_notices_that_came_leave_every_one_of_them_free(year):
    assert len(law_days(year)) == 13
    assert all(chinese_calendar.is_holiday(day) for day in law_days(year))


def test_the_moon_moves_the_spring_festival():
    named = {day for day, name in law_days(2027).items() if name == "春节"}
    assert named == {date(2027, 2, day) for day in (5, 6, 7, 8)}
    assert law_days(2027)[date(2027, 6, 9)] == "端午节"
    assert law_days(2028)[date(2028, 4, 4)] == "清明节"


def test_a_year_that_nobody_loaded_is_assumed_and_one_that_was_is_believed():
    day = date(2027, 10, 1)
    with pytest.raises(CalendarUnknown):
        NOTHING.is_workday(day)
    assert not assumed(NOTHING).is_workday(day)
    loaded = Workdays(frozenset({2027}), {}, {date(2027, 10, 2): "国庆节"})
    assert assumed(loaded).is_workday(date(2027, 10, 2))  # a Saturday made up
    assert assumed(loaded).is_workday(day)  # the notice has the last word


@given(start=MOMENTS, minutes=st.integers(1, 40 * 60))
def test_what_was_added_is_what_lies_between(start, minutes):
    calendar, span = assumed(NOTHING), timedelta(minutes=minutes)
    end = calendar.after_office_time(start, span)
    assert calendar.office_time_between(start, end) == span
    assert calendar.office_time_between(end, start) == timedelta()

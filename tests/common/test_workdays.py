"""Working days against the State Council's notice for 2026; beyond what is loaded it refuses."""

from datetime import date, timedelta

import pytest

from centers.models import CalendarDay
from common.workdays import CalendarUnknown, Workdays
from tests.factories import centers

# 国务院办公厅关于 2026 年部分节假日安排的通知: first day, last day, make-up working days.
OFFICIAL_2026 = [
    ("元旦", date(2026, 1, 1), date(2026, 1, 3), [date(2026, 1, 4)]),
    ("春节", date(2026, 2, 15), date(2026, 2, 23), [date(2026, 2, 14), date(2026, 2, 28)]),
    ("清明节", date(2026, 4, 4), date(2026, 4, 6), []),
    ("劳动节", date(2026, 5, 1), date(2026, 5, 5), [date(2026, 5, 9)]),
    ("端午节", date(2026, 6, 19), date(2026, 6, 21), []),
    ("中秋节", date(2026, 9, 25), date(2026, 9, 27), []),
    ("国庆节", date(2026, 10, 1), date(2026, 10, 7), [date(2026, 9, 20), date(2026, 10, 10)]),
]


@pytest.fixture
def calendar(db: None) -> Workdays:
    CalendarDay.objects.all().delete()
    centers.calendar(2025, 2026)
    return CalendarDay.objects.all().workdays()


@pytest.mark.parametrize(("name", "first", "last", "makeups"), OFFICIAL_2026)
def test_2026_is_as_the_state_council_announced(
    calendar: Workdays, name: str, first: date, last: date, makeups: list[date]
) -> None:
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        assert not calendar.is_workday(day), f"{day} is {name}"
        assert calendar.holiday(day)
    for day in makeups:
        assert calendar.is_workday(day), f"{day} makes up for {name}"
        assert calendar.makeup(day)
        assert day.weekday() >= 5


def test_2026_has_no_other_day_off_or_on(calendar: Workdays) -> None:
    off = {f + timedelta(days=n) for _, f, last, _ in OFFICIAL_2026 for n in range((last - f).days + 1)}
    on = {day for *_, makeups in OFFICIAL_2026 for day in makeups}
    year = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    for day in year:
        assert calendar.is_workday(day) is (day in on or (day.weekday() < 5 and day not in off)), day


def test_national_day_of_2025_ran_to_the_eighth(calendar: Workdays) -> None:
    days = [date(2025, 10, day) for day in range(1, 9)]
    assert not any(calendar.is_workday(day) for day in days)
    assert calendar.is_workday(date(2025, 10, 9))
    assert calendar.is_workday(date(2025, 10, 11))  # a Saturday made up


def test_working_days_are_counted_over_a_holiday(calendar: Workdays) -> None:
    before = date(2026, 9, 30)
    assert calendar.add(before, 0) == before
    assert calendar.add(before, 1) == date(2026, 10, 8)
    assert calendar.add(before, 3) == date(2026, 10, 10)  # the Saturday is worked
    assert calendar.add(before, 4) == date(2026, 10, 12)


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2027, 1, 1)])
def test_beyond_the_loaded_calendar_it_refuses(calendar: Workdays, day: date) -> None:
    for ask in (calendar.is_workday, calendar.holiday, calendar.makeup):
        with pytest.raises(CalendarUnknown, match=str(day.year)):
            ask(day)


def test_counting_into_an_unknown_year_refuses(calendar: Workdays) -> None:
    assert calendar.add(date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(CalendarUnknown, match="2027") as refused:
        calendar.add(date(2026, 12, 31), 1)
    assert refused.value.code == "CALENDAR_UNKNOWN"


def test_an_empty_calendar_knows_nothing(db: None) -> None:
    CalendarDay.objects.all().delete()
    with pytest.raises(CalendarUnknown):
        CalendarDay.objects.all().workdays().is_workday(date(2026, 11, 25))

"""When the clocks of a ticket end, reckoned a second time: on chinesecalendar, with nothing of ours.

Written after the words of the rules (docs/adr/0031, 0033), not after their code: neither
common/workdays.py nor grievances/rules/clocks.py is asked here, and no row of centers.CalendarDay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(9), time(12)), (time(14), time(18)))
DAY = 7 * 3600
NEXT_DAY = timedelta(days=1)
Works = Callable[[date], bool]
# Days that the law fixes (全国年节及纪念日放假办法, art. 2), copied from a printed calendar: what
# counts in a year until its notice has come.
BY_LAW = {
    2025: "01-01 01-28 01-29 01-30 01-31 04-04 05-01 05-02 05-31 10-01 10-02 10-03 10-06",
    2026: "01-01 02-16 02-17 02-18 02-19 04-05 05-01 05-02 06-19 09-25 10-01 10-02 10-03",
}
# The years that the package knows, and an office begins with.
FIRST, LAST = date(2020, 1, 1), date(2026, 12, 31)


@cache
def works(day: date) -> bool:
    """Whether the package calls it a working day."""
    return bool(chinese_calendar.is_workday(day))


@cache
def works_by_law(day: date) -> bool:
    """Whether it would be one if the notice of its year had not come."""
    return day.weekday() < 5 and f"{day:%m-%d}" not in BY_LAW[day.year].split()


def before_notice(year: int) -> Works:
    """The days as they were known before the notice of that year."""
    return lambda day: works_by_law(day) if day.year >= year else works(day)


def office(day: date, works: Works) -> list[tuple[datetime, datetime]]:
    """The hours of a day in which the office is open."""
    hours = HOURS if works(day) else ()
    return [(datetime.combine(day, a, SHANGHAI), datetime.combine(day, b, SHANGHAI)) for a, b in hours]


def ends(start: datetime, seconds: int, works: Works = works) -> datetime:
    """Walks from stretch to stretch of office time until so many seconds of it are gone."""
    at, rest = start.astimezone(SHANGHAI), timedelta(seconds=seconds)
    day = at.date()
    while True:
        for opens, closes in office(day, works):
            from_ = max(at, opens)
            if from_ < closes and from_ + rest <= closes:
                return from_ + rest
            rest -= max(closes - from_, timedelta())
        day += NEXT_DAY


def passed(start: datetime, end: datetime, works: Works = works) -> timedelta:
    """How much office time lies between two moments."""
    start, end = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    gone, day = timedelta(), start.date()
    while day <= end.date():
        for opens, closes in office(day, works):
            gone += max(min(end, closes) - max(start, opens), timedelta())
        day += NEXT_DAY
    return gone


def promised(day: date, works: Works = works) -> datetime:
    """The evening of the first working day on or after a day."""
    while not works(day):
        day += NEXT_DAY
    return datetime.combine(day, time(18), SHANGHAI)


@dataclass(frozen=True)
class Notices:
    """When the notice of a year was entered, and when the portal went over its clocks after that."""

    entered: dict[int, datetime]
    settled: dict[int, datetime]

    def known(self, at: datetime) -> Works:
        """The days as the office knew them at a moment."""
        lacking = [year for year, came in self.entered.items() if at < came]
        return before_notice(min(lacking)) if lacking else works

    def for_clock(self, start: datetime, until: datetime | None) -> Works:
        """By which days a clock ends that ran between two moments: later notices set it right meanwhile."""
        gone_over = [at for at in self.settled.values() if start <= at and (until is None or at <= until)]
        return self.known(max(gone_over)) if gone_over else self.known(start)


@dataclass
class Reckoned:
    """A clock of office time with pauses: when it ends, and how much of it is left at some moment."""

    start: datetime
    seconds: int  # from `start` on
    notices: Notices
    pauses: Sequence[tuple[datetime, datetime | None]]
    stopped: datetime | None

    def ends(self) -> datetime:
        """By the last moment from which it ran."""
        start, seconds = self.last_run()
        until = next((a for a, _b in self.pauses if a >= start), self.stopped)
        return ends(start, seconds, self.notices.for_clock(start, until))

    def left(self) -> int:
        """Whole seconds that were left when it stopped, or stood still last."""
        start, seconds = self.last_run()
        until = next((a for a, _b in self.pauses if a >= start), self.stopped)
        assert until is not None, "it runs"
        return _less(seconds, start, until)

    def last_run(self) -> tuple[datetime, int]:
        """From when it ran the last time, and for how long."""
        start, seconds = self.start, self.seconds
        for begin, end in self.pauses:
            if end is None:
                break
            seconds = _less(seconds, start, begin)
            start = end
        return start, seconds


def _less(seconds: int, start: datetime, until: datetime) -> int:
    """What is left after that time, in whole seconds; nothing where it was late."""
    return max(0, int((timedelta(seconds=seconds) - passed(start, until)).total_seconds()))

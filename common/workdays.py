"""Working days over a calendar that is handed in; beyond what is loaded it refuses, never guesses.

The State Council publishes each year's holidays and make-up working days (调休) the November
before; `centers.CalendarDay` holds them and `centers.models.CalendarDayQuerySet.workdays` makes
one of these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from common.errors import DomainError

OFFICE_HOURS = ((time(9), time(12)), (time(14), time(18)))


class CalendarUnknown(DomainError):
    """Asked about a year whose holidays are not loaded."""

    code = "CALENDAR_UNKNOWN"


@dataclass(frozen=True)
class Workdays:
    """`holidays` and `makeups` map a day to its name ("国庆节"); `years` are the loaded ones."""

    years: frozenset[int]
    holidays: Mapping[date, str]
    makeups: Mapping[date, str]

    def _known(self, day: date) -> date:
        if day.year not in self.years:
            message = _("%(year)s 年的节假日安排还没有录入，请先在“日历”里导入，再排这一年的日子。")
            raise CalendarUnknown(message=message % {"year": day.year})
        return day

    def holiday(self, day: date) -> str:
        """The public holiday's name on that day, or ""."""
        return self.holidays.get(self._known(day), "")

    def makeup(self, day: date) -> str:
        """The name of the holiday that this weekend day makes up for, or ""."""
        return self.makeups.get(self._known(day), "")

    def is_workday(self, day: date) -> bool:
        """True on working days, make-up weekend days included."""
        if self.makeup(day):
            return True
        return day.weekday() < 5 and not self.holiday(day)

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (`count` >= 0; 0 gives the day itself)."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def after_office_time(
        self, at: datetime, span: timedelta, hours: Sequence[tuple[time, time]] = OFFICE_HOURS
    ) -> datetime:
        """When `span` of office time has passed since `at`; `at` is aware, the hours are of its zone."""
        day, left = at.date(), span
        while True:
            for opens, closes in hours if self.is_workday(day) else ():
                start = max(at, datetime.combine(day, opens, at.tzinfo))
                end = datetime.combine(day, closes, at.tzinfo)
                if start < end and left <= end - start:
                    return start + left
                left -= max(timedelta(), end - start)
            day += timedelta(days=1)

    def office_time_between(
        self, start: datetime, end: datetime, hours: Sequence[tuple[time, time]] = OFFICE_HOURS
    ) -> timedelta:
        """How much office time lies between two aware moments of one zone; none where `end` is before."""
        day, passed = start.date(), timedelta()
        while day <= end.date():
            for opens, closes in hours if self.is_workday(day) else ():
                begins = max(start, datetime.combine(day, opens, start.tzinfo))
                over = min(end, datetime.combine(day, closes, start.tzinfo))
                passed += max(timedelta(), over - begins)
            day += timedelta(days=1)
        return passed

"""The zone that everybody here lives in, on which day of it a moment falls, and when a day begins."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(at: datetime) -> date:
    """The day of a moment, Shanghai time."""
    return at.astimezone(SHANGHAI).date()


def mondays(today: date, weeks: int) -> list[date]:
    """Of so many weeks, this one the last."""
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]


def midnight(day: date) -> datetime:
    """When a day begins, Shanghai time."""
    return datetime.combine(day, time(), SHANGHAI)

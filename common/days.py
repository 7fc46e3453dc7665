"""The zone that everybody here lives in, on which day of it a moment falls, and when a day begins."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(at: datetime) -> date:
    """The day of a moment, Shanghai time."""
    return at.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """When a day begins, Shanghai time."""
    return datetime.combine(day, time(), SHANGHAI)

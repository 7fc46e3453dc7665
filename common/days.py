"""The zone that everybody here lives in, and on which day of it a moment falls."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(at: datetime) -> date:
    """The day of a moment, Shanghai time."""
    return at.astimezone(SHANGHAI).date()

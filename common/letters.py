"""What letters of every kind say alike; kept as it was said, in Chinese."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def when(at: datetime) -> str:
    """ "11月25日 周三 18:00": Shanghai time."""
    return date_format(timezone.localtime(at), "n月j日 D H:i").replace("星期", "周")

"""Kinds of notices, quiet hours: pure decisions."""

from datetime import datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI

QUIET_FROM, QUIET_TO = time(21, 0), time(8, 0)


class Channel(TextChoices):
    INBOX = "INBOX", _("站内")
    CALL_LIST = "CALL_LIST", _("电话名单")


class DeliveryState(TextChoices):
    OPEN = "OPEN", _("待打电话")
    SENT = "SENT", _("已送达")


def after_quiet_hours(at: datetime) -> datetime:
    """The moment itself, or 08:00 Shanghai time after it if it falls in 21:00-08:00."""
    local = at.astimezone(SHANGHAI)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return at
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_TO, SHANGHAI)

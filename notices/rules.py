"""Kinds of notices, quiet hours: pure decisions."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.moves import Machine, Step

# What letters say in words that somebody typed; the rest are numbers, days, places and names.
TYPED = {"name", "title", "reason", "text", "when"}
GONE = _("（已删除）")
QUIET_FROM, QUIET_TO = time(21, 0), time(8, 0)


class Channel(TextChoices):
    INBOX = "INBOX", _("站内")
    CALL_LIST = "CALL_LIST", _("电话名单")


class DeliveryState(TextChoices):
    OPEN = "OPEN", _("待打电话")
    SENT = "SENT", _("已送达")
    VOID = "VOID", _("不用打了")


class DeliveryMove(TextChoices):
    """What may happen to a delivery."""

    PHONE = "PHONE", _("打电话")
    WITHDRAW = "WITHDRAW", _("收回")


class DeliveryParty(TextChoices):
    """In what capacity somebody acts on a delivery."""

    STAFF = "STAFF", _("工作人员")
    SYSTEM = "SYSTEM", _("系统")


DELIVERIES = Machine(
    noun="delivery",
    states=DeliveryState,
    moves=DeliveryMove,
    hats=DeliveryParty,
    # What goes to the inbox is there at once.
    begins=frozenset({DeliveryState.OPEN, DeliveryState.SENT}),
    table={
        (DeliveryState.OPEN, DeliveryMove.PHONE): Step(DeliveryState.SENT, frozenset({DeliveryParty.STAFF})),
        (DeliveryState.OPEN, DeliveryMove.WITHDRAW): Step(
            DeliveryState.VOID, frozenset({DeliveryParty.SYSTEM})
        ),
    },
)


def after_quiet_hours(at: datetime) -> datetime:
    """The moment itself, or 08:00 Shanghai time after it if it falls in 21:00-08:00."""
    local = at.astimezone(SHANGHAI)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return at
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_TO, SHANGHAI)


def without(full_name: str, told: Mapping[str, object], *, typed: bool) -> dict[str, object]:
    """What a letter tells without somebody's name, and without what was `typed`."""
    return {key: _gone(full_name, key, value, typed=typed) for key, value in told.items()}


def _gone(full_name: str, key: str, value: object, *, typed: bool) -> object:
    if not isinstance(value, str) or not value:
        return value
    return str(GONE) if typed and key in TYPED else value.replace(full_name, str(GONE))

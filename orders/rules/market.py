"""爱心市集: a day with stalls, and times to come; pure decisions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.moves import Machine, Step


class MarketState(TextChoices):
    ANNOUNCED = "ANNOUNCED", _("已公布")
    CANCELLED = "CANCELLED", _("已取消")


class BookingState(TextChoices):
    BOOKED = "BOOKED", _("已约")
    CANCELLED = "CANCELLED", _("已取消")


class MarketMove(TextChoices):
    """What may happen to a market day."""

    CANCEL = "CANCEL", _("取消市集")


class BookingMove(TextChoices):
    """What may happen to a booking."""

    CANCEL = "CANCEL", _("取消预约")


class MarketParty(TextChoices):
    """In what capacity somebody acts on a market day and its bookings."""

    BOOKER = "BOOKER", _("本人或代办人")
    STAFF = "STAFF", _("工作人员")


_STAFF = frozenset({MarketParty.STAFF})
MARKETS = Machine(
    noun="market",
    states=MarketState,
    moves=MarketMove,
    hats=MarketParty,
    begins=frozenset({MarketState.ANNOUNCED}),
    table={(MarketState.ANNOUNCED, MarketMove.CANCEL): Step(MarketState.CANCELLED, _STAFF)},
)
BOOKINGS = Machine(
    noun="booking",
    states=BookingState,
    moves=BookingMove,
    hats=MarketParty,
    begins=frozenset({BookingState.BOOKED}),
    table={
        (BookingState.BOOKED, BookingMove.CANCEL): Step(
            BookingState.CANCELLED, _STAFF | {MarketParty.BOOKER}
        ),
    },
)


@dataclass(frozen=True)
class Slot:
    """A time at a stall and how many places are free."""

    starts_at: datetime
    free: int


def slots(
    opens_at: datetime, closes_at: datetime, minutes: int, places: int, taken: Mapping[datetime, int]
) -> Iterator[Slot]:
    """Every time at which a stall begins, one after the other, the last one ending before it closes."""
    at, step = opens_at, timedelta(minutes=minutes)
    while at + step <= closes_at:
        yield Slot(at, max(0, places - taken.get(at, 0)))
        at += step

"""What notices about market days say: the stall, the time and the place as they were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import BooleanField, CharField, DateTimeField, F, Value
from django.db.models.functions import Cast, Concat

from notices.actions import COLUMNS, Draft, queue_all, queue_from, withdraw
from notices.rules import after_quiet_hours
from orders.models.market import StallBooking
from orders.rules.letters import Letter
from orders.rules.market import BookingState, MarketState
from volunteers.actions.reminders import Words
from volunteers.rules.shifts import REMIND_BEFORE


class More(TypedDict, total=False):
    """What was called off: the market, the stall, or "" where only this booking is."""

    called_off: str


class BookingWords(More):
    """The words of a letter about a booking; a reminder says neither who keeps the stall nor who comes."""

    name: str
    keeper: str
    person: str
    market: str
    market_id: int
    where: str
    starts_at: str


def _draft(kind: Letter, booking: StallBooking, now: datetime, **more: Unpack[More]) -> Draft:
    stall = booking.stall
    words: BookingWords = {
        "name": stall.offers,
        "keeper": stall.keeper,
        "person": booking.person.full_name,
        "market": stall.market.title,
        "market_id": stall.market_id,
        "where": f"{stall.market.division} {stall.market.place}",
        "starts_at": booking.starts_at.isoformat(),
        **more,
    }
    key = f"{kind.lower()}:{booking.pk}"
    return Draft(kind, key, booking.person_id, ("booking", booking.pk), now, data=words)


def tell_booked(booking: StallBooking, now: datetime) -> None:
    """Tells who booked a stall when and where to come."""
    queue_all(drafts=[_draft(Letter.STALL_BOOKED, booking, now)], now=now, urgent=True)


def tell_cancelled(bookings: Iterable[StallBooking], now: datetime, *, called_off: str = "") -> None:
    """Tells who booked that it is off, and takes the reminder back that has not gone out.

    `called_off`: "market", "stall", or "" where only this booking is.
    """
    drafts = [_draft(Letter.STALL_CANCELLED, one, now, called_off=called_off) for one in bookings]
    unremind(bookings, now)
    queue_all(drafts=drafts, now=now, urgent=True)


def unremind(bookings: Iterable[StallBooking], now: datetime) -> None:
    """Takes back what was queued for tomorrow and is not true any more."""
    for one in bookings:
        withdraw(about=("booking", one.pk), kinds=[Letter.MARKET_REMINDER], now=now)


@transaction.atomic
def remind_markets(*, now: datetime) -> int:
    """提醒市集: queues the reminders of tomorrow's bookings; returns how many were new.

    One pass, as often as one likes: one reminder a booking. Who booked within the last day has the
    time at hand and hears nothing more. Not between 21:00 and 08:00. A booking that is being
    changed at this moment waits for the next pass.
    """
    rows = (
        StallBooking.objects.order_by()
        .filter(
            state=BookingState.BOOKED,
            stall__market__state=MarketState.ANNOUNCED,
            starts_at__gt=now,
            starts_at__lte=now + REMIND_BEFORE,
            at__lt=F("starts_at") - REMIND_BEFORE,
        )
        .annotate(
            kind=Value(Letter.MARKET_REMINDER.value, CharField()),
            key=Concat(Value("market_reminder:"), Cast("pk", CharField())),
            recipient_id=F("person_id"),
            about_type=Value("booking", CharField()),
            about_id=F("pk"),
            due_at=Value(after_quiet_hours(now), DateTimeField()),
            quiet=Value(True, BooleanField()),  # noqa: FBT003 - a column
            body_data=Words(
                Value("name"),
                F("stall__offers"),
                Value("market"),
                F("stall__market__title"),
                Value("market_id"),
                F("stall__market_id"),
                Value("where"),
                F("stall__market__place"),
                Value("starts_at"),
                F("starts_at"),
            ),
            created_at=Value(now, DateTimeField()),
        )
    )
    return queue_from(rows=rows.values_list(*COLUMNS), held=StallBooking)

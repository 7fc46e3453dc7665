"""The ledger of a day: closed, hashed with the day before, exported to be kept elsewhere."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from common.days import day_of, midnight
from common.errors import DomainError
from points.models.days import DayHash, ledger_of_day
from points.models.ledger import Posting


@transaction.atomic
def close_day(*, day: date, now: datetime) -> DayHash:
    """日结: closes the ledger of a day (Shanghai time) that is over; nothing is posted into it again.

    Days between the last closed one and this are closed first. Twice gives the first. Refuses
    DAY_NOT_OVER.
    """
    if day >= day_of(now):
        raise DomainError("DAY_NOT_OVER", _("这一天还没有过完，过了零点再结账。"))
    with connection.cursor() as cursor:
        # Waits for whoever is posting; who posts later finds the day closed.
        cursor.execute("LOCK TABLE points_posting IN SHARE MODE")
    last = DayHash.objects.order_by("-day").first()
    if last is not None and last.day >= day:
        return _closed(day)
    first = Posting.objects.order_by("id").first()
    opened = day_of(first.sealed_at) if first and first.sealed_at else day
    start = last.day + timedelta(days=1) if last else min(day, opened)
    previous = last.digest if last else ""
    for number in range((day - start).days + 1):
        previous = _close(start + timedelta(days=number), previous, now)
    return _closed(day)


def _closed(day: date) -> DayHash:
    found = DayHash.objects.filter(day=day).first()
    if found is None:
        raise DomainError("DAY_NOT_OVER", _("账本是在这一天之后才启用的，没有可结的账。"))
    return found


def _close(day: date, previous: str, now: datetime) -> str:
    begins, ends = midnight(day), midnight(day + timedelta(days=1))
    posted = Posting.objects.filter(sealed_at__gte=begins, sealed_at__lt=ends)
    made = DayHash.objects.create(
        day=day,
        previous=previous,
        postings=posted.count(),
        digest=hashlib.sha256(ledger_of_day(day=day, previous=previous).encode()).hexdigest(),
        closed_at=now,
    )
    return made.digest

"""Beat's passes over points: each loads what is due and calls one action."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from points.actions import days, holds


@shared_task(name="points.expire_holds")
def expire_holds() -> None:
    """Gifts that nobody picked up go back on the shelf."""
    holds.expire_holds(now=timezone.now())


@shared_task(name="points.close_day")
def close_day() -> None:
    """The night of the ledger: yesterday is closed, points run out, who is next is told."""
    now = timezone.now()
    days.close_day(day=timezone.localtime(now).date() - timedelta(days=1), now=now)
    holds.expire_lots(now=now)
    holds.warn_expiring(now=now)

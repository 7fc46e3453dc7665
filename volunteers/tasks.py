"""Beat's passes over volunteering: each loads what is due and calls one action."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from volunteers import actions


@shared_task(name="volunteers.expire_holds")
def expire_holds() -> None:
    """Gifts that nobody picked up go back on the shelf."""
    actions.expire_holds(now=timezone.now())


@shared_task(name="volunteers.close_books")
def close_books() -> None:
    """The night of the ledger: yesterday's book is closed, points run out, who is next is told."""
    now = timezone.now()
    actions.close_day(day=timezone.localtime(now).date() - timedelta(days=1), now=now)
    actions.expire_lots(now=now)
    actions.warn_expiring(now=now)

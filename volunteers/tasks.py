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


@shared_task(name="volunteers.plan_ahead")
def plan_ahead() -> int:
    """Plans recurring shifts six weeks ahead."""
    return actions.plan_ahead(now=timezone.now())


@shared_task(name="volunteers.remind_shifts")
def remind_shifts() -> int:
    """Queues the shift reminders that are due."""
    return actions.remind_shifts(now=timezone.now())


@shared_task(name="volunteers.remind_markets")
def remind_markets() -> int:
    """Queues the reminders of market bookings, the day before."""
    return actions.remind_markets(now=timezone.now())


@shared_task(name="volunteers.remind_reports")
def remind_reports() -> int:
    """Tells of grant reports that are due within a fortnight."""
    return actions.remind_reports(now=timezone.now())


@shared_task(name="volunteers.fill_places")
def fill_places() -> int:
    """Gives free places to who waits."""
    return actions.fill_places(now=timezone.now())


@shared_task(name="volunteers.expire_offers")
def expire_offers() -> int:
    """Takes back offers that nobody answered."""
    return actions.expire_offers(now=timezone.now())


@shared_task(name="volunteers.escalate_orders")
def escalate_orders() -> int:
    """Tells the directors of answers that are late."""
    return actions.escalate_orders(now=timezone.now())


@shared_task(name="volunteers.draw_callbacks")
def draw_callbacks() -> int:
    """Draws whom to phone."""
    return actions.draw_callbacks(now=timezone.now())

"""Beat's passes over orders and market days: each loads what is due and calls one action."""

from celery import shared_task
from django.utils import timezone

from orders.actions import completion, dispatch, market_letters, orders


@shared_task(name="orders.expire_offers")
def expire_offers() -> int:
    """Takes back offers that nobody answered."""
    return dispatch.expire_offers(now=timezone.now())


@shared_task(name="orders.escalate_orders")
def escalate_orders() -> int:
    """Tells the directors of answers that are late."""
    return orders.escalate_orders(now=timezone.now())


@shared_task(name="orders.draw_callbacks")
def draw_callbacks() -> int:
    """Draws whom to phone."""
    return completion.draw_callbacks(now=timezone.now())


@shared_task(name="orders.remind_markets")
def remind_markets() -> int:
    """Queues the reminders of market bookings, the day before."""
    return market_letters.remind_markets(now=timezone.now())

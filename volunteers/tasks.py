from celery import shared_task
from django.utils import timezone

from volunteers import actions


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

from celery import shared_task
from django.utils import timezone

from volunteers import actions


@shared_task(name="volunteers.plan_ahead")
def plan_ahead() -> int:
    """Plans recurring shifts six weeks ahead."""
    return actions.plan_ahead(now=timezone.now())


@shared_task(name="volunteers.remind_shifts")
def remind_shifts() -> int:
    """Queues the shift reminders that are due."""
    return actions.remind_shifts(now=timezone.now())


@shared_task(name="volunteers.fill_places")
def fill_places() -> int:
    """Gives free places to who waits."""
    return actions.fill_places(now=timezone.now())

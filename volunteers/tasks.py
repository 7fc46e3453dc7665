"""Beat's passes over shifts: each loads what is due and calls one action."""

from celery import shared_task
from django.utils import timezone

from volunteers.actions import reminders, shifts, signups


@shared_task(name="volunteers.plan_ahead")
def plan_ahead() -> int:
    """Plans recurring shifts six weeks ahead."""
    return shifts.plan_ahead(now=timezone.now())


@shared_task(name="volunteers.remind_shifts")
def remind_shifts() -> int:
    """Queues the shift reminders that are due."""
    return reminders.remind_shifts(now=timezone.now())


@shared_task(name="volunteers.fill_places")
def fill_places() -> int:
    """Gives free places to who waits."""
    return signups.fill_places(now=timezone.now())

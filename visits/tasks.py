"""Beat's passes over visits: each calls one action."""

from celery import shared_task
from django.utils import timezone

from visits.actions import care


@shared_task(name="visits.settle_care")
def settle_care() -> int:
    """Lets days of visits follow their policy, pauses and the calendar."""
    return care.settle_care(now=timezone.now())

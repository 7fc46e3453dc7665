"""Beat's passes over visits: each calls one action."""

from celery import shared_task
from django.utils import timezone

from visits.actions import care, lateness


@shared_task(name="visits.settle_care")
def settle_care() -> int:
    """Lets days of visits follow their policy, pauses and the calendar."""
    return care.settle_care(now=timezone.now())


@shared_task(name="visits.escalate_care")
def escalate_care() -> int:
    """Tells whoever stands above where somebody waits."""
    return lateness.escalate_care(now=timezone.now())

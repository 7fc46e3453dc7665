"""Beat's pass over grants."""

from celery import shared_task
from django.utils import timezone

from grants.actions import letters


@shared_task(name="grants.remind_reports")
def remind_reports() -> int:
    """Tells of grant reports that are due within a fortnight."""
    return letters.remind_reports(now=timezone.now())

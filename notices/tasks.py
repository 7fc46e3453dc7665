from celery import shared_task
from django.utils import timezone

from notices import actions


@shared_task(name="notices.deliver_due")
def deliver_due() -> int:
    """Hands due notices to their channels."""
    return actions.deliver_due(now=timezone.now())

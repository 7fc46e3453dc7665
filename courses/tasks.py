from celery import shared_task
from django.utils import timezone

from courses import actions


@shared_task(name="courses.remind")
def remind() -> int:
    """Queues the reminders that are due."""
    return actions.remind(now=timezone.now())


@shared_task(name="courses.lapse_offers")
def lapse_offers() -> int:
    """Passes on seats whose offer ran out."""
    return actions.lapse_offers(now=timezone.now())


@shared_task(name="courses.turn_classes")
def turn_classes() -> int:
    """Starts and finishes classes by date."""
    return actions.turn_classes(now=timezone.now())


@shared_task(name="courses.record_teaching")
def record_teaching() -> int:
    """Makes service records of the sessions that volunteers taught."""
    return actions.record_teaching(now=timezone.now())

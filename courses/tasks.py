from celery import shared_task
from django.utils import timezone

from courses.actions import classes, enrolment, reminders, teaching


@shared_task(name="courses.remind")
def remind() -> int:
    """Queues the reminders that are due."""
    return reminders.remind(now=timezone.now())


@shared_task(name="courses.lapse_offers")
def lapse_offers() -> int:
    """Passes on seats whose offer ran out."""
    return enrolment.lapse_offers(now=timezone.now())


@shared_task(name="courses.turn_classes")
def turn_classes() -> int:
    """Starts and finishes classes by date."""
    return classes.turn_classes(now=timezone.now())


@shared_task(name="courses.record_teaching")
def record_teaching() -> int:
    """Makes service records of the sessions that volunteers taught."""
    return teaching.record_teaching(now=timezone.now())

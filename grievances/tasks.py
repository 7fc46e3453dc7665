"""Beat's passes over tickets: each calls one action."""

from celery import shared_task
from django.utils import timezone

from grievances.actions import meetings, passing, pictures


@shared_task(name="grievances.pass_time")
def pass_time() -> int:
    """Closes what nobody answers, takes up again what was parked, tells of what is late."""
    return passing.pass_time(now=timezone.now())


@shared_task(name="grievances.settle_calendar")
def settle_calendar() -> int:
    """Sets right the ends of clocks that ran into a year that was not loaded."""
    return passing.settle_calendar(now=timezone.now())


@shared_task(name="grievances.sweep_pictures")
def sweep_pictures() -> int:
    """Takes away files of pictures that no ticket knows."""
    return pictures.sweep_pictures(now=timezone.now())


@shared_task(name="grievances.remind_meetings")
def remind_meetings() -> int:
    """Fills agendas, reminds of tomorrow's meeting, tells where two months passed without one."""
    return meetings.remind_meetings(now=timezone.now())

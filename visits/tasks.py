"""Beat's passes over visits: each calls one action."""

from celery import shared_task
from django.utils import timezone

from visits.actions import care, lateness, residents
from visits.actions.books import lifecycle


@shared_task(name="visits.settle_care")
def settle_care() -> int:
    """Lets days of visits follow their policy, pauses and the calendar."""
    return care.settle_care(now=timezone.now())


@shared_task(name="visits.settle_homes")
def settle_homes() -> int:
    """Ends homes of those who live elsewhere by now."""
    return residents.settle_homes(now=timezone.now())


@shared_task(name="visits.escalate_care")
def escalate_care() -> int:
    """Tells whoever stands above where somebody waits."""
    return lateness.escalate_care(now=timezone.now())


@shared_task(name=lifecycle.WORK)
def work_on_books() -> int:
    """Reads, writes down and takes back household books."""
    return lifecycle.work_on_books(now=timezone.now())


@shared_task(name="visits.forget_books")
def forget_books() -> int:
    """Drops books nobody confirmed, and words of those that can no longer be undone."""
    return lifecycle.forget_books(now=timezone.now())

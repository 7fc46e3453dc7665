"""The part of courses when a person's record is closed or merged into another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session


def lock(person_ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """The pools under which her enrolments lie."""
    hers = Enrolment.objects.filter(person__in=person_ids).order_by()
    return (
        ClassGroup.objects.filter(pk__in=hers.values("class_group")),
        Session.objects.filter(pk__in=hers.exclude(session=None).values("session")),
    )

"""The wall of honour: who agreed to be named, and for which kinds of service."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, QuerySet, Value
from django.db.models.functions import StrIndex, Substr

from volunteers.models.roll import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.rules.service import RecordState


def wall() -> QuerySet[Volunteer]:
    """Active volunteers who agreed, by the alphabet and by nothing else.

    Nothing that could be compared is read: no hours, no points, no number of services.
    """
    agreed = Volunteer.objects.active().filter(honour_consent=True, person__merged_into=None)
    return agreed.select_related("person").prefetch_related("skills").order_by("person__pinyin", "pk")


def sources_of(volunteers: Sequence[Volunteer]) -> dict[int, set[str]]:
    """Where the approved services of each volunteer came from: "shift", "order", "session", "manual".

    Titles are left out: they may name whoever was served.
    """
    approved = ServiceRecord.objects.filter(volunteer__in=volunteers, state=RecordState.APPROVED)
    source = Substr("source_key", 1, StrIndex(F("source_key"), Value(":")) - 1)
    found: dict[int, set[str]] = {}
    for volunteer_id, name in approved.values_list("volunteer", source).distinct().order_by():
        found.setdefault(volunteer_id, set()).add(name)
    return found

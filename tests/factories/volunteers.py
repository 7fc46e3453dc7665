"""Volunteers and what they did, without the verbs that would make them."""

from datetime import date, datetime, timedelta
from itertools import count

from centers.models import Division
from people.models import Person
from tests.factories import people
from volunteers.models import Evidence, ServiceRecord, Volunteer
from volunteers.rules import EvidenceKind

_numbers = count(1)


def volunteer(person: Person | None = None, home: Division | None = None, **fields) -> Volunteer:
    person = person or people.resident(f"志愿者{next(_numbers)}", home)
    joined_at = fields.pop("joined_at", None) or datetime.fromisoformat("2026-01-05T09:00:00+08:00")
    return Volunteer.objects.create(person=person, joined_at=joined_at, **fields)


def record(
    served: Volunteer, by, *, minutes: int = 60, key: str = "", now: datetime, **fields
) -> ServiceRecord:
    """A record with two kinds of evidence, not yet approved."""
    made = ServiceRecord.objects.create(
        volunteer=served,
        source_key=key or f"shift:{next(_numbers)}",
        title="大扫除",
        division=fields.pop("division", None) or served.person.home,
        served_on=fields.pop("served_on", None) or (now - timedelta(days=1)).date(),
        minutes=minutes,
        recorded_by=by,
        recorded_at=now,
        **fields,
    )
    for kind in (EvidenceKind.QR, EvidenceKind.LIST):
        Evidence.objects.create(record=made, kind=kind, at=now, by=by)
    return made


def born(age: int, today: date = date(2026, 11, 25)) -> date:
    return today.replace(year=today.year - age)

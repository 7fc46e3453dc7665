"""An app that knows doors, for bench/lookup.py: a table of two columns."""

from django.db.models.expressions import RawSQL

from people.models import Person, PersonQuerySet
from people.parts import Part


def _lives_at(door: str) -> PersonQuerySet | None:
    if door.count("-") != 2:
        return None
    ids = RawSQL("SELECT person_id FROM bench_door WHERE door = %s", [door])
    return Person.objects.filter(pk__in=ids).order_by().values("pk")


PART = Part("bench", lives_at=_lives_at)

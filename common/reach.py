"""Where somebody may do something: rows under the paths of divisions."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet


def within(rows: QuerySet[Any], place: str, paths: Iterable[str]) -> QuerySet[Any]:
    """The rows whose division (`place` is the lookup to it, "" for a division itself) is covered."""
    return rows.filter(covered(place, paths))


def covered(place: str, paths: Iterable[str]) -> Q:
    """The same as a condition, to be joined with others: of no path never true, of "" always."""
    found = Q(pk__in=[])
    for prefix in dict.fromkeys(paths):
        if not prefix:
            return ~Q(pk__in=[])  # an empty Q would vanish in an OR
        found |= Q(**{f"{place}__path__startswith".lstrip("_"): prefix})
    return found


def tree_label(division: Any) -> str:
    """A division in a select box, set in by its depth; the list must be ordered by path."""
    return f"{'　' * (division.path.count('/') - 1)}{division}"

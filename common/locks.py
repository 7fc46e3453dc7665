"""One order of locks for the whole house, and the one way to lock rows of several apps at once.

The list itself is in config/locks.py, because it names the tables of all apps; it reaches them as
`settings.LOCK_ORDER`. docs/locking.md
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet


@dataclass(frozen=True)
class Lock:
    """A place in the order: the table, how its rows are taken among themselves, and why it stands here.

    by_id: whoever takes several rows takes them by ascending id.
    under: tables one of whose rows is held whenever a row of this one is taken, by everybody. So nobody
    ever waits for such a row, and its place among the others does not matter.
    """

    table: str
    among: str
    why: str
    by_id: bool = True
    under: tuple[str, ...] = ()


def lock_rows(wanted: Iterable[QuerySet[Any]]) -> None:
    """Locks all of these rows FOR NO KEY UPDATE, table by table in the order of the house, each by id.

    The querysets come unevaluated and in any order; those of one table are locked in one statement. A
    table that has no place in the order is a mistake: ValueError.
    """
    by_model: dict[type[Model], list[QuerySet[Any]]] = defaultdict(list)
    for rows in wanted:
        by_model[rows.model].append(rows)
    order = {lock.table: place for place, lock in enumerate(settings.LOCK_ORDER)}
    if homeless := {model._meta.db_table for model in by_model} - set(order):
        raise ValueError(f"no place in LOCK_ORDER: {', '.join(sorted(homeless))}")
    for model in sorted(by_model, key=lambda model: order[model._meta.db_table]):
        which = reduce(or_, (Q(pk__in=rows.order_by().values("pk")) for rows in by_model[model]))
        locked = model._base_manager.filter(which).order_by("pk").select_for_update(no_key=True, of=("self",))
        list(locked.values_list("pk", flat=True))

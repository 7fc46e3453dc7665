"""Words about people: kept apart from the histories that point at them, so that they can go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from people.models import RevealLog, Words
from people.rules import LOOKED


def keep(text: str) -> Words | None:
    """What somebody typed, as a row that a history can point at; None for nothing."""
    return Words.objects.create(text=text) if text else None


def keep_all(texts: Sequence[str]) -> list[Words | None]:
    """The same of many, in one statement."""
    made = [Words(text=text) for text in texts]
    Words.objects.bulk_create([one for one in made if one.text])
    return [one if one.text else None for one in made]


def said_in(rows: QuerySet[Any]) -> QuerySet[Words]:
    """The words at which these rows of a history point, unlocked: for `Part.lock`."""
    return Words.objects.filter(pk__in=rows.order_by().exclude(words=None).values("words"))


def forget(rows: QuerySet[Any]) -> None:
    """Empties what these rows of a history said; that it happened, when and by whom stays.

    The caller holds the words: `said_in`.
    """
    said_in(rows).update(text="")


def reasons_about(person_ids: Collection[int]) -> QuerySet[RevealLog]:
    """Looks whose reasons may tell of these persons, unlocked: looks at them, and at whomever a search for
    one of them found beside her."""
    searches = RevealLog.objects.filter(person__in=person_ids, field=LOOKED).order_by()
    asked = {name: list(searches.values_list(name, flat=True)) for name in ("user", "at")}
    beside = RevealLog.objects.filter(user__in=asked["user"], at__in=asked["at"], field=LOOKED).order_by()
    found = [*beside.values_list("pk", flat=True)]
    return RevealLog.objects.filter(Q(person__in=person_ids) | Q(pk__in=found)).exclude(reason="")

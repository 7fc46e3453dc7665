"""The part that an app above plays when a record is copied, closed or merged into another.

People may not import the apps above it: `settings.PERSON_PARTS` names their parts, the upper apps
first. What an app leaves out is done without it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from people.models import Person, User


@dataclass(frozen=True)
class Folded:
    """What an app did in a merge: which rows stay with the merged record, by the name of their model,
    and what it wants to be told (as JSON) when the merge is undone."""

    stays: Mapping[str, Collection[int]] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """`app` knows more of a person than rows that point at her.

    copy: all it knows of her, as plain data by name. Without one, her rows are copied by their names.
    lock: locks what it will look at or write when she is erased or merged, before persons are locked.
    unfinished: what has to be finished before she is erased, as a sentence saying how; "" for nothing.
    erase: takes what tells who she is off its rows; asked under those locks.
    fold: brings together what both records have (kept, merged, by, now); the rest moves by itself.
    unfold: gives that back when the merge is undone.
    """

    app: str
    copy: Callable[[Person], dict[str, Any]] | None = None
    lock: Callable[[Collection[int]], None] = lambda _person_ids: None
    unfinished: Callable[[Person, datetime], str] = lambda _person, _now: ""
    erase: Callable[[Person, User, datetime], None] = lambda _person, _by, _now: None
    fold: Callable[[Person, Person, User, datetime], Folded] = lambda *_who: Folded()
    unfold: Callable[[dict[str, Any], User, datetime], None] = lambda *_told: None


def lock_parts(person_ids: Collection[int]) -> None:
    """What the apps above want locked before these persons are."""
    for part in parts():
        part.lock(person_ids)


def parts() -> list[Part]:
    """The parts of all apps above, the upper ones first."""
    return [import_string(path) for path in settings.PERSON_PARTS]

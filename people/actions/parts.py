"""The part that an app above plays when a record is copied or closed.

People may not import the apps above it: `settings.PERSON_PARTS` names their parts, the upper apps
first. What an app leaves out is done without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from people.models import Person, User


@dataclass(frozen=True)
class Part:
    """`app` knows more of a person than rows that point at her.

    copy: all it knows of her, as plain data by name. Without one, her rows are copied by their names.
    lock: locks what it will look at or write when she is erased, before she is locked herself.
    unfinished: what has to be finished before she is erased, as a sentence saying how; "" for nothing.
    erase: takes what tells who she is off its rows; asked under those locks.
    """

    app: str
    copy: Callable[[Person], dict[str, Any]] | None = None
    lock: Callable[[int], None] = lambda _person_id: None
    unfinished: Callable[[Person, datetime], str] = lambda _person, _now: ""
    erase: Callable[[Person, User, datetime], None] = lambda _person, _by, _now: None


def parts() -> list[Part]:
    """The parts of all apps above, the upper ones first."""
    return [import_string(path) for path in settings.PERSON_PARTS]

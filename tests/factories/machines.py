"""A real row for every machine, on which the database's guard is tried in all states.

tests/test_moves.py finds the machines by itself; a new one only needs its line in STAGES.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from tests.conftest import Cast
from tests.factories import courses


@dataclass(frozen=True)
class Stage:
    """Which model stands on a machine, how one row of it is made, and what other columns a state
    brings along because a constraint ties them to it."""

    model: type[Model]
    make: Callable[[Cast, datetime], Model]
    beside: Callable[[str, datetime], dict[str, Any]] = lambda _state, _now: {}


def _class(cast: Cast, now: datetime) -> ClassGroup:
    return courses.class_group(cast.center, now)


def _session(cast: Cast, now: datetime) -> Session:
    return courses.session(_class(cast, now), now + timedelta(days=1))


def _enrolment(cast: Cast, now: datetime) -> Enrolment:
    return courses.seat(_class(cast, now), cast.guilan, now)


# By the noun of the machine.
STAGES = {
    "class": Stage(ClassGroup, _class),
    "session": Stage(
        Session, _session, lambda state, _now: {"reason": "停电" if state in {"CANCELLED", "MOVED"} else ""}
    ),
    "enrolment": Stage(
        Enrolment,
        _enrolment,
        lambda state, now: {"offer_until": now + timedelta(days=1) if state == "OFFERED" else None},
    ),
}

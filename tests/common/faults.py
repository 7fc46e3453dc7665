"""Planting faults that the database would refuse: triggers and foreign keys off for a moment."""

from datetime import datetime

from common import audit
from tests.moments import NOW, guards_as_released
from tests.owner import unguarded


def found(now: datetime = NOW, *, beside: str = ""):
    """What the audit finds when it is `now`, by check; `beside` names a guard of the test's own."""
    with guards_as_released():
        rows = {check.name: list(check.find(now)) for check in audit.checks()}
    if beside:
        rows = {name: [line for line in lines if beside not in line] for name, lines in rows.items()}
    return {name: lines for name, lines in rows.items() if lines}


def planted(sql, *params, now: datetime = NOW):
    """The names of the checks that find what this statement broke."""
    assert found(now) == {}
    with unguarded() as cursor:
        cursor.execute(sql, params)
    return set(found(now))

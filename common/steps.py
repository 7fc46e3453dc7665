"""What the steps of all apps share: refusing what is not handed in, moving many rows at once."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, QuerySet, Value, When

from common.errors import DomainError
from common.moves import Machine, Need, Step


def refuse_lacking(step: Step[Any, Any], **given: object) -> None:
    """Refuses what a step needs and nobody handed in: REASON_NEEDED and the like."""
    for need in step.needs:
        refuse_unmet(need, given.get(need.name))


def refuse_unmet(need: Need, given: object) -> None:
    """The same for what stands in no line of a table, since only some who take the step are asked."""
    if not need.is_met_by(given):
        raise DomainError(need.code, str(need.words), about=need.name)


def move_all(rows: QuerySet[Any], machine: Machine[Any, Any, Any], move: Any, hat: Any, **fields: Any) -> int:
    """Moves every row that the table lets go, in one statement, and returns how many went.

    Rows from which the move does not lead stay as they are. The locks are the caller's.
    """
    ways = machine.sources(move, hat)
    to = Case(*(When(**{machine.column: frm}, then=Value(step.to)) for frm, step in ways.items()))
    return rows.filter(**{f"{machine.column}__in": list(ways)}).update(**{machine.column: to, **fields})

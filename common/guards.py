"""The database's half of a state machine: it refuses what is not in the table, whoever writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pgtrigger

from common.moves import Machine


def begins_by(machine: Machine[Any, Any, Any]) -> str:
    """What the database names when it refuses a row that begins in the middle of its life."""
    return f"{machine.noun}_begins_by_the_table"


def moves_by(machine: Machine[Any, Any, Any]) -> str:
    """What the database names when it refuses a change of state."""
    return f"{machine.noun}_moves_by_the_table"


def guards(machine: Machine[Any, Any, Any]) -> list[pgtrigger.Trigger]:
    """The triggers of a model whose column stands on the machine: `triggers = [*guards(ORDERS), ...]`.

    The table stands in their conditions, so a lawful write calls no function.
    """
    column = machine.column
    pairs = ", ".join(f"({_text(frm)}, {_text(to)})" for frm, to in machine.pairs())
    moved = f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    return [
        _refusal(
            begins_by(machine),
            pgtrigger.Insert,
            f"NEW.{column} NOT IN ({_texts(machine.begins)})",
            f"'no {machine.noun} begins as ' || NEW.{column}",
        ),
        _refusal(
            moves_by(machine),
            pgtrigger.Update,
            f"{moved} AND (OLD.{column}, NEW.{column}) NOT IN ({pairs})",
            f"'no {machine.noun} goes from ' || OLD.{column} || ' to ' || NEW.{column}",
        ),
    ]


def _refusal(name: str, operation: Any, where: str, message: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=pgtrigger.Condition(where),
        func=f"RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', MESSAGE = {message};",
    )


def _texts(states: Iterable[str]) -> str:
    return ", ".join(_text(state) for state in sorted(states))


def _text(state: str) -> str:
    """A state as SQL text; states are names of our own, never input."""
    return f"'{state}'"

"""State machines as tables: (state, move) -> where it leads, who may, what is handed in with it.

The rules of an app write a machine down once. All who have to know about its states read it there:
the verb (`next`, `sources`), the page and the back office (`offered`, `offers`), and the database
(`pairs`, through common/guards.py). docs/adr/0020-state-machines-are-tables.md
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sized
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import TextChoices
from django.utils.functional import Promise

S = TypeVar("S", bound=TextChoices)  # a state
M = TypeVar("M", bound=TextChoices)  # a move
H = TypeVar("H", bound=TextChoices)  # a hat: in what capacity somebody makes it


@dataclass(frozen=True)
class Need:
    """What has to be handed in with a move.

    `name` is the verb's argument and the form's field; `words` is what whoever left it out is told.
    """

    name: str
    words: str | Promise
    least: int = 1  # letters of a text, items of a list, or the number itself

    @property
    def code(self) -> str:
        """The refusal's code: REASON_NEEDED."""
        return f"{self.name.upper()}_NEEDED"

    def is_met_by(self, given: object) -> bool:
        if isinstance(given, str):
            given = given.strip()
        if isinstance(given, int):
            return given >= self.least
        return len(given) >= self.least if isinstance(given, Sized) else given is not None


@dataclass(frozen=True)
class Step(Generic[S, H]):
    """One line of the table. A step that leads where it started changes no state, only what hangs
    on the row."""

    to: S
    who: frozenset[H]
    needs: tuple[Need, ...] = ()

    def lacks(self, given: Mapping[str, object]) -> Need | None:
        """The first thing that ought to be handed in and is not."""
        return next((need for need in self.needs if not need.is_met_by(given.get(need.name))), None)


@dataclass(frozen=True, eq=False)
class Machine(Generic[S, M, H]):
    """The whole life of a noun. What asks more than one row (is there a seat?) stays in the verbs."""

    noun: str  # what the database calls it where it refuses: "enrolment_moves_by_the_table"
    states: type[S]
    moves: type[M]
    hats: type[H]  # who wears several makes a move in the first of them that may
    begins: frozenset[S]  # in which states a row may come into being
    table: Mapping[tuple[S, M], Step[S, H]]
    column: str = "state"

    def step(self, state: str, move: M) -> Step[S, H] | None:
        """What a move does from here, whoever makes it; None where there is no such way."""
        return self.table.get((self.states(state), move))

    def next(self, state: str, move: M, hats: Collection[H]) -> tuple[Step[S, H], H] | None:
        """The step, and in which of her hats somebody takes it; None if she may not, or from here."""
        step = self.step(state, move)
        if step is None:
            return None
        hat = next((hat for hat in self.hats if hat in hats and hat in step.who), None)
        return None if hat is None else (step, hat)

    def offered(self, state: str, hats: Collection[H]) -> tuple[M, ...]:
        """The buttons of somebody in these hats, in the order of the table."""
        here = self.states(state)
        return tuple(move for frm, move in self.table if frm == here and self.next(state, move, hats))

    def offers(self, move: M, *hats: H) -> Offer[S, M, H]:
        """The question of one button, asked of rows: whether it leads anywhere, for one of these
        hats (without any: for somebody)."""
        return Offer(self, move, frozenset(hats or self.hats))

    def sources(self, move: M, hat: H) -> dict[S, Step[S, H]]:
        """From which states a move may be made in a hat, for steps of many rows at once."""
        return {frm: step for (frm, made), step in self.table.items() if made == move and hat in step.who}

    def pairs(self) -> list[tuple[S, S]]:
        """Every change of state there is, for the guard in the database."""
        return sorted({(frm, step.to) for (frm, _move), step in self.table.items() if frm != step.to})

    def goes_on(self, row: Any) -> bool:
        """Whether anything leads out of where a row is."""
        return self.states(getattr(row, self.column)) not in self.final

    @property
    def final(self) -> frozenset[S]:
        """States that nothing leads out of."""
        return frozenset(self.states) - {frm for frm, _to in self.pairs()}


@dataclass(frozen=True)
class Offer(Generic[S, M, H]):
    """Whether a button is shown for a row: `offered=ORDERS.offers(OrderMove.REFUSE)`."""

    machine: Machine[S, M, H]
    move: M
    hats: frozenset[H]

    def __call__(self, row: Any) -> bool:
        return self.machine.next(getattr(row, self.machine.column), self.move, self.hats) is not None

    @property
    def needs(self) -> frozenset[str]:
        """What its form has to ask for."""
        steps = [step for (_frm, move), step in self.machine.table.items() if move == self.move]
        return frozenset(need.name for step in steps if step.who & self.hats for need in step.needs)

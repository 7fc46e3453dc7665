"""Every machine of the house: its table, its guard in the database, its buttons.

The machines are found in the rules of the apps. For each one every pair of states is posted as raw
SQL on a real row, by the owner of the tables and by the application.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import product
from types import ModuleType
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.contrib import admin
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from common.admin import VerbAdmin
from common.guards import begins_by, guards, moves_by
from common.moves import Machine, Offer
from tests.cast import Cast
from tests.factories.machines import STAGES, Stage
from tests.factories.stages import put
from tests.fences import APPS
from tests.owner import as_owner

# Machine and state -> why no way leads there.
UNREACHED = {
    ("enrolment", "NOT_DRAWN"): "ballots come with an issue of their own",
    **{
        ("card_use", state): "a card is used with who does it: nobody asks for a use or is asked"
        for state in ("REQUESTED", "REFUSED", "ACCEPTED_FOR_DISPATCH", "OFFERED")
    },
}
# Machine and move -> why it is in no table.
UNUSED = {
    ("order", "REQUEST"): "how an order begins: history names it",
    ("ticket", "OPEN"): "how a ticket begins: history names it",
    ("card_use", "REQUEST"): "how an order begins: history names it",
    **{
        ("card_use", move): "of an order that waits for somebody, which a use of a card never does"
        for move in ("ACCEPT", "REFUSE", "OFFER", "WITHDRAW", "EXPIRE", "DECLINE", "TAKE", "REDISPATCH")
    },
}
# Machine and pair, or machine, "" and a beginning -> which other guard answers first for the row of
# the test.
OTHER_GUARD_FIRST = {("record", "", "APPROVED"): "record_has_two_evidences"}
# Machines whose states stand in no column -> what keeps them instead.
NO_COLUMN = {
    "redemption": "what its hold says: a HoldEnd is one row a hold, and only added",
    "card_use": "an order's column, whose guard lets its pairs pass; order_of_card_waits_nowhere does the rest",
}
# Columns of states that stand on no machine -> why.
NO_MACHINE = {
    "Volunteer.state": "three states of which each may follow each: undoing a merge brings back any of them",
}


AnyMachine = Machine[Any, Any, Any]


def _modules(name: str) -> Iterator[ModuleType]:
    """A module and, where it is a package, those inside."""
    module = importlib.import_module(name)
    yield module
    for part in pkgutil.iter_modules(getattr(module, "__path__", [])):
        yield importlib.import_module(f"{name}.{part.name}")


def _machines() -> list[AnyMachine]:
    rules = [f"{app}.rules" for app in APPS if importlib.util.find_spec(f"{app}.rules")]
    things = [thing for name in rules for module in _modules(name) for thing in vars(module).values()]
    return sorted({thing for thing in things if isinstance(thing, Machine)}, key=lambda one: one.noun)


MACHINES = _machines()
STANDING = [machine for machine in MACHINES if machine.noun not in NO_COLUMN]
every_column = pytest.mark.parametrize("machine", STANDING, ids=lambda machine: machine.noun)
every_machine = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.noun)


# --- The tables -------------------------------------------------------------------------------


def test_the_machines_are_found_and_every_one_has_a_row_to_be_tried_on() -> None:
    assert [machine.noun for machine in MACHINES] == sorted([*STAGES, *NO_COLUMN])


def test_every_column_of_states_stands_on_a_machine_or_says_why_not() -> None:
    """A state is a column of that name, but for the histories that copy it."""
    columns = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if not issubclass(model, pghistory.models.Event)
        for field in model._meta.fields
        if field.name == "state" and field.choices
    }
    standing = {f"{STAGES[machine.noun].model.__name__}.{machine.column}" for machine in STANDING}
    assert columns == standing | set(NO_MACHINE)


@every_machine
def test_every_state_move_and_hat(machine: AnyMachine) -> None:
    for state, move, hat in product(machine.states, machine.moves, machine.hats):
        step = machine.table.get((state, move))
        expected = (step, hat) if step and hat in step.who else None
        assert machine.next(state.value, move, {hat}) == expected
        assert (move in machine.offered(state.value, {hat})) is (expected is not None)
    for step in machine.table.values():
        assert step.who, "a move that nobody makes"
        assert len({need.name for need in step.needs}) == len(step.needs)


@every_machine
def test_every_state_is_reached_and_every_move_is_used(machine: AnyMachine) -> None:
    reached = set(machine.begins)
    while fresh := {to for frm, to in machine.pairs() if frm in reached} - reached:
        reached |= fresh
    assert _named(set(machine.states) - reached) == {s for noun, s in UNREACHED if noun == machine.noun}
    unused = set(machine.moves) - {move for _frm, move in machine.table}
    assert _named(unused) == {move for noun, move in UNUSED if noun == machine.noun}


def _named(choices: set[Any]) -> set[str]:
    return {choice.value for choice in choices}


@every_machine
def test_the_machine_of_a_button_stands_behind_its_form(machine: AnyMachine) -> None:
    """A button of the back office asks for what its move needs."""
    for model, site in admin.site._registry.items():
        for verb in site.verbs if isinstance(site, VerbAdmin) else ():
            if isinstance(verb.offered, Offer) and verb.offered.machine is machine:
                assert model is STAGES[machine.noun].model
                asked = set(verb.form.base_fields) if verb.form else set()
                assert verb.offered.needs <= asked, f"{model.__name__}: {verb.name}"


# --- The guards -------------------------------------------------------------------------------


def _standing_on(machine: AnyMachine, models: list[type[Model]]) -> list[tuple[type[Model], str]]:
    """The columns whose choices are a machine's states; histories copy them and are none."""
    return [
        (model, field.name)
        for model in models
        if not issubclass(model, pghistory.models.Event) and not _fields_of(model, machine.moves)
        for field in _fields_of(model, machine.states)
    ]


def _fields_of(model: type[Model], choices: Any) -> list[Any]:
    """The columns that offer exactly these choices."""
    wanted = [(value, str(label)) for value, label in choices.choices]
    return [f for f in model._meta.fields if [(v, str(label)) for v, label in f.flatchoices] == wanted]


def _without_guard(machine: AnyMachine, models: list[type[Model]]) -> list[str]:
    wanted = {(trigger.name, trigger.condition.sql) for trigger in guards(machine)}
    return [
        f"{model.__name__}.{field}"
        for model, field in _standing_on(machine, models)
        if field != machine.column
        or not wanted
        <= {(t.name, getattr(t.condition, "sql", "")) for t in getattr(model._meta, "triggers", [])}
    ]


@every_column
def test_every_column_of_a_machine_has_its_guard(machine: AnyMachine) -> None:
    assert [model for model, _field in _standing_on(machine, apps.get_models())] == [
        STAGES[machine.noun].model
    ]
    assert _without_guard(machine, apps.get_models()) == []


@every_column
def test_a_column_without_its_guard_is_caught(machine: AnyMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    model = STAGES[machine.noun].model
    monkeypatch.setattr(model._meta, "triggers", [])
    assert _without_guard(machine, [model]) == [f"{model.__name__}.{machine.column}"]


@pytest.fixture(params=["the owner", "the application"])
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def _undone(role: str) -> Iterator[Any]:
    """A cursor of this role; what is done inside is taken back."""
    with transaction.atomic():
        with as_owner() if role == "the owner" else connection.cursor() as cursor:
            yield cursor
        transaction.set_rollback(True)


def _refused_by(role: str, sql: str, values: list[Any]) -> str | None:
    """The constraint that refuses a statement; None where it passes."""
    try:
        with _undone(role) as cursor:
            cursor.execute(sql, values)
            assert cursor.rowcount == 1
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    return None


class Trial:
    """One row of a machine's model, put into states and written to."""

    def __init__(self, machine: AnyMachine, role: str, cast: Cast, now: datetime) -> None:
        self.machine, self.role, self.now = machine, role, now
        self.stage: Stage = STAGES[machine.noun]
        self.row = self.stage.make(cast, now)
        self.table = self.stage.model._meta.db_table

    def _values(self, state: str) -> dict[str, Any]:
        return {self.machine.column: str(state), **self.stage.beside(str(state), self.now)}

    def update(self, frm: str, to: str) -> str | None:
        """What refuses a row in `frm` the way to `to`."""
        put(self.stage.model._default_manager.filter(pk=self.row.pk), **self._values(frm))
        values = self._values(to)
        columns = ", ".join(f"{name} = %s" for name in values)
        sql = f"UPDATE {self.table} SET {columns} WHERE id = %s"
        return _refused_by(self.role, sql, [*values.values(), self.row.pk])

    def insert(self, state: str) -> str | None:
        """What refuses a copy of the row that begins in `state`."""
        values = self._values(state)
        kept = [f.column for f in self.stage.model._meta.fields if f.column not in {"id", *values}]
        sql = (
            f"INSERT INTO {self.table} ({', '.join([*values, *kept])})"
            f" SELECT {', '.join(['%s'] * len(values) + kept)} FROM {self.table} WHERE id = %s"
        )
        return _refused_by(self.role, sql, [*values.values(), self.row.pk])

    def faults(self) -> list[str]:
        """Pairs and beginnings with which the database does something else than the table says."""
        machine, found = self.machine, []
        for frm, to in product(machine.states, machine.states):
            lawful = frm == to or (frm, to) in machine.pairs()
            expected = OTHER_GUARD_FIRST.get((machine.noun, frm, to)) if lawful else moves_by(machine)
            if (refused := self.update(frm, to)) != expected:
                found.append(f"{frm} -> {to}: {refused}")
        for state in machine.states:
            # A copy may be one too many: then another constraint than the guard says so.
            refused = self.insert(state)
            by_table = refused in {begins_by(machine), OTHER_GUARD_FIRST.get((machine.noun, "", state), "")}
            if by_table is (state in machine.begins):
                found.append(f"begins {state}")
        return found


@pytest.mark.sweep
@every_column
def test_the_database_refuses_every_pair_that_is_not_in_the_table(
    machine: AnyMachine, role: str, cast: Cast, now: datetime
) -> None:
    assert Trial(machine, role, cast, now).faults() == []


@pytest.mark.sweep
@every_column
def test_a_guard_that_is_gone_is_noticed(machine: AnyMachine, cast: Cast, now: datetime) -> None:
    trial = Trial(machine, "the owner", cast, now)
    with as_owner() as cursor:
        for trigger in guards(machine):
            cursor.execute(f"DROP TRIGGER {trigger.get_pgid(trial.stage.model)} ON {trial.table}")
    pairs = [(frm, to) for frm, to in product(machine.states, machine.states) if frm != to]
    forbidden = [f"{frm} -> {to}: None" for frm, to in pairs if (frm, to) not in machine.pairs()]
    others = {state for noun, frm, state in OTHER_GUARD_FIRST if (noun, frm) == (machine.noun, "")}
    begins = [f"begins {s}" for s in machine.states if s not in machine.begins and s not in others]
    assert trial.faults() == forbidden + begins

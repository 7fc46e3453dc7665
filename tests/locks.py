"""The order in which rows are locked, watched row by row while verbs run.

One thread is enough: a verb that locks upside down can meet another one some day. What a statement
locks is asked of the database: a SELECT ... FOR UPDATE is asked again for its ids, and what any write
changed, triggers included, is seen by the place of each row on the disk (ctid) and, within one
statement, in the order of its commands (cmin). A row that the transaction made itself is nobody
else's yet.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from common.locks import Lock
from tests.fences import APPS

_LOCK = re.compile(r' FOR (?:NO KEY UPDATE|UPDATE|SHARE)(?: OF "(\w+)")?( SKIP LOCKED)?(?: NOWAIT)?\s*$')
_FROM = re.compile(r'^SELECT (.*?) FROM "(\w+)"', re.DOTALL)
_WRITE = re.compile(r"^\s*(?:INSERT|UPDATE|DELETE|WITH)\b")
_TARGET = re.compile(r'^\s*(?:UPDATE|DELETE FROM) "?(\w+)')

Row = tuple[str, Any]


@cache
def _keys() -> dict[str, str]:
    """Every table of ours but histories, which are only added to, and its primary key."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return {
        model._meta.db_table: str(model._meta.pk.column)
        for model in models
        if not model.__name__.endswith("Event")
    }


def _rows() -> dict[Row, tuple[str, int]]:
    """Where every row of ours lies, and which command of its transaction put it there."""
    each = (
        f'SELECT \'{table}\', "{key}"::text, ctid::text, cmin::text::bigint FROM "{table}"'
        for table, key in _keys().items()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {(table, int(pk)): (place, command) for table, pk, place, command in cursor.fetchall()}


class Recorder:
    """The rows that each transaction takes, in order, and what is wrong with that."""

    def __init__(self, order: Sequence[Lock] | None = None) -> None:
        self.order = {lock.table: lock for lock in (settings.LOCK_ORDER if order is None else order)}
        self.rank = {table: place for place, table in enumerate(self.order)}
        self.faults: list[str] = []
        self.taken: set[str] = set()
        self.depth, self.asking = 0, False
        self._begin({})

    def _begin(self, rows: dict[Row, tuple[str, int]]) -> None:
        self.known, self.rows = set(rows), rows
        self.held: list[Row] = []
        self.skipped: set[Row] = set()  # rows that nobody waited for: SKIP LOCKED

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.asking:
            return execute(sql, params, many, context)
        if sql.startswith("SAVEPOINT"):
            self.depth += 1
            if self.depth == 1:
                self._begin(self._ask(_rows))
        elif sql.startswith("RELEASE SAVEPOINT"):
            self.depth -= 1
        if not self.depth and (_WRITE.match(sql) or _LOCK.search(sql)):
            self._begin(self._ask(_rows))
        done = execute(sql, params, many, context)
        if found := _LOCK.search(sql):
            self._select(sql, params, found)
        if _WRITE.match(sql):
            self._write(sql)
        return done

    def _ask(self, question: Callable[[], Any]) -> Any:
        self.asking = True
        try:
            return question()
        finally:
            self.asking = False

    def _select(self, sql: str, params: Any, found: re.Match[str]) -> None:
        """The rows that a SELECT locked, in the order in which it found them; one that skips never waits."""
        head = _FROM.match(sql)
        assert head, f"cannot tell what is locked by {sql}"
        table = found[1] or head[2]
        rest = sql[head.end(1) : found.start()]
        left = list(params or ())[head[1].count("%s") :]
        ids = self._ask(lambda: self._ids(f'SELECT "{table}"."{_keys().get(table, "id")}"{rest}', left))
        rows = [(table, pk) for pk in ids if not self._holds((table, pk))]
        if found[2]:
            self.skipped |= set(rows)
            self.taken.add(table)
            return
        if len(rows) > 1 and "ORDER BY" not in rest:
            self._unordered(table)
        for row in rows:
            self._take(row)

    def _ids(self, sql: str, params: list[Any]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return [pk for (pk,) in cursor.fetchall()]

    def _write(self, sql: str) -> None:
        """The rows that were there before and that a write changed or took away, whoever asked for it."""
        before, self.rows = self.rows, self._ask(_rows)
        gone = [row for row in before if row not in self.rows]
        moved = [row for row, where in before.items() if self.rows.get(row, where)[0] != where[0]]
        fresh = [row for row in gone + moved if row in self.known and not self._holds(row)]
        target = _TARGET.match(sql)
        table = target[1] if target else ""
        if len([row for row in fresh if row[0] == table]) > 1:
            self._unordered(table)
        for row in sorted(fresh, key=lambda row: (self.rows.get(row, ("", -1))[1], row[1])):
            self._take(row)

    def _holds(self, row: Row) -> bool:
        return row in self.held or row in self.skipped

    def _unordered(self, table: str) -> None:
        lock = self.order.get(table)
        if lock is not None and not lock.under:
            self.faults.append(f"several rows of {table} locked in no order")

    def _take(self, row: Row) -> None:
        table, pk = row
        self.taken.add(table)
        lock = self.order.get(table)
        if lock is None:
            self.faults.append(f"{table} is locked and has no place in LOCK_ORDER")
        elif lock.under:
            if not {held for held, _pk in self.held} & set(lock.under):
                self.faults.append(f"{table} touched without {' or '.join(lock.under)}")
        else:
            self._in_order(lock, pk)
        self.held.append(row)

    def _in_order(self, lock: Lock, pk: Any) -> None:
        ranked = [held for held in self.held if held[0] in self.order and not self.order[held[0]].under]
        below = [held for held, _pk in ranked if self.rank[held] > self.rank[lock.table]]
        if below:
            self.faults.append(f"{lock.table} locked after {below[0]}")
        if lock.by_id and any(held == lock.table and known > pk for held, known in ranked):
            self.faults.append(f"{lock.table} out of order")


@contextmanager
def locks_in_order(order: Sequence[Lock] | None = None) -> Iterator[Recorder]:
    """Inside, every transaction locks in the order of the house."""
    recorder = Recorder(order)
    with connection.execute_wrapper(recorder):
        yield recorder
    assert recorder.faults == [], recorder.faults

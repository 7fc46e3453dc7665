"""The order in which rows are locked, watched statement by statement."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

ORDER = [
    "courses_registerimport",
    "courses_classgroup",
    "courses_session",
    "courses_enrolment",
    "people_user",
    "people_person",
    "people_deskcode",
    "notices_notice",
    "notices_delivery",
]


_LOCK = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE(?!.*SKIP LOCKED)(?: OF "(\w+)")?', re.DOTALL)


_WRITE = re.compile(r'^(?:UPDATE|DELETE FROM) "(\w+)"')


class Recorder:
    """The tables a transaction locks, in order, and what is wrong with that.

    `pool` is the table whose seats the enrolments of the test count; "" where enrolments change
    without touching a seat.
    """

    def __init__(self, pool: str, tables: Sequence[str] = ORDER) -> None:
        self.pool, self.tables, self.faults = pool, tables, []
        self._start()

    def _start(self) -> None:
        self.depth, self.held, self.ids = 0, [], []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SAVEPOINT"):
            self.depth += 1
        elif sql.startswith("RELEASE SAVEPOINT"):
            self.depth -= 1
            if not self.depth:
                self._start()
        elif found := _LOCK.search(sql):
            table = found[2] or found[1]
            self._lock(table, params, in_order="ORDER BY" in sql and " IN (" in sql)
        elif found := _WRITE.match(sql):
            self._write(found[1])
        return execute(sql, params, many, context)

    def _lock(self, table: str, params: Any, *, in_order: bool) -> None:
        """One class by its id, or several in one statement that sorts them."""
        ids = list(params) if table == "courses_classgroup" and (in_order or len(params) == 1) else []
        for pk in sorted(ids):
            if pk not in self.ids and any(known > pk for known in self.ids):
                self.faults.append("classes out of order")
            self.ids.append(pk)
        self._touch(table)

    def _write(self, table: str) -> None:
        if table == "courses_enrolment" and self.pool and self.pool not in self.held:
            self.faults.append(f"{self.pool} touched through enrolments that were written first")
        self._touch(table)

    def _touch(self, table: str) -> None:
        if table not in self.tables:
            return
        below = [known for known in self.held if self.tables.index(known) > self.tables.index(table)]
        if below and table not in self.held:
            self.faults.append(f"{table} locked after {below[0]}")
        self.held.append(table)


@contextmanager
def locks_in_order(pool: str = "courses_classgroup", tables: Sequence[str] = ORDER) -> Iterator[Recorder]:
    recorder = Recorder(pool, tables)
    with connection.execute_wrapper(recorder):
        yield recorder
    assert recorder.faults == []

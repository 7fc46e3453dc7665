"""Out of the application's role for a moment: what only the owner of the tables may, a superuser in the tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg2.extensions import TRANSACTION_STATUS_INERROR


@contextmanager
def as_owner() -> Iterator[CursorWrapper]:
    """Inside, this connection is the owner's, within the transaction of the test."""
    with _set("ROLE NONE", back="ROLE") as cursor:
        yield cursor


@contextmanager
def unguarded() -> Iterator[CursorWrapper]:
    """Inside, rows are written without triggers and foreign keys (constraints still hold)."""
    with as_owner(), _set("session_replication_role = replica", back="session_replication_role") as cursor:
        yield cursor


@contextmanager
def _set(what: str, *, back: str) -> Iterator[CursorWrapper]:
    """After a statement that failed, whoever rolls it back takes this back as well."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET {what}")
        try:
            yield cursor
        finally:
            if connection.connection.get_transaction_status() != TRANSACTION_STATUS_INERROR:
                cursor.execute(f"RESET {back}")

"""The moment in which the cast of tests/conftest.py lives, and the database that stands still in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from tests.factories.courses import at
from tests.owner import as_owner

NOW = at(2026, 11, 25, 14, 0)

SEARCH_PATH = "public, standing, pg_catalog"
# Found before PostgreSQL's own, by the triggers that seal rows and by statements written by hand.
STANDING = """
CREATE FUNCTION standing.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('tests.now', true), ''), '{now}')::timestamptz
$$
"""
# Functions that say themselves where they look up names would pass these by.
RELEASED, STANDING_STILL = "public, pg_temp", "public, standing, pg_catalog, pg_temp"
LOOK_ELSEWHERE = """
DO $$ DECLARE one regprocedure; BEGIN
    FOR one IN SELECT oid FROM pg_proc WHERE 'search_path={frm}' = ANY (proconfig) LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = {to}', one);
    END LOOP;
END $$
"""


def stop_the_databases_clock() -> None:
    """In this database it is NOW as well, whatever day it is, for whoever looks up names by SEARCH_PATH."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA standing; GRANT USAGE ON SCHEMA standing TO PUBLIC")
        for name in ("now", "transaction_timestamp"):
            cursor.execute(STANDING.format(name=name, now=NOW.isoformat()))
        cursor.execute(LOOK_ELSEWHERE.format(frm=RELEASED, to=STANDING_STILL))


@contextmanager
def guards_as_released() -> Iterator[None]:
    """Inside, the functions are those of the release, to the letter, as the audit wants them."""
    with transaction.atomic():
        with as_owner() as cursor:
            cursor.execute(LOOK_ELSEWHERE.format(frm=STANDING_STILL, to=RELEASED))
        yield
        transaction.set_rollback(True)


def turn_the_databases_clock(now: datetime) -> None:
    """Until the end of the transaction it is `now` in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tests.now', %s, true)", [now.isoformat()])

"""The moment in which the cast of tests/conftest.py lives, and the database that stands still in it."""

from datetime import datetime

from django.db import connection

from tests.factories.courses import at

NOW = at(2026, 11, 25, 14, 0)

SEARCH_PATH = "public, pg_catalog"
# Found before PostgreSQL's own, by the triggers that seal rows and by statements written by hand.
STANDING = """
CREATE FUNCTION public.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('tests.now', true), ''), '{now}')::timestamptz
$$
"""
# Functions that say themselves where they look up names would pass these by.
LOOK_THERE_TOO = """
DO $$ DECLARE one regprocedure; BEGIN
    FOR one IN SELECT oid FROM pg_proc WHERE 'search_path=public, pg_temp' = ANY (proconfig) LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_catalog, pg_temp', one);
    END LOOP;
END $$
"""


def stop_the_databases_clock() -> None:
    """In this database it is NOW as well, whatever day it is, for whoever looks up names by SEARCH_PATH."""
    with connection.cursor() as cursor:
        for name in ("now", "transaction_timestamp"):
            cursor.execute(STANDING.format(name=name, now=NOW.isoformat()))
        cursor.execute(LOOK_THERE_TOO)


def turn_the_databases_clock(now: datetime) -> None:
    """Until the end of the transaction it is `now` in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tests.now', %s, true)", [now.isoformat()])

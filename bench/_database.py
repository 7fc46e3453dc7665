"""Databases of the benches: one migrated template, a copy for each bench, dropped afterwards.

What is measured runs in the application's role, as in production; stages are built past the guards
by the owner of the tables (`as_owner`).
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.db import connections
from psycopg2 import extensions

TEMPLATE, COPY = f"linli_bench_template_{os.getpid()}", f"linli_bench_{os.getpid()}"


@cache
def _owner() -> extensions.connection:
    kept = psycopg2.connect(os.environ["OWNER_DATABASE_URL"])
    kept.autocommit = True
    return kept


def as_owner(statements: str, params: Sequence[object] | None = None) -> None:
    """Statements that only the owner of the tables may run, on a connection of their own."""
    with _owner().cursor() as cursor:
        cursor.execute(statements, params)


def named(url: str, name: str) -> str:
    """The same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _do(url: str, *statements: str) -> None:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


@contextmanager
def template(url: str) -> Iterator[str]:
    """An empty database beside the one of `url`; yields its address."""
    with _database(url, TEMPLATE, "") as made:
        yield made


@contextmanager
def fresh_copy(source: str) -> Iterator[str]:
    """A copy of the template; yields its address."""
    with _database(named(source, "postgres"), COPY, f"TEMPLATE {TEMPLATE}") as made:
        yield made


@contextmanager
def twin() -> Iterator[str]:
    """A copy of this bench's own database as it is now; yields the application's address of it."""
    ours = os.environ["OWNER_DATABASE_URL"]
    name = urlsplit(ours).path.strip("/")
    connections.close_all()  # nobody may be in what is copied
    _owner().close()
    _owner.cache_clear()
    with _database(named(ours, "postgres"), f"{name}_twin", f"TEMPLATE {name}"):
        yield named(os.environ["DATABASE_URL"], f"{name}_twin")


@contextmanager
def _database(url: str, name: str, options: str) -> Iterator[str]:
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    kept = f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC"  # by `migrate`, and not copied
    _do(url, drop, f"CREATE DATABASE {name} {options}", kept)
    try:
        yield named(url, name)
    finally:
        _do(url, drop)

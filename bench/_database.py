"""Databases of the benches: one migrated template, a copy for each bench, dropped afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2

TEMPLATE, COPY = f"linli_bench_template_{os.getpid()}", f"linli_bench_{os.getpid()}"


def _named(url: str, name: str) -> str:
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
    with _database(_named(source, "postgres"), COPY, f"TEMPLATE {TEMPLATE}") as made:
        yield made


@contextmanager
def _database(url: str, name: str, options: str) -> Iterator[str]:
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    _do(url, drop, f"CREATE DATABASE {name} {options}")
    try:
        yield _named(url, name)
    finally:
        _do(url, drop)

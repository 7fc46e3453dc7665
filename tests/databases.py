"""Databases of the tests: migrated once a run, then copied by PostgreSQL for each worker.

Whoever comes first makes an original, under a lock of the server; the others wait for it. Nearly
always that is whoever started the workers, while these still read the tests. A copy takes a fraction
of a second, the migrations five.

Each copy puts whoever signs in into the application's role, as in production. The tests sign in as
the owner, so that one that plants a fault gets out of it, within its transaction (tests/owner.py).
"""

import contextlib
import os
import pickle
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from psycopg2 import extensions
from pytest_django import DjangoDbBlocker

from common import roles
from tests import world
from tests.cast import Cast, bring_to_life
from tests.factories import people
from tests.moments import NOW, SEARCH_PATH, stop_the_databases_clock

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
LOCK = 20261125
# Production's takes a third of a second for each on purpose; what is tested is who comes in.
CHEAP_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
APPLICATION = {part: connection.settings_dict[part] for part in ("USER", "PASSWORD", "HOST", "PORT")}
OWNER: dict[str, str] = settings.OWNER or APPLICATION


def migrated() -> None:
    """What every test starts from: all tables, nobody in them, and a clock that stands.

    Not read in from a dump: that makes the indexes in another order, and whichever comes first says
    why a row is refused.
    """
    call_command("migrate", verbosity=0, interactive=False)
    with roles.owner(connection):
        stop_the_databases_clock()


def peopled() -> None:
    """The same with the cast in it, and the cast as Python knows it beside."""
    with roles.owner(connection), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_known (name text, pickled bytea)")
        cursor.execute("GRANT SELECT ON tests_known TO PUBLIC")
    with _phones_from(13600000000):
        _keep("cast", bring_to_life())


def shown() -> None:
    """The same with one of everything in it, for who asks who may open what; its files beside."""
    with TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder), _phones_from(13700000000):
        _keep("world", world.build(pickle.loads(_kept("cast")), NOW))
        paths = [path for path in Path(folder).rglob("*") if path.is_file()]
        _keep("files", {path.relative_to(folder): path.read_bytes() for path in paths})


@contextlib.contextmanager
def _phones_from(first: int) -> Iterator[None]:
    """No worker's own count comes there."""
    made, people.phones = people.phones, count(first)
    try:
        yield
    finally:
        people.phones = made


def _keep(name: str, known: Any) -> None:
    with roles.owner(connection), connection.cursor() as cursor:
        cursor.execute("INSERT INTO tests_known VALUES (%s, %s)", [name, pickle.dumps(known)])


def _kept(name: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pickled FROM tests_known WHERE name = %s", [name])
        return bytes(cursor.fetchone()[0])


ORIGINALS: dict[str, tuple[Callable[[], None], str]] = {  # name: what fills it, what it grows from
    "migrated": (migrated, ""),
    "peopled": (peopled, "migrated"),
    "shown": (shown, "peopled"),
}


def make_ahead(run: str, blocker: DjangoDbBlocker) -> None:
    """Makes the originals of a run before its workers ask for them."""
    os.environ["PYTEST_XDIST_TESTRUNUID"] = run
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=CHEAP_HASHERS):
        for name, (make, of) in ORIGINALS.items():
            with _server() as server:
                _make_once(server, name, make, of)


class Copies:
    """The databases of one worker, made when a test first needs one."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._pickled: dict[str, bytes] = {}
        self._left = contextlib.ExitStack()

    def connect(self, name: str) -> None:
        """Connects to this worker's copy of that original."""
        if name not in self._names:
            self._names[name] = self._left.enter_context(copy_of(name, *ORIGINALS[name]))
        if connection.settings_dict["NAME"] != self._names[name]:
            connection.close()
            connection.settings_dict.update(OWNER, NAME=self._names[name])

    def known(self, name: str) -> Any:
        """What the original kept of itself under this name, a fresh copy for each test."""
        if name not in self._pickled:
            self._pickled[name] = _kept(name)
        return pickle.loads(self._pickled[name])

    def cast(self) -> Cast:
        """The cast: out of the database that has it, else brought to life here."""
        if connection.settings_dict["NAME"] == self._names.get("migrated"):
            return bring_to_life()
        made: Cast = self.known("cast")
        return made

    def drop(self) -> None:
        connection.close()
        self._left.close()


@contextlib.contextmanager
def copy_of(name: str, make: Callable[[], None], of: str = "") -> Iterator[str]:
    """A copy for this worker of the original `name`, which `make` fills once a run; dropped at the end.

    `of` names the original that this one grows from.
    """
    copy = f"{_original(name)}_{WORKER}"
    with _server() as server:
        _make_once(server, name, make, of)
        _create(server, copy, _original(name))
        server.execute(f"ALTER DATABASE {copy} SET role = {APPLICATION['USER']}")
        server.execute(f"REVOKE TEMPORARY ON DATABASE {copy} FROM PUBLIC")  # by roles.let_in, and not copied
    try:
        yield copy
    finally:
        with _server() as server:
            server.execute(f"DROP DATABASE {copy} WITH (FORCE)")


def _make_once(server: extensions.cursor, name: str, make: Callable[[], None], of: str) -> None:
    """Makes an original unless it is there; whoever asks meanwhile waits as long as `server` lives."""
    if of:
        _make_once(server, of, *ORIGINALS[of])
    original = _original(name)
    server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [original])
    if not server.fetchone():
        _create(server, f"{original}_unfinished", _original(of) if of else "template0")
        with connected(f"{original}_unfinished", **APPLICATION):
            make()
        server.execute(f"ALTER DATABASE {original}_unfinished RENAME TO {original}")


def _original(name: str) -> str:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return f"test_{run[:8]}_{name}"


@contextlib.contextmanager
def _server() -> Iterator[extensions.cursor]:
    """A cursor outside the tests' databases; what it locked it lets go at the end."""
    server = psycopg2.connect(dbname="postgres", **{name.lower(): part for name, part in OWNER.items()})
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            yield cursor
    finally:
        server.close()


def _create(server: extensions.cursor, name: str, template: str) -> None:
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    server.execute(f"ALTER DATABASE {name} SET search_path = {SEARCH_PATH}")  # not copied with it


@contextlib.contextmanager
def connected(name: str, **who: str) -> Iterator[None]:
    """Inside, Django's connections are to this database, by whoever is named."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(who, NAME=name)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)

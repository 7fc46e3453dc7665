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

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from psycopg2 import extensions
from pytest_django import DjangoDbBlocker

from common import roles
from tests.cast import Cast, bring_to_life
from tests.factories import people
from tests.moments import SEARCH_PATH, stop_the_databases_clock

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
    made, people.phones = people.phones, count(13600000000)  # no worker's own count comes there
    try:
        cast = pickle.dumps(bring_to_life())
    finally:
        people.phones = made
    with roles.owner(connection), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_cast (pickled bytea); GRANT SELECT ON tests_cast TO PUBLIC")
        cursor.execute("INSERT INTO tests_cast VALUES (%s)", [cast])


ORIGINALS: dict[str, tuple[Callable[[], None], str]] = {  # name: what fills it, what it grows from
    "migrated": (migrated, ""),
    "peopled": (peopled, "migrated"),
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
        self._pickled = b""
        self._left = contextlib.ExitStack()

    def connect(self, name: str) -> None:
        """Connects to this worker's copy: "migrated", or "peopled" with the cast."""
        if name not in self._names:
            for needed in filter(None, (ORIGINALS[name][1], name)):
                if needed not in self._names:
                    self._names[needed] = self._left.enter_context(copy_of(needed, *ORIGINALS[needed]))
        if connection.settings_dict["NAME"] != self._names[name]:
            connection.close()
            connection.settings_dict.update(OWNER, NAME=self._names[name])

    def cast(self) -> Cast:
        """The cast: out of the database that has it, else brought to life here."""
        if connection.settings_dict["NAME"] != self._names.get("peopled"):
            return bring_to_life()
        if not self._pickled:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pickled FROM tests_cast")
                self._pickled = bytes(cursor.fetchone()[0])
        made: Cast = pickle.loads(self._pickled)
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

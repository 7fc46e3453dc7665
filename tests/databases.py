"""Databases of the tests: migrated once a run, then copied by PostgreSQL for each worker.

Whoever comes first makes an original, under a lock of the server; the others wait for it. A copy
takes a fraction of a second, the migrations ten.
"""

import contextlib
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
from django.core.management import call_command
from django.db import connection
from psycopg2 import extensions

from tests.moments import SEARCH_PATH, stop_the_databases_clock

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
LOCK = 20261125
ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".dev/tests"


def migrated() -> None:
    """What every test starts from: all tables, nobody in them, and a clock that stands.

    The outcome is kept in .dev as SQL, for as long as no migration changes.
    """
    programs, kept = Path(os.environ.get("LINLI_PG_BIN", "")), KEPT / f"migrated-{_made_of()}.sql"
    if kept.exists() and (programs / "psql").exists():
        _run(programs / "psql", "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-f", str(kept))
        return
    call_command("migrate", verbosity=0, interactive=False)
    stop_the_databases_clock()
    if (programs / "pg_dump").exists():
        for old in KEPT.glob("migrated-*"):
            old.unlink()
        KEPT.mkdir(parents=True, exist_ok=True)
        _run(programs / "pg_dump", "-f", f"{kept}.unfinished")
        Path(f"{kept}.unfinished").rename(kept)


def _made_of() -> str:
    """A digest of what the migrated database follows from."""
    sources = [*ROOT.glob("*/migrations/*.*"), ROOT / "requirements.txt", ROOT / "tests/moments.py"]
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(str(source.relative_to(ROOT)).encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def _run(program: Path, *words: str) -> None:
    told = connection.settings_dict
    where = ["-h", told["HOST"], "-p", str(told["PORT"]), "-U", told["USER"], "-d", told["NAME"]]
    env = {**os.environ, "PGPASSWORD": told["PASSWORD"]}
    subprocess.run([program, *where, *words], env=env, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def own_copy(name: str, make: Callable[[], None], of: str = "") -> Iterator[None]:
    """Inside, this worker's database is its own copy of the original `name`, which `make` fills once a run.

    `of` names the original that this one grows from.
    """
    original, copy = _original(name), f"{_original(name)}_{WORKER}"
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [original])
        if not server.fetchone():
            _create(server, f"{original}_unfinished", _original(of) if of else "template0")
            with _connected(f"{original}_unfinished"):
                make()
            server.execute(f"ALTER DATABASE {original}_unfinished RENAME TO {original}")
        _create(server, copy, original)
    try:
        with _connected(copy):
            yield
    finally:
        with _server() as server:
            server.execute(f"DROP DATABASE {copy} WITH (FORCE)")


def _original(name: str) -> str:
    return f"test_{RUN}_{name}"


@contextlib.contextmanager
def _server() -> Iterator[extensions.cursor]:
    """A cursor outside the tests' databases; what it locked it lets go at the end."""
    told = connection.settings_dict
    to = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"], "password": told["PASSWORD"]}
    server = psycopg2.connect(dbname="postgres", **to)
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
def _connected(name: str) -> Iterator[None]:
    """Inside, Django's connections are to this database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before

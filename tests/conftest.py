"""The cast, and the moment it lives in.

Everybody is invented. `now` is a fixed Wednesday afternoon: verbs take the time as an argument, so
only tests of pages, which read the clock themselves, ask for the fixture `clock`. In the database it
is always `now`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client, override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from tests import databases
from tests.accounts import give_factor
from tests.cast import Cast
from tests.moments import NOW
from tests.stages.points import fund, hers, rich, stage  # noqa: F401 - fixtures


def pytest_sessionstart(session: pytest.Session) -> None:
    """Whoever starts workers makes the databases meanwhile, as they take as long to read the tests."""
    told = session.config.option
    if told.numprocesses:
        told.testrunuid = told.testrunuid or uuid4().hex
        blocker = session.config.stash[blocking_manager_key]
        Thread(target=databases.make_ahead, args=[told.testrunuid, blocker], daemon=True).start()


@pytest.fixture
def now() -> datetime:
    """Wednesday 25 November 2026, 14:00 in Shanghai."""
    return NOW


@dataclass
class Clock:
    """What a page reads as the present; a test turns it by setting `now`."""

    now: datetime


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Clock:
    """Pages read the clock themselves, so in their tests it stands still at `now`."""
    standing = Clock(now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: standing.now)
    return standing


@pytest.fixture
def cast(db: None, _databases: databases.Copies) -> Cast:
    return _databases.cast()


@pytest.fixture
def world(cast: Cast, _databases: databases.Copies, settings: Any, tmp_path: Path) -> dict[str, Any]:
    """One of everything, and what the table of tests/test_access.py calls it; its files lie by themselves."""
    settings.MEDIA_ROOT = tmp_path
    for path, data in _databases.known("files").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    made: dict[str, Any] = _databases.known("world")
    return made


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Client:
    """As pytest-django's; the clock stands still before anybody signs in, where a test asks for it."""
    if "clock" in request.fixturenames:
        request.getfixturevalue("clock")
    return Client()


@pytest.fixture
def guilan(client: Client, cast: Cast) -> Client:
    """王桂兰, signed in."""
    client.force_login(cast.guilan.user)
    return client


@pytest.fixture(scope="session")
def _databases(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, _passwords_that_cost_nothing: None
) -> Iterator[databases.Copies]:
    """Databases of this worker's own."""
    copies = databases.Copies()
    yield copies
    with django_db_blocker.unblock():
        copies.drop()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """In place of pytest-django's: there is nothing to set up before a test asks for a database."""


@pytest.fixture
def _database_of_this_test(
    request: pytest.FixtureRequest,
    django_db_blocker: DjangoDbBlocker,
    _databases: databases.Copies,
    _empty_caches: None,
) -> None:
    """With the cast in it already where that is asked for; whoever empties all tables gets it made anew."""
    marker = request.node.get_closest_marker("django_db")
    asked = {*request.fixturenames}
    emptied = {"transactional_db", "live_server"} & asked or (marker and marker.kwargs.get("transaction"))
    name = "shown" if "world" in asked else "peopled" if "cast" in asked else "migrated"
    with django_db_blocker.unblock():
        _databases.connect("migrated" if emptied else name)


@pytest.fixture
def _django_db_helper(_database_of_this_test: None, _django_db_helper: None) -> None:
    """pytest-django's transaction around the test, begun in the right database."""


@pytest.fixture(scope="session", autouse=True)
def _files_from_the_source_tree() -> Iterator[None]:
    """Pages name static files as they are in the repository: no collectstatic before the tests."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    with override_settings(STORAGES={"default": default, "staticfiles": plain}, WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_that_cost_nothing() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=databases.CHEAP_HASHERS):
        yield


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_guards() -> Iterator[None]:
    """Emptying all tables after a test is what the ledger refuses; the owner, a superuser here, may.

    Only those with something in them: TRUNCATE would make the files of all thousand tables and indexes anew.
    """

    def flush(operations: DatabaseOperations, sql_list: list[str]) -> None:
        connection = operations.connection
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        asked = " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE; SET LOCAL session_replication_role = replica")
            cursor.execute(asked)
            for (table,) in cursor.fetchall():
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute("UPDATE journal_head SET number = 0, digest = ''")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """A page that a test asked for in English leaves its language on for whatever runs next."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session", autouse=True)
def _staff_give_their_second_factor() -> Iterator[None]:
    """Whoever is signed in for a test gave it on the way; tests/people/test_sign_in.py asks who did not."""
    plain = Client.force_login

    def sign_in(client: Client, user: Any, backend: str | None = None) -> None:
        plain(client, user, backend)
        give_factor(client, user)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", sign_in)
        yield


@pytest.fixture
def _empty_caches() -> None:
    """Rate limits and cached pages of one test do not reach the next; only pages have them."""
    for cache in caches.all(initialized_only=False):
        cache.clear()

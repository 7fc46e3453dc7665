"""The cast, and the moment it lives in.

Everybody is invented. `now` is a fixed Wednesday afternoon: verbs take the time as an argument, so
only tests of pages, which read the clock themselves, ask for the fixture `clock`. In the database it
is always `now`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from django.core.cache import caches
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from people.rules import Role
from tests import databases
from tests.cast import Cast
from tests.factories import centers, people
from tests.moments import NOW
from tests.stages.points import fund, hers, rich, stage  # noqa: F401 - fixtures


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
def cast(db: None) -> Cast:
    city = centers.city()
    centers.calendar(2026)
    centers.new_year_2027()
    guilan = people.resident("王桂兰", city["community"], born_on=date(1958, 3, 2), sex="F")
    return Cast(
        city=city,
        center=centers.center(city["community"]),
        other_center=centers.center(city["other_community"]),
        guilan=guilan,
        zixuan=people.child("王子轩", date(2018, 5, 6), guilan),
        elder=people.person("解福生", home=city["grid"], born_on=date(1945, 1, 9)),
        stranger=people.resident("曾小雨", city["other_community"], born_on=date(1990, 7, 1)),
        worker=people.staff("周敏", Role.SOCIAL_WORKER, city["street"]),
        other_worker=people.staff("郑佳", Role.SOCIAL_WORKER, city["other_street"]),
        officer=people.staff("刘主任", Role.STREET_OFFICER, city["street"]),
        grid_worker=people.staff("何强", Role.GRID_WORKER, city["grid"]),
        admin=people.user("管理员", is_staff=True, is_superuser=True),
    )


@pytest.fixture
def guilan(client: Client, cast: Cast) -> Client:
    """王桂兰, signed in."""
    client.force_login(cast.guilan.user)
    return client


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of this worker's own, in place of pytest-django's."""
    with django_db_blocker.unblock():
        copy = databases.own_copy("migrated", databases.migrated)
        copy.__enter__()
    yield
    with django_db_blocker.unblock():
        copy.__exit__(None, None, None)


@pytest.fixture(scope="session", autouse=True)
def _files_from_the_source_tree() -> Iterator[None]:
    """Pages name static files as they are in the repository: no collectstatic before the tests."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    with override_settings(STORAGES={"default": default, "staticfiles": plain}, WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_that_cost_nothing() -> Iterator[None]:
    """Production takes a third of a second for each on purpose; what is tested is who comes in."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_guards() -> Iterator[None]:
    """Emptying all tables after a test is what the ledger refuses; the tests' superuser may."""
    plain = DatabaseOperations.execute_sql_flush

    def flush(operations: DatabaseOperations, sql_list: list[str]) -> None:
        plain(operations, ["SET session_replication_role = replica", *sql_list])
        plain(operations, ["SET session_replication_role = DEFAULT"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(autouse=True)
def _empty_caches() -> None:
    """Rate limits and cached pages of one test do not reach the next."""
    for cache in caches.all(initialized_only=False):
        cache.clear()

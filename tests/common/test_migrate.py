"""A database of another version is refused before anything is done to it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from devkit.processes import REFUSED
from tests.owner import as_owner


@pytest.fixture
def history(db):
    with as_owner():
        yield MigrationRecorder(connection)


def refusal(language: str = "zh-hans") -> str:
    with translation.override(language), pytest.raises(CommandError) as caught:
        call_command("migrate", verbosity=0)
    assert caught.value.returncode == REFUSED
    (line,) = str(caught.value).splitlines()
    return line


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("centers", "0002_made_before_the_migrations_were_made_anew"),
        ("people", "0099_of_a_later_release"),
        ("an_app_of_a_later_release", "0001_initial"),
    ],
)
def test_a_migration_that_is_not_here_is_refused_by_name(history, label, name):
    history.record_applied(label, name)
    before = history.applied_migrations().keys()
    said = refusal()
    assert f"{label}.{name}" in said
    assert "./dev up --fresh" in said
    assert "正式部署" in said
    assert history.applied_migrations().keys() == before


def test_many_are_not_all_named(history):
    for number in range(10, 20):
        history.record_applied("people", f"00{number}_old")
    said = refusal()
    assert said.count("_old") == 3


def test_an_initial_migration_of_another_set_is_refused(history):
    """Fresh migrations lean on each other otherwise than those of the same name that were applied."""
    history.record_unapplied("people", "0001_initial")
    said = refusal()
    assert "people.0001_initial" in said
    assert "./dev up --fresh" in said


def test_what_a_package_no_longer_ships_is_nobodys_fault(history):
    history.record_applied("auth", "0000_squashed_long_ago")
    call_command("migrate", verbosity=0)


def test_migrations_taken_away_on_purpose_can_be_forgotten(history):
    history.record_applied("people", "0099_of_a_later_release")
    call_command("migrate", "people", prune=True, verbosity=0)
    call_command("migrate", verbosity=0)


def test_a_database_of_this_release_goes_on(history):
    call_command("migrate", verbosity=0)


def test_the_sentence_is_there_in_english_too(history):
    history.record_applied("people", "0099_of_a_later_release")
    said = refusal("en")
    assert "another version" in said
    assert "./dev up --fresh" in said

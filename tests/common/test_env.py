"""Settings from the environment: a misspelt value refuses to start, in one line that says which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("KNOB", raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("written", "meant"), [("1", True), ("Yes", True), (" on ", True), ("0", False), ("FALSE", False)]
)
def test_a_flag_is_on_or_off(given: pytest.MonkeyPatch, written: str, meant: bool) -> None:
    given.setenv("KNOB", written)
    assert env.flag("KNOB", default=not meant) is meant


@pytest.mark.parametrize("written", ["ture", "2", "是", "enabled"])
def test_a_misspelt_flag_refuses(given: pytest.MonkeyPatch, written: str) -> None:
    given.setenv("KNOB", written)
    with pytest.raises(ImproperlyConfigured, match="KNOB"):
        env.flag("KNOB", default=False)


@pytest.mark.parametrize("written", [None, "", "  "])
def test_an_empty_flag_is_its_default(given: pytest.MonkeyPatch, written: str | None) -> None:
    if written is not None:
        given.setenv("KNOB", written)
    assert env.flag("KNOB", default=True) is True
    assert env.flag("KNOB", default=False) is False


def test_a_number_is_whole(given: pytest.MonkeyPatch) -> None:
    assert env.number("KNOB", 5) == 5
    given.setenv("KNOB", " 12 ")
    assert env.number("KNOB", 5) == 12
    given.setenv("KNOB", "12,5")
    with pytest.raises(ImproperlyConfigured, match="KNOB='12,5'"):
        env.number("KNOB", 5)


@pytest.mark.parametrize("written", [None, ""])
def test_a_text_without_default_must_be_set(given: pytest.MonkeyPatch, written: str | None) -> None:
    if written is not None:
        given.setenv("KNOB", written)
    with pytest.raises(ImproperlyConfigured, match="KNOB is not set"):
        env.text("KNOB")
    assert env.text("KNOB", "quiet") == "quiet"


def test_a_list_drops_blanks(given: pytest.MonkeyPatch) -> None:
    assert env.items("KNOB") == []
    assert env.items("KNOB", "a") == ["a"]
    given.setenv("KNOB", "a.example, ,b.example,")
    assert env.items("KNOB") == ["a.example", "b.example"]


def test_a_database_address_is_taken_apart(given: pytest.MonkeyPatch) -> None:
    given.setenv("KNOB", "postgres://li%40nli:p%2Fw@db.example:5433/linli")
    parts = env.database("KNOB")
    assert (parts["USER"], parts["PASSWORD"], parts["NAME"]) == ("li@nli", "p/w", "linli")
    assert (parts["HOST"], parts["PORT"]) == ("db.example", "5433")


@pytest.mark.parametrize("written", ["mysql://a@b/c", "postgres://a@b", "linli", "sqlite:///db"])
def test_another_database_refuses(given: pytest.MonkeyPatch, written: str) -> None:
    given.setenv("KNOB", written)
    with pytest.raises(ImproperlyConfigured, match="KNOB"):
        env.database("KNOB")


def test_the_owner_is_somebody_else(given: pytest.MonkeyPatch) -> None:
    application = {"USER": "app"}
    assert env.another_role("KNOB", than=application) is None
    given.setenv("KNOB", "postgres://owner:s%40@db:5433/linli")
    owner = {"USER": "owner", "PASSWORD": "s@", "HOST": "db", "PORT": "5433"}
    assert env.another_role("KNOB", than=application) == owner
    with pytest.raises(ImproperlyConfigured, match="KNOB names the same role"):
        env.another_role("KNOB", than={"USER": "owner"})


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("name", "value"),
    [("DEBUG", "ture"), ("DATABASE_URL", "mysql://a@b/c"), ("SECRET_KEY", ""), ("REDIS_URL", "")],
)
def test_the_portal_does_not_start_on_a_wrong_value(name: str, value: str) -> None:
    command = [sys.executable, "-c", "import django; django.setup()"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", name: value}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    last_line = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last_line
    assert name in last_line

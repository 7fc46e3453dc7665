"""The auditor itself: what it prints, and its exit code."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from common import audit


def run():
    out, err = StringIO(), StringIO()
    call_command("audit", stdout=out, stderr=err)
    return out.getvalue()


def test_an_empty_portal_is_clean(db):
    said = run()
    assert len(said.splitlines()) == len(audit.checks())
    assert all(line.strip().startswith("0 ") for line in said.splitlines())


def test_a_peopled_portal_is_clean(cast):
    run()


def test_a_fault_is_counted_shown_and_exits_1(db, monkeypatch):
    monkeypatch.setattr(audit, "_checks", {})
    audit.sql_check("planted", "SELECT n, 'words' FROM generate_series(1, 7) n")
    monkeypatch.setattr(audit, "autodiscover_modules", lambda *_: None)
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("audit", stdout=out, stderr=err)
    assert caught.value.code == 1
    assert "     7  planted" in out.getvalue()
    assert out.getvalue().count("words") == 5
    assert "1 invariants are broken" in err.getvalue()


def test_every_check_runs_on_the_whole_schema(db):
    """A column renamed under a check would show here."""
    for check in audit.checks():
        assert list(check.find()) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)

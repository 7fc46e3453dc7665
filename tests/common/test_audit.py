"""The auditor itself: what it prints, and its exit code."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from common import audit
from notices.models import Notice
from tests.common.faults import found
from tests.moments import guards_as_released


def run():
    out, err = StringIO(), StringIO()
    with guards_as_released():
        call_command("audit", stdout=out, stderr=err)
    return out.getvalue()


def test_an_empty_portal_is_clean(db):
    said = run()
    assert len(said.splitlines()) == len(audit.checks())
    assert all(line.strip().startswith("0 ") for line in said.splitlines())


def test_a_peopled_portal_is_clean(cast, clock):
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


def test_every_check_runs_on_the_whole_schema(db, now):
    """A column renamed under a check would show here."""
    with guards_as_released():
        for check in audit.checks():
            assert list(check.find(now)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_the_command_asks_for_the_moment_it_is_told(db, monkeypatch):
    monkeypatch.setattr(audit, "_checks", {})
    audit.sql_check("the moment", "SELECT %(now)s AT TIME ZONE 'Asia/Shanghai'")
    monkeypatch.setattr(audit, "autodiscover_modules", lambda *_: None)
    for words in ("2028-02-29T23:50", "2028-02-29T15:50+00:00"):
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("audit", "--now", words, stdout=out, stderr=StringIO())
        assert "2028-02-29 23:50:00" in out.getvalue()
    with pytest.raises(CommandError, match="is not a moment like"):
        call_command("audit", "--now", "gestern")


def test_a_check_is_about_the_moment_that_is_handed_in(cast, now):
    notice = Notice.objects.create(
        kind="ENROLLED", key="x", recipient=cast.guilan, about_type="enrolment", about_id=1,
        due_at=now, created_at=now,
    )  # fmt: skip
    late = f"{notice.pk} ENROLLED"
    assert found(now + timedelta(minutes=59)) == {}
    (line,) = found(now + timedelta(minutes=61))["通知：到期一小时还没送出"]
    assert line.startswith(late)

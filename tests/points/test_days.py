"""The ledger of a day: closed once, hashed with the day before, provable with sha256sum."""

import hashlib
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from common.days import day_of
from points.actions.days import close_day
from points.models.days import DayHash, ledger_of_day
from points.models.ledger import Posting
from tests.factories import volunteers
from tests.owner import unguarded
from tests.refusals import refused


@pytest.fixture
def fund(cast):
    return volunteers.budget(cast.city["street"], cast.officer, 1000)


def days_ago(posting, days):
    """As if it had been written some days ago."""
    with unguarded() as cursor:
        cursor.execute(
            "UPDATE points_posting SET sealed_at = sealed_at - %s WHERE id = %s",
            [timedelta(days=days), posting.pk],
        )


def test_days_are_closed_in_a_row_and_chained(cast, fund, now):
    for days in (3, 1):
        days_ago(volunteers.give(cast.guilan, days, of=fund, by=cast.officer, now=now), days)
    today = day_of(now)
    last = close_day(day=today - timedelta(days=1), now=now)
    assert close_day(day=today - timedelta(days=1), now=now) == last
    closed = list(DayHash.objects.order_by("day"))
    assert [day.postings for day in closed] == [1, 0, 1]
    assert [day.previous for day in closed] == ["", closed[0].digest, closed[1].digest]
    for day in closed:
        text = ledger_of_day(day=day.day, previous=day.previous)
        assert hashlib.sha256(text.encode()).hexdigest() == day.digest
    assert close_day(day=closed[1].day, now=now) == closed[1]


def test_what_may_not_be_closed(cast, fund, now):
    today = day_of(now)
    refused("DAY_NOT_OVER", close_day, day=today, now=now)
    close_day(day=today - timedelta(days=1), now=now)
    refused("DAY_NOT_OVER", close_day, day=today - timedelta(days=9), now=now)


def test_nothing_is_posted_into_a_closed_day(cast, fund, now):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO points_dayhash (day, previous, postings, digest, closed_at)"
            " VALUES (%s, '', 0, '', now())",
            [day_of(now)],
        )
    give = {"person": cast.guilan, "points": 5, "of": fund, "by": cast.officer, "now": now}
    refused("NOT_POSTABLE", volunteers.give, **give)
    assert not Posting.objects.exists()


def test_the_book_names_every_posting_with_its_legs(cast, fund, now):
    given = volunteers.give(cast.guilan, 5, of=fund, by=cast.officer, now=now)
    text = ledger_of_day(day=day_of(now), previous="")
    first, line = text.strip().split("\n")
    assert first == f"{day_of(now)} -"
    assert line.startswith(f"{given.pk}|{given.key}|{given.request_hash}|OPENING|")
    with transaction.atomic():
        assert all(f":{leg.amount}:" in line for leg in given.legs.all())


def test_the_commands_close_and_export_what_sha256sum_proves(cast, fund, now, clock, tmp_path, capsys):
    for days in (3, 2):
        days_ago(volunteers.give(cast.guilan, days, of=fund, by=cast.officer, now=now), days)
    call_command("close_day")
    assert capsys.readouterr().out.split()[2] == DayHash.objects.latest("day").digest
    call_command("close_day", "--day", str(day_of(now) - timedelta(days=2)))
    first, last = day_of(now) - timedelta(days=3), day_of(now) - timedelta(days=1)
    span = ["--from", str(first), "--to", str(last)]
    call_command("export_ledger", *span, str(tmp_path / "ledger"))
    told = dict(reversed(line.split("  ")) for line in capsys.readouterr().out.splitlines()[1:])
    files = {file.name: file.read_bytes() for file in (tmp_path / "ledger").iterdir()}
    assert len(files) == 3
    assert {name: hashlib.sha256(text).hexdigest() for name, text in files.items()} == told
    assert set(told.values()) == set(DayHash.objects.values_list("digest", flat=True))
    # The chain: each file names the digest of the one before it.
    assert f" {told[f'{first}.txt']}\n".encode() in files[f"{first + timedelta(days=1)}.txt"]


def test_the_commands_refuse_what_makes_no_sense(cast, fund, now, clock, tmp_path):
    with pytest.raises(CommandError, match="这一天还没有过完"):
        call_command("close_day", "--day", str(day_of(now)))
    with pytest.raises(CommandError, match="is not a day like"):
        call_command("close_day", "--day", "gestern")
    with pytest.raises(CommandError, match="run close_day first"):
        call_command("export_ledger", "--from", "2020-01-01", "--to", "2020-01-02", str(tmp_path))


def test_an_export_finds_a_book_that_was_changed(cast, fund, now, tmp_path):
    posting = volunteers.give(cast.guilan, 5, of=fund, by=cast.officer, now=now)
    days_ago(posting, 2)
    day = day_of(now) - timedelta(days=2)
    close_day(day=day, now=now)
    with unguarded() as cursor:
        cursor.execute("UPDATE points_posting SET key = 'x' WHERE id = %s", [posting.pk])
    with pytest.raises(CommandError, match=f"no longer is what was closed: {day}"):
        call_command("export_ledger", "--from", str(day), "--to", str(day), str(tmp_path))

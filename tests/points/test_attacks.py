"""Attempts to cheat the ledger, as the application's role and as the owner of the tables.

Each is refused by the database, or found by `manage.py audit`.
"""

from contextlib import nullcontext

import pytest
from django.db import DatabaseError, connection, transaction

from tests.common.faults import found
from tests.factories.points import settle
from tests.owner import as_owner, unguarded

POSTING = (
    "INSERT INTO points_posting (key, request_hash, kind, memo, by_id, evidence, at, txid)"
    " VALUES ('{name}', '', '{kind}', '', {by}, '{{}}', now(), 0) RETURNING id"
)

LEGS = "INSERT INTO points_leg (posting_id, account_id, amount) VALUES "

# Refused to both, the application and the owner with every guard in place.
REFUSED = {
    "a balance written by hand": "UPDATE points_account SET posted = 9999 WHERE id = {account}",
    "points set free": "UPDATE points_account SET held = 0 WHERE id = {account}",
    "another owner's kind": "UPDATE points_account SET kind = 'DONATION' WHERE id = {account}",
    "an account taken away": "DELETE FROM points_account WHERE id = {account}",
    "an amount changed": "UPDATE points_leg SET amount = amount * 100",
    "legs moved to another account": "UPDATE points_leg SET account_id = {account}",
    "a leg taken away": "DELETE FROM points_leg",
    "a posting renamed": "UPDATE points_posting SET key = key || 'x'",
    "a posting taken away": "DELETE FROM points_posting",
    "the seal broken": "UPDATE points_posting SET txid = pg_current_xact_id()::text::bigint",
    "a leg added to an old posting": (
        "INSERT INTO points_leg (posting_id, account_id, amount) VALUES ({posting}, {account}, 50)"
    ),
    "a balanced pair added to an old posting": (
        "INSERT INTO points_leg (posting_id, account_id, amount)"
        " VALUES ({posting}, {source}, -50), ({posting}, {account}, 50)"
    ),
    "a lot made up": (
        'INSERT INTO points_lot (account_id, leg_id, amount, "left")'
        " SELECT {account}, id, 500, 500 FROM points_leg LIMIT 1"
    ),
    "a lot that never expires": 'UPDATE points_lot SET expires_on = NULL, "left" = amount',
    "cover made up": "UPDATE points_budgetpot SET funded = funded + 100000",
    "issued points forgotten": "UPDATE points_budgetpot SET issued = 0",
    "a funding raised": "UPDATE points_funding SET points = points * 10",
    "a hold made smaller": "UPDATE points_hold SET amount = 1",
    "a hold forgotten": "DELETE FROM points_hold",
    "a policy rewritten": "UPDATE points_policy SET points_per_hour = 100",
    "stock made up": "UPDATE points_gift SET stock = stock + 10",
    "a gift handed out on paper": "UPDATE points_gift SET handed = handed - 1",
    "a closed day reopened": "DELETE FROM points_dayhash",
    "a closed day rewritten": "UPDATE points_dayhash SET digest = repeat('0', 64)",
    "the book emptied": "TRUNCATE points_posting CASCADE",
    "the lots emptied": "TRUNCATE points_lot CASCADE",
    "a hold that held more than there is": (
        "INSERT INTO points_hold (key, request_hash, account_id, amount, until, by_id, at)"
        " VALUES ('attack', '', {account}, 5000, now() + interval '1 day', {by}, now())"
    ),
    "a hold ended twice": (
        "INSERT INTO points_holdend (hold_id, outcome, by_id, at)"
        " SELECT id, 'RELEASED', {by}, now() FROM points_hold"
        " UNION ALL SELECT id, 'EXPIRED', {by}, now() FROM points_hold"
    ),
    "pgtrigger's own switch": (
        "SET LOCAL pgtrigger.ignore = '{{points_leg:ledger_keep}}'; UPDATE points_leg SET amount = 1"
    ),
    "an earning without a service": POSTING,
}
# What needs two statements: a posting, then legs that are not its own business.
POSTED = {
    "one side only": ("DONATE", "({posting}, {account}, -50)"),
    "sides that differ": ("DONATE", "({posting}, {account}, -50), ({posting}, {pool}, 60)"),
    "points out of the spent ones": ("REDEEM", "({posting}, {spent}, -10), ({posting}, {account}, 10)"),
    "points issued as a present": ("GRANT", "({posting}, {source}, -10), ({posting}, {account}, 10)"),
    "more points than were funded": ("OPENING", "({posting}, {source}, -5000), ({posting}, {account}, 5000)"),
    "hours turned into nothing": ("DONATE", "({posting}, {hours}, -60), ({posting}, {service}, 60)"),
    "more than there is": ("DONATE", "({posting}, {account}, -500), ({posting}, {pool}, 500)"),
}


@pytest.fixture(params=["application", "owner"])
def as_role(request):
    with as_owner() if request.param == "owner" else nullcontext():
        yield request.param


def by_a_guard(error):
    """Refused by a rule (check, unique) or for want of rights; not for a slip in the attack itself."""
    return error.__cause__.pgcode in {"23514", "23505", "42501"}


@pytest.mark.parametrize("attack", REFUSED, ids=str)
def test_an_attack_is_refused(stage, as_role, attack):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REFUSED[attack].format(**stage, kind="EARN"))
    assert by_a_guard(caught.value)


def write(stage, kind, *legs):
    """A posting by hand; after each statement what a commit would check is checked."""
    paper = '{"paper": "x"}' if kind == "OPENING" else "{}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(POSTING.format(**stage, kind=kind).replace("'{}'", f"'{paper}'"))
        told = {**stage, "posting": cursor.fetchone()[0]}
        for values in legs:
            cursor.execute(LEGS + values.format(**told))
            settle()


@pytest.mark.parametrize("attack", POSTED, ids=str)
def test_a_crooked_posting_is_refused(stage, as_role, attack):
    with pytest.raises(DatabaseError) as caught:
        write(stage, *POSTED[attack])
    assert by_a_guard(caught.value)


def test_a_leg_after_the_check_is_checked_again(stage, as_role):
    sound = "({posting}, {account}, -5), ({posting}, {pool}, 5)"
    write(stage, "DONATE", sound)
    with pytest.raises(DatabaseError, match="does not balance"):
        write({**stage, "name": "another"}, "DONATE", sound, "({posting}, {pool}, 5)")


# With the guards switched off, only the owner can write: then the audit finds it.
FOUND = {
    "a balance": "UPDATE points_account SET posted = posted + 100 WHERE id = {account}",
    "both sides of a posting": "UPDATE points_leg SET amount = amount * 2 WHERE posting_id = {posting}",
    "a leg taken away": "DELETE FROM points_leg WHERE posting_id = {posting} AND account_id = {source}",
    "a lot": 'UPDATE points_lot SET "left" = "left" + 1, amount = amount + 1 WHERE account_id = {account}',
    "held points": "UPDATE points_account SET held = 0 WHERE id = {account}",
    "cover": "UPDATE points_budgetpot SET funded = funded + 1000",
    "stock": "UPDATE points_gift SET stock = stock + 5",
    "a closed day": "UPDATE points_posting SET key = 'other' WHERE id = {posting}",
    "who did it": "UPDATE points_posting SET by_id = {by} WHERE id = {posting}",
    "a digest": "UPDATE points_dayhash SET digest = repeat('0', 64)",
    "a day taken out": "UPDATE points_dayhash SET day = day - 3",
    "a record's minutes": "UPDATE volunteers_servicerecord SET minutes = 600",
    "evidence": "DELETE FROM volunteers_evidence WHERE kind = 'QR'",
}


@pytest.mark.sweep
@pytest.mark.parametrize("attack", FOUND, ids=str)
def test_what_the_owner_does_behind_the_guards_is_found(stage, attack):
    before = found()
    with unguarded() as cursor:
        cursor.execute(FOUND[attack].format(**stage))
    assert set(found()) - set(before)


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE points_leg DISABLE TRIGGER ledger_leg",
        "DROP TRIGGER ledger_keep ON points_posting",
        (
            "CREATE OR REPLACE FUNCTION ledger_leg() RETURNS trigger LANGUAGE plpgsql AS '"
            "BEGIN RETURN NEW; END'"
        ),
    ],
)
def test_a_guard_that_is_gone_is_found(stage, attack):
    before = found()
    with as_owner() as cursor:
        cursor.execute(attack)
    assert set(found()) - set(before)


def test_a_sound_book_has_no_fault(stage):
    assert [name for name in found() if "账本" in name or "日结" in name or "预算" in name] == []

"""Stages of the ledger: fixtures that several test modules play on."""

from datetime import timedelta

import pytest

from common.days import day_of
from points.actions.days import close_day
from points.actions.earning import approve_service
from points.models.ledger import Account, Posting
from points.rules import AccountKind
from tests.factories import volunteers
from tests.factories.points import keep, settle
from tests.owner import unguarded


@pytest.fixture
def fund(cast):
    return volunteers.budget(cast.city["street"], cast.officer, 1000)


@pytest.fixture
def hers(cast):
    return volunteers.points_of(cast.guilan)


@pytest.fixture
def rich(cast, fund, hers, now):
    """王桂兰 with 100 points."""
    volunteers.give(cast.guilan, 100, of=fund, by=cast.officer, now=now)
    return hers


@pytest.fixture
def stage(cast, fund, rich, now):
    """A book with a posting of yesterday, an open hold, a gift, a closed day."""
    volunteers.policy(cast.city["street"], cast.officer)
    volunteers.gift(cast.center, fund, cast.officer, now=now)
    keep(cast, rich, 20, now)
    record = volunteers.record(volunteers.volunteer(cast.elder), cast.worker, now=now)
    approve_service(record_id=record.pk, by=cast.admin, now=now)
    settle()
    posting = Posting.objects.get(kind="OPENING")
    with unguarded() as cursor:
        # As if all of it had been written in a transaction of yesterday.
        cursor.execute("UPDATE points_posting SET sealed_at = sealed_at - interval '1 day', txid = txid - 1")
    posting.refresh_from_db()
    close_day(day=day_of(posting.sealed_at), now=posting.sealed_at + timedelta(days=2))
    opened = Account.objects.opened
    return {
        "account": rich.pk,
        "posting": posting.pk,
        "source": opened(AccountKind.BUDGET, budget=fund).pk,
        "pool": opened(AccountKind.DONATION, division=cast.city["community"]).pk,
        "spent": opened(AccountKind.REDEEMED).pk,
        "hours": Account.objects.get(unit="HOURS", person=cast.elder).pk,
        "service": Account.objects.get(kind="SERVICE").pk,
        "by": cast.worker.pk,
        "name": "attack",
    }

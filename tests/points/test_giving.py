"""Points that pass on: to a pool, out of it, in a family, to an heir."""

from datetime import date

import pytest

from people.rules import Role
from points.actions.giving import approve_transfer, ask_transfer, award_points, donate, refuse_transfer
from points.models.ledger import Account, Lot
from points.rules import AccountKind, TransferState
from tests.factories import people, volunteers
from tests.factories.points import of, settle
from tests.refusals import refused


@pytest.fixture
def director(cast):
    return people.staff("钱主任", Role.DIRECTOR, cast.city["street"])


def test_points_are_donated_and_granted(cast, rich, director, now):
    give = {"key": "d1", "person_id": cast.guilan.pk, "points": 60, "now": now}
    first = donate(**give, by=cast.guilan.user)
    assert donate(**give, by=cast.guilan.user) == first
    pool = Account.objects.get(kind=AccountKind.DONATION)
    assert (of(rich), of(pool)) == ((40, 0), (60, 0))
    grant = {"key": "g1", "person_id": cast.elder.pk, "points": 50, "reason": "独居，需要理发", "now": now}
    cast.elder.home = cast.city["community"]
    cast.elder.save()
    award_points(**grant, by=director)
    settle()
    assert (of(volunteers.points_of(cast.elder)), of(pool)) == ((50, 0), (10, 0))
    refused("OVERSPEND", award_points, **{**grant, "key": "g2", "points": 11}, by=director)
    refused("REASON_NEEDED", award_points, **{**grant, "reason": ""}, by=director)
    refused("BAD_AMOUNT", award_points, **{**grant, "points": 0}, by=director)
    refused("NOT_ALLOWED", award_points, **grant, by=cast.worker)
    refused("NOT_ALLOWED", award_points, **{**grant, "person_id": 0}, by=director)


def test_who_may_not_donate(cast, rich, now):
    give = {"key": "d1", "person_id": cast.guilan.pk, "points": 60, "now": now}
    refused("NOT_ALLOWED", donate, **give, by=cast.worker)
    refused("OVERSPEND", donate, **{**give, "points": 101}, by=cast.guilan.user)
    refused("BAD_AMOUNT", donate, **{**give, "points": -5}, by=cast.guilan.user)
    homeless = people.resident("周新")
    refused("NO_HOME", donate, **{**give, "person_id": homeless.pk}, by=homeless.user)


def test_nobody_grants_to_herself(cast, director, now):
    people.person("钱主任", account=director, home=cast.city["community"])
    grant = {"key": "g1", "person_id": director.person.pk, "points": 50, "reason": "需要", "now": now}
    refused("SAME_PERSON", award_points, **grant, by=director)


def ask(cast, now, by=None, **kwargs):
    told = {"kind": "FAMILY", "points": 30, "relation": "母女，户口本", **kwargs}
    return ask_transfer(
        giver_id=cast.guilan.pk, taker_id=cast.elder.pk, by=by or cast.guilan.user, now=now, **told
    )


def approve(made, by, now):
    return approve_transfer(transfer_id=made.pk, by=by, now=now)


def test_a_transfer_moves_after_two_approvals_and_keeps_its_last_day(cast, fund, director, now):
    ends = date(2027, 6, 30)
    volunteers.give(cast.guilan, 20, of=fund, by=cast.officer, now=now, expires_on=ends)
    volunteers.give(cast.guilan, 20, of=fund, by=cast.officer, now=now)
    made = ask(cast, now)
    assert ask(cast, now) == made
    assert approve(made, cast.worker, now).state == TransferState.SECONDED
    assert approve(made, cast.worker, now).state == TransferState.SECONDED
    assert of(volunteers.points_of(cast.elder)) == (0, 0)
    done = approve(made, director, now)
    settle()
    assert approve(made, director, now) == done
    assert done.state == TransferState.DONE
    assert of(volunteers.points_of(cast.elder)) == (30, 0)
    lots = Lot.objects.filter(account__person=cast.elder).order_by("pk")
    assert list(lots.values_list("amount", "expires_on")) == [(20, ends), (10, None)]
    undo = {"transfer_id": made.pk, "reason": "登记有误", "now": now}
    refused("TRANSFER_REFUSED", refuse_transfer, **undo, by=cast.worker)


def test_who_may_not_ask_or_approve(cast, rich, director, now):
    refused("NOT_ALLOWED", ask, cast=cast, now=now, by=cast.stranger.user)
    refused("NOT_ALLOWED", ask, cast=cast, now=now, by=cast.guilan.user, kind="INHERIT")
    refused("OVERSPEND", ask, cast=cast, now=now, points=101)
    refused("BAD_AMOUNT", ask, cast=cast, now=now, points=0)
    refused("TRANSFER_REFUSED", ask, cast=cast, now=now, relation=" ")
    same = {"kind": "FAMILY", "giver_id": cast.guilan.pk, "taker_id": cast.guilan.pk, "points": 5}
    refused("TRANSFER_REFUSED", ask_transfer, **same, relation="本人", by=cast.guilan.user, now=now)
    made = ask(cast, now, by=cast.worker, kind="INHERIT")
    refused("SAME_PERSON", approve, made=made, by=cast.worker, now=now)
    refused("NOT_ALLOWED", approve, made=made, by=cast.guilan.user, now=now)
    refused("NOT_ALLOWED", approve, made=made, by=cast.other_worker, now=now)
    refused("NOT_ALLOWED", approve_transfer, transfer_id=0, by=director, now=now)
    approve(made, director, now)
    refused(
        "NOT_ALLOWED",
        approve,
        made=made,
        by=people.staff("孙敏", Role.SOCIAL_WORKER, cast.city["street"]),
        now=now,
    )
    assert approve(made, cast.officer, now).state == TransferState.DONE


def test_points_spent_meanwhile_are_not_transferred(cast, rich, director, now):
    made = ask(cast, now, points=80)
    approve(made, cast.worker, now)
    donate(key="d", person_id=cast.guilan.pk, points=50, by=cast.guilan.user, now=now)
    refused("OVERSPEND", approve, made=made, by=director, now=now)
    refuse = {"transfer_id": made.pk, "reason": "积分不够", "now": now}
    refused("NOT_ALLOWED", refuse_transfer, **refuse, by=cast.stranger.user)
    refused("REASON_NEEDED", refuse_transfer, **{**refuse, "reason": ""}, by=cast.worker)
    gone = refuse_transfer(**refuse, by=cast.worker)
    assert refuse_transfer(**refuse, by=cast.worker) == gone
    refused("TRANSFER_REFUSED", approve, made=made, by=director, now=now)

"""Pairs of verbs that once locked each other's rows the other way round: none ends in a deadlock.

A deadlock leaves a verb as an OperationalError, which `at_once` raises.
"""

from datetime import date, timedelta
from functools import partial

import pytest

from people.actions.records import merge_persons
from points.actions.earning import approve_service
from points.actions.gifts import hand_out, redeem
from points.models.ledger import Account, Posting
from points.rules import AccountKind, Unit
from tests.common.faults import found
from tests.factories import people, volunteers
from tests.factories.points import carried_over, taken_back
from tests.races.crowd import at_once, refusals
from volunteers.actions.roll import leave
from volunteers.actions.signups import sign_up

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 10


def test_accounts_and_the_pots_of_a_scarce_budget(cast, now):
    """Cover that no single pot has: all of them are locked, by one who holds accounts and one who wants them."""
    Account.objects.opened(AccountKind.SERVICE, Unit.HOURS)
    volunteers.policy(cast.city["street"], cast.officer)
    helper = volunteers.volunteer(cast.guilan)
    for number in range(ROUNDS):
        fund = volunteers.budget(cast.city["community"], cast.officer, 160)
        Account.objects.opened(AccountKind.BUDGET, budget=fund)
        day = date(2026, 11, 1 + number)
        records = [
            volunteers.record(
                helper, cast.worker, key=f"manual:{number}.{n}", minutes=180, served_on=day, now=now
            )
            for n in range(3)
        ]
        approve = partial(approve_service, by=cast.admin, now=now)
        approve(record_id=records[0].pk)
        paper = {"points": 20, "minutes": 1, "paper": "旧账本第 3 页", "by": cast.officer, "now": now}
        first = Posting.objects.get(record=records[0]).pk
        results = at_once(
            [
                partial(approve, record_id=records[1].pk),
                partial(approve, record_id=records[2].pk),
                partial(carried_over, person_id=cast.guilan.pk, key=f"p{number}", **paper),
                partial(taken_back, posting_id=first, reason="重复登记", by=cast.admin, now=now),
            ]
        )
        assert not refusals(results)
        fund.closed_on = now.date()
        fund.save(update_fields=["closed_on"])
    assert not found()


def test_who_leaves_several_shifts_and_who_comes_to_one(cast, now):
    """Leaving moves the line of the first shift up before it comes to the second one, where one of that
    line signs up."""
    home = cast.city["community"]
    for number in range(ROUNDS):
        start = now + timedelta(days=3 + number)
        first, second = (volunteers.shift(home, start + timedelta(hours=3 * n), places=1) for n in range(2))
        waiting, leaving = (volunteers.volunteer(home=home) for _ in range(2))
        for shift in (first, second):
            sign_up(shift_id=shift.pk, volunteer_id=leaving.pk, by=cast.worker, now=now)
        sign_up(shift_id=first.pk, volunteer_id=waiting.pk, by=cast.worker, now=now)
        results = at_once(
            [
                partial(leave, volunteer_id=leaving.pk, by=cast.worker, now=now),
                partial(sign_up, shift_id=second.pk, volunteer_id=waiting.pk, by=cast.worker, now=now),
            ]
        )
        assert not refusals(results)
    assert not found()


def test_a_gift_is_handed_out_while_its_person_is_merged(cast, now):
    """Handing out holds the redemption and wants the account; a merge held the accounts and moved redemptions."""
    fund = volunteers.budget(cast.city["street"], cast.officer, 10_000)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=10, units=100, now=now)
    Account.objects.opened(AccountKind.REDEEMED)
    for number in range(ROUNDS):
        kept, gone = (people.person("王桂兰", home=cast.city["community"]) for _ in range(2))
        volunteers.give(gone, 50, of=fund, by=cast.officer, now=now)
        made = redeem(gift_id=gift.pk, person_id=gone.pk, key=str(number), by=cast.worker, now=now)
        results = at_once(
            [
                partial(hand_out, redemption_id=made.pk, code=made.code, by=cast.worker, now=now),
                partial(merge_persons, kept_id=kept.pk, merged_id=gone.pk, by=cast.worker, now=now),
            ]
        )
        assert not refusals(results)
        made.refresh_from_db()
        assert made.person == kept
    assert not found()

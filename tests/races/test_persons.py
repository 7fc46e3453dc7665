"""Records that are merged or closed while somebody spends, signs up, or merges the other way round."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from common.errors import DomainError
from people.actions.records import erase_person, merge_persons
from people.models import Merge, Person
from points.actions import gifts
from points.models.ledger import Account
from points.models.redemptions import Redemption
from points.rules import AccountKind, Unit
from tests.common.faults import found
from tests.factories import people, volunteers
from tests.races.crowd import at_once
from volunteers.actions.signups import sign_up
from volunteers.models.signups import ShiftSignup

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


def pair(cast, fund, now):
    """A resident twice, 50 points under each name."""
    twice = [people.person("王桂兰", home=cast.city["community"]) for _ in range(2)]
    for person in twice:
        volunteers.give(person, 50, of=fund, by=cast.officer, now=now)
    return twice


@pytest.fixture
def fund(cast):
    return volunteers.budget(cast.city["street"], cast.officer, 10_000)


def later(act, questions):
    """The act, after so many questions to the database: a merge asks for many rows before it comes to the
    accounts, so else it would never be the first one there."""

    def begin():
        for _ in range(questions):
            Person.objects.exists()
        return act()

    return begin


def all_points(*persons):
    rows = Account.objects.filter(person__in=persons, kind=AccountKind.PERSON, unit=Unit.POINTS)
    return sum(rows.values_list("posted", flat=True))


def test_a_merge_against_gifts_under_both_names(cast, fund, now):
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, units=100, now=now)
    Account.objects.opened(AccountKind.REDEEMED)
    merged = 0
    for number in range(ROUNDS):
        kept, gone = pair(cast, fund, now)
        redeem = partial(gifts.redeem, gift_id=gift.pk, by=cast.worker, now=now)
        merge = partial(merge_persons, by=cast.worker, now=now)
        results = at_once(
            [
                partial(merge, kept_id=kept.pk, merged_id=gone.pk),
                partial(merge, kept_id=gone.pk, merged_id=kept.pk),
                later(partial(redeem, person_id=gone.pk, key=f"g{number}"), 10 * number),
                later(partial(redeem, person_id=kept.pk, key=f"k{number}"), 10 * number),
            ]
        )
        assert all(not isinstance(one, Exception) or isinstance(one, DomainError) for one in results)
        assert all_points(kept, gone) == 100
        merged += Merge.objects.filter(kept__in=[kept, gone]).count()
        # Whatever waits to be picked up stands under a name that is still in use, beside its points.
        for waiting in Redemption.objects.filter(person__in=[kept, gone]).select_related("hold__account"):
            assert Person.objects.get(pk=waiting.person_id).merged_into is None
            assert waiting.hold.account.person_id == waiting.person_id
    assert merged
    assert not found()


def test_a_record_is_closed_against_what_begins_under_it(cast, fund, now):
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, units=100, now=now)
    shift = volunteers.shift(cast.city["community"], now + timedelta(days=3), places=100)
    Account.objects.opened(AccountKind.EXPIRED)
    for number in range(ROUNDS):
        person = people.resident(f"居民{number}", cast.city["community"])
        volunteers.give(person, 50, of=fund, by=cast.officer, now=now)
        served = volunteers.volunteer(person)
        results = at_once(
            [
                partial(erase_person, person_id=person.pk, by=cast.worker, now=now),
                partial(
                    gifts.redeem,
                    gift_id=gift.pk,
                    person_id=person.pk,
                    key=f"k{number}",
                    by=cast.worker,
                    now=now,
                ),
                partial(sign_up, shift_id=shift.pk, volunteer_id=served.pk, by=cast.worker, now=now),
            ]
        )
        erased = Person.objects.get(pk=person.pk).full_name == "已注销"
        assert erased is not isinstance(results[0], DomainError)
        if erased:
            assert all_points(person) == 0
            assert not Redemption.objects.filter(person=person).exists()
            assert not ShiftSignup.objects.filter(volunteer=served).exists()
    assert not found()


def test_guesses_sent_at_once_are_counted_before_they_are_looked_at(cast):
    def guess():
        return Client().post("/desk-code/", {"code": "00000000"}).status_code

    answers = Counter(answer for _ in range(10) for answer in at_once([guess] * 12))
    assert answers == {409: 100, 429: 20}

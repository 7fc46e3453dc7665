"""Two looks elsewhere at once, where an account has one left: one of them is done."""

import pytest

from people.actions.lookup import BEYOND, find
from people.models import RevealLog, User
from tests.races.crowd import at_once, refusals

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WHY = "在路上摔倒了"


@pytest.mark.usefixtures("_empty_caches")
@pytest.mark.parametrize("left", [1, 3])
def test_no_more_looks_than_an_account_has_left(cast, now, left):
    told = {"text": "曾小雨", "now": now, "reason": WHY}
    for _ in range(BEYOND.most - left):
        find(**told, by=cast.grid_worker)
    before = RevealLog.objects.count()
    acts = [lambda: find(**told, by=User.objects.get(pk=cast.grid_worker.pk)) for _ in range(left + 5)]
    assert refusals(at_once(acts)) == ["TOO_MANY_LOOKS"] * 5
    assert RevealLog.objects.count() - before == left

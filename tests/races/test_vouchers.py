"""Two clicks, two approvers, one voucher."""

from functools import partial

import pytest

from points.actions.vouchers import approve_voucher, ask_carry_over, ask_reversal, refuse_voucher
from points.models.ledger import Posting
from points.models.vouchers import Voucher
from points.rules import PostingKind
from tests.factories import volunteers
from tests.races.crowd import at_once, refusals

PAPER = {"points": 30, "minutes": 60, "paper": "旧本第 3 页"}

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_voucher_asked_for_at_once_is_one_and_is_posted_once(cast, now):
    volunteers.budget(cast.city["street"], cast.officer, 1000)
    for number in range(5):
        told = {"person_id": cast.guilan.pk, "key": f"p{number}", "now": now, **PAPER}
        asked = at_once([partial(ask_carry_over, by=cast.worker, **told)] * 4)
        assert len({one.pk for one in asked}) == 1
        approve = partial(approve_voucher, voucher_id=asked[0].pk, now=now)
        refuse = partial(refuse_voucher, voucher_id=asked[0].pk, reason="不对", by=cast.officer, now=now)
        at_once([partial(approve, by=cast.officer), partial(approve, by=cast.admin), refuse])
        voucher = Voucher.objects.get(pk=asked[0].pk)
        assert (voucher.state == "DONE") == (voucher.posting is not None)
    done = Voucher.objects.filter(state="DONE").count()
    assert Posting.objects.filter(kind=PostingKind.OPENING).count() == done


def test_a_reversal_asked_for_by_two_at_once_takes_back_once(cast, now):
    fund = volunteers.budget(cast.city["street"], cast.officer, 1000)
    for _number in range(5):
        given = volunteers.give(cast.guilan, 100, of=fund, by=cast.officer, now=now)
        ask = partial(ask_reversal, posting_id=given.pk, reason="记错了", now=now)
        asked = at_once([partial(ask, by=cast.worker), partial(ask, by=cast.officer)] * 2)
        assert not refusals(asked)
        assert len({one.pk for one in asked}) == 1
        approve = partial(approve_voucher, voucher_id=asked[0].pk, by=cast.admin, now=now)
        back = at_once([approve] * 3)
        assert not refusals(back)
        assert len({one.pk for one in back}) == 1
    assert Posting.objects.filter(kind=PostingKind.REVERSAL).count() == 5

"""From every state, every verb does what the table says, or refuses and changes nothing."""

from contextlib import suppress
from datetime import timedelta

import pytest

from common.errors import DomainError
from people.rules import Role
from points.actions import gifts
from points.actions.earning import approve_service
from points.actions.giving import approve_transfer, refuse_transfer
from points.actions.holds import expire_holds
from points.models.ledger import Posting
from points.models.redemptions import Redemption
from points.rules import REDEMPTIONS, RedemptionMove, RedemptionState, TransferState
from tests.factories import people, volunteers
from tests.factories.machines import STAGES
from tests.factories.points import taken_back
from tests.factories.stages import put
from volunteers.actions.service import refuse_service
from volunteers.rules.service import RECORDS, RecordMove, RecordState


@pytest.fixture
def director(cast):
    return people.staff("钱主任", Role.DIRECTOR, cast.city["street"])


def after(verb, row):
    """The state of a row after a verb; a refusal changes none."""
    with suppress(DomainError):
        verb()
    return type(row).objects.get(pk=row.pk).state


T = TransferState


@pytest.mark.parametrize(
    ("state", "approved", "refused"),
    [
        (T.ASKED, T.SECONDED, T.REFUSED),
        (T.SECONDED, T.DONE, T.REFUSED),
        (T.DONE, T.DONE, T.DONE),
        (T.REFUSED, T.REFUSED, T.REFUSED),
    ],
)
@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_a_transfer(cast, director, now, state, approved, refused, verb):
    row = STAGES["transfer"].make(cast, now)
    beside = STAGES["transfer"].beside(state, now) if state == T.DONE else {}
    first = {"first_by": cast.officer} if state == T.SECONDED else {}
    put(type(row).objects.filter(pk=row.pk), state=state, **beside, **first)
    told = {"transfer_id": row.pk, "by": director, "now": now}
    verbs = {
        "approve": (lambda: approve_transfer(**told), approved),
        "refuse": (lambda: refuse_transfer(**told, reason="不是家人"), refused),
    }
    act, to = verbs[verb]
    assert after(act, row) == to


def brought(state, cast, director, now):
    """A record that verbs brought to a state."""
    row = STAGES["record"].make(cast, now)
    volunteers.budget(cast.city["street"], cast.officer)
    steps = {
        RecordState.RECORDED: [],
        RecordState.REFUSED: ["refuse"],
        RecordState.APPROVED: ["approve"],
        RecordState.REVERSED: ["approve", "reverse"],
    }
    for step in steps[state]:
        RECORD_VERBS[step](row, director, now)
    return row


def _reverse(row, by, now):
    posting = Posting.objects.filter(record=row, reverses=None).first()
    taken_back(posting_id=posting.pk if posting else 0, reason="记错了", by=by, now=now)


RECORD_VERBS = {
    "approve": lambda row, by, now: approve_service(record_id=row.pk, by=by, now=now),
    "refuse": lambda row, by, now: refuse_service(record_id=row.pk, reason="没有来", by=by, now=now),
    "reverse": _reverse,
}


@pytest.mark.parametrize("state", RecordState)
@pytest.mark.parametrize("move", RecordMove)
def test_a_record(cast, director, now, state, move):
    row = brought(state, cast, director, now)
    step = RECORDS.step(state, move)
    got = after(lambda: RECORD_VERBS[move.lower()](row, director, now), row)
    assert got == (step.to if step else state)


@pytest.mark.parametrize("state", RedemptionState)
@pytest.mark.parametrize("move", RedemptionMove)
def test_a_gift_that_was_set_aside(cast, now, state, move):
    fund = volunteers.budget(cast.city["street"], cast.officer)
    volunteers.give(cast.guilan, 100, of=fund, by=cast.officer, now=now)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, now=now)
    by = cast.guilan.user
    row = gifts.redeem(gift_id=gift.pk, person_id=cast.guilan.pk, key="k", by=by, now=now)

    def make(one):
        told = {"redemption_id": row.pk, "by": cast.worker, "now": now}
        verbs = {
            RedemptionMove.HAND_OUT: lambda: gifts.hand_out(**told, code=Redemption.objects.get().code),
            RedemptionMove.RENEW: lambda: gifts.renew_code(**told),
            RedemptionMove.CANCEL: lambda: gifts.cancel_redemption(**told),
            RedemptionMove.EXPIRE: lambda: expire_holds(now=now + timedelta(days=9)),
        }
        return verbs[one]

    ways = {step.to: one for (_frm, one), step in REDEMPTIONS.table.items() if one != RedemptionMove.RENEW}
    if state in ways:
        make(ways[state])()
    assert Redemption.objects.get().state == state
    step = REDEMPTIONS.step(state, move)
    assert after(make(move), row) == (step.to if step else state)

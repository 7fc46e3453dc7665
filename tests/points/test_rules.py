"""The tables of transfers and of gifts set aside, written down a second time, by hand."""

from itertools import product

import pytest

from points.rules import (
    REDEMPTIONS,
    TRANSFERS,
    HoldOutcome,
    RedemptionMove,
    RedemptionParty,
    RedemptionState,
    TransferMove,
    TransferParty,
    TransferState,
)

T, M, P = TransferState, TransferMove, TransferParty
R, N, Q = RedemptionState, RedemptionMove, RedemptionParty
TABLES = {
    TRANSFERS: {
        (T.ASKED, M.SECOND): (T.SECONDED, {P.APPROVER}),
        (T.ASKED, M.REFUSE): (T.REFUSED, {P.APPROVER}),
        (T.SECONDED, M.COMPLETE): (T.DONE, {P.KEEPER}),
        (T.SECONDED, M.REFUSE): (T.REFUSED, {P.APPROVER}),
    },
    REDEMPTIONS: {
        (R.WAITING, N.HAND_OUT): (R.COMMITTED, {Q.DESK}),
        (R.WAITING, N.RENEW): (R.WAITING, {Q.DESK}),
        (R.WAITING, N.CANCEL): (R.RELEASED, {Q.OWNER, Q.DESK}),
        (R.WAITING, N.EXPIRE): (R.EXPIRED, {Q.SYSTEM}),
    },
}


@pytest.mark.parametrize("machine", TABLES, ids=lambda machine: machine.noun)
def test_every_state_move_and_hat(machine):
    for state, move, hat in product(machine.states, machine.moves, machine.hats):
        to, may = TABLES[machine].get((state, move), (None, set()))
        found = machine.next(state, move, {hat})
        assert (found and found[0].to) == (to if hat in may else None), (state, move, hat)
        if found:
            assert bool(found[0].needs) is (move == M.REFUSE)


def test_a_gift_that_was_set_aside_says_what_its_hold_says():
    assert {*RedemptionState.choices} == {*HoldOutcome.choices, (R.WAITING.value, R.WAITING.label)}

"""The table of a pitch, and what a survey may show."""

from itertools import product

import pytest

from grants.rules import (
    CALLS,
    PITCHES,
    CallMove,
    CallState,
    PitchMove,
    PitchParty,
    PitchState,
    Totals,
    survey_totals,
)

P, V = PitchState, PitchMove
MEANT = """
PITCHED SURVEY SURVEYED STAFF
SURVEYED SHORTLIST SHORTLISTED STAFF
SURVEYED REJECT REJECTED STAFF
SHORTLISTED SCORE SCORED STAFF
SCORED CONTRACT CONTRACTED STAFF
SCORED REJECT REJECTED STAFF
CONTRACTED START RUNNING STAFF
RUNNING CLOSE CLOSED STAFF
PITCHED WITHDRAW WITHDRAWN PITCHER
SURVEYED WITHDRAW WITHDRAWN PITCHER
SHORTLISTED WITHDRAW WITHDRAWN PITCHER
SCORED WITHDRAW WITHDRAWN PITCHER
"""
TABLE = {(a, b): (c, d) for a, b, c, d in (line.split() for line in MEANT.strip().splitlines())}


@pytest.mark.parametrize(("state", "move", "party"), list(product(P, V, PitchParty)))
def test_every_state_move_and_party(state, move, party):
    to, who = TABLE.get((state.value, move.value), (None, ""))
    found = PITCHES.next(state, move, {party})
    assert (found and found[0].to) == (P(to) if party.value == who else None)
    assert len(PITCHES.table) == len(TABLE)


def test_who_is_not_chosen_is_told_why():
    asked = {(state, move) for (state, move), step in PITCHES.table.items() if step.needs}
    assert asked == {(P.SURVEYED, V.REJECT), (P.SCORED, V.REJECT)}


def test_a_call_is_closed_by_staff_once():
    assert CALLS.offered(CallState.OPEN, {PitchParty.STAFF}) == (CallMove.CLOSE,)
    assert not CALLS.offered(CallState.OPEN, {PitchParty.PITCHER})
    assert CALLS.final == {CallState.CLOSED}


@pytest.mark.parametrize(
    ("said", "shown"),
    [((5, 5), (5, 5)), ((20, 4), (20, None)), ((4, 0), (None, None)), ((0, 9), (None, 9))],
)
def test_small_figures_are_not_shown(said, shown):
    assert survey_totals(*said) == Totals(*shown)

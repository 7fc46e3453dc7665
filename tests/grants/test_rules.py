"""The table of a pitch, and what a survey may show."""

from itertools import product

import pytest

from grants.rules import (
    PITCH_MOVES,
    PitchMove,
    PitchParty,
    PitchState,
    Totals,
    next_pitch_state,
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
    assert next_pitch_state(state, move, party) == (P(to) if party.value == who else None)
    assert len(PITCH_MOVES) == len(TABLE)


@pytest.mark.parametrize(
    ("said", "shown"),
    [((5, 5), (5, 5)), ((20, 4), (20, None)), ((4, 0), (None, None)), ((0, 9), (None, 9))],
)
def test_small_figures_are_not_shown(said, shown):
    assert survey_totals(*said) == Totals(*shown)

"""A machine of three states: what its verbs, its pages and its guards read from one table."""

import pytest
from django.db.models import TextChoices

from common.guards import begins_by, guards, moves_by
from common.moves import Machine, Need, Step


class LetterState(TextChoices):
    DRAFT = "DRAFT"
    SENT = "SENT"
    ANSWERED = "ANSWERED"


class LetterMove(TextChoices):
    SEND = "SEND"
    EDIT = "EDIT"
    ANSWER = "ANSWER"
    RECALL = "RECALL"


class LetterParty(TextChoices):
    WRITER = "WRITER"
    READER = "READER"


S, M, P = LetterState, LetterMove, LetterParty
WRITER, READER = frozenset({P.WRITER}), frozenset({P.READER})
TEXT, PAGES = Need("text", "Write something.", least=2), Need("pages", "How many pages?")
LETTERS = Machine(
    noun="letter",
    states=S,
    moves=M,
    hats=P,
    begins=frozenset({S.DRAFT}),
    table={
        (S.DRAFT, M.SEND): Step(S.SENT, WRITER, (TEXT, PAGES)),
        (S.DRAFT, M.EDIT): Step(S.DRAFT, WRITER),
        (S.SENT, M.RECALL): Step(S.DRAFT, WRITER),
        (S.SENT, M.ANSWER): Step(S.ANSWERED, READER | WRITER, (TEXT,)),
    },
)


class Letter:
    def __init__(self, state: str) -> None:
        self.state = state


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("move", M)
@pytest.mark.parametrize("hat", P)
def test_only_the_table_leads_anywhere(state: LetterState, move: LetterMove, hat: LetterParty) -> None:
    step = LETTERS.table.get((state, move))
    allowed = step is not None and hat in step.who
    assert LETTERS.next(state, move, {hat}) == ((step, hat) if allowed else None)
    assert LETTERS.step(state, move) is step
    assert (move in LETTERS.offered(state, {hat})) is allowed
    assert LETTERS.offers(move, hat)(Letter(state)) is allowed
    assert (state in LETTERS.sources(move, hat)) is allowed


def test_a_state_may_be_told_as_the_database_keeps_it() -> None:
    assert LETTERS.next("SENT", M.RECALL, [P.WRITER]) == (Step(S.DRAFT, WRITER), P.WRITER)
    with pytest.raises(ValueError, match="LOST"):
        LETTERS.next("LOST", M.RECALL, [P.WRITER])


def test_who_wears_several_hats_acts_in_the_first_that_may() -> None:
    for worn in ([P.WRITER, P.READER], [P.READER, P.WRITER]):
        found = LETTERS.next(S.SENT, M.ANSWER, worn)
        assert found is not None
        assert found[1] == P.WRITER
    assert LETTERS.next(S.SENT, M.ANSWER, []) is None


def test_buttons_stand_in_the_order_of_the_table() -> None:
    assert LETTERS.offered(S.SENT, {P.WRITER}) == (M.RECALL, M.ANSWER)
    assert LETTERS.offered(S.DRAFT, {P.WRITER}) == (M.SEND, M.EDIT)
    assert LETTERS.offered(S.ANSWERED, set(P)) == ()


def test_a_button_that_asks_nobody_in_particular_is_there_for_anybody() -> None:
    assert LETTERS.offers(M.ANSWER)(Letter(S.SENT))
    assert not LETTERS.offers(M.ANSWER)(Letter(S.DRAFT))


def test_pairs_are_changes_of_state_and_states_without_a_way_out_are_final() -> None:
    assert LETTERS.pairs() == [(S.DRAFT, S.SENT), (S.SENT, S.ANSWERED), (S.SENT, S.DRAFT)]
    assert LETTERS.final == {S.ANSWERED}


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({}, TEXT),
        ({"text": " a "}, TEXT),
        ({"text": "ab"}, PAGES),
        ({"text": "ab", "pages": 0}, PAGES),
        ({"text": ["one", "two"], "pages": 1}, None),
        ({"text": None, "pages": 1}, TEXT),
        ({"text": object(), "pages": 1}, None),
    ],
)
def test_what_a_move_needs_is_handed_in(given: dict[str, object], lacking: Need | None) -> None:
    assert LETTERS.table[S.DRAFT, M.SEND].lacks(given) == lacking
    assert LETTERS.offers(M.SEND).needs == {"text", "pages"}
    assert LETTERS.offers(M.RECALL).needs == frozenset()
    assert TEXT.code == "TEXT_NEEDED"


def test_the_guards_say_the_table_in_sql() -> None:
    begin, move = guards(LETTERS)
    assert (begin.name, move.name) == (begins_by(LETTERS), moves_by(LETTERS))
    assert begin.condition.sql == "NEW.state NOT IN ('DRAFT')"
    assert move.condition.sql == (
        "OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN"
        " (('DRAFT', 'SENT'), ('SENT', 'ANSWERED'), ('SENT', 'DRAFT'))"
    )
    assert f"CONSTRAINT = '{moves_by(LETTERS)}'" in move.func

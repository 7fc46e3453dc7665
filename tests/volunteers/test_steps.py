"""From every state, every verb does what the table says, or refuses and changes nothing."""

from contextlib import suppress
from datetime import timedelta

import pytest

from common.errors import DomainError
from tests.factories import volunteers
from tests.factories.machines import STAGES
from tests.factories.stages import put
from volunteers.actions.check_in import check_in, check_out, close_shift, undo_check_in
from volunteers.actions.shifts import (
    cancel_shift,
    change_places,
    end_activity,
    move_shift,
    plan_ahead,
    plan_shifts,
    publish_activity,
)
from volunteers.actions.signups import fill_places, remove_signup, withdraw_signup
from volunteers.rules.check_in import CheckInKind
from volunteers.rules.service import RECORDS, RecordMove, RecordParty, RecordState
from volunteers.rules.shifts import (
    ACTIVITIES,
    SHIFTS,
    SIGNUPS,
    ActivityMove,
    ActivityState,
    ShiftMove,
    ShiftState,
    SignupEvent,
    SignupState,
)


def stand(row, machine, state, now):
    """Puts a row into a state, with what belongs to it."""
    put(type(row).objects.filter(pk=row.pk), state=state, **STAGES[machine.noun].beside(state, now))


def after(verb, row):
    """The state of a row after a verb; a refusal changes none."""
    with suppress(DomainError):
        verb()
    row.refresh_from_db()
    return row.state


def meant(machine, state, move):
    """Where a move leads; where there is no such way, the state itself."""
    step = machine.step(state, move)
    return step.to if step else state


@pytest.mark.parametrize("state", SignupState)
@pytest.mark.parametrize("event", SignupEvent)
def test_a_verb_of_a_sign_up(cast, now, state, event):
    begins = now - timedelta(minutes=5) if event != SignupEvent.PROMOTE else now + timedelta(days=1)
    shift = volunteers.shift(cast.city["community"], begins)
    row = volunteers.signup(shift, volunteers.volunteer(cast.guilan), now)
    stand(row, SIGNUPS, state, now)
    told = {"by": cast.worker, "now": now}
    there = {"shift_id": shift.pk, "volunteer_id": row.volunteer_id, "kind": CheckInKind.LIST, **told}
    verbs = {
        SignupEvent.PROMOTE: lambda: fill_places(now=now),
        SignupEvent.WITHDRAW: lambda: withdraw_signup(signup_id=row.pk, **told),
        SignupEvent.REMOVE: lambda: remove_signup(signup_id=row.pk, reason="人够了", **told),
        SignupEvent.CHECK_IN: lambda: check_in(**there),
        SignupEvent.CHECK_OUT: lambda: check_out(**there),
        SignupEvent.UNDO: lambda: undo_check_in(signup_id=row.pk, **told),
        SignupEvent.MISS: lambda: close_shift(shift_id=shift.pk, **told),
    }
    # Closing lets the line go as well.
    let_go = event == SignupEvent.MISS and state == SignupState.WAITING
    expected = SignupState.REMOVED if let_go else meant(SIGNUPS, state, event)
    assert after(verbs[event], row) == expected


@pytest.mark.parametrize("state", ShiftState)
@pytest.mark.parametrize("move", ShiftMove)
def test_a_verb_of_a_shift(cast, now, state, move):
    begins = now - timedelta(minutes=5) if move == ShiftMove.CLOSE else now + timedelta(days=1)
    row = volunteers.shift(cast.city["community"], begins)
    stand(row, SHIFTS, state, now)
    told = {"shift_id": row.pk, "by": cast.worker, "now": now}
    later = {"starts_at": now + timedelta(days=2), "ends_at": now + timedelta(days=2, hours=1)}
    verbs = {
        ShiftMove.PLACES: lambda: change_places(**told, places=5),
        ShiftMove.MOVE: lambda: move_shift(**told, **later, reason="下雨"),
        ShiftMove.CANCEL: lambda: cancel_shift(**told, reason="下雨"),
        ShiftMove.CLOSE: lambda: close_shift(**told),
    }
    before = (row.places, row.starts_at)
    assert after(verbs[move], row) == meant(SHIFTS, state, move)
    changes = move in {ShiftMove.PLACES, ShiftMove.MOVE} and state == ShiftState.PLANNED
    assert ((row.places, row.starts_at) != before) is changes


@pytest.mark.parametrize("state", ActivityState)
@pytest.mark.parametrize("move", ActivityMove)
def test_a_verb_of_an_activity(cast, now, state, move):
    over = {"starts_on": now.date() - timedelta(days=3)} if move == ActivityMove.LAPSE else {}
    row = volunteers.activity(cast.city["community"], **over)
    stand(row, ACTIVITIES, state, now)
    told = {"activity_id": row.pk, "by": cast.worker, "now": now}
    verbs = {
        ActivityMove.PUBLISH: lambda: publish_activity(**told),
        ActivityMove.PLAN: lambda: plan_shifts(**told),
        ActivityMove.END: lambda: end_activity(**told, reason="没有人手"),
        ActivityMove.LAPSE: lambda: plan_ahead(now=now),
    }
    assert after(verbs[move], row) == meant(ACTIVITIES, state, move)


@pytest.mark.parametrize("reason", ["", " 雨 "])
def test_what_takes_something_away_is_refused_without_a_reason(cast, now, reason):
    shift = volunteers.shift(cast.city["community"], now + timedelta(days=1))
    row = volunteers.signup(shift, volunteers.volunteer(cast.guilan), now)
    told = {"by": cast.worker, "now": now, "reason": reason}
    later = {"starts_at": now + timedelta(days=2), "ends_at": now + timedelta(days=2, hours=1)}
    for verb in (
        lambda: remove_signup(signup_id=row.pk, **told),
        lambda: cancel_shift(shift_id=shift.pk, **told),
        lambda: move_shift(shift_id=shift.pk, **later, **told),
        lambda: end_activity(activity_id=shift.activity_id, **told),
    ):
        with pytest.raises(DomainError) as caught:
            verb()
        assert (caught.value.code, str(caught.value)) == ("REASON_NEEDED", "请写明原因，志愿者会看到。")
    row.refresh_from_db()
    assert (row.state, row.shift.state) == (SignupState.SIGNED, ShiftState.PLANNED)


def test_who_decides_on_a_record():
    """Written down a second time, by hand."""
    who = {way: (step.to, set(step.who), bool(step.needs)) for way, step in RECORDS.table.items()}
    assert who == {
        (RecordState.RECORDED, RecordMove.APPROVE): (RecordState.APPROVED, {RecordParty.APPROVER}, False),
        (RecordState.RECORDED, RecordMove.REFUSE): (RecordState.REFUSED, {RecordParty.APPROVER}, True),
        (RecordState.APPROVED, RecordMove.REVERSE): (RecordState.REVERSED, {RecordParty.KEEPER}, True),
    }

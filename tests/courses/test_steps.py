"""From every state, every verb does what the table says, or refuses and changes nothing."""

from contextlib import suppress
from datetime import timedelta

import pytest

from common.errors import DomainError
from courses.actions.attendance import mark_attendance
from courses.actions.classes import cancel_class, publish_class, turn_classes
from courses.actions.enrolment import accept_offer, decline_offer, lapse_offers, move_seat, remove, withdraw
from courses.actions.sessions import cancel_session, move_session
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import (
    CLASSES,
    ENROLMENTS,
    SESSIONS,
    ClassMove,
    ClassState,
    EnrolBy,
    EnrolmentState,
    Event,
    Mark,
    SessionMove,
    SessionState,
)
from tests.factories import courses
from tests.factories.machines import STAGES
from tests.factories.stages import put

S = EnrolmentState


def stand(row, machine, state, now):
    """Puts a row into a state, with what belongs to it."""
    beside = STAGES[machine.noun].beside(state, now)
    put(type(row).objects.filter(pk=row.pk), state=state, **beside)


def outcome(verb, row):
    """The state of a row after a verb; a refusal changes none."""
    with suppress(DomainError):
        verb()
    row.refresh_from_db()
    return row.state


def expected(machine, state, *moves):
    """Where the first of these moves that is possible leads; where none is, the state itself."""
    steps = [step for move in moves if (step := machine.step(state, move))]
    return steps[0].to if steps else state


@pytest.fixture
def group(cast, now):
    made = courses.class_group(cast.center, now, name="书法一班", ends_on=now.date() + timedelta(days=5))
    courses.session(made, now - timedelta(hours=1))
    return made


ENROLMENT_VERBS = {
    Event.WITHDRAW: withdraw,
    Event.REMOVE: lambda **told: remove(**told, reason="名额冲突"),
    Event.ACCEPT: accept_offer,
    Event.DECLINE: decline_offer,
    Event.TRANSFER: move_seat,
}


@pytest.mark.parametrize("state", EnrolmentState)
@pytest.mark.parametrize("event", ENROLMENT_VERBS)
def test_a_verb_of_one_enrolment(cast, group, now, state, event):
    row = courses.seat(group, cast.guilan, now)
    stand(row, ENROLMENTS, state, now)
    told = {"enrolment_id": row.pk, "by": cast.worker, "now": now}
    if event == Event.TRANSFER:
        other = courses.class_group(cast.center, now, name="书法二班", course=group.course)
        told["to_class_id"] = other.pk
    got = outcome(lambda: ENROLMENT_VERBS[event](**told), row)
    assert got == expected(ENROLMENTS, state, event)


@pytest.mark.parametrize("state", EnrolmentState)
@pytest.mark.parametrize("what", ["class cancelled", "session cancelled", "class over", "offers lapse"])
def test_what_comes_over_all_enrolments_goes_by_the_table_too(cast, now, state, what):
    group = courses.class_group(cast.center, now, enrol_by=EnrolBy.SESSION, ends_on=now.date())
    session = courses.session(group, now + timedelta(hours=3))
    row = courses.seat(group, cast.guilan, now, session=session)
    stand(row, ENROLMENTS, state, now)
    told = {"by": cast.worker, "now": now, "reason": "停电"}
    passes = {
        "class cancelled": (lambda: cancel_class(class_id=group.pk, **told), [Event.REMOVE]),
        "session cancelled": (lambda: cancel_session(session_id=session.pk, **told), [Event.REMOVE]),
        "class over": (
            lambda: turn_classes(now=now + timedelta(days=2)),
            [Event.COMPLETE, Event.LAPSE],
        ),
        "offers lapse": (
            lambda: lapse_offers(now=now + timedelta(days=2)),
            [Event.LAPSE] if state == S.OFFERED else [],
        ),
    }
    verb, moves = passes[what]
    assert outcome(verb, row) == expected(ENROLMENTS, state, *moves)


def test_what_follows_by_itself_is_done_by_nobody(cast, group, now):
    row = courses.seat(group, cast.guilan, now, by=cast.guilan.user, reason="补交了材料")
    turn_classes(now=now + timedelta(days=9))
    row.refresh_from_db()
    assert (row.state, row.by, row.reason) == (S.COMPLETED, None, "")


CLASS_VERBS = {
    ClassMove.PUBLISH: lambda group, by, now: publish_class(class_id=group.pk, by=by, now=now),
    ClassMove.CANCEL: lambda group, by, now: cancel_class(class_id=group.pk, reason="停电", by=by, now=now),
    ClassMove.START: lambda _group, _by, now: turn_classes(now=now),
    ClassMove.FINISH: lambda _group, _by, now: turn_classes(now=now + timedelta(days=9)),
}


@pytest.mark.parametrize("state", ClassState)
@pytest.mark.parametrize("move", ClassMove)
def test_a_verb_of_a_class(cast, group, now, state, move):
    stand(group, CLASSES, state, now)
    got = outcome(lambda: CLASS_VERBS[move](group, cast.worker, now), group)
    assert got == expected(CLASSES, state, move)


@pytest.mark.parametrize("state", SessionState)
@pytest.mark.parametrize("move", SessionMove)
def test_a_verb_of_a_session(cast, group, now, state, move):
    row, seat = group.sessions.get(), courses.seat(group, cast.guilan, now)
    stand(row, SESSIONS, state, now)
    told = {"session_id": row.pk, "by": cast.worker, "now": now}
    later = {"starts_at": now + timedelta(days=1), "ends_at": now + timedelta(days=1, hours=1)}
    verbs = {
        SessionMove.MARK: lambda: mark_attendance(**told, marks={seat.pk: Mark.PRESENT}),
        SessionMove.CANCEL: lambda: cancel_session(**told, reason="停电"),
        SessionMove.MOVE: lambda: move_session(**told, **later, reason="停电"),
    }
    assert outcome(verbs[move], row) == expected(SESSIONS, state, move)


@pytest.mark.parametrize("reason", ["", "   "])
def test_what_takes_something_away_is_refused_without_a_reason(cast, group, now, reason):
    seat, told = courses.seat(group, cast.guilan, now), {"by": cast.worker, "now": now, "reason": reason}
    session = group.sessions.get()
    later = {"starts_at": now + timedelta(days=1), "ends_at": now + timedelta(days=1, hours=1)}
    for verb in (
        lambda: remove(enrolment_id=seat.pk, **told),
        lambda: cancel_class(class_id=group.pk, **told),
        lambda: cancel_session(session_id=session.pk, **told),
        lambda: move_session(session_id=session.pk, **later, **told),
    ):
        with pytest.raises(DomainError) as caught:
            verb()
        assert (caught.value.code, str(caught.value)) == ("REASON_NEEDED", "请写明原因，学员会看到。")
    assert (Enrolment.objects.get().state, Session.objects.get().state, ClassGroup.objects.get().state) == (
        S.SEATED,
        SessionState.PLANNED,
        ClassState.PUBLISHED,
    )

"""Verbs lock in the order of docs/locking.md, read from the statements they send.

One thread is enough: a verb that locks upside down can meet another one some day. A write of
enrolments counts as a touch of their pool, because the trigger updates it.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from courses.actions.attendance import mark_attendance
from courses.actions.classes import cancel_class, change_capacity, turn_classes
from courses.actions.enrolment import (
    accept_offer,
    decline_offer,
    enrol,
    enrol_together,
    lapse_offers,
    move_seat,
    remove,
    withdraw,
)
from courses.actions.registers.lifecycle import confirm_register, undo_register
from courses.actions.sessions import cancel_session, move_session
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.register import RegisterImport, RegisterRow
from courses.models.session import Session
from courses.rules import EnrolBy, EnrolChannel, Mark
from people.actions.accounts import issue_desk_code, redeem_desk_code
from people.actions.records import merge_persons, undo_merge
from tests.cast import Cast
from tests.factories import courses
from tests.factories import people as folk
from tests.locks import Recorder, locks_in_order


@pytest.fixture(params=[EnrolBy.CLASS, EnrolBy.SESSION])
def full(
    request: pytest.FixtureRequest, cast: Cast, now: datetime
) -> tuple[ClassGroup, Session, Enrolment, str]:
    """A class of one seat that is taken, with somebody waiting; and the table of its pool."""
    group = courses.class_group(cast.center, now, enrol_by=request.param, capacity=1)
    session = courses.session(group, now + timedelta(days=2))
    chosen = session.pk if request.param == EnrolBy.SESSION else None
    first, _next = (
        enrol(class_id=group.pk, person=person, by=person.user, now=now, session_id=chosen)
        for person in (cast.guilan, folk.resident("李秀英", cast.city["community"]))
    )
    return group, session, first, "courses_session" if chosen else "courses_classgroup"


def test_one_seat(cast: Cast, now: datetime, full: Any) -> None:
    group, session, first, pool = full
    with locks_in_order(pool):
        chosen = session.pk if group.enrol_by == EnrolBy.SESSION else None
        enrol(class_id=group.pk, person=cast.stranger, by=cast.stranger.user, now=now, session_id=chosen)
        withdraw(enrolment_id=first.pk, by=cast.guilan.user, now=now)
        offered = group.enrolments.get(state="OFFERED")
        decline_offer(enrolment_id=offered.pk, by=offered.person.user, now=now)
        offered = group.enrolments.get(state="OFFERED")
        accept_offer(enrolment_id=offered.pk, by=cast.stranger.user, now=now)
        remove(enrolment_id=offered.pk, by=cast.worker, now=now, reason="搬走了")


def test_offers_lapse(cast: Cast, now: datetime, full: Any) -> None:
    *_, first, pool = full
    withdraw(enrolment_id=first.pk, by=cast.guilan.user, now=now)
    with locks_in_order(pool):
        assert lapse_offers(now=now + timedelta(days=3)) == 1


def test_a_session_is_moved_marked_and_cancelled(cast: Cast, now: datetime, full: Any) -> None:
    group, session, first, pool = full
    later = now + timedelta(days=3)
    with locks_in_order(pool):
        moved = move_session(
            session_id=session.pk,
            starts_at=later,
            ends_at=later + timedelta(hours=1),
            reason="停电",
            by=cast.worker,
            now=now,
        )
        mark_attendance(
            session_id=moved.pk,
            marks={first.pk: Mark.PRESENT},
            by=cast.worker,
            now=later + timedelta(hours=1),
        )
    other = courses.session(group, now + timedelta(days=9))
    with locks_in_order(pool):
        cancel_session(session_id=other.pk, reason="停电", by=cast.worker, now=now)


def test_a_class_is_changed_and_cancelled(cast: Cast, now: datetime, full: Any) -> None:
    group, _, _, pool = full
    with locks_in_order(pool):
        change_capacity(class_id=group.pk, capacity=3, by=cast.worker, now=now)
        cancel_class(class_id=group.pk, reason="老师病了", by=cast.worker, now=now)


def test_a_class_finishes(now: datetime, full: Any) -> None:
    group, _, _, pool = full
    ClassGroup.objects.filter(pk=group.pk).update(starts_on=date(2026, 9, 7), ends_on=date(2026, 11, 20))
    with locks_in_order(pool):
        assert turn_classes(now=now) == 1


@pytest.fixture
def two(cast: Cast, now: datetime) -> list[ClassGroup]:
    course = courses.class_group(cast.center, now, name="书法一班").course
    ClassGroup.objects.all().delete()
    return [
        courses.class_group(cast.center, now, name=name, course=course) for name in ("书法一班", "书法二班")
    ]


def test_two_classes_at_once(cast: Cast, now: datetime, two: list[ClassGroup]) -> None:
    low, high = sorted(group.pk for group in two)
    by = cast.guilan.user
    assert by is not None
    with locks_in_order():
        seats = enrol_together(
            class_ids=[high, low], persons=[cast.guilan, cast.zixuan], by=by, now=now, all_or_none=False
        )
    Enrolment.objects.filter(class_group=low).delete()
    seat = next(one for one in seats if isinstance(one, Enrolment) and one.class_group_id == high)
    with locks_in_order():
        move_seat(enrolment_id=seat.pk, to_class_id=low, by=cast.worker, now=now)


def _register(cast: Cast, now: datetime, two: list[ClassGroup]) -> RegisterImport:
    """Two learners of a roster, the first one in the class with the higher id."""
    register = RegisterImport.objects.create(
        kind="ROSTER", division=cast.city["street"], term=two[0].term, file_name="x", by=cast.worker, at=now
    )
    names = ("full_name", "sex", "born_on", "phone", "home", "contact_name", "contact_phone", "remark")
    empty = {**dict.fromkeys((*names, "document_no"), ""), "person": None, "born_precision": "DAY"}
    for line, group in enumerate(sorted(two, key=lambda group: -group.pk)):
        data = {**empty, "full_name": f"新学员{line}", "classes": [group.name]}
        raw = json.dumps(data, ensure_ascii=False)
        RegisterRow.objects.create(register=register, line=line, verdict="GOOD", raw=raw)
    return register


def test_a_roster_is_confirmed_and_undone(cast: Cast, now: datetime, two: list[ClassGroup]) -> None:
    register = _register(cast, now, two)
    with locks_in_order():
        confirm_register(register_id=register.pk, by=cast.worker, now=now)
    assert Enrolment.objects.filter(channel=EnrolChannel.IMPORT).count() == 2
    with locks_in_order():
        undo_register(register_id=register.pk, by=cast.worker, now=now)
    assert not Enrolment.objects.exists()


def test_a_desk_code_is_printed_and_used(cast: Cast, now: datetime) -> None:
    with locks_in_order():
        _code, digits = issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)
        redeem_desk_code(code=digits, now=now)


def test_what_a_merge_moves_is_moved_from_the_top_down(cast: Cast, now: datetime) -> None:
    """Persons are locked first and upper rows after: docs/locking.md says why that is safe."""
    group = courses.class_group(cast.center, now)
    enrol(class_id=group.pk, person=cast.stranger, by=cast.stranger.user, now=now)
    twin = folk.person("曾小雨", home=cast.city["grid"])
    with locks_in_order("", ["courses_enrolment", "notices_notice"]):
        merge = merge_persons(kept_id=twin.pk, merged_id=cast.stranger.pk, by=cast.admin, now=now)
        undo_merge(merge_id=merge.pk, by=cast.admin, now=now)


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (['SELECT 1 FROM "courses_enrolment" WHERE x FOR NO KEY UPDATE'], None),
        (
            [
                'SELECT 1 FROM "courses_enrolment" FOR NO KEY UPDATE OF "courses_enrolment"',
                'SELECT 1 FROM "courses_classgroup" FOR NO KEY UPDATE',
            ],
            "courses_classgroup locked after courses_enrolment",
        ),
        (
            ['DELETE FROM "courses_enrolment" WHERE x'],
            "courses_classgroup touched through enrolments that were written first",
        ),
        (
            ['SELECT 1 FROM "notices_notice" FOR NO KEY UPDATE SKIP LOCKED', 'UPDATE "people_user" SET x'],
            None,
        ),
    ],
)
def test_a_planted_disorder_is_seen(statements: list[str], fault: str | None) -> None:
    recorder = Recorder("courses_classgroup")
    for sql in statements:
        recorder(lambda *_: None, sql, (), False, {})
    assert recorder.faults == ([fault] if fault else [])

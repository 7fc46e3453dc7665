"""A class as a whole: published, resized, written to, cancelled, turned over by date; attendance."""

from datetime import date, timedelta

import pytest
from django.apps import apps

from courses.actions.attendance import mark_attendance
from courses.actions.classes import cancel_class, change_capacity, message_class, publish_class, turn_classes
from courses.actions.enrolment import withdraw
from courses.models.catalogue import ClassGroup, Teacher
from courses.models.enrolment import Attendance, Enrolment
from courses.rules import ClassState, EnrolBy, EnrolmentState, Mark, SessionState
from notices.models import Notice
from people.rules import Role
from tests.factories import courses, people
from tests.factories.courses import crowd, take
from tests.factories.stages import put
from tests.refusals import refused

S = EnrolmentState


@pytest.fixture
def group(cast, now):
    made = courses.class_group(cast.center, now, name="书法一班", capacity=2, waiting_limit=3)
    courses.session(made, now - timedelta(hours=2))
    courses.session(made, now + timedelta(days=5))
    return made


def set_state(group, state):
    put(ClassGroup.objects.filter(pk=group.pk), state=state)


def test_publishing_a_draft_twice_is_publishing_it_once(cast, group, now):
    set_state(group, ClassState.DRAFT)
    for _ in range(2):
        done = publish_class(class_id=group.pk, by=cast.worker, now=now)
        assert done.state == ClassState.PUBLISHED


def test_publishing_refuses(cast, group, now):
    refused("NOT_ALLOWED", publish_class, class_id=group.pk, by=cast.other_worker, now=now)
    for state in (ClassState.RUNNING, ClassState.CANCELLED, ClassState.FINISHED):
        set_state(group, state)
        refused("MOVE_REFUSED", publish_class, class_id=group.pk, by=cast.worker, now=now)
    empty = courses.class_group(cast.center, now, state=ClassState.DRAFT)
    refused("NO_SESSIONS", publish_class, class_id=empty.pk, by=cast.worker, now=now)


def test_a_finished_class_is_not_cancelled(cast, group, now):
    set_state(group, ClassState.FINISHED)
    refused("MOVE_REFUSED", cancel_class, class_id=group.pk, reason="x", by=cast.worker, now=now)
    refused("NOT_ALLOWED", cancel_class, class_id=group.pk, reason="x", by=cast.grid_worker, now=now)


def test_cancelling_keeps_what_was_held(cast, group, now):
    first = group.sessions.earliest("starts_at")
    first.state = SessionState.HELD
    first.save()
    cancel_class(class_id=group.pk, reason="教室维修", by=cast.worker, now=now)
    assert [s.state for s in group.sessions.all()] == [SessionState.HELD, SessionState.CANCELLED]
    assert group.sessions.last().reason == "教室维修"


def test_a_message_reaches_the_seated_once(cast, group, now):
    for person in crowd(cast, 3):
        take(group, person, now)
    for _ in range(2):
        sent = message_class(class_id=group.pk, text=" 带水杯 ", key="a1", by=cast.worker, now=now)
        assert sent == 2
    assert {n.body for n in Notice.objects.filter(kind="CLASS_MESSAGE")} == {"带水杯"}
    assert Notice.objects.filter(kind="CLASS_MESSAGE").count() == 2
    message_class(class_id=group.pk, text="带纸", key="a2", by=cast.worker, now=now)
    assert Notice.objects.filter(kind="CLASS_MESSAGE").count() == 4


@pytest.mark.parametrize("text", ["", "  ", "长" * 501])
def test_a_message_must_say_something_short(cast, group, now, text):
    refused("TEXT_NEEDED", message_class, class_id=group.pk, text=text, key="a", by=cast.worker, now=now)


def test_who_may_write_to_a_class(cast, group, now):
    for by in (cast.other_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", message_class, class_id=group.pk, text="x", key="a", by=by, now=now)


def test_a_longer_line_is_no_more_seats(cast, group, now):
    for person in crowd(cast, 3):
        take(group, person, now)
    change_capacity(class_id=group.pk, capacity=2, waiting_limit=9, by=cast.worker, now=now)
    group.refresh_from_db()
    assert (group.capacity, group.waiting_limit, group.seats_taken) == (2, 9, 2)
    refused("NOT_ALLOWED", change_capacity, class_id=group.pk, capacity=9, by=cast.other_worker, now=now)


def test_more_seats_of_a_class_enrolled_by_session_reach_the_sessions_ahead(cast, now):
    made = courses.class_group(cast.center, now, name="微党课", enrol_by=EnrolBy.SESSION, capacity=1)
    past = courses.session(made, now - timedelta(days=1))
    ahead = courses.session(made, now + timedelta(days=2))
    _first, second = (take(made, person, now, session_id=ahead.pk) for person in crowd(cast, 2))
    change_capacity(class_id=made.pk, capacity=2, by=cast.worker, now=now)
    second.refresh_from_db()
    ahead.refresh_from_db()
    past.refresh_from_db()
    assert (second.state, ahead.capacity, past.capacity) == (S.OFFERED, 2, 1)
    refused("TOO_FEW", change_capacity, class_id=made.pk, capacity=1, by=cast.worker, now=now)


def test_finishing_completes_the_seated_and_lets_the_line_lapse(cast, group, now):
    for person in crowd(cast, 4):
        take(group, person, now)
    first = Enrolment.objects.earliest("position")
    withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    after = now + timedelta(days=30)
    assert turn_classes(now=after) == 1
    assert turn_classes(now=after) == 0
    assert [e.state for e in Enrolment.objects.order_by("position")] == [
        S.WITHDRAWN,
        S.COMPLETED,
        S.LAPSED,
        S.LAPSED,
    ]
    group.refresh_from_db()
    assert (group.state, group.seats_taken, group.waiting_taken) == (ClassState.FINISHED, 0, 0)


@pytest.mark.parametrize("state", [ClassState.DRAFT, ClassState.CANCELLED, ClassState.FINISHED])
def test_what_does_not_turn(cast, group, now, state):
    set_state(group, state)
    assert turn_classes(now=now) == 0
    assert turn_classes(now=now + timedelta(days=90)) == 0


def test_a_class_runs_on_its_last_day(cast, group, now):
    ClassGroup.objects.filter(pk=group.pk).update(ends_on=date(2026, 11, 25), state=ClassState.RUNNING)
    assert turn_classes(now=now.replace(hour=23)) == 0
    assert turn_classes(now=now + timedelta(days=1)) == 1


# Attendance


def held(group):
    return group.sessions.earliest("starts_at")


def mark(group, marks, by, now, session=None):
    return {"session_id": (session or held(group)).pk, "marks": marks, "by": by, "now": now}


def test_marking_holds_the_session_and_marking_again_corrects(cast, group, now):
    one, two = (take(group, person, now) for person in crowd(cast, 2))
    mark_attendance(**mark(group, {one.pk: Mark.PRESENT, two.pk: Mark.LATE}, cast.worker, now))
    assert held(group).state == SessionState.HELD
    mark_attendance(**mark(group, {two.pk: Mark.ABSENT}, cast.worker, now))
    found = dict(Attendance.objects.values_list("enrolment_id", "mark"))
    assert found == {one.pk: Mark.PRESENT, two.pk: Mark.ABSENT}
    history = apps.get_model("courses", "AttendanceEvent").objects
    assert [(event.pgh_obj.enrolment, event.mark) for event in history.all()] == [(two, Mark.LATE)]


def test_the_classs_own_teacher_marks_and_another_does_not(cast, group, now):
    enrolment = take(group, cast.guilan, now)
    own, other = people.resident("任梅雪"), people.user("史新")
    refused("NOT_ALLOWED", mark_attendance, **mark(group, {}, own.user, now))
    group.teacher = Teacher.objects.create(person=own)
    group.save()
    mark_attendance(**mark(group, {enrolment.pk: Mark.PRESENT}, own.user, now))
    refused("NOT_ALLOWED", mark_attendance, **mark(group, {}, other, now))
    of_the_community = people.staff("史老师", Role.TEACHER, cast.city["community"])
    assert mark_attendance(**mark(group, {enrolment.pk: Mark.LATE}, of_the_community, now))


def test_marking_refuses(cast, group, now):
    seated = take(group, cast.guilan, now)
    waiting = [take(group, person, now) for person in crowd(cast, 2)][-1]
    elsewhere = take(courses.class_group(cast.center, now), cast.stranger, now)
    marks = {seated.pk: Mark.PRESENT}
    refused("NOT_ALLOWED", mark_attendance, **mark(group, marks, cast.other_worker, now))
    refused("NOT_ALLOWED", mark_attendance, session_id=0, marks=marks, by=cast.worker, now=now)
    ahead = group.sessions.latest("starts_at")
    refused("NOT_YET", mark_attendance, **mark(group, marks, cast.worker, now, ahead))
    for wrong in (waiting.pk, elsewhere.pk, 0):
        refused(
            "NOT_IN_CLASS",
            mark_attendance,
            **mark(group, {**marks, wrong: Mark.PRESENT}, cast.worker, now),
        )
    assert not Attendance.objects.exists()
    for state in (SessionState.CANCELLED, SessionState.MOVED):
        put(group.sessions.all(), state=state, reason="停电")
        refused("SESSION_OFF", mark_attendance, **mark(group, marks, cast.worker, now))


def test_by_session_only_who_enrolled_in_it(cast, now):
    made = courses.class_group(cast.center, now, name="微党课", enrol_by=EnrolBy.SESSION)
    one, two = (courses.session(made, now + timedelta(hours=hours), capacity=5) for hours in (1, 3))
    mine = take(made, cast.guilan, now, session_id=one.pk)
    theirs = take(made, cast.stranger, now, session_id=two.pk)
    later = now + timedelta(hours=2)
    marks = {mine.pk: Mark.PRESENT, theirs.pk: Mark.PRESENT}
    refused("NOT_IN_CLASS", mark_attendance, **mark(made, marks, cast.worker, later, one))
    assert mark_attendance(**mark(made, {mine.pk: Mark.PRESENT}, cast.worker, later, one))

"""Sessions that were held become service records of teachers who volunteer."""

from datetime import timedelta

import pytest

from courses.actions.attendance import mark_attendance
from courses.actions.teaching import record_teaching
from courses.rules import Mark
from people.models import Guardianship
from people.rules import GuardianKind, Role
from points.actions.earning import approve_service
from points.models.ledger import Account
from tests.factories import courses, people, volunteers
from tests.refusals import refused
from volunteers.models.service import ServiceRecord
from volunteers.rules.roll import VolunteerState
from volunteers.rules.service import RecordState


@pytest.fixture
def teacher(cast):
    made = courses.teacher("陈国华")
    person = made.person
    person.home, person.user = cast.city["community"], people.user("陈国华")
    person.save()
    volunteers.volunteer(person)
    return made


@pytest.fixture
def lesson(cast, now, teacher):
    group = courses.class_group(cast.center, now, name="书法一班", teacher=teacher)
    return courses.session(group, now - timedelta(hours=3), teacher=teacher)


def mark(cast, lesson, now, by, mark=Mark.PRESENT):
    seat = courses.seat(lesson.class_group, cast.guilan, now)
    mark_attendance(session_id=lesson.pk, marks={seat.pk: mark}, by=by, now=now)


def test_a_session_held_is_recorded_once_and_earns_after_approval(cast, now, lesson, teacher):
    mark(cast, lesson, now, cast.worker)
    assert record_teaching(now=now) == 1
    assert record_teaching(now=now) == 0
    record = ServiceRecord.objects.get()
    assert (record.volunteer.person, record.minutes, record.title) == (teacher.person, 60, "授课：书法一班")
    assert (record.state, record.division) == (RecordState.RECORDED, cast.center.division)
    assert record.evidence.get(kind="SESSION").by == cast.worker
    refused("NOT_INDEPENDENT", approve_service, record_id=record.pk, by=cast.worker, now=now)  # her own word
    colleague = people.staff("钱主任", Role.DIRECTOR, cast.city["community"])
    approve_service(record_id=record.pk, by=colleague, now=now)
    assert Account.objects.get(person=teacher.person, unit="HOURS").posted == 60


def test_attendance_the_teacher_marked_alone_is_not_evidence_enough(cast, now, lesson, teacher):
    mark(cast, lesson, now, teacher.person.user)
    record_teaching(now=now)
    record = ServiceRecord.objects.get()
    assert [e.kind for e in record.evidence.all()] == ["LIST"]
    with pytest.raises(Exception, match="两种凭据"):
        approve_service(record_id=record.pk, by=cast.worker, now=now)


@pytest.mark.parametrize("turned", [False, True])
def test_attendance_marked_by_the_teachers_own_is_no_evidence(cast, now, lesson, teacher, turned):
    """An agent who works here marked it alone; a colleague who marked one more learner is another hand."""
    pair = [people.person("周敏", cast.worker), teacher.person]
    guardian, ward = reversed(pair) if turned else pair
    Guardianship.objects.create(guardian=guardian, ward=ward, kind=GuardianKind.AGENT)
    mark(cast, lesson, now, cast.worker)
    record_teaching(now=now)
    record = ServiceRecord.objects.get()
    assert [e.kind for e in record.evidence.all()] == ["LIST"]
    refused("NEEDS_EVIDENCE", approve_service, record_id=record.pk, by=cast.admin, now=now)


def test_of_two_who_marked_the_one_who_is_not_hers_is_named(cast, now, lesson, teacher):
    Guardianship.objects.create(
        guardian=people.person("周敏", cast.worker), ward=teacher.person, kind=GuardianKind.AGENT
    )
    colleague = people.staff("郑佳", Role.SOCIAL_WORKER, cast.city["street"])
    for person, by in ((cast.guilan, cast.worker), (cast.elder, colleague)):
        seat = courses.seat(lesson.class_group, person, now)
        mark_attendance(session_id=lesson.pk, marks={seat.pk: Mark.PRESENT}, by=by, now=now)
    record_teaching(now=now)
    assert ServiceRecord.objects.get().evidence.get(kind="SESSION").by == colleague


def test_what_is_no_service(cast, now, lesson, teacher):
    assert record_teaching(now=now) == 0  # not held
    mark(cast, lesson, now, cast.worker, Mark.ABSENT)
    assert record_teaching(now=now) == 0  # nobody came
    mark_again = lesson.attendances.get()
    mark_again.mark = Mark.PRESENT
    mark_again.save()
    teacher.person.volunteer.state = VolunteerState.LEFT
    teacher.person.volunteer.save()
    assert record_teaching(now=now) == 0  # no volunteer

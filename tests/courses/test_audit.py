"""Every check of courses finds the fault that is planted for it, and nothing before."""

from datetime import timedelta
from pathlib import Path

import pytest

from common.audit import checks
from courses.actions.enrolment import enrol, withdraw
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Attendance, Enrolment
from courses.models.session import Session
from courses.rules import ClassState, EnrolBy, EnrolmentState, Mark, SessionState
from notices.models import Notice
from tests.common.faults import found, planted
from tests.factories import courses, people

S = EnrolmentState


@pytest.fixture
def group(cast, now):
    """A full class of two with a line of two."""
    made = courses.class_group(cast.center, now, name="书法一班", capacity=2)
    courses.session(made, now + timedelta(days=3))
    for number in range(4):
        person = people.resident(f"居民{'甲乙丙丁'[number]}", cast.city["community"])
        enrol(class_id=made.pk, person=person, by=person.user, now=now)
    return made


@pytest.fixture
def lesson(cast, now):
    """A class enrolled session by session, full, with one in line."""
    made = courses.class_group(cast.center, now, name="微党课", enrol_by=EnrolBy.SESSION)
    session = courses.session(made, now + timedelta(days=2), capacity=1)
    for _ in range(2):
        person = people.resident("居民", cast.city["community"])
        enrol(class_id=made.pk, person=person, by=person.user, now=now, session_id=session.pk)
    return session


def test_a_wrong_count_of_seats_of_a_class(group):
    assert planted("UPDATE courses_classgroup SET seats_taken = 1, waiting_taken = 2") == {
        "班级：已占名额 = 入班和待确认的人数",
        "班级：有空名额就没有人候补",
    }


def test_a_wrong_count_of_the_line_of_a_class(group):
    assert planted("UPDATE courses_classgroup SET waiting_taken = 3") == {"班级：候补人数 = 候补中的人数"}


def test_a_wrong_count_of_seats_of_a_session(lesson):
    assert planted("UPDATE courses_session SET seats_taken = 0") == {
        "课次：已占名额 = 入班和待确认的人数",
        "课次：有空名额就没有人候补",
    }


def test_a_wrong_count_of_the_line_of_a_session(lesson):
    assert planted("UPDATE courses_session SET waiting_taken = 0") == {"课次：候补人数 = 候补中的人数"}


def test_an_empty_seat_while_someone_waits(group):
    assert planted("UPDATE courses_classgroup SET capacity = 3") == {"班级：有空名额就没有人候补"}


def test_an_empty_seat_of_a_session_while_someone_waits(lesson):
    assert planted("UPDATE courses_session SET capacity = 2") == {"课次：有空名额就没有人候补"}


def test_one_position_twice(group):
    assert planted("UPDATE courses_enrolment SET position = 3 WHERE position = 4") == {
        "候补：同一班里序号不重复"
    }


def test_somebody_was_overtaken(group, now):
    first = Enrolment.objects.get(position=1)
    withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    assert planted(
        "UPDATE courses_enrolment SET position = CASE position WHEN 3 THEN 4 ELSE 3 END WHERE position > 2"
    ) == {"候补：没有人被插队（名额给出时，前面没有还在候补的人）"}


def test_an_offer_that_nobody_swept(group, now):
    first = Enrolment.objects.get(position=1)
    withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    assert planted(
        "UPDATE courses_enrolment SET offer_until = now() - interval '61 minutes' WHERE state = 'OFFERED'"
    ) == {"候补：过期一小时的名额已经让出"}


def test_a_seat_without_its_session(lesson):
    wrong = planted("UPDATE courses_enrolment SET session_id = NULL WHERE state = 'SEATED'")
    assert "报名：按次报名的带课次，整班报名的不带" in wrong


def test_a_seat_with_a_session_of_another_class(group, lesson):
    wrong = planted(
        "UPDATE courses_session SET class_group_id = %s, number = 9 WHERE id = %s", group.pk, lesson.pk
    )
    assert wrong == {"报名：课次属于同一个班"}


def test_attendance_of_somebody_of_another_class(cast, group, lesson, now):
    other = courses.class_group(cast.center, now, name="声乐一班")
    stranger = courses.seat(other, cast.guilan, now)
    assert found() == {}
    held = Session.objects.get(class_group=group)
    Attendance.objects.create(session=held, enrolment=stranger, mark=Mark.PRESENT, at=now)
    assert set(found()) == {"考勤：登记的人在这个班"}


@pytest.mark.parametrize("state", [ClassState.CANCELLED, ClassState.FINISHED])
def test_a_seat_in_a_class_that_is_over(group, state):
    assert planted("UPDATE courses_classgroup SET state = %s", state) == {"结课或取消的班里没有人占着名额"}


@pytest.mark.parametrize("state", [SessionState.CANCELLED, SessionState.MOVED])
def test_a_reminder_of_a_session_that_is_off(cast, group, now, state):
    session = Session.objects.get(class_group=group)
    Notice.objects.create(
        kind="REMINDER_24H",
        key="reminder_24h:1",
        recipient=cast.guilan,
        about_type="session",
        about_id=session.pk,
        due_at=now,
        created_at=now,
    )
    assert planted("UPDATE courses_session SET state = %s, reason = '停电'", state) == {
        "提醒：停课或改期的课没有未送出的提醒"
    }


def test_every_check_of_this_app_is_planted_here():
    source = Path(__file__).read_text("utf-8")
    files = [path for path in Path().glob("*/audit.py") if path.parent.name != "courses"]
    others = "".join(path.read_text("utf-8") for path in files)
    house = "守护："  # asked in tests/common/test_guard_list.py
    names = [
        check.name for check in checks() if check.name not in others and not check.name.startswith(house)
    ]
    assert [name for name in names if name not in source] == []


def test_a_living_class_is_clean(group, lesson):
    assert found() == {}
    assert ClassGroup.objects.count() == 2

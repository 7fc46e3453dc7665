"""Reminders: 24 h and 2 h before, once each, to who sits there, about what is true."""

from datetime import timedelta

import pytest

from courses.actions.reminders import remind
from courses.models.session import Session
from courses.rules import EnrolBy, EnrolmentState, SessionState
from notices.actions import deliver_due
from notices.models import Notice
from tests.factories import courses
from tests.factories.courses import at, crowd, take


@pytest.fixture
def group(cast, now):
    """A class of Thursday 26 November, 18:00, that 王桂兰 sits in."""
    room = cast.center.rooms.first()
    made = courses.class_group(cast.center, now, name="书法一班", room=room, bring="毛笔")
    courses.session(made, at(2026, 11, 26, 18))
    take(made, cast.guilan, now)
    return made


def kinds(**of):
    return sorted(Notice.objects.filter(kind__startswith="REMINDER", **of).values_list("kind", flat=True))


def test_nothing_is_due_a_week_before(group, now):
    assert remind(now=now) == 0


@pytest.mark.parametrize(
    ("now_", "expected"),
    [
        (at(2026, 11, 25, 17, 59), []),
        (at(2026, 11, 25, 18, 0), ["REMINDER_24H"]),
        (at(2026, 11, 26, 15, 59), ["REMINDER_24H"]),
        (at(2026, 11, 26, 16, 0), ["REMINDER_2H"]),  # less than 2 h: no more "tomorrow"
        (at(2026, 11, 26, 17, 59), ["REMINDER_2H"]),
        (at(2026, 11, 26, 18, 0), []),
    ],
)
def test_when_which_reminder_is_due(group, now_, expected):
    assert remind(now=now_) == len(expected)
    assert kinds() == expected


@pytest.mark.sweep
def test_every_minute_for_a_day_gives_one_of_each(group, cast):
    moment, end = at(2026, 11, 25, 17), at(2026, 11, 26, 18, 30)
    while moment < end:
        remind(now=moment)
        moment += timedelta(minutes=7)
    assert kinds(recipient=cast.guilan) == ["REMINDER_24H", "REMINDER_2H"]


def test_an_outage_is_caught_up_with(group):
    assert remind(now=at(2026, 11, 26, 9)) == 1
    assert kinds() == ["REMINDER_24H"]


def test_what_it_says(group, now):
    remind(now=at(2026, 11, 25, 18))
    remind(now=at(2026, 11, 26, 16))
    day, hours = (Notice.objects.get(kind=kind) for kind in ("REMINDER_24H", "REMINDER_2H"))
    assert day.title == "11月26日 18:00 书法一班有课"
    assert hours.title == "今天 18:00 书法一班上课"
    for notice in (day, hours):
        assert "通信花园社区党群服务中心 教室1" in notice.body
        assert "毛笔" in notice.body


def test_tomorrows_reminder_keeps_quiet_hours_and_the_two_hour_one_does_not(group, cast, now):
    early = courses.class_group(cast.center, now, name="太极拳一班")
    courses.session(early, at(2026, 11, 26, 8, 30))
    take(early, cast.guilan, now)
    late = at(2026, 11, 25, 22)
    remind(now=late)
    notice = Notice.objects.get(kind="REMINDER_24H", about_id=early.sessions.get().pk)
    assert (notice.due_at, notice.quiet) == (at(2026, 11, 26, 8), True)
    deliver_due(now=late)
    notice.refresh_from_db()
    assert notice.dispatched_at is None
    dawn = at(2026, 11, 26, 6, 30)
    remind(now=dawn)
    notice = Notice.objects.get(kind="REMINDER_2H")
    assert (notice.due_at, notice.quiet) == (dawn, False)


@pytest.mark.parametrize(
    "state", [s for s in EnrolmentState if s not in {EnrolmentState.SEATED, EnrolmentState.OFFERED}]
)
def test_only_who_sits_there_is_reminded(group, cast, now, state):
    courses.seat(group, cast.elder, now, state=state)
    remind(now=at(2026, 11, 25, 18))
    assert not Notice.objects.filter(recipient=cast.elder).exists()


@pytest.mark.parametrize("state", [SessionState.CANCELLED, SessionState.MOVED, SessionState.HELD])
def test_only_what_takes_place_is_reminded_of(group, state):
    Session.objects.update(state=state, reason="停电")
    assert remind(now=at(2026, 11, 25, 18)) == 0


def test_by_session_only_who_enrolled_in_that_session(cast, now):
    made = courses.class_group(cast.center, now, name="微党课", enrol_by=EnrolBy.SESSION)
    first = courses.session(made, at(2026, 11, 26, 18), capacity=5)
    second = courses.session(made, at(2026, 12, 3, 18), capacity=5)
    one, two = crowd(cast, 2)
    take(made, one, now, session_id=first.pk)
    take(made, two, now, session_id=second.pk)
    assert remind(now=at(2026, 11, 25, 18)) == 1
    assert Notice.objects.get(kind="REMINDER_24H").recipient == one


def test_who_takes_a_seat_late_is_reminded_too(group, cast, now):
    remind(now=at(2026, 11, 25, 18))
    (late,) = crowd(cast, 1)
    take(group, late, now)
    assert remind(now=at(2026, 11, 25, 19)) == 1
    assert kinds(recipient=late) == ["REMINDER_24H"]


def test_a_pass_costs_the_same_however_many_are_reminded(group, cast, now, django_assert_num_queries):
    for person in crowd(cast, 8):
        take(group, person, now)
    with django_assert_num_queries(7):  # one look ahead, 2 kinds x 2 ways to enrol, a savepoint
        assert remind(now=at(2026, 11, 25, 18)) == 9


def test_a_pass_with_nothing_ahead_is_one_question(db, now, django_assert_num_queries):
    with django_assert_num_queries(3):  # and the savepoint around it
        remind(now=now)

"""The dates of a class: planned over holidays, cancelled, moved; rooms and teachers in one place only."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from centers.models import CalendarDay
from courses.actions.classes import cancel_class
from courses.actions.enrolment import lapse_offers, withdraw
from courses.actions.reminders import remind
from courses.actions.sessions import cancel_session, move_session, plan_sessions
from courses.models.enrolment import Enrolment
from courses.models.session import Session, SkippedDate
from courses.rules import ClassState, EnrolBy, EnrolmentState, Makeup, SessionState
from notices.actions import deliver_due
from notices.models import Delivery, Notice
from people.models import Person
from tests.factories import courses
from tests.factories.courses import at, crowd, take
from tests.factories.stages import put
from tests.refusals import refused

S = EnrolmentState


def autumn(cast, now, **fields):
    """A class over National Day: Thursdays 18:00-19:00 unless told otherwise."""
    span = {"starts_on": date(2026, 9, 24), "ends_on": date(2026, 10, 15)}
    slots = [(4, time(18), time(19))]
    return courses.class_group(cast.center, now, **{"slots": slots, **span, **fields})


def plan(cast, group, now, **more):
    return plan_sessions(class_id=group.pk, by=cast.worker, now=now, **more)


def test_planning_over_national_day(cast, now):
    group = autumn(cast, now)
    assert [s.starts_at for s in plan(cast, group, now)] == [
        at(2026, 9, 24, 18),
        at(2026, 10, 8, 18),
        at(2026, 10, 15, 18),
    ]
    assert [s.number for s in group.sessions.all()] == [1, 2, 3]
    assert [(s.day, s.reason) for s in group.skipped_dates.all()] == [(date(2026, 10, 1), "国庆节放假")]


@pytest.mark.parametrize(("makeup", "met"), [(Makeup.SKIP, []), (Makeup.HOLD, [at(2026, 10, 10, 18)])])
def test_planning_on_a_make_up_day(cast, now, makeup, met):
    span = {"starts_on": date(2026, 10, 5), "ends_on": date(2026, 10, 11)}
    group = autumn(cast, now, slots=[(6, time(18), time(19))], makeup=makeup, **span)
    assert [s.starts_at for s in plan(cast, group, now)] == met
    assert list(group.skipped_dates.values_list("reason", flat=True)) == ([] if met else ["国庆节调休上班"])


def test_planning_over_new_year(cast, now):
    group = autumn(
        cast, now, slots=[(5, time(18), time(19))], starts_on=date(2026, 12, 25), ends_on=date(2027, 1, 8)
    )
    assert [s.starts_at.date() for s in plan(cast, group, now)] == [date(2026, 12, 25), date(2027, 1, 8)]
    assert SkippedDate.objects.get().reason == "元旦放假"


def test_a_calendar_year_not_loaded(cast, now):
    CalendarDay.objects.filter(day__year=2027).delete()
    group = autumn(cast, now, starts_on=date(2026, 12, 25), ends_on=date(2027, 1, 8))
    error = refused("CALENDAR_UNKNOWN", plan_sessions, class_id=group.pk, by=cast.worker, now=now)
    assert "2027" in str(error)
    assert not Session.objects.exists()
    assert len(plan(cast, group, now, until=date(2026, 12, 31))) == 1


def test_planning_again_adds_only_what_is_missing(cast, now):
    group = autumn(cast, now)
    first, second, third = plan(cast, group, now)
    assert plan(cast, group, now) == []
    early = at(2026, 9, 20)
    cancel_session(session_id=first.pk, reason="停电", by=cast.worker, now=early)
    moved = move_session(
        session_id=second.pk,
        starts_at=at(2026, 10, 9, 18),
        ends_at=at(2026, 10, 9, 19),
        reason="换时间",
        by=cast.worker,
        now=early,
    )
    group.ends_on = date(2026, 10, 22)
    group.save()
    (added,) = plan(cast, group, now)
    assert (added.number, added.starts_at) == (4, at(2026, 10, 22, 18))
    numbers = sorted(group.sessions.exclude(state=SessionState.MOVED).values_list("number", "starts_at"))
    assert [number for number, _starts in numbers] == [1, 2, 3, 4]
    assert moved.number == 2
    assert third.number == 3
    assert SkippedDate.objects.count() == 1


def test_planning_refuses(cast, now):
    group = autumn(cast, now)
    for by in (cast.other_worker, cast.grid_worker, cast.guilan.user):
        refused("NOT_ALLOWED", plan_sessions, class_id=group.pk, by=by, now=now)
    refused("NOT_ALLOWED", plan_sessions, class_id=0, by=cast.worker, now=now)
    group.slots.all().delete()
    refused("NO_SLOTS", plan_sessions, class_id=group.pk, by=cast.worker, now=now)


def test_a_room_is_in_one_place_at_one_time(cast, now):
    room = cast.center.rooms.first()
    plan(cast, autumn(cast, now, name="书法一班", room=room), now)
    group = autumn(cast, now, name="声乐一班", room=room, slots=[(4, time(18, 30), time(20))])
    error = refused("ROOM_TAKEN", plan_sessions, class_id=group.pk, by=cast.worker, now=now)
    assert "书法一班" in str(error)
    assert room.name in str(error)
    assert not group.sessions.exists()
    assert not group.skipped_dates.exists()


def test_one_class_may_begin_when_the_other_ends(cast, now):
    room = cast.center.rooms.first()
    plan(cast, autumn(cast, now, room=room), now)
    later = autumn(cast, now, room=room, slots=[(4, time(19), time(20))])
    assert len(plan(cast, later, now)) == 3


def test_a_teacher_is_in_one_place_at_one_time(cast, now):
    teacher = courses.teacher("陈国华")
    plan(cast, autumn(cast, now, name="书法一班", teacher=teacher), now)
    group = autumn(cast, now, name="书法二班", teacher=teacher)
    error = refused("TEACHER_TAKEN", plan_sessions, class_id=group.pk, by=cast.worker, now=now)
    assert "陈国华" in str(error)


def test_overlapping_slots_of_one_class(cast, now):
    slots = [(4, time(18), time(19)), (4, time(18, 30), time(19, 30))]
    group = autumn(cast, now, room=cast.center.rooms.first(), slots=slots)
    error = refused("ROOM_TAKEN", plan_sessions, class_id=group.pk, by=cast.worker, now=now)
    assert "重叠" in str(error)


@pytest.mark.parametrize("holder", ["room", "teacher"])
def test_the_database_refuses_two_classes_in_one_place(cast, now, holder):
    given = {"room": cast.center.rooms.first()} if holder == "room" else {"teacher": courses.teacher()}
    one, two = (courses.class_group(cast.center, now, **given) for _ in range(2))
    session = courses.session(one, now)
    with pytest.raises(IntegrityError, match=f"session_{holder}_free"), transaction.atomic():
        courses.session(two, now + timedelta(minutes=59))
    Session.objects.filter(pk=session.pk).update(state=SessionState.CANCELLED, reason="停电")
    courses.session(two, now + timedelta(minutes=59))


@pytest.fixture
def group(cast, now):
    made = courses.class_group(cast.center, now, name="书法一班", room=cast.center.rooms.first())
    courses.session(made, now + timedelta(days=3))
    return made


def test_cancelling_tells_everyone_seated_and_phones_who_has_no_account(cast, group, now):
    take(group, cast.guilan, now)
    courses.seat(group, cast.elder, now)
    session = group.sessions.get()
    for _ in range(2):
        done = cancel_session(session_id=session.pk, reason=" 停电 ", by=cast.worker, now=now)
        assert (done.state, done.reason) == (SessionState.CANCELLED, "停电")
    notices = Notice.objects.filter(kind="SESSION_CANCELLED")
    assert {n.recipient for n in notices} == {cast.guilan, cast.elder}
    assert "停电" in notices.first().body
    assert all(n.due_at == now and not n.quiet for n in notices)
    deliver_due(now=now)
    assert [d.notice.recipient for d in Delivery.objects.filter(channel="CALL_LIST")] == [cast.elder]


def test_cancelling_takes_back_the_reminders_not_sent(cast, group, now):
    take(group, cast.guilan, now)
    evening = now + timedelta(days=2, hours=8)
    remind(now=evening)
    assert Notice.objects.get(kind="REMINDER_24H").withdrawn_at is None
    cancel_session(session_id=group.sessions.get().pk, reason="停电", by=cast.worker, now=evening)
    assert Notice.objects.get(kind="REMINDER_24H").withdrawn_at == evening


def test_cancelling_refuses(cast, group, now):
    session = group.sessions.get()
    refused("REASON_NEEDED", cancel_session, session_id=session.pk, reason=" ", by=cast.worker, now=now)
    refused(
        "NOT_ALLOWED",
        cancel_session,
        session_id=session.pk,
        reason="x",
        by=cast.other_worker,
        now=now,
    )
    refused("NOT_ALLOWED", cancel_session, session_id=0, reason="x", by=cast.worker, now=now)
    for state in (SessionState.HELD, SessionState.MOVED):
        put(Session.objects.filter(pk=session.pk), state=state, reason="x")
        refused("SESSION_OVER", cancel_session, session_id=session.pk, reason="x", by=cast.worker, now=now)


def lesson(cast, now, capacity=2):
    """A class enrolled session by session: two seats, four people, two of them in line."""
    made = courses.class_group(cast.center, now, name="微党课", enrol_by=EnrolBy.SESSION)
    session = courses.session(made, now + timedelta(days=2), capacity=capacity)
    persons = crowd(cast, 4)
    return session, [take(made, person, now, session_id=session.pk) for person in persons]


def test_cancelling_a_session_people_enrolled_in_frees_them_and_tells_the_line_too(cast, now):
    session, enrolled = lesson(cast, now)
    cancel_session(session_id=session.pk, reason="讲师生病", by=cast.worker, now=now)
    assert Notice.objects.filter(kind="SESSION_CANCELLED").count() == 4
    assert not Enrolment.objects.live().exists()
    assert {e.reason for e in Enrolment.objects.all()} == {"讲师生病"}
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_taken) == (0, 0)
    refused(
        "MOVE_REFUSED",
        withdraw,
        enrolment_id=enrolled[0].pk,
        by=enrolled[0].person.user,
        now=now,
    )
    assert not Notice.objects.filter(kind="OFFERED").exists()


def test_moving_keeps_number_seats_and_line(cast, now):
    session, enrolled = lesson(cast, now)
    new = move_session(
        session_id=session.pk,
        starts_at=now + timedelta(days=4),
        ends_at=now + timedelta(days=4, hours=1),
        reason="礼堂占用",
        by=cast.worker,
        now=now,
    )
    session.refresh_from_db()
    new.refresh_from_db()
    assert (session.state, session.moved_to, new.number, new.state) == ("MOVED", new, 1, "PLANNED")
    assert (new.seats_taken, new.waiting_taken, new.last_position) == (2, 2, 4)
    assert (session.seats_taken, session.waiting_taken) == (0, 0)
    assert Notice.objects.filter(kind="SESSION_MOVED", about_id=session.pk).count() == 4
    gone = withdraw(enrolment_id=enrolled[0].pk, by=enrolled[0].person.user, now=now)
    assert gone.session == new
    enrolled[2].refresh_from_db()
    assert enrolled[2].state == S.OFFERED


def test_moving_tells_when_and_reminds_of_the_new_time(cast, group, now):
    take(group, cast.guilan, now)
    session = group.sessions.get()
    day_before = session.starts_at - timedelta(hours=24)
    remind(now=day_before)
    room = group.center.rooms.last()
    later = session.starts_at + timedelta(days=1)
    new = move_session(
        session_id=session.pk,
        starts_at=later,
        ends_at=later + timedelta(hours=1),
        reason="换教室",
        by=cast.worker,
        now=day_before,
        room_id=room.pk,
    )
    assert new.room == room
    notice = Notice.objects.get(kind="SESSION_MOVED")
    assert "11月29日" in notice.body
    assert Notice.objects.get(kind="REMINDER_24H", about_id=session.pk).withdrawn_at == day_before
    assert remind(now=day_before + timedelta(days=1)) == 1
    assert Notice.objects.get(kind="REMINDER_24H", about_id=new.pk).recipient == cast.guilan


def moving(cast, session, now, **fields):
    values = {
        "starts_at": now + timedelta(days=4),
        "ends_at": now + timedelta(days=4, hours=1),
        "reason": "停电",
    }
    return {"session_id": session.pk, "by": cast.worker, "now": now, **values, **fields}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("REASON_NEEDED", {"reason": ""}),
        ("BAD_TIME", {"starts_at": at(2026, 11, 25, 13), "ends_at": at(2026, 11, 25, 15)}),
        ("BAD_TIME", {"starts_at": at(2026, 11, 29, 18), "ends_at": at(2026, 11, 29, 18)}),
    ],
)
def test_moving_refuses(cast, group, now, code, fields):
    refused(code, move_session, **moving(cast, group.sessions.get(), now, **fields))
    assert group.sessions.get().state == SessionState.PLANNED


def test_moving_refuses_who_and_when(cast, group, now):
    session = group.sessions.get()
    refused("NOT_ALLOWED", move_session, **moving(cast, session, now, by=cast.other_worker))
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    refused("SESSION_OVER", move_session, **moving(cast, session, now))


def test_moving_into_a_taken_room_changes_nothing(cast, group, now):
    other = courses.class_group(cast.center, now, name="声乐一班", room=group.room)
    courses.session(other, now + timedelta(days=4, minutes=30))
    error = refused("ROOM_TAKEN", move_session, **moving(cast, group.sessions.get(), now))
    assert "声乐一班" in str(error)
    assert group.sessions.get().state == SessionState.PLANNED
    assert not Notice.objects.exists()


def test_a_seat_given_up_after_the_session_is_offered_to_nobody(cast, now):
    session, enrolled = lesson(cast, now)
    late = session.ends_at + timedelta(hours=1)
    withdraw(enrolment_id=enrolled[0].pk, by=enrolled[0].person.user, now=late)
    assert not Enrolment.objects.filter(state=S.OFFERED).exists()


def test_an_offer_of_a_class_that_is_over_goes_to_nobody(cast, group, now):
    """Between the last day and the nightly pass a class is over, but still RUNNING."""
    group.capacity, group.state = 1, ClassState.RUNNING
    group.save()
    first, second, third = (take(group, person, now) for person in crowd(cast, 3))
    withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    cancel_class(class_id=group.pk, reason="停办", by=cast.worker, now=now)
    assert lapse_offers(now=now + timedelta(days=3)) == 0
    assert {e.state for e in (second, third) if not e.refresh_from_db()} == {S.REMOVED}


def test_people_of_a_class_are_told_once_whatever_the_number_of_moves(cast, group, now):
    take(group, cast.guilan, now)
    session = group.sessions.get()
    for days in (1, 2, 3):
        starts = now + timedelta(days=3 + days)
        session = move_session(
            **{**moving(cast, session, now), "starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        )
    assert Notice.objects.filter(kind="SESSION_MOVED").count() == 3
    assert Person.objects.filter(notices__kind="SESSION_MOVED").distinct().count() == 1

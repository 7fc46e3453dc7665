"""Courses: seats, sessions, classes, registers, teaching."""

import json
from datetime import date, datetime, timedelta

from courses.actions.attendance import mark_attendance
from courses.actions.classes import cancel_class, change_capacity, message_class, publish_class, turn_classes
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
from courses.actions.registers.lifecycle import confirm_register, undo_register, upload_register
from courses.actions.rosters import enrol_newcomer, reveal_roster
from courses.actions.sessions import cancel_session, move_session, plan_sessions
from courses.actions.teaching import record_teaching
from courses.models.catalogue import ClassGroup, WeeklySlot
from courses.models.enrolment import Enrolment
from courses.models.register import RegisterImport, RegisterKind, RegisterRow
from courses.models.session import Session
from courses.rules import ClassState, EnrolBy, EnrolChannel, Mark
from notices.actions import deliver_due
from tests.cast import Cast
from tests.factories import courses, volunteers
from tests.factories import people as folk
from tests.scenes import Play, story

BOTH = (EnrolBy.CLASS, EnrolBy.SESSION)


def full(cast: Cast, now: datetime, by: str) -> tuple[ClassGroup, Session, Enrolment]:
    """A class of one seat that is taken, with somebody waiting; seats are counted by class or session."""
    group = courses.class_group(cast.center, now, enrol_by=by, capacity=1, name=f"书法{by}班")
    session = courses.session(group, now + timedelta(days=2))
    chosen = session.pk if by == EnrolBy.SESSION else None
    first, _next = (
        enrol(class_id=group.pk, person=person, by=person.user, now=now, session_id=chosen)
        for person in (cast.guilan, folk.resident("李秀英", cast.city["community"]))
    )
    return group, session, first


@story(enrol, withdraw, decline_offer, accept_offer, remove)
def one_seat(play: Play, cast: Cast, now: datetime) -> None:
    for by in BOTH:
        group, session, first = full(cast, now, by)
        chosen = session.pk if by == EnrolBy.SESSION else None
        who = {"person": cast.stranger, "by": cast.stranger.user, "now": now}
        play(enrol, class_id=group.pk, **who, session_id=chosen)
        told = {"person": cast.elder, "by": cast.worker, "channel": EnrolChannel.COUNTER, "now": now}
        last = play(enrol, class_id=group.pk, **told, session_id=chosen)
        withdraw(enrolment_id=last.pk, by=cast.worker, now=now)
        play(withdraw, enrolment_id=first.pk, by=cast.guilan.user, now=now)
        offered = group.enrolments.get(state="OFFERED")
        play(decline_offer, enrolment_id=offered.pk, by=offered.person.user, now=now)
        offered = group.enrolments.get(state="OFFERED")
        play(accept_offer, enrolment_id=offered.pk, by=cast.stranger.user, now=now)
        play(remove, enrolment_id=offered.pk, by=cast.worker, now=now, reason="搬走了")


@story(accept_offer, decline_offer, withdraw, remove, lapse_offers)
def an_offer_that_is_told_by_telephone(play: Play, cast: Cast, now: datetime) -> None:
    """Somebody stands in line behind her, who has no account: her call leaves the list, the seat goes on."""
    ends = {accept_offer: {}, decline_offer: {}, withdraw: {}, remove: {"reason": "搬走了"}, lapse_offers: {}}
    for number, (end, more) in enumerate(ends.items()):
        group = courses.class_group(cast.center, now, name=f"书法{number}班", capacity=1)
        line = [folk.person(name, home=cast.city["community"]) for name in ("李秀英", "高远", "林小满")]
        told = {"by": cast.worker, "now": now}
        seats = [enrol(class_id=group.pk, person=one, channel=EnrolChannel.COUNTER, **told) for one in line]
        withdraw(enrolment_id=seats[0].pk, **told)
        deliver_due(now=now)
        if end is lapse_offers:
            play(end, now=now + timedelta(days=3))
        else:
            play(end, enrolment_id=seats[1].pk, **more, **told)
        play.locked(end, "courses_enrolment", "notices_delivery")


@story(lapse_offers)
def offers_lapse(play: Play, cast: Cast, now: datetime) -> None:
    for by in BOTH:
        *_, first = full(cast, now, by)
        withdraw(enrolment_id=first.pk, by=cast.guilan.user, now=now)
        assert play(lapse_offers, now=now + timedelta(days=3)) == 1


@story(move_session, mark_attendance, cancel_session)
def a_session_is_moved_marked_and_cancelled(play: Play, cast: Cast, now: datetime) -> None:
    for by in BOTH:
        group, session, first = full(cast, now, by)
        later = now + timedelta(days=3)
        moved = play(
            move_session,
            session_id=session.pk,
            starts_at=later,
            ends_at=later + timedelta(hours=1),
            reason="停电",
            by=cast.worker,
            now=now,
        )
        for mark in (Mark.PRESENT, Mark.LATE):
            play(
                mark_attendance,
                session_id=moved.pk,
                marks={first.pk: mark},
                by=cast.worker,
                now=later + timedelta(hours=1),
            )
        other = courses.session(group, now + timedelta(days=9))
        play(cancel_session, session_id=other.pk, reason="停电", by=cast.worker, now=now)
        Session.objects.all().update(room=None)


@story(change_capacity, message_class, cancel_class)
def a_class_is_changed_and_cancelled(play: Play, cast: Cast, now: datetime) -> None:
    for by in BOTH:
        group, *_ = full(cast, now, by)
        play(change_capacity, class_id=group.pk, capacity=3, by=cast.worker, now=now)
        play(message_class, class_id=group.pk, text="带毛笔", key="1", by=cast.worker, now=now)
        play(cancel_class, class_id=group.pk, reason="老师病了", by=cast.worker, now=now)


@story(publish_class, plan_sessions)
def a_class_is_planned_and_published(play: Play, cast: Cast, now: datetime) -> None:
    group = courses.class_group(cast.center, now, name="书法一班", state=ClassState.DRAFT)
    if not group.slots.exists():
        WeeklySlot.objects.create(class_group=group, weekday=3, starts="09:00", ends="10:00")
    play(plan_sessions, class_id=group.pk, by=cast.worker, now=now, until=date(2026, 12, 20))
    play(publish_class, class_id=group.pk, by=cast.worker, now=now)


@story(turn_classes)
def classes_start_and_finish(play: Play, cast: Cast, now: datetime) -> None:
    for by in BOTH:
        group, *_ = full(cast, now, by)
        ClassGroup.objects.filter(pk=group.pk).update(starts_on=date(2026, 9, 7), ends_on=date(2026, 11, 20))
        assert play(turn_classes, now=now) == 1
    two_classes(cast, now)
    assert play(turn_classes, now=now) == 2


def two_classes(cast: Cast, now: datetime) -> list[ClassGroup]:
    course = courses.class_group(cast.center, now, name="书法三班").course
    ClassGroup.objects.filter(name="书法三班").delete()
    return [
        courses.class_group(cast.center, now, name=name, course=course) for name in ("书法一班", "书法二班")
    ]


@story(enrol_together, move_seat)
def two_classes_at_once(play: Play, cast: Cast, now: datetime) -> None:
    low, high = sorted(group.pk for group in two_classes(cast, now))
    by = cast.guilan.user
    seats = play(
        enrol_together,
        class_ids=[high, low],
        persons=[cast.guilan, cast.zixuan],
        by=by,
        now=now,
        all_or_none=False,
    )
    Enrolment.objects.filter(class_group=low).delete()
    seat = next(one for one in seats if isinstance(one, Enrolment) and one.class_group_id == high)
    play(move_seat, enrolment_id=seat.pk, to_class_id=low, by=cast.worker, now=now)


def register(cast: Cast, now: datetime, two: list[ClassGroup]) -> RegisterImport:
    """Two learners of a roster, the first one in the class with the higher id."""
    made = RegisterImport.objects.create(
        kind="ROSTER", division=cast.city["street"], term=two[0].term, file_name="x", by=cast.worker, at=now
    )
    names = ("full_name", "sex", "born_on", "phone", "home", "contact_name", "contact_phone", "remark")
    empty = {**dict.fromkeys((*names, "document_no"), ""), "person": None, "born_precision": "DAY"}
    for line, group in enumerate(sorted(two, key=lambda group: -group.pk)):
        data = {**empty, "full_name": f"新学员{line}", "classes": [group.name]}
        raw = json.dumps(data, ensure_ascii=False)
        RegisterRow.objects.create(register=made, line=line, verdict="GOOD", raw=raw)
    return made


@story(confirm_register, undo_register)
def a_roster_is_confirmed_and_undone(play: Play, cast: Cast, now: datetime) -> None:
    two = two_classes(cast, now)
    read = register(cast, now, two)
    play(confirm_register, register_id=read.pk, by=cast.worker, now=now)
    assert Enrolment.objects.filter(channel=EnrolChannel.IMPORT).count() == 2
    ClassGroup.objects.filter(pk__in=[one.pk for one in two]).update(capacity=1)
    for group in two:  # who waits is offered the seat that comes free
        enrol(class_id=group.pk, person=cast.stranger, by=cast.stranger.user, now=now)
    play(undo_register, register_id=read.pk, by=cast.worker, now=now)
    assert not Enrolment.objects.filter(channel=EnrolChannel.IMPORT).exists()
    assert Enrolment.objects.filter(state="OFFERED").count() == 2


@story(enrol_newcomer)
def somebody_new_at_the_desk(play: Play, cast: Cast, now: datetime) -> None:
    group = courses.class_group(cast.center, now)
    who = {"full_name": "高远", "phone": "13700000009", "by": cast.worker, "now": now}
    play(enrol_newcomer, class_id=group.pk, **who)


@story(record_teaching)
def a_lesson_is_recorded(play: Play, cast: Cast, now: datetime) -> None:
    teacher = courses.teacher("陈国华")
    teacher.person.home = cast.city["community"]
    teacher.person.save()
    volunteers.volunteer(teacher.person)
    group = courses.class_group(cast.center, now, name="书法一班", teacher=teacher)
    lesson = courses.session(group, now - timedelta(hours=3), teacher=teacher)
    seat = courses.seat(group, cast.guilan, now)
    mark_attendance(session_id=lesson.pk, marks={seat.pk: Mark.PRESENT}, by=cast.worker, now=now)
    assert play(record_teaching, now=now) == 1


@story()
def what_locks_no_row(play: Play, cast: Cast, now: datetime) -> None:
    group, *_ = full(cast, now, EnrolBy.CLASS)
    play(reveal_roster, class_id=group.pk, reason="通知停课", by=cast.worker, now=now)
    sheet = {"data": "姓名,电话,班级\n高远,13700000009,茶艺\n".encode(), "file_name": "名单.csv"}
    play(upload_register, kind=RegisterKind.ROSTER, **sheet, term=group.term, by=cast.worker, now=now)

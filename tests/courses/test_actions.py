"""Seats: who gets one, who waits, who is refused, what happens when somebody leaves."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

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
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.rules import ClassState, EnrolChannel, EnrolmentState
from notices.models import Notice
from people.models import Consent
from tests.factories import courses, people
from tests.factories.courses import crowd, take
from tests.factories.stages import put
from tests.refusals import refused

S = EnrolmentState


@pytest.fixture
def group(cast, now):
    made = courses.class_group(cast.center, now, name="书法一班", capacity=2, waiting_limit=2)
    courses.session(made, now + timedelta(days=3))
    return made


def test_a_resident_takes_a_seat_and_is_told(cast, group, now):
    enrolment = take(group, cast.guilan, now)
    assert enrolment.state == S.SEATED
    group.refresh_from_db()
    assert (group.seats_taken, group.waiting_taken, group.last_position) == (1, 0, 1)
    notice = Notice.objects.get(recipient=cast.guilan)
    assert notice.kind == "ENROLLED"
    assert "书法一班" in notice.body


def test_full_is_a_result_and_the_line_is_ordered(cast, group, now):
    states = [take(group, person, now) for person in crowd(cast, 4)]
    assert [e.state for e in states] == [S.SEATED, S.SEATED, S.WAITING, S.WAITING]
    assert [e.position for e in states] == [1, 2, 3, 4]
    assert [e.ahead() for e in states[2:]] == [0, 1]
    error = refused(
        "WAITING_FULL", enrol, class_id=group.pk, person=cast.guilan, by=cast.guilan.user, now=now
    )
    assert "候补都满" in str(error)


def test_twice_is_refused_and_changes_nothing(cast, group, now):
    take(group, cast.guilan, now)
    error = refused(
        "ALREADY_ENROLLED", enrol, class_id=group.pk, person=cast.guilan, by=cast.guilan.user, now=now
    )
    assert "王桂兰" in str(error)
    assert Enrolment.objects.count() == 1
    group.refresh_from_db()
    assert group.seats_taken == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"opens_at": timedelta(hours=1)}, "还没开始"),
        ({"closes_at": -timedelta(hours=1)}, "已经截止"),
        ({"state": ClassState.DRAFT}, "还没有开放"),
        ({"state": ClassState.CANCELLED, "state_reason": "老师生病"}, "老师生病"),
        ({"state": ClassState.FINISHED}, "已经结课"),
    ],
)
def test_not_open_says_why(cast, group, now, fields, words):
    values = {k: now + v if isinstance(v, timedelta) else v for k, v in fields.items()}
    put(ClassGroup.objects.filter(pk=group.pk), **values)
    error = refused("NOT_OPEN", enrol, class_id=group.pk, person=cast.guilan, by=cast.guilan.user, now=now)
    assert words in str(error)


def test_staff_add_after_the_window_but_not_to_a_cancelled_class(cast, group, now):
    ClassGroup.objects.filter(pk=group.pk).update(closes_at=now - timedelta(days=1))
    done = take(group, cast.elder, now, by=cast.worker, channel=EnrolChannel.COUNTER)
    assert done.state == S.SEATED
    ClassGroup.objects.filter(pk=group.pk).update(state=ClassState.CANCELLED)
    refused(
        "NOT_OPEN",
        enrol,
        class_id=group.pk,
        person=cast.zixuan,
        by=cast.worker,
        now=now,
        channel=EnrolChannel.COUNTER,
    )


def test_grandmother_enrols_her_grandson(cast, group, now):
    assert take(group, cast.zixuan, now, by=cast.guilan.user).state == S.SEATED


def test_someone_elses_ward_is_refused(cast, group, now):
    refused("NOT_ALLOWED", enrol, class_id=group.pk, person=cast.zixuan, by=cast.stranger.user, now=now)
    refused("NOT_ALLOWED", enrol, class_id=group.pk, person=cast.guilan, by=cast.stranger.user, now=now)


def test_under_14_needs_a_guardians_consent(cast, group, now):
    Consent.objects.filter(person=cast.zixuan).update(withdrawn_at=now)
    error = refused("NO_CONSENT", enrol, class_id=group.pk, person=cast.zixuan, by=cast.guilan.user, now=now)
    assert "监护人" in str(error)


def test_staff_of_another_street_are_refused(cast, group, now):
    refused(
        "NOT_ALLOWED",
        enrol,
        class_id=group.pk,
        person=cast.elder,
        by=cast.other_worker,
        now=now,
        channel=EnrolChannel.COUNTER,
    )
    refused(
        "NOT_ALLOWED",
        enrol,
        class_id=group.pk,
        person=cast.elder,
        by=cast.officer,
        now=now,
        channel=EnrolChannel.COUNTER,
    )


@pytest.mark.parametrize(
    ("born", "code"),
    [
        (date(2000, 1, 1), None),
        (date(1950, 1, 1), "NOT_ELIGIBLE"),
        (None, "NOT_ELIGIBLE"),
        (date(2010, 1, 1), "NOT_ELIGIBLE"),
    ],
)
def test_age_limits(cast, group, now, born, code):
    ClassGroup.objects.filter(pk=group.pk).update(min_age=18, max_age=45)
    person = people.resident("年轻人", born_on=born)
    if code is None:
        assert take(group, person, now).state == S.SEATED
    else:
        refused(code, enrol, class_id=group.pk, person=person, by=person.user, now=now)


def test_overlapping_classes_clash_unless_confirmed(cast, group, now):
    other = courses.class_group(cast.center, now, name="声乐一班")
    courses.session(other, now + timedelta(days=3, minutes=30))
    take(group, cast.guilan, now)
    error = refused("CLASH", enrol, class_id=other.pk, person=cast.guilan, by=cast.guilan.user, now=now)
    assert "书法一班" in str(error)
    assert take(other, cast.guilan, now, clash_confirmed=True).state == S.SEATED


def test_no_such_class(cast, now, db):
    refused("NO_SUCH_CLASS", enrol, class_id=99999, person=cast.guilan, by=cast.guilan.user, now=now)


def test_withdrawing_offers_the_seat_to_the_next_in_line(cast, group, now):
    first, _second, third, fourth = (take(group, person, now) for person in crowd(cast, 4))
    gone = withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    assert gone.state == S.WITHDRAWN
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.state, fourth.state) == (S.OFFERED, S.WAITING)
    assert third.offer_until == now + timedelta(hours=24)
    group.refresh_from_db()
    assert (group.seats_taken, group.waiting_taken) == (2, 1)
    assert Notice.objects.filter(recipient=third.person, kind="OFFERED").count() == 1


def test_an_offered_seat_cannot_be_grabbed(cast, group, now):
    first, *_rest = (take(group, person, now) for person in crowd(cast, 3))
    withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    assert take(group, cast.guilan, now).state == S.WAITING


def test_accepting_in_time_and_twice(cast, group, now):
    first, _second, third = (take(group, person, now) for person in crowd(cast, 3))
    withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    for _ in range(2):
        assert accept_offer(enrolment_id=third.pk, by=third.person.user, now=now).state == S.SEATED
    assert Notice.objects.filter(recipient=third.person, kind="ENROLLED").count() == 1


def test_an_expired_offer_is_gone_and_moves_on(cast, group, now):
    first, _second, third, fourth = (take(group, person, now) for person in crowd(cast, 4))
    withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    late = now + timedelta(hours=25)
    refused("OFFER_GONE", accept_offer, enrolment_id=third.pk, by=third.person.user, now=late)
    assert lapse_offers(now=late) == 1
    assert lapse_offers(now=late) == 0
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.state, fourth.state) == (S.LAPSED, S.OFFERED)
    refused("OFFER_GONE", accept_offer, enrolment_id=third.pk, by=third.person.user, now=late)


def test_declining_moves_on(cast, group, now):
    first, _second, third, fourth = (take(group, person, now) for person in crowd(cast, 4))
    withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    for _ in range(2):
        assert decline_offer(enrolment_id=third.pk, by=third.person.user, now=now).state == S.LAPSED
    fourth.refresh_from_db()
    assert fourth.state == S.OFFERED


def test_nobody_touches_what_is_not_theirs(cast, group, now):
    enrolment = take(group, cast.guilan, now)
    for by in (cast.stranger.user, cast.other_worker):
        refused("NOT_ALLOWED", withdraw, enrolment_id=enrolment.pk, by=by, now=now)
        refused("NOT_ALLOWED", accept_offer, enrolment_id=enrolment.pk, by=by, now=now)
    refused(
        "MOVE_REFUSED",
        remove,
        enrolment_id=enrolment.pk,
        by=cast.guilan.user,
        now=now,
        reason="我不想",
    )


def test_withdrawing_twice_changes_nothing(cast, group, now):
    enrolment = take(group, cast.guilan, now)
    for _ in range(2):
        assert withdraw(enrolment_id=enrolment.pk, by=cast.guilan.user, now=now).state == S.WITHDRAWN
    assert take(group, cast.guilan, now).state == S.SEATED


def test_staff_remove_with_a_reason(cast, group, now):
    enrolment = take(group, cast.guilan, now)
    refused("REASON_NEEDED", remove, enrolment_id=enrolment.pk, by=cast.worker, now=now, reason="  ")
    assert remove(enrolment_id=enrolment.pk, by=cast.worker, now=now, reason="重复登记").state == S.REMOVED
    assert "重复登记" in Notice.objects.get(kind="REMOVED").body


def test_more_seats_are_offered_at_once(cast, group, now):
    *_seated, third, fourth = (take(group, person, now) for person in crowd(cast, 4))
    change_capacity(class_id=group.pk, capacity=4, by=cast.worker, now=now)
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.state, fourth.state) == (S.OFFERED, S.OFFERED)
    refused("TOO_FEW", change_capacity, class_id=group.pk, capacity=3, by=cast.worker, now=now)


def test_more_seats_reach_every_session_ahead(cast, now):
    group = courses.class_group(cast.center, now, name="茶会", capacity=1, enrol_by="SESSION")
    session = courses.session(group, now + timedelta(days=2))
    first, second = crowd(cast, 2)
    take(group, first, now, session_id=session.pk)
    waiting = take(group, second, now, session_id=session.pk)
    assert waiting.state == S.WAITING
    change_capacity(class_id=group.pk, capacity=2, by=cast.worker, now=now)
    waiting.refresh_from_db()
    assert waiting.state == S.OFFERED
    accept_offer(enrolment_id=waiting.pk, by=second.user, now=now)
    refused("TOO_FEW", change_capacity, class_id=group.pk, capacity=1, by=cast.worker, now=now)


def test_by_session_one_names_the_session(cast, now):
    group = courses.class_group(cast.center, now, name="茶会", enrol_by="SESSION")
    session = courses.session(group, now + timedelta(days=2))
    over = courses.session(group, now - timedelta(days=2))
    args = {"class_id": group.pk, "person": cast.guilan, "by": cast.guilan.user, "now": now}
    refused("PICK_A_SESSION", enrol, **args)
    refused("NO_SUCH_CLASS", enrol, **args, session_id=999999)
    refused("NOT_OPEN", enrol, **args, session_id=over.pk)
    assert enrol(**args, session_id=session.pk).session == session
    refused("ALREADY_ENROLLED", enrol, **args, session_id=session.pk)


def test_moving_to_a_parallel_class(cast, group, now):
    twin = courses.class_group(cast.center, now, name="书法二班", course=group.course, capacity=1)
    enrolment = take(group, cast.guilan, now)
    waiting = [take(group, person, now) for person in crowd(cast, 2)][-1]
    new = move_seat(enrolment_id=enrolment.pk, to_class_id=twin.pk, by=cast.worker, now=now)
    assert (new.state, new.class_group) == (S.SEATED, twin)
    waiting.refresh_from_db()
    assert waiting.state == S.OFFERED
    full = take(group, cast.stranger, now)
    assert full.state == S.WAITING
    refused("MOVE_REFUSED", move_seat, enrolment_id=full.pk, to_class_id=twin.pk, by=cast.worker, now=now)
    refused(
        "NOT_ALLOWED",
        move_seat,
        enrolment_id=new.pk,
        to_class_id=group.pk,
        by=cast.guilan.user,
        now=now,
    )


def test_together_all_or_none(cast, group, now):
    first = people.resident("先到的人")
    take(group, first, now)
    refused(
        "WAITING_FULL",
        enrol_together,
        class_ids=[group.pk],
        persons=[cast.guilan, cast.zixuan],
        by=cast.guilan.user,
        now=now,
        all_or_none=True,
    )
    assert Enrolment.objects.count() == 1
    got = enrol_together(
        class_ids=[group.pk],
        persons=[cast.guilan, cast.zixuan],
        by=cast.guilan.user,
        now=now,
        all_or_none=False,
    )
    assert [one.state for one in got] == [S.SEATED, S.WAITING]


def test_the_database_refuses_one_seat_too_many(cast, group, now):
    for person in crowd(cast, 2):
        courses.seat(group, person, now)
    with pytest.raises(IntegrityError, match="not_oversold"), transaction.atomic():
        courses.seat(group, cast.guilan, now)


def test_the_database_refuses_two_live_enrolments(cast, group, now):
    courses.seat(group, cast.guilan, now)
    with pytest.raises(IntegrityError, match="one_live_enrolment"), transaction.atomic():
        courses.seat(group, cast.guilan, now, state=S.WAITING)


def test_a_stale_save_does_not_undo_the_count(cast, group, now):
    stale = ClassGroup.objects.get(pk=group.pk)
    take(group, cast.guilan, now)
    stale.bring = "毛笔"
    stale.save()
    group.refresh_from_db()
    assert (group.bring, group.seats_taken) == ("毛笔", 1)


def test_cancelling_a_class_tells_everybody(cast, group, now):
    for person in crowd(cast, 3):
        take(group, person, now)
    refused("REASON_NEEDED", cancel_class, class_id=group.pk, reason="", by=cast.worker, now=now)
    for _ in range(2):
        cancel_class(class_id=group.pk, reason="教室维修", by=cast.worker, now=now)
    assert Notice.objects.filter(kind="CLASS_CANCELLED").count() == 3
    assert not Enrolment.objects.live().exists()
    assert not group.sessions.live().exists()


def test_classes_turn_by_date(cast, group, now):
    take(group, cast.guilan, now)
    assert turn_classes(now=now) == 1
    group.refresh_from_db()
    assert group.state == ClassState.RUNNING
    assert turn_classes(now=now + timedelta(days=60)) == 1
    group.refresh_from_db()
    assert group.state == ClassState.FINISHED
    assert Enrolment.objects.get().state == S.COMPLETED

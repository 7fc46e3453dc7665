"""Seats under real concurrency: threads on the real database."""

import contextlib
import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models import F

from common.errors import DomainError
from courses.actions import enrolment as enrolment_actions
from courses.actions.classes import change_capacity, message_class
from courses.actions.sessions import move_session, plan_sessions
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import EnrolmentState
from notices.models import Notice
from people.models import Person, User
from tests.common.faults import found
from tests.factories import courses, people
from tests.races.crowd import OUT_OF_ORDER, at_once, query

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
S = EnrolmentState


def crowd(cast, count):
    return [people.resident("居民", cast.city["community"]) for _ in range(count)]


def enrolling(group, person, now, **more):
    return lambda: enrolment_actions.enrol(class_id=group.pk, person=person, by=person.user, now=now, **more)


def states(results):
    return sorted(one.code if isinstance(one, DomainError) else one.state for one in results)


def test_fifty_people_want_the_last_seat(cast, now, commit_order):
    group = courses.class_group(cast.center, now, capacity=1, waiting_limit=19)
    results = at_once([enrolling(group, person, now) for person in crowd(cast, 50)])
    assert states(results) == [S.SEATED] + [S.WAITING] * 19 + ["WAITING_FULL"] * 30
    group.refresh_from_db()
    assert (group.seats_taken, group.waiting_taken, group.last_position) == (1, 19, 20)
    assert sorted(Enrolment.objects.values_list("position", flat=True)) == list(range(1, 21))
    assert not query(OUT_OF_ORDER)
    assert not found(beside="race_note")


def test_fifty_people_want_the_last_seat_of_one_session(cast, now):
    group = courses.class_group(cast.center, now, capacity=1, waiting_limit=5, enrol_by="SESSION")
    session = courses.session(group, now + timedelta(days=2), waiting_limit=5)
    results = at_once([enrolling(group, person, now, session_id=session.pk) for person in crowd(cast, 50)])
    assert states(results) == [S.SEATED] + [S.WAITING] * 5 + ["WAITING_FULL"] * 44
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_taken) == (1, 5)
    assert not found()


def test_the_same_person_taps_twenty_times(cast, now):
    group = courses.class_group(cast.center, now)
    results = at_once([enrolling(group, cast.guilan, now)] * 20)
    assert states(results) == ["ALREADY_ENROLLED"] * 19 + [S.SEATED]
    group.refresh_from_db()
    assert group.seats_taken == 1
    assert Notice.objects.filter(kind="ENROLLED").count() == 1


def test_the_same_seat_is_given_up_twenty_times(cast, now):
    group = courses.class_group(cast.center, now, capacity=1)
    seated = enrolling(group, cast.guilan, now)()
    line = [enrolling(group, person, now)() for person in crowd(cast, 5)]
    at_once([lambda: enrolment_actions.withdraw(enrolment_id=seated.pk, by=cast.guilan.user, now=now)] * 20)
    got = Enrolment.objects.filter(pk__in=[e.pk for e in line]).order_by("position")
    assert [e.state for e in got] == [S.OFFERED] + [S.WAITING] * 4
    assert not found()


def test_an_offer_is_accepted_and_lapses_at_the_same_moment(cast, now):
    """Whoever comes first wins, and exactly one of both happens."""
    for _ in range(10):
        group = courses.class_group(cast.center, now, capacity=1)
        first, second, third = (enrolling(group, person, now)() for person in crowd(cast, 3))
        enrolment_actions.withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
        second.refresh_from_db()
        until = second.offer_until

        def accept(one=second, at=until - timedelta(seconds=1)):
            return enrolment_actions.accept_offer(enrolment_id=one.pk, by=one.person.user, now=at)

        results = at_once([accept, lambda at=until: enrolment_actions.lapse_offers(now=at)])
        second.refresh_from_db()
        third.refresh_from_db()
        if isinstance(results[0], DomainError):
            assert (second.state, third.state, results[1]) == (S.LAPSED, S.OFFERED, 1)
        else:
            assert (second.state, third.state, results[1]) == (S.SEATED, S.WAITING, 0)
    assert not found()


def test_two_sweeps_pass_on_each_seat_once(cast, now):
    for _ in range(6):
        group = courses.class_group(cast.center, now, capacity=1)
        first, *_line = (enrolling(group, person, now)() for person in crowd(cast, 3))
        enrolment_actions.withdraw(enrolment_id=first.pk, by=first.person.user, now=now)
    late = now + timedelta(days=2)
    counts = at_once([lambda: enrolment_actions.lapse_offers(now=late)] * 4)
    assert sum(counts) == 6
    assert Enrolment.objects.filter(state=S.LAPSED).count() == 6
    assert Enrolment.objects.filter(state=S.OFFERED).count() == 6
    assert Notice.objects.filter(kind="OFFER_LAPSED").count() == 6
    assert Notice.objects.filter(kind="OFFERED").count() == 12
    assert not found()


def test_two_families_want_the_same_two_classes_in_opposite_order(cast, now):
    """Classes are locked in ascending id: nobody waits for each other in a circle."""
    one, two = (courses.class_group(cast.center, now, capacity=20) for _ in range(2))

    def together(ids, person):
        return lambda: enrolment_actions.enrol_together(
            class_ids=ids, persons=[person], by=person.user, now=now, all_or_none=True
        )

    acts = []
    for number, person in enumerate(crowd(cast, 20)):
        ids = [one.pk, two.pk] if number % 2 else [two.pk, one.pk]
        acts.append(together(ids, person))
    for result in at_once(acts):
        assert [e.state for e in result] == [S.SEATED, S.SEATED]
    assert not found()


def test_seats_move_both_ways_between_parallel_classes(cast, now):
    one = courses.class_group(cast.center, now, name="书法一班", capacity=12)
    two = courses.class_group(cast.center, now, name="书法二班", course=one.course, capacity=12)
    here = [enrolling(one, person, now)() for person in crowd(cast, 8)]
    there = [enrolling(two, person, now)() for person in crowd(cast, 8)]
    worker = User.objects.get(pk=cast.worker.pk)

    def move(enrolment, to):
        return lambda: enrolment_actions.move_seat(
            enrolment_id=enrolment.pk, to_class_id=to.pk, by=worker, now=now
        )

    at_once([move(e, two) for e in here] + [move(e, one) for e in there])
    assert not found()
    assert Enrolment.objects.filter(state=S.SEATED).count() == 16


class Hubbub:
    """Everything that can happen to a class, at random, for a while."""

    def __init__(self, cast, now, group, persons):
        self.cast, self.now, self.group, self.persons = cast, now, group, persons
        self.unexpected: list[BaseException] = []
        self.count = 0

    def _somebodys(self, rng, *states):
        hers = Enrolment.objects.filter(class_group=self.group, state__in=states).select_related(
            "person__user"
        )
        rows = list(hers.order_by("?")[:1])
        return rows[0] if rows else None

    def enrol(self, rng):
        enrolling(self.group, rng.choice(self.persons), self.now)()

    def withdraw(self, rng):
        if one := self._somebodys(rng, S.SEATED, S.WAITING, S.OFFERED):
            enrolment_actions.withdraw(enrolment_id=one.pk, by=one.person.user, now=self.now)

    def accept(self, rng):
        if one := self._somebodys(rng, S.OFFERED):
            enrolment_actions.accept_offer(enrolment_id=one.pk, by=one.person.user, now=self.now)

    def decline(self, rng):
        if one := self._somebodys(rng, S.OFFERED):
            enrolment_actions.decline_offer(enrolment_id=one.pk, by=one.person.user, now=self.now)

    def remove(self, rng):
        if one := self._somebodys(rng, S.SEATED, S.OFFERED):
            enrolment_actions.remove(enrolment_id=one.pk, by=self.cast.worker, now=self.now, reason="调整")

    def lapse(self, rng):
        enrolment_actions.lapse_offers(now=self.now + timedelta(days=2))

    def resize(self, rng):
        change_capacity(class_id=self.group.pk, capacity=rng.randint(3, 9), by=self.cast.worker, now=self.now)

    def tell(self, rng):
        message_class(class_id=self.group.pk, text="带水杯", key="1", by=self.cast.worker, now=self.now)

    def live(self, seed, until):
        rng = random.Random(seed)
        acts = [self.enrol] * 6 + [self.withdraw] * 3 + [self.accept] * 3
        acts += [self.decline, self.remove, self.lapse, self.resize, self.tell]
        try:
            while time.monotonic() < until:
                self.count += 1
                with contextlib.suppress(DomainError):  # a refusal is an answer
                    rng.choice(acts)(rng)
        except BaseException as error:
            self.unexpected.append(error)
        finally:
            connections.close_all()


def test_everything_at_once_for_some_seconds(cast, now, commit_order):
    group = courses.class_group(cast.center, now, capacity=5, waiting_limit=6)
    courses.session(group, now + timedelta(days=3))
    hubbub = Hubbub(cast, now, group, crowd(cast, 24))
    until = time.monotonic() + 4
    threads = [threading.Thread(target=hubbub.live, args=(seed, until)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not hubbub.unexpected, hubbub.unexpected
    assert hubbub.count > 100
    assert not found(beside="race_note")
    assert not query(OUT_OF_ORDER)
    group.refresh_from_db()
    assert group.seats_taken <= group.capacity
    assert Enrolment.objects.filter(class_group=group).count() == group.last_position
    in_order = query(
        "SELECT count(*) FROM courses_enrolment WHERE position > "
        f"(SELECT last_position FROM courses_classgroup WHERE id = {group.pk})"
    )
    assert in_order == [(0,)]
    doubled = Enrolment.objects.live().values("person").filter(class_group=group)
    assert doubled.count() == doubled.distinct().count()


def test_a_form_open_for_an_hour_does_not_put_back_an_old_count(cast, now):
    group = courses.class_group(cast.center, now, capacity=40)
    stale = [ClassGroup.objects.get(pk=group.pk) for _ in range(10)]

    def save(one):
        def act():
            one.bring = "毛笔"
            one.save()

        return act

    at_once([save(one) for one in stale] + [enrolling(group, person, now) for person in crowd(cast, 20)])
    group.refresh_from_db()
    assert (group.seats_taken, group.bring) == (20, "毛笔")


def test_two_classes_want_one_room_at_one_time(cast, now):
    room = cast.center.rooms.first()
    groups = [courses.class_group(cast.center, now, room=room, ends_on=now.date()) for _ in range(8)]

    def plan(group):
        worker = User.objects.get(pk=cast.worker.pk)
        return lambda: plan_sessions(class_id=group.pk, by=worker, now=now)

    results = at_once([plan(group) for group in groups])
    refused = [one for one in results if isinstance(one, DomainError)]
    assert {one.code for one in refused} == {"ROOM_TAKEN"}
    assert len(refused) == 7
    assert Session.objects.exclude(class_group__in=[]).count() == 2


def test_capacity_shrinks_while_people_enrol(cast, now):
    group = courses.class_group(cast.center, now, capacity=20)

    def shrink():
        return change_capacity(class_id=group.pk, capacity=10, by=cast.worker, now=now)

    at_once([enrolling(group, person, now) for person in crowd(cast, 20)] + [shrink] * 3)
    group.refresh_from_db()
    assert group.seats_taken <= group.capacity
    assert not ClassGroup.objects.filter(seats_taken__gt=F("capacity")).exists()
    assert Person.objects.filter(enrolments__state__in=[S.SEATED, S.WAITING]).count() == 20
    assert connection.connection is not None


def test_a_session_moves_while_people_leave_and_offers_lapse(cast, now):
    """An enrolment goes along with its session: who waited for the old pool must look again."""
    group = courses.class_group(cast.center, now, enrol_by="SESSION")
    session = courses.session(group, now + timedelta(days=5), capacity=6, waiting_limit=40)
    got = [enrolling(group, person, now, session_id=session.pk)() for person in crowd(cast, 24)]
    worker = User.objects.get(pk=cast.worker.pk)

    def move(number):
        def act():
            one = Session.objects.get(class_group=group, state="PLANNED")
            starts = now + timedelta(days=5 + number)
            more = {"starts_at": starts, "ends_at": starts + timedelta(hours=1), "reason": "停电"}
            return move_session(session_id=one.pk, by=worker, now=now, **more)

        return act

    def leave(enrolment):
        return lambda: enrolment_actions.withdraw(
            enrolment_id=enrolment.pk, by=enrolment.person.user, now=now
        )

    late = now + timedelta(days=2)
    for number in range(4):
        acts = [leave(one) for one in got[number * 3 : number * 3 + 3]]
        at_once(
            [
                move(number * 2 + 1),
                *acts,
                lambda: enrolment_actions.lapse_offers(now=late),
                move(number * 2 + 2),
            ]
        )
        assert not found()
    live = Session.objects.get(class_group=group, state="PLANNED")
    assert not Enrolment.objects.live().exclude(session=live).exists()

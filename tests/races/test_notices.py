"""Reminders and the outbox under real concurrency."""

from datetime import timedelta

import pytest

from common.errors import DomainError
from courses.actions.classes import cancel_class
from courses.actions.enrolment import withdraw
from courses.actions.reminders import remind
from courses.actions.sessions import move_session
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import SessionState
from notices import actions as outbox
from notices.models import Delivery, Notice
from people.models import User
from tests.factories import courses, people
from tests.races.crowd import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tomorrow(cast, now):
    """A class of thirty that meets in 23 hours."""
    group = courses.class_group(cast.center, now, capacity=40)
    for _ in range(30):
        courses.seat(group, people.resident("居民", cast.city["community"]), now)
    return courses.session(group, now + timedelta(hours=23))


def test_two_beats_remind_once(tomorrow, now):
    counts = at_once([lambda: remind(now=now)] * 4)
    assert sum(counts) == 30
    assert Notice.objects.filter(kind="REMINDER_24H").count() == 30
    assert Notice.objects.values("recipient").distinct().count() == 30


def test_moving_a_session_while_it_is_reminded_of(tomorrow, now, cast):
    """No learner is left with an unsent reminder of the old time, whichever came first."""
    for _ in range(8):
        session = Session.objects.get(state=SessionState.PLANNED)
        worker = User.objects.get(pk=cast.worker.pk)

        def move(session=session, worker=worker):
            later = timedelta(minutes=5)
            return move_session(
                session_id=session.pk,
                starts_at=session.starts_at + later,
                ends_at=session.ends_at + later,
                reason="换时间",
                by=worker,
                now=now,
            )

        at_once([move, lambda: remind(now=now), lambda: remind(now=now)])
        left = Notice.objects.filter(
            about_type="session", about_id=session.pk, kind="REMINDER_24H", withdrawn_at=None
        )
        assert not left.exists()
    remind(now=now)
    session = Session.objects.get(state=SessionState.PLANNED)
    good = Notice.objects.filter(about_id=session.pk, kind="REMINDER_24H", withdrawn_at=None)
    assert good.count() == 30


def test_cancelling_a_class_while_it_is_reminded_of(tomorrow, now, cast):
    worker = User.objects.get(pk=cast.worker.pk)
    group = tomorrow.class_group
    at_once(
        [
            lambda: cancel_class(class_id=group.pk, reason="老师生病", by=worker, now=now),
            lambda: remind(now=now),
        ]
    )
    assert not Notice.objects.filter(kind="REMINDER_24H", withdrawn_at=None).exists()


def test_leaving_while_being_reminded(tomorrow, now, cast):
    """Who has left is not reminded afterwards; who stays is reminded once."""
    leavers = list(Enrolment.objects.order_by("pk")[:10])

    def leave(enrolment):
        return lambda: withdraw(enrolment_id=enrolment.pk, by=enrolment.person.user, now=now)

    at_once([leave(e) for e in leavers] + [lambda: remind(now=now)] * 2)
    stayed = Enrolment.objects.seated().values("person")
    assert Notice.objects.filter(kind="REMINDER_24H", recipient__in=stayed).count() == 20


def test_two_workers_share_the_outbox(cast, now):
    for number in range(1200):
        Notice.objects.create(
            kind="ENROLLED",
            key=f"enrolled:{number}",
            recipient=cast.guilan,
            about_type="enrolment",
            about_id=number,
            due_at=now,
            quiet=False,
            created_at=now,
        )
    counts = at_once([lambda: outbox.deliver_due(now=now)] * 4)
    assert sum(counts) == 1200
    assert Delivery.objects.count() == 1200
    assert not Notice.objects.due(now).exists()


def test_withdrawing_a_notice_while_it_is_delivered(cast, now):
    for number in range(300):
        Notice.objects.create(
            kind="REMINDER_2H",
            key=f"r:{number}",
            recipient=cast.guilan,
            about_type="session",
            about_id=7,
            due_at=now,
            quiet=False,
            created_at=now,
        )
    kinds = ["REMINDER_2H"]
    at_once(
        [
            lambda: outbox.deliver_due(now=now),
            lambda: outbox.withdraw(about=("session", 7), kinds=kinds, now=now),
            lambda: outbox.deliver_due(now=now),
        ]
    )
    assert not Notice.objects.filter(dispatched_at__isnull=False, withdrawn_at__isnull=False).exists()
    assert not Notice.objects.due(now).exists()


def test_the_same_key_from_many_sides_is_one_notice(cast, now):
    def queue():
        outbox.queue(
            kind="CLASS_MESSAGE",
            key="once",
            recipient=cast.guilan,
            about=("class", 1),
            due_at=now,
            now=now,
            name="书法",
            text="你好",
        )

    assert not [one for one in at_once([queue] * 20) if isinstance(one, DomainError)]
    assert Notice.objects.count() == 1

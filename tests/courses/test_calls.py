"""The call list tells only what is still true."""

from datetime import timedelta

import pytest

from courses.actions.classes import cancel_class
from courses.actions.enrolment import accept_offer, decline_offer, enrol, lapse_offers, remove, withdraw
from courses.actions.sessions import cancel_session, move_session
from courses.models.enrolment import Enrolment
from courses.rules import EnrolChannel
from notices.actions import deliver_due
from notices.models import Delivery
from tests.factories import courses, people


def to_ring(now):
    deliver_due(now=now)
    calls = Delivery.objects.to_phone()
    return sorted((call.notice.recipient.full_name, call.notice.kind) for call in calls)


@pytest.fixture
def group(cast, now):
    return courses.class_group(cast.center, now, name="书法一班", capacity=1)


def at_the_desk(group, person, cast, now):
    told = {"channel": EnrolChannel.COUNTER, "by": cast.worker, "now": now}
    return enrol(class_id=group.pk, person=person, **told)


@pytest.fixture
def offered(cast, group, now):
    """解福生, who has no account, is offered the seat that another gave back."""
    first = at_the_desk(group, people.person("李秀英", home=cast.city["community"]), cast, now)
    next_one = at_the_desk(group, cast.elder, cast, now)
    withdraw(enrolment_id=first.pk, by=cast.worker, now=now)
    assert ("解福生", "OFFERED") in to_ring(now)
    return Enrolment.objects.get(pk=next_one.pk)


@pytest.mark.parametrize("end", ["accept", "decline", "withdraw", "lapse", "remove", "cancel"])
def test_who_was_offered_a_seat_is_rung_while_it_is_hers(cast, group, offered, now, end):
    by = {"by": cast.worker, "now": now}
    match end:
        case "accept":
            accept_offer(enrolment_id=offered.pk, **by)
        case "decline":
            decline_offer(enrolment_id=offered.pk, **by)
        case "withdraw":
            withdraw(enrolment_id=offered.pk, **by)
        case "lapse":
            lapse_offers(now=offered.offer_until + timedelta(minutes=1))
        case "remove":
            remove(enrolment_id=offered.pk, reason="搬走了", **by)
        case "cancel":
            cancel_class(class_id=group.pk, reason="老师病了", **by)
    assert ("解福生", "OFFERED") not in to_ring(now + timedelta(days=3))


def test_a_new_time_is_not_told_once_it_is_off_too(cast, group, now):
    at_the_desk(group, cast.elder, cast, now)
    session = courses.session(group, now + timedelta(days=2))
    later = {"starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=3, hours=1)}
    told = {"by": cast.worker, "now": now}
    moved = move_session(session_id=session.pk, reason="停电", **later, **told)
    assert ("解福生", "SESSION_MOVED") in to_ring(now)
    cancel_session(session_id=moved.pk, reason="还在停电", **told)
    assert [kind for _name, kind in to_ring(now) if kind.startswith("SESSION")] == ["SESSION_CANCELLED"]


def test_a_class_that_is_off_tells_no_new_time(cast, group, now):
    at_the_desk(group, cast.elder, cast, now)
    session = courses.session(group, now + timedelta(days=2))
    later = {"starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=3, hours=1)}
    move_session(session_id=session.pk, reason="停电", **later, by=cast.worker, now=now)
    cancel_class(class_id=group.pk, reason="老师病了", by=cast.worker, now=now)
    kinds = {kind for _name, kind in to_ring(now)}
    assert "CLASS_CANCELLED" in kinds
    assert "SESSION_MOVED" not in kinds

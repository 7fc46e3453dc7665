"""Two taps, two devices, two secretaries, one meeting."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from grievances.actions.meetings import call_meeting, close_meeting, open_meeting, remind_meetings
from grievances.actions.minutes import publish_minutes
from grievances.actions.session import Said, record
from grievances.models.commitments import Commitment
from grievances.models.meetings import AgendaItem, Meeting, MeetingRecord, Vote
from grievances.models.tickets import Ticket
from grievances.rules.meetings import MeetingState, RecordKind
from notices.models import Notice
from tests.factories import grievances
from tests.factories.grievances import all_is_well, called, in_session, raised
from tests.races.crowd import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def head(cast):
    grievances.category()
    return grievances.director(cast)


def test_one_meeting_ahead_whoever_calls_it(cast, head, now):
    body = grievances.body(cast)
    call = partial(call_meeting, body_id=body.pk, starts_at=now + timedelta(days=3), by=head, now=now)
    at_once([partial(call, place="议事厅"), partial(call, place="小广场")] * 3)
    assert Meeting.objects.count() == 1
    assert Notice.objects.filter(kind="MEETING_CALLED").count() == body.members.count()


def test_a_record_sent_by_two_devices_is_written_once(cast, head, now):
    meeting = in_session(cast, now, head)
    said = Said(uuid4(), RecordKind.RAISE, None, {"title": "井盖响", "category_id": grievances.category().pk})
    send = partial(record, meeting_id=meeting.pk, said=said, by=head, now=now)
    rows = at_once([send] * 8)
    assert len({row.pk for row in rows}) == 1
    assert (AgendaItem.objects.count(), Ticket.objects.count()) == (1, 1)


def test_two_answers_to_one_item_are_one(cast, head, now):
    meeting, hand = in_session(cast, now, head), grievances.handler(cast)
    for number in range(4):
        item = raised(meeting, head, now, f"井盖 {number}")
        told = {"words": "换井盖", "wait": 7, "handler_id": hand.pk}
        send = [
            partial(record, meeting_id=meeting.pk, said=Said(uuid4(), kind, item.pk, told), by=head, now=now)
            for kind in (RecordKind.PROMISE, RecordKind.HAND, RecordKind.NOTE)
        ]
        assert len(refusals(at_once(send))) == 2
        item.refresh_from_db()
        assert item.outcome
    assert Commitment.objects.count() == AgendaItem.objects.filter(outcome="PROMISED").count()
    assert all_is_well(now)


def test_who_leaves_while_they_vote(cast, head, now):
    """As many voices as there were, or fewer: never more than members present."""
    meeting = in_session(cast, now, head)
    members = list(meeting.body.members.values_list("pk", flat=True))
    for number in range(4):
        item = raised(meeting, head, now, f"表决 {number}")
        votes = {"question": "", "secret": True, "yes": 3, "no": 0, "abstained": 0}
        send = partial(record, meeting_id=meeting.pk, by=head, now=now)
        at_once(
            [
                partial(send, said=Said(uuid4(), RecordKind.VOTE, item.pk, votes)),
                partial(
                    send, said=Said(uuid4(), RecordKind.PRESENT, None, {"members": members[:2], "guests": 0})
                ),
            ]
        )
        there = meeting.present.count()
        assert there == 3 or not Vote.objects.filter(item=item).exists()
        if not Vote.objects.exists():
            grievances.said(meeting, "PRESENT", head, now, members=members, guests=0)


def test_opened_filled_closed_and_published_once_by_many(cast, head, now):
    meeting = called(cast, now, head)
    for _each in range(3):
        grievances.told(cast, now)
    day = now + timedelta(days=3)
    at_once(
        [partial(remind_meetings, now=day), partial(open_meeting, meeting_id=meeting.pk, by=head, now=day)]
        * 3
    )
    assert AgendaItem.objects.count() == 1
    close = partial(close_meeting, meeting_id=meeting.pk, by=head, now=day, reason="人少")
    at_once([close] * 4)
    publish = partial(publish_minutes, meeting_id=meeting.pk, by=head, now=day + timedelta(days=4))
    raising = Said(
        uuid4(), RecordKind.RAISE, None, {"title": "井盖响", "category_id": grievances.category().pk}
    )
    late = partial(record, meeting_id=meeting.pk, said=raising, by=head, now=day)
    at_once([publish, late, publish])
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PUBLISHED
    assert MeetingRecord.objects.count() == AgendaItem.objects.filter(title="井盖响").count()
    assert Notice.objects.filter(kind="MINUTES_PUBLISHED").count() == meeting.body.members.count()

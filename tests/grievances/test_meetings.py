"""Meetings: called, filled, held, voted, judged, published; who may, what is refused, what stands."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from grievances.actions import agenda, meetings, minutes
from grievances.models.bodies import Body
from grievances.models.commitments import Commitment
from grievances.models.history import Transition
from grievances.models.meetings import AgendaItem, Judgement, Vote
from grievances.models.tickets import Ticket
from grievances.rules.meetings import MeetingState, Outcome, Verdict, verdict_of
from grievances.rules.tickets import Hat, Privacy, TicketMove, TicketState
from people.rules import Role
from tests.factories import grievances, people
from tests.factories.grievances import (
    all_is_well,
    brought_to,
    called,
    in_session,
    letters,
    raised,
    said,
    told,
)
from tests.refusals import refused, rule

S, M = TicketState, MeetingState


# --- Calling it -----------------------------------------------------------------------------


def test_members_are_invited_and_one_meeting_is_ahead(cast, body, head, now):
    first = called(cast, now, head)
    assert called(cast, now, head).pk == first.pk
    assert letters("MEETING_CALLED") == body.members.count()
    refused(
        "ANOTHER_AHEAD",
        meetings.call_meeting,
        body_id=body.pk,
        starts_at=now + timedelta(days=9),
        place="小广场",
        by=head,
        now=now,
    )


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("PAST_DAY", {"starts_at": -timedelta(hours=1)}),
        ("TOO_FAR", {"starts_at": timedelta(days=400)}),
        ("PLACE_NEEDED", {"place": "  "}),
    ],
)
def test_when_and_where_are_asked(cast, body, head, now, code, given):
    asked = {"starts_at": timedelta(days=3), "place": "议事厅"} | given
    asked["starts_at"] = now + asked["starts_at"]
    refused(code, meetings.call_meeting, body_id=body.pk, by=head, now=now, **asked)


def test_who_keeps_no_meetings_there_calls_none(cast, body, now):
    other = people.staff("别处的主任", Role.DIRECTOR, cast.city["other_community"])
    asked = {"body_id": body.pk, "starts_at": now + timedelta(days=3), "place": "议事厅", "now": now}
    for by in (cast.worker, cast.officer, cast.guilan.user, other):
        refused("NOT_ALLOWED", meetings.call_meeting, by=by, **asked)
    secretary = people.staff("秘书", Role.MEETING_SECRETARY, cast.city["community"])
    assert meetings.call_meeting(by=secretary, **asked).state == M.SCHEDULED


def test_moved_and_called_off_with_a_reason_that_members_are_told(cast, body, head, now):
    meeting = called(cast, now, head)
    one = {"meeting_id": meeting.pk, "by": head, "now": now}
    moved = {"starts_at": now + timedelta(days=5), "place": "小广场"}
    refused("REASON_NEEDED", meetings.reschedule_meeting, **one, **moved, reason=" ")
    meetings.reschedule_meeting(**one, **moved, reason="下雨")
    meetings.reschedule_meeting(**one, **moved, reason="下雨")
    assert letters("MEETING_MOVED") == body.members.count()
    meetings.cancel_meeting(**one, reason="人来不齐")
    meetings.cancel_meeting(**one, reason="人来不齐")
    assert letters("MEETING_CANCELLED") == body.members.count()
    refused("MOVE_REFUSED", meetings.open_meeting, **one)
    with rule("published_minutes_stand"):
        AgendaItem.objects.create(meeting=meeting, title="补一件")


def test_it_opens_on_its_day(cast, body, head, now):
    meeting = called(cast, now, head)
    refused("NOT_YET", meetings.open_meeting, meeting_id=meeting.pk, by=head, now=now)
    refused("NOT_ALLOWED", meetings.open_meeting, meeting_id=meeting.pk, by=cast.worker, now=now)
    day = now + timedelta(days=3)
    assert meetings.open_meeting(meeting_id=meeting.pk, by=head, now=day).state == M.IN_SESSION
    assert meetings.open_meeting(meeting_id=meeting.pk, by=head, now=day).state == M.IN_SESSION


# --- What is on it --------------------------------------------------------------------------


def test_what_was_promised_and_not_judged_is_on_the_next_one(cast, promised, head, now):
    meeting = called(cast, now + timedelta(days=10), head)
    assert [item.commitment for item in meeting.items.all()] == [promised]
    meetings.cancel_meeting(meeting_id=meeting.pk, reason="停电", by=head, now=now + timedelta(days=11))
    again = called(cast, now + timedelta(days=20), head)
    assert [item.commitment for item in again.items.all()] == [promised]


def test_what_is_raised_three_times_comes_by_itself_once(cast, body, head, now):
    for number in range(2):
        told(cast, now, title=f"路灯 {number}")
    told(cast, now - timedelta(days=31), title="旧的一盏")
    meeting = called(cast, now, head)
    assert not meeting.items.exists()
    told(cast, now, title="第三盏")
    meetings.remind_meetings(now=now)
    meetings.remind_meetings(now=now)
    item = meeting.items.get()
    assert item.category == grievances.category()
    assert "3" in item.title
    meetings.cancel_meeting(meeting_id=meeting.pk, reason="停电", by=head, now=now)
    assert called(cast, now, head, days=4).items.count() == 1


def test_a_ticket_is_put_on_it_and_its_clocks_go_on(cast, body, head, hand, now):
    meeting = called(cast, now, head)
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    due = ticket.due_at
    one = {"ticket_id": ticket.pk, "meeting_id": meeting.pk, "reason": "路灯怎么修", "now": now}
    item = agenda.put_on_agenda(**one, by=hand)
    assert agenda.put_on_agenda(**one, by=hand).pk == item.pk
    ticket.refresh_from_db()
    assert (ticket.state, ticket.due_at) == (S.IN_PROGRESS, due)
    assert letters("TICKET_TO_BE_TALKED_OF") == 1
    refused("NOT_ALLOWED", agenda.put_on_agenda, **one, by=cast.guilan.user)
    refused("REASON_NEEDED", agenda.put_on_agenda, **{**one, "reason": " "}, by=hand)


def test_confidence_is_asked_first_and_another_place_has_its_own(cast, body, head, now):
    meeting = called(cast, now, head)
    secret = told(cast, now, privacy=Privacy.CONFIDENTIAL)
    brought_to(S.ACCEPTED, secret, cast=cast, by=head, now=now)
    one = {
        "ticket_id": secret.pk,
        "meeting_id": meeting.pk,
        "reason": "楼道的事",
        "by": cast.worker,
        "now": now,
    }
    refused("CONSENT_NEEDED", agenda.put_on_agenda, **one)
    assert agenda.put_on_agenda(**one, agreed=True).title == "楼道的事"
    there = Body.objects.create(name="那边的说事会", division=cast.city["other_community"])
    other = people.staff("那边主任", Role.DIRECTOR, cast.city["other_community"])
    elsewhere = called(cast, now, other, held_by=there)
    refused("NO_SUCH_MEETING", agenda.put_on_agenda, **{**one, "meeting_id": elsewhere.pk}, agreed=True)
    event = told(cast, now, about="可疑人员", privacy=Privacy.ANONYMOUS)
    brought_to(S.ACCEPTED, event, cast=cast, by=head, now=now)
    refused("EVENT", agenda.put_on_agenda, **{**one, "ticket_id": event.pk})


def test_a_resident_follows_an_item_and_asks_to_speak(cast, body, head, now):
    for number in range(3):
        told(cast, now, title=f"路灯 {number}")
    item = called(cast, now, head).items.get()
    one = {"item_id": item.pk, "person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    assert not agenda.follow_item(**one).speaks
    assert agenda.follow_item(**one, speaks=True).speaks
    assert agenda.follow_item(**one).speaks
    assert item.followers.count() == 1
    refused("NOT_ALLOWED", agenda.follow_item, **{**one, "by": cast.stranger.user})
    meetings.cancel_meeting(meeting_id=item.meeting_id, reason="停电", by=head, now=now)
    refused("AGENDA_CLOSED", agenda.follow_item, **one)


# --- The day --------------------------------------------------------------------------------


def test_who_is_there_is_written_down_and_may_change(cast, meeting, head, now):
    members = list(meeting.body.members.values_list("pk", flat=True))
    said(meeting, "PRESENT", head, now, members=members[:2], guests=5)
    meeting.refresh_from_db()
    assert (meeting.present.count(), meeting.guests) == (2, 5)
    refused("NOBODY_PRESENT", said, meeting=meeting, kind="PRESENT", by=head, now=now, members=[], guests=0)
    refused("NOT_A_MEMBER", said, meeting=meeting, kind="PRESENT", by=head, now=now, members=[0], guests=0)


def test_what_was_promised_on_the_spot_is_a_promise_with_a_day(cast, meeting, head, hand, now):
    item = raised(meeting, head, now)
    said(meeting, "PROMISE", head, now, item, words="修一个坡道", wait=14, handler_id=hand.pk)
    item.refresh_from_db()
    made = item.promise
    assert (made.body, made.who, made.due_on) == (meeting.body, hand, date(2026, 12, 9))
    assert (item.outcome, made.ticket.state) == (Outcome.PROMISED, S.COMMITTED)
    assert Transition.objects.filter(ticket=made.ticket, hat=Hat.MEETING, event=TicketMove.COMMIT).exists()
    refused("DECIDED", said, meeting=meeting, kind="NOTE", by=head, now=now, item=item, words="再说一句")
    assert all_is_well(now)


@pytest.mark.parametrize("state", [S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS, S.DISPUTED])
def test_a_ticket_in_any_hand_is_promised_there(cast, body, head, hand, now, state):
    ticket = brought_to(state, told(cast, now), cast=cast, by=hand, now=now)
    meeting = called(cast, now, head)
    item = (
        agenda.put_on_agenda(
            ticket_id=ticket.pk, meeting_id=meeting.pk, reason="修路灯", by=cast.worker, now=now
        )
        if state != S.DISPUTED
        else agenda.put_on_agenda(
            ticket_id=ticket.pk, meeting_id=meeting.pk, reason="修路灯", by=head, now=now
        )
    )
    day = now + timedelta(days=3)
    meetings.open_meeting(meeting_id=meeting.pk, by=head, now=day)
    said(meeting, "PROMISE", head, day, item, words="换上新灯", wait=7, handler_id=hand.pk)
    ticket.refresh_from_db()
    assert ticket.state == S.COMMITTED
    assert all_is_well(day)


def test_answered_on_the_spot_and_handed_over(cast, meeting, head, hand, now):
    first, second = raised(meeting, head, now), raised(meeting, head, now, "楼道堆杂物")
    said(meeting, "ANSWER", head, now, first, words="坡道上个月修好了", handler_id=hand.pk)
    said(meeting, "HAND", head, now, second, words="", handler_id=hand.pk)
    assert Ticket.objects.get(items=first).state == S.ANSWERED
    assert Ticket.objects.get(items=second).state == S.ASSIGNED
    stranger = people.staff("外人", Role.GRID_WORKER, cast.city["other_community"])
    third = raised(meeting, head, now, "井盖响")
    refused(
        "NOT_FOR_HER",
        said,
        meeting=meeting,
        kind="HAND",
        by=head,
        now=now,
        item=third,
        words="",
        handler_id=stranger.pk,
    )
    assert all_is_well(now)


def test_what_is_raised_often_gets_a_ticket_when_it_is_spoken_of(cast, body, head, hand, now):
    for number in range(3):
        told(cast, now - timedelta(days=1), title=f"路灯 {number}")
    meeting = in_session(cast, now, head)
    item = meeting.items.get()
    said(meeting, "PROMISE", head, now, item, words="全换成新灯", wait=60, handler_id=hand.pk)
    item.refresh_from_db()
    assert item.ticket.category == grievances.category()
    assert item.ticket.person is None


def test_a_hazard_is_not_promised_for_later(cast, meeting, head, hand, now):
    said(meeting, "RAISE", head, now, title="煤气味", category_id=grievances.category("安全隐患").pk)
    item = meeting.items.get(title="煤气味")
    given = {"words": "查", "wait": 7, "handler_id": hand.pk}
    refused("HAZARD", said, meeting=meeting, kind="PROMISE", by=head, now=now, item=item, **given)


def test_a_vote_is_sums_of_those_present(cast, meeting, head, now):
    item = raised(meeting, head, now)
    given = {"question": "先修南门", "secret": True}
    too_many = {"yes": 3, "no": 1, "abstained": 0}
    refused(
        "TOO_MANY_VOICES",
        said,
        meeting=meeting,
        kind="VOTE",
        by=head,
        now=now,
        item=item,
        **given,
        **too_many,
    )
    none = {"yes": 0, "no": 0, "abstained": 0}
    refused("NO_VOICES", said, meeting=meeting, kind="VOTE", by=head, now=now, item=item, **given, **none)
    said(meeting, "VOTE", head, now, item, **given, yes=2, no=1, abstained=0)
    assert (item.vote.yes, item.vote.secret) == (2, True)
    with rule("only_who_is_present_votes"):
        Vote.objects.create(item=raised(meeting, head, now, "另一件"), question="?", yes=4, no=0, abstained=0)
    refused(
        "TOO_MANY_VOICES", said, meeting=meeting, kind="PRESENT", by=head, now=now,
        members=[meeting.body.members.first().pk], guests=0,
    )  # fmt: skip


def test_no_column_says_who_voted_how(cast, meeting, head, now):
    """Whoever holds the whole database reads sums: nothing in it leads from a voice to a person."""
    pointers = {
        field.related_model
        for model in (Vote, Judgement)
        for field in model._meta.get_fields()
        if field.is_relation
    }
    assert pointers == {AgendaItem, Commitment}


def test_nobody_votes_before_somebody_is_there(cast, body, head, now):
    meeting = called(cast, now - timedelta(days=3), head)
    meetings.open_meeting(meeting_id=meeting.pk, by=head, now=now)
    item = raised(meeting, head, now)
    given = {"question": "", "secret": False, "yes": 1, "no": 0, "abstained": 0}
    refused("NOBODY_PRESENT", said, meeting=meeting, kind="VOTE", by=head, now=now, item=item, **given)


@pytest.mark.parametrize(
    ("voices", "verdict"),
    [
        ((2, 1, 0), "DONE"),
        ((1, 1, 0), "PARTLY"),
        ((1, 0, 1), "NOT_DONE"),
        ((0, 1, 1), "NOT_DONE"),
        ((1, 1, 1), "NOT_DONE"),
    ],
)
def test_where_as_many_say_the_worse_it_is_the_worse(voices, verdict):
    assert verdict_of(*voices) == Verdict(verdict)


def test_a_record_that_comes_twice_is_one(cast, meeting, head, now):
    mark = uuid4()
    for _again in range(2):
        said(meeting, "RAISE", head, now, op_id=mark, title="井盖响", category_id=grievances.category().pk)
    assert meeting.items.filter(title="井盖响").count() == 1
    refused(
        "KEY_REUSED", said, meeting=meeting, kind="RAISE", by=head, now=now,
        op_id=mark, title="别的", category_id=grievances.category().pk,
    )  # fmt: skip


def test_a_late_record_is_taken_until_the_minutes_are_published(cast, meeting, head, now):
    item = raised(meeting, head, now)
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    said(meeting, "NOTE", head, now, item, words="议了，下次再说")
    minutes.publish_minutes(meeting_id=meeting.pk, by=head, now=now + timedelta(days=4))
    refused(
        "MINUTES_PUBLISHED", said, meeting=meeting, kind="RAISE", by=head, now=now,
        title="井盖响", category_id=grievances.category().pk,
    )  # fmt: skip


def test_nothing_is_written_before_it_opens_or_by_who_does_not_keep_it(cast, body, head, now):
    meeting = called(cast, now, head)
    given = {"title": "井盖响", "category_id": grievances.category().pk}
    refused("NOT_OPEN", said, meeting=meeting, kind="RAISE", by=head, now=now, **given)
    for by in (cast.worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", said, meeting=meeting, kind="RAISE", by=by, now=now, **given)

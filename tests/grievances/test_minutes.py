"""What became of a meeting: promises judged, minutes corrected and published, what the time and the audit do."""

from datetime import date, timedelta

import pytest
from django.db import connection

from grievances.actions import agenda, handling, meetings, minutes, persons, verdicts
from grievances.actions.passing import pass_time
from grievances.models.bodies import Body, BodyMember
from grievances.models.commitments import Commitment
from grievances.models.meetings import AgendaItem, Meeting, MeetingRecord
from grievances.rules.commitments import CommitmentState
from grievances.rules.meetings import MeetingState, Outcome, Verdict, corrected_until
from grievances.rules.tickets import TicketState
from people.models import User
from people.rules import Role
from tests.common.faults import planted
from tests.factories import people
from tests.factories.grievances import (
    LATER,
    all_is_well,
    brought_to,
    called,
    closed,
    in_session,
    letters,
    raised,
    said,
    the_next,
    told,
    told_of_all,
)
from tests.refusals import refused, rule

S, M = TicketState, MeetingState


# --- What became of it ----------------------------------------------------------------------


def item_of(meeting, promise):
    return meeting.items.get(commitment=promise)


def test_those_present_say_it_was_not_kept_and_it_opens_one_level_higher(cast, promised, head, now):
    pass_time(now=now + timedelta(days=40))
    meeting = the_next(cast, head, now)
    later = now + LATER
    other = people.staff("副主任", Role.DIRECTOR, cast.city["community"])
    said(
        meeting,
        "JUDGE",
        other,
        later,
        item_of(meeting, promised),
        words="坡道没有动工",
        secret=False,
        done=0,
        partly=1,
        not_done=2,
    )
    promised.refresh_from_db()
    ticket = promised.ticket
    assert (promised.state, promised.judgement.verdict) == (CommitmentState.NOT_DONE, Verdict.NOT_DONE)
    assert (ticket.state, ticket.level) == (S.DISPUTED, 2)
    assert letters("TICKET_TO_DECIDE")
    assert all_is_well(later)


def test_what_nobody_told_those_present_close(cast, promised, head, hand, now):
    due = now + timedelta(days=29)
    handling.answer_ticket(
        ticket_id=promised.ticket_id, reason="修好了", evidence="坡道修好了", by=hand, now=due
    )
    meeting = in_session(
        cast, due + timedelta(days=5), people.staff("副主任", Role.DIRECTOR, cast.city["community"])
    )
    other = meeting.by
    said(
        meeting,
        "JUDGE",
        other,
        due + timedelta(days=5),
        item_of(meeting, promised),
        words="",
        secret=True,
        done=3,
        partly=0,
        not_done=0,
    )
    promised.refresh_from_db()
    assert (promised.state, promised.ticket.state) == (CommitmentState.DONE, S.CLOSED_CONFIRMED)


def test_who_told_it_speaks_for_herself(cast, body, head, hand, now):
    """Those present are content; her own word is still asked, and is another one."""
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    meeting = called(cast, now, head)
    item = agenda.put_on_agenda(ticket_id=ticket.pk, meeting_id=meeting.pk, reason="修灯", by=hand, now=now)
    day = now + timedelta(days=3)
    meetings.open_meeting(meeting_id=meeting.pk, by=head, now=day)
    said(meeting, "PRESENT", head, day, members=list(body.members.values_list("pk", flat=True)), guests=0)
    said(meeting, "PROMISE", head, day, item, words="换灯", wait=7, handler_id=hand.pk)
    item.refresh_from_db()
    closed(meeting, head, day)
    handling.answer_ticket(
        ticket_id=ticket.pk, reason="换了", evidence="换了", by=hand, now=day + timedelta(days=5)
    )
    other = people.staff("副主任", Role.DIRECTOR, cast.city["community"])
    later = day + timedelta(days=12)
    second = in_session(cast, later, other)
    said(
        second,
        "JUDGE",
        other,
        later,
        item_of(second, item.promise),
        words="",
        secret=False,
        done=2,
        partly=0,
        not_done=1,
    )
    ticket.refresh_from_db()
    assert ticket.state == S.ANSWERED
    assert letters("TICKET_JUDGED") == 1
    verdicts.dispute_ticket(ticket_id=ticket.pk, reason="还是暗", by=cast.guilan.user, now=later)
    made = Commitment.objects.get(pk=item.promise_id)
    assert (made.state, made.judgement.verdict) == (CommitmentState.NOT_DONE, Verdict.DONE)
    assert all_is_well(later)


def test_a_day_that_is_not_over_waits(cast, promised, head, now):
    meeting = in_session(cast, now + timedelta(days=20), head)
    item = item_of(meeting, promised)
    voices = {"done": 1, "partly": 0, "not_done": 0, "secret": False, "words": ""}
    refused("NOT_YET", said, meeting=meeting, kind="JUDGE", by=head, now=now, item=item, **voices)
    closed(meeting, head, now + timedelta(days=20))
    assert meeting.state == M.PUBLISHED


def test_minutes_wait_for_a_verdict_or_its_one_deferral(cast, promised, head, now):
    first = the_next(cast, head, now)
    later = now + LATER
    meetings.close_meeting(meeting_id=first.pk, by=head, now=later)
    one = {"meeting_id": first.pk, "by": head, "now": later + timedelta(days=5)}
    refused("VERDICTS_LACKING", minutes.publish_minutes, **one)
    with rule("minutes_wait_for_verdicts"):
        Meeting.objects.filter(pk=first.pk).update(state=M.PUBLISHED, published_at=later)
    said(first, "DEFER", head, later, item_of(first, promised), words="承办人没有来")
    minutes.publish_minutes(**one)
    second = in_session(cast, later + LATER, head)
    deferred = item_of(second, promised)
    refused("ONCE", said, meeting=second, kind="DEFER", by=head, now=now, item=deferred, words="又没有来")
    refused("TO_BE_JUDGED", said, meeting=second, kind="NOTE", by=head, now=now, item=deferred, words="算了")


def test_whoever_had_it_in_hand_does_not_write_down_what_was_said_of_it(cast, meeting, head, now):
    item = raised(meeting, head, now)
    said(meeting, "PROMISE", head, now, item, words="修坡道", wait=7, handler_id=head.pk)
    closed(meeting, head, now)
    item.refresh_from_db()
    later = the_next(cast, head, now)
    voices = {"done": 3, "partly": 0, "not_done": 0, "secret": False, "words": ""}
    judged = item_of(later, item.promise)
    refused("OWN_WORK", said, meeting=later, kind="JUDGE", by=head, now=now + LATER, item=judged, **voices)


def test_nobody_promises_about_what_she_told_herself(cast, body, now):
    head = people.staff("主任王桂兰", Role.DIRECTOR, cast.city["community"])
    User.objects.filter(pk=cast.guilan.user_id).update(is_staff=True)
    cast.guilan.user.memberships.create(
        division=cast.city["community"], role=Role.DIRECTOR, since=date(2026, 1, 1)
    )
    ticket = brought_to(S.ACCEPTED, told(cast, now), cast=cast, by=head, now=now)
    meeting = called(cast, now, head)
    item = agenda.put_on_agenda(ticket_id=ticket.pk, meeting_id=meeting.pk, reason="修灯", by=head, now=now)
    day = now + timedelta(days=3)
    meetings.open_meeting(meeting_id=meeting.pk, by=head, now=day)
    given = {"words": "换灯", "wait": 7, "handler_id": head.pk}
    refused(
        "SAME_PERSON",
        said,
        meeting=meeting,
        kind="PROMISE",
        by=User.objects.get(pk=cast.guilan.user_id),
        now=day,
        item=item,
        **given,
    )


# --- Minutes --------------------------------------------------------------------------------


def test_with_too_few_it_says_why(cast, meeting, head, now):
    Body.objects.update(quorum=20)
    refused("REASON_NEEDED", meetings.close_meeting, meeting_id=meeting.pk, by=head, now=now)
    done = meetings.close_meeting(meeting_id=meeting.pk, reason="下大雨，改不了期", by=head, now=now)
    assert (done.state, done.reason) == (M.MINUTES, "下大雨，改不了期")


def test_members_correct_the_minutes_within_the_window(cast, meeting, head, now):
    item = raised(meeting, head, now)
    said(meeting, "NOTE", head, now, item, words="南门修坡道")
    one = {"item_id": item.pk, "text": "是北门", "by": cast.guilan.user, "now": now}
    refused("WINDOW_OVER", minutes.correct_minutes, **one)
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    assert letters("MINUTES_TO_READ") == meeting.body.members.count()
    first = minutes.correct_minutes(**one)
    assert minutes.correct_minutes(**one).pk == first.pk
    refused("ASKED_BEFORE", minutes.correct_minutes, **{**one, "text": "是东门"})
    refused("NOT_ALLOWED", minutes.correct_minutes, **{**one, "by": cast.stranger.user})
    refused("WINDOW_OVER", minutes.correct_minutes, **{**one, "now": now + timedelta(days=4)})
    refused("TEXT_NEEDED", minutes.correct_minutes, **{**one, "text": " "})
    publish = {"meeting_id": meeting.pk, "by": head, "now": now + timedelta(days=4)}
    refused("CORRECTIONS_OPEN", minutes.publish_minutes, **publish)
    settle = {"correction_id": first.pk, "by": head, "now": now}
    refused("WORDS_NEEDED", minutes.settle_correction, **settle, taken=True)
    refused("ANSWER_NEEDED", minutes.settle_correction, **settle, taken=False)
    refused(
        "NOT_ALLOWED", minutes.settle_correction, **{**settle, "by": cast.worker}, taken=False, answer="不对"
    )
    minutes.settle_correction(**settle, taken=True, words="北门修坡道")
    minutes.settle_correction(**settle, taken=True, words="北门修坡道")
    refused("SETTLED", minutes.settle_correction, **settle, taken=False, answer="不对")
    assert letters("CORRECTION_SETTLED") == 1
    item.refresh_from_db()
    assert (item.words, item.outcome) == ("北门修坡道", Outcome.NOTED)
    refused("WINDOW_OPEN", minutes.publish_minutes, **{**publish, "now": now + timedelta(days=3)})
    minutes.publish_minutes(**publish)


def test_what_a_correction_changed_is_read_again(cast, meeting, head, now):
    """In the secretary's words, which need not be those of who asked; said twice, the days begin once."""
    item = raised(meeting, head, now)
    said(meeting, "NOTE", head, now, item, words="南门修坡道")
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    asked = minutes.correct_minutes(item_id=item.pk, text="是北门", by=cast.guilan.user, now=now)
    later = now + timedelta(days=2)
    members = meeting.body.members.count()
    for _twice in range(2):
        minutes.settle_correction(correction_id=asked.pk, taken=True, words="另定日子", by=head, now=later)
        meeting.refresh_from_db()
        assert meeting.correct_until == corrected_until(later)
        assert letters("MINUTES_TO_READ") == 2 * members
    refused(
        "WINDOW_OPEN", minutes.publish_minutes, meeting_id=meeting.pk, by=head, now=now + timedelta(days=4)
    )


def test_the_minutes_say_what_was_written_once_the_meeting_was_over(cast, meeting, head, now, client, clock):
    there, later = raised(meeting, head, now), now + timedelta(days=1)
    voted = {"question": "改到晚上", "secret": False, "yes": 3, "no": 0, "abstained": 0}
    said(meeting, "NOTE", head, now, there, words="路灯修好了")
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    added = raised(meeting, head, later, title="北门也要一个")
    said(meeting, "VOTE", head, later, there, **voted)
    minutes.publish_minutes(meeting_id=meeting.pk, by=head, now=now + timedelta(days=9))
    clock.now = now + timedelta(days=9)
    page = client.get(f"/say/meetings/{meeting.pk}/").content.decode()
    assert page.count("会散以后，11月26日记的") == 2
    assert set(meeting.records.filter(late=True).values_list("item", flat=True)) == {there.pk, added.pk}


def test_what_was_published_stands(cast, meeting, head, now):
    item = raised(meeting, head, now)
    closed(meeting, head, now)
    minutes.publish_minutes(meeting_id=meeting.pk, by=head, now=now + timedelta(days=9))
    assert letters("MINUTES_PUBLISHED") == meeting.body.members.count()
    refused(
        "MOVE_REFUSED", minutes.reword_item, item_id=item.pk, title="坡道", words="改一改", by=head, now=now
    )
    with rule("published_minutes_stand"):
        AgendaItem.objects.filter(pk=item.pk).update(words="改了")
    with rule("published_minutes_stand"):
        meeting.present.all().delete()
    with rule("published_minutes_stand"):
        Meeting.objects.filter(pk=meeting.pk).update(place="别处")


def test_minutes_are_reworded_until_then_and_read_again(cast, meeting, head, now):
    item = raised(meeting, head, now)
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    one = {"item_id": item.pk, "title": item.title, "now": now + timedelta(days=3)}
    refused("REASON_NEEDED", minutes.reword_item, **{**one, "title": " "}, words="写清楚", by=head)
    refused("NOT_ALLOWED", minutes.reword_item, **one, words="写清楚", by=cast.worker)
    assert minutes.reword_item(**one, words="写清楚", by=head).words == "写清楚"
    publish = {"meeting_id": meeting.pk, "by": head, "now": now + timedelta(days=4)}
    refused("WINDOW_OPEN", minutes.publish_minutes, **publish)
    minutes.publish_minutes(**{**publish, "now": now + timedelta(days=7)})
    assert letters("MINUTES_TO_READ") == 2 * meeting.body.members.count()


# --- What the time does ---------------------------------------------------------------------


def test_the_day_before_members_are_told_once(cast, body, head, now):
    called(cast, now, head)
    day = now + timedelta(days=2)
    for _again in range(2):
        meetings.remind_meetings(now=day)
    assert letters("MEETING_TOMORROW") == body.members.count()


def test_two_months_without_a_meeting_are_told(cast, meeting, head, now):
    closed(meeting, head, now)
    meetings.remind_meetings(now=now + timedelta(days=60))
    assert letters("MEETING_OVERDUE") == 0
    meetings.remind_meetings(now=now + timedelta(days=63))
    meetings.remind_meetings(now=now + timedelta(days=64))
    assert letters("MEETING_OVERDUE") == 1
    called(cast, now + timedelta(days=64), head, days=30)
    meetings.remind_meetings(now=now + timedelta(days=66))
    assert letters("MEETING_OVERDUE") == 1


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM grievances_agendaitem WHERE commitment_id IS NOT NULL",
        "UPDATE grievances_agendaitem SET outcome = 'JUDGED' WHERE commitment_id IS NOT NULL",
    ],
)
def test_the_audit_finds_a_promise_that_was_forgotten(cast, promised, head, now, sql):
    now += LATER
    the_next(cast, head, now - LATER)
    assert len(planted(sql, now=told_of_all(now))) == 1


def test_the_audit_finds_voices_of_who_was_not_there(cast, meeting, head, now):
    item = raised(meeting, head, now)
    said(meeting, "VOTE", head, now, item, question="", secret=False, yes=3, no=0, abstained=0)
    assert len(planted("DELETE FROM grievances_presence", now=told_of_all(now))) == 1


def test_terms_end_and_a_seat_is_held_once(cast, body, now):
    with rule("one_seat_at_a_time"):
        BodyMember.objects.create(body=body, person=cast.guilan, since=date(2026, 5, 1))
    with rule("body_member_until_after_since"):
        BodyMember.objects.create(
            body=body, person=cast.elder, since=date(2026, 5, 1), until=date(2026, 4, 1)
        )
    with rule("body_once"):
        Body.objects.create(name="又一个", division=body.division)


def test_no_record_of_the_day_is_rewritten(cast, meeting, head, now):
    assert MeetingRecord.objects.filter(meeting=meeting).exists()
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"Cannot update|permission denied"):
        cursor.execute("UPDATE grievances_meetingrecord SET kind = 'NOTE'")


def test_what_she_was_in_a_meeting_is_in_the_copy(cast, meeting, head, now):
    item = raised(meeting, head, now)
    agenda.follow_item(item_id=item.pk, person_id=cast.guilan.pk, by=cast.guilan.user, now=now)
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    minutes.correct_minutes(item_id=item.pk, text="是北门", by=cast.guilan.user, now=now)
    hers = persons.copy(cast.guilan)
    assert hers["我参加的议事会"][0]["议事会"] == "说事会"
    assert hers["我提的纪要更正"][0]["议题"] == item.title
    assert hers["我关注的议题"][0]["议题"] == item.title


@pytest.mark.usefixtures("clock")
def test_what_can_be_judged_is_not_called_early(client, cast, promised, head, now, clock):
    meeting = the_next(cast, head, now)
    clock.now = now + LATER
    client.force_login(head)
    page = client.get(f"/staff/meetings/{meeting.pk}/").content.decode()
    assert "评一评" in page
    assert "还没到日子" not in page

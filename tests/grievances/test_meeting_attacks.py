"""What insiders tried on meetings, and honest clicks that went wrong: each as it was found."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from grievances.actions import agenda, handling, meetings, minutes, tickets, verdicts
from grievances.models.bodies import Body, BodyMember
from grievances.models.meetings import AgendaItem, Correction, Meeting, Presence
from grievances.rules.meetings import MeetingState
from grievances.rules.tickets import TicketState
from people.models import User
from people.rules import Role
from tests.factories import grievances, people
from tests.factories.grievances import (
    LATER,
    brought_to,
    called,
    closed,
    in_session,
    letters,
    raised,
    said,
    the_next,
    told,
)
from tests.refusals import refused, rule

S = TicketState


@pytest.fixture
def other(cast):
    return people.staff("副主任", Role.DIRECTOR, cast.city["community"])


@pytest.mark.parametrize("kind", ["ANSWER", "HAND", "PROMISE", "NOTE"])
def test_a_promise_of_before_is_judged_and_nothing_else(cast, promised, head, hand, now, kind):
    """Answered, handed over or promised anew it would have been published without a verdict."""
    meeting = the_next(cast, head, now)
    item = meeting.items.get(commitment=promised)
    given = {"words": "换个说法", "wait": 7, "handler_id": hand.pk}
    refused("TO_BE_JUDGED", said, meeting=meeting, kind=kind, by=head, now=now + LATER, item=item, **given)
    with rule("promises_and_only_they_are_judged"):
        AgendaItem.objects.filter(pk=item.pk).update(outcome="NOTED")
    AgendaItem.objects.filter(pk=item.pk).update(outcome="JUDGED")
    with rule("minutes_wait_for_verdicts"):
        Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.MINUTES)
        Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.PUBLISHED, published_at=now)


def test_nothing_is_carried_out_of_published_minutes(cast, body, head, now):
    for number in range(3):
        told(cast, now - timedelta(days=1), title=f"路灯 {number}")
    meeting = in_session(cast, now, head)
    category = meeting.items.get()
    closed(meeting, head, now)
    ahead = called(cast, now, head, days=9)
    with rule("published_minutes_stand"):
        Presence.objects.filter(meeting=meeting).update(meeting=ahead)
    with rule("item_is_not_rewritten"):
        AgendaItem.objects.filter(pk=category.pk).update(meeting=ahead)
    with rule("published_minutes_stand"):
        seat = body.members.first()
        Correction.objects.create(item=category, member=seat, text="改一改", made_at=now)


def test_nobody_leaves_under_a_vote_that_counted_her(cast, meeting, head, now):
    item = raised(meeting, head, now)
    said(meeting, "VOTE", head, now, item, question="", secret=False, yes=3, no=0, abstained=0)
    with rule("only_who_is_present_votes"):
        meeting.present.all().delete()
    late = people.resident("迟到的代表", cast.city["community"])
    seat = BodyMember.objects.create(body=meeting.body, person=late, since=date(2026, 1, 1))
    members = [*meeting.body.members.order_by("-pk").values_list("pk", flat=True)[:3]]
    assert seat.pk in members
    said(meeting, "PRESENT", head, now, members=members, guests=0)  # a wrong tick is put right
    assert meeting.present.count() == 3


def test_a_seat_is_one_and_is_not_made_another(cast, body):
    seat = body.members.get(office="社区书记")
    with rule("seat_is_not_rewritten"):
        BodyMember.objects.filter(pk=seat.pk).update(office="物业经理")
    with rule("one_seat_at_a_time"):
        BodyMember.objects.create(
            body=body, person=seat.person, since=date(2026, 3, 1), until=date(2026, 12, 31)
        )


def test_what_is_written_after_the_members_days_they_read_again(cast, meeting, head, now):
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    later = now + timedelta(days=5)
    said(meeting, "RAISE", head, later, title="涨物业费", category_id=grievances.category().pk)
    said(meeting, "RAISE", head, later, title="再涨一点", category_id=grievances.category().pk)
    assert letters("MINUTES_TO_READ") == 2 * meeting.body.members.count()
    refused("WINDOW_OPEN", minutes.publish_minutes, meeting_id=meeting.pk, by=head, now=later)


def test_fewer_than_the_quorum_afterwards_is_refused(cast, meeting, head, now):
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    one = [meeting.body.members.first().pk]
    refused("REASON_NEEDED", said, meeting=meeting, kind="PRESENT", by=head, now=now, members=one, guests=0)


def test_who_promised_it_does_not_write_down_what_became_of_it(cast, meeting, head, hand, other, now):
    """Also where it was given to somebody else since."""
    item = raised(meeting, head, now)
    said(meeting, "PROMISE", other, now, item, words="修坡道", wait=7, handler_id=head.pk)
    closed(meeting, other, now)
    ticket = AgendaItem.objects.get(pk=item.pk).ticket
    tickets.assign_ticket(ticket_id=ticket.pk, handler_id=hand.pk, by=cast.worker, now=now)
    second = the_next(cast, other, now)
    voices = {"done": 3, "partly": 0, "not_done": 0, "secret": False, "words": ""}
    judged = second.items.get(commitment__isnull=False)
    refused("OWN_WORK", said, meeting=second, kind="JUDGE", by=head, now=now + LATER, item=judged, **voices)
    said(second, "JUDGE", other, now + LATER, judged, **voices)


def test_there_and_back_again_is_told_each_time(cast, body, head, now):
    meeting = called(cast, now, head)
    one = {"meeting_id": meeting.pk, "by": head, "reason": "下雨"}
    for hour, (days, place) in enumerate([(5, "议事厅"), (3, "议事厅"), (5, "议事厅"), (5, "小广场")]):
        at = now + timedelta(hours=hour)
        meetings.reschedule_meeting(**one, starts_at=now + timedelta(days=days), place=place, now=at)
    assert letters("MEETING_MOVED") == 4 * body.members.count()


def test_what_is_for_the_lawful_body_is_not_raised(cast, meeting, head, now):
    event = grievances.category("可疑人员").pk
    given = {"title": "5 号楼有人张望", "category_id": event}
    refused("EVENT", said, meeting=meeting, kind="RAISE", by=head, now=now, **given)
    assert not meeting.items.exists()


def test_confidences_make_no_public_line(cast, body, head, now):
    for number in range(3):
        told(cast, now, title=f"私事 {number}", privacy="CONFIDENTIAL", about="其他的事")
    assert not called(cast, now, head).items.exists()


def test_a_body_that_meets_no_more_leaves_its_promises_to_the_next(cast, promised, head, now):
    Body.objects.update(active=False)
    new = grievances.body(cast)
    meeting = called(cast, now, head, held_by=new, days=9)
    assert meeting.items.get().commitment == promised


def test_a_meeting_that_is_held_later_has_that_day(cast, promised, head, now):
    meeting = called(cast, now, head, days=20)
    late = now + timedelta(days=50)
    meetings.open_meeting(meeting_id=meeting.pk, by=head, now=late)
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=late, reason="改不了期")
    one = {"meeting_id": meeting.pk, "by": head, "now": late + timedelta(days=4)}
    refused("VERDICTS_LACKING", minutes.publish_minutes, **one)


def test_what_was_on_an_agenda_is_on_the_next_when_it_is_called_off(cast, body, head, hand, now):
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    meeting = called(cast, now, head)
    given = {"ticket_id": ticket.pk, "meeting_id": meeting.pk, "reason": "修灯", "by": hand, "now": now}
    agenda.put_on_agenda(**given)
    members = body.members.count()
    meetings.cancel_meeting(meeting_id=meeting.pk, reason="停电", by=head, now=now)
    assert letters("MEETING_CANCELLED") == members  # who told it is a member here
    again = called(cast, now, head, days=6)
    assert again.items.get().ticket == ticket
    handling.answer_ticket(ticket_id=ticket.pk, reason="修好了", by=hand, now=now)
    verdicts.confirm_ticket(ticket_id=ticket.pk, by=cast.guilan.user, now=now)
    meetings.cancel_meeting(meeting_id=again.pk, reason="停电", by=head, now=now)
    assert not called(cast, now, head, days=7).items.exists()


def test_she_notes_nothing_about_what_she_told(cast, body, head, now):
    User.objects.filter(pk=cast.guilan.user_id).update(is_staff=True)
    cast.guilan.user.memberships.create(
        division=cast.city["community"], role=Role.DIRECTOR, since=date(2026, 1, 1)
    )
    ticket = brought_to(S.ACCEPTED, told(cast, now), cast=cast, by=head, now=now)
    meeting = called(cast, now - timedelta(days=3), head)
    given = {"ticket_id": ticket.pk, "meeting_id": meeting.pk, "reason": "修灯", "by": cast.worker}
    item = agenda.put_on_agenda(**given, now=now)
    meetings.open_meeting(meeting_id=meeting.pk, by=head, now=now)
    hers = User.objects.get(pk=cast.guilan.user_id)
    refused("SAME_PERSON", said, meeting=meeting, kind="NOTE", by=hers, now=now, item=item, words="先修我家")


def test_a_move_that_is_no_more_possible_says_so(cast, body, head, hand, now):
    """Its handler promised it between agenda and day: a refusal with a sentence, which a page can drop."""
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    meeting = called(cast, now - timedelta(days=3), head)
    given = {"ticket_id": ticket.pk, "meeting_id": meeting.pk, "reason": "修灯", "by": hand, "now": now}
    item = agenda.put_on_agenda(**given)
    brought = {"what": "换灯", "due_on": (now + timedelta(days=5)).date(), "by": hand, "now": now}
    grievances.commitments.make_commitment(ticket_id=ticket.pk, **brought)
    meetings.open_meeting(meeting_id=meeting.pk, by=head, now=now)
    asked = {"words": "换上新灯", "wait": 7, "handler_id": hand.pk}
    for kind in ("HAND", "ANSWER", "PROMISE"):
        refused("MOVE_REFUSED", said, meeting=meeting, kind=kind, by=head, now=now, item=item, **asked)


@pytest.mark.usefixtures("clock")
def test_reasons_and_places_are_looked_at_before_everybody_reads_them(client, cast, body, head, now):
    meeting = called(cast, now, head)
    client.force_login(head)
    words = "3号楼2单元501的张大爷住院，电话13800138000"
    where = reverse("grievances:staff_cancel_meeting", args=[meeting.pk])
    assert client.post(where, {"reason": words}).status_code == 422
    moved = {
        "day": "2026-12-18",
        "at": "15:00",
        "place": "张大爷家3号楼501，电话13800138000",
        "reason": "下雨",
    }
    where = reverse("grievances:staff_reschedule", args=[meeting.pk])
    assert client.post(where, moved).status_code == 422
    assert client.post(where, {**moved, "place": "小广场"}).status_code == 302


@pytest.mark.usefixtures("clock")
def test_a_wrong_title_is_put_right(client, cast, meeting, head, now):
    item = raised(meeting, head, now, "请找张大爷 13800138000")
    client.force_login(head)
    where = reverse("grievances:staff_reword", args=[item.pk])
    assert client.post(where, {"title": "楼道堆物", "words": ""}).status_code == 302
    item.refresh_from_db()
    assert item.title == "楼道堆物"


@pytest.mark.usefixtures("clock")
def test_who_wants_to_speak_is_not_read_on_the_screen_of_the_hall(client, cast, meeting, head, now):
    item = raised(meeting, head, now)
    follow = {"item_id": item.pk, "person_id": cast.guilan.pk, "by": cast.guilan.user, "speaks": True}
    agenda.follow_item(**follow, now=now)
    client.force_login(head)
    page = client.get(reverse("grievances:staff_meeting", args=[meeting.pk])).content.decode()
    assert "1 位想到会上说" in page
    assert page.index("1 位想到会上说") < page.index('<p class="small">王桂兰')


@pytest.mark.usefixtures("clock")
def test_a_mark_of_another_meeting_is_refused(client, cast, meeting, head, now):
    mark = uuid4()
    said(meeting, "RAISE", head, now, op_id=mark, title="井盖响", category_id=grievances.category().pk)
    joint = in_session(cast, now, head, held_by=grievances.body(cast, kind="JOINT"))
    given = {"title": "井盖响", "category_id": grievances.category().pk, "op_id": mark}
    refused("KEY_REUSED", said, meeting=joint, kind="RAISE", by=head, now=now, **given)

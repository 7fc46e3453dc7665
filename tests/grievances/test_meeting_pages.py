"""The pages of meetings: what everybody reads and when, the page of the day with and without a network."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.urls import reverse

from grievances.actions import agenda, meetings, minutes
from grievances.actions.minutes import settle_correction
from grievances.models.bodies import Body, BodyMember
from grievances.models.meetings import Correction, MeetingRecord
from grievances.parts import PART
from grievances.rules.meetings import MeetingState, Outcome
from notices.models import Notice
from people.models import User
from people.parts import About
from people.rules import Role
from tests import backoffice
from tests.factories import grievances, people
from tests.factories.grievances import called, raised, said, told

pytestmark = pytest.mark.usefixtures("clock")
FORMER = "name_quorum_active_by_events"
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def desk(client, head):
    client.force_login(head)
    return client


@pytest.fixture
def item(meeting, head, now):
    return raised(meeting, head, now)


def address(name, *args):
    return reverse(f"grievances:{name}", args=args)


def record(client, meeting, kind, item=None, *, mark=None, **typed):
    """What the page of the day sends once its network is back."""
    given = {"op_id": mark or uuid4(), "item_id": item.pk if item else "", **typed}
    return client.post(address("staff_record", meeting.pk, kind), given, **JSON)


def read(client, name, *args):
    caches["pages"].clear()
    return client.get(address(name, *args)).content.decode()


# --- The page of the day --------------------------------------------------------------------


def test_four_taps_and_it_is_promised(desk, meeting, item, hand):
    """Open the item's form, who, how long, done: what is promised stands there already."""
    page = read(desk, "staff_meeting", meeting.pk)
    assert f'value="{item.title}"' in page
    answer = record(desk, meeting, "promise", item, wait=14, handler_id=hand.pk)
    assert (answer.status_code, answer.json()["detail"]) == (200, "记下了。")
    item.refresh_from_db()
    assert (item.outcome, item.promise.what) == (Outcome.PROMISED, item.title)


def test_what_comes_twice_is_written_down_once(desk, meeting, item):
    mark = uuid4()
    for _again in range(2):
        assert record(desk, meeting, "note", item, mark=mark, words="再等一等").status_code == 200
    assert MeetingRecord.objects.filter(op_id=mark).count() == 1
    other = record(desk, meeting, "note", item, mark=mark, words="别的话")
    assert (other.status_code, other.json()["code"]) == (409, "KEY_REUSED")


def test_what_is_refused_is_one_sentence_and_its_status(desk, meeting, item, head, now):
    assert record(desk, meeting, "note", item, words="").status_code == 422
    assert record(desk, meeting, "note", item, mark="x", words="再等").status_code == 422
    too_many = record(desk, meeting, "vote", item, yes=99)
    assert (too_many.status_code, too_many.json()["code"]) == (409, "TOO_MANY_VOICES")
    assert "99" in too_many.json()["detail"]
    assert desk.post(address("staff_record", meeting.pk, "nothing"), {}, **JSON).status_code == 404
    grievances.closed(meeting, head, now)
    late = record(desk, meeting, "note", item, words="会后想起来的")
    assert (late.status_code, late.json()["code"]) == (409, "MINUTES_PUBLISHED")


@pytest.mark.parametrize("typed", [{"yes": -1}, {"yes": "½"}, {"yes": "9" * 30}, {"yes": ""}])
def test_odd_numbers_of_voices_are_refused(desk, meeting, item, typed):
    assert record(desk, meeting, "vote", item, **typed).status_code in {409, 422}


def test_without_scripts_it_is_a_form_that_keeps_what_was_typed(desk, meeting, item, hand):
    where = address("staff_record", meeting.pk, "answer")
    typed = {"op_id": uuid4(), "item_id": item.pk, "words": "坡道修好了"}
    refused = desk.post(where, typed)
    assert refused.status_code == 422
    assert "坡道修好了" in refused.content.decode()
    done = desk.post(where, {**typed, "handler_id": hand.pk})
    assert done.status_code == 302
    assert done.url.endswith(f"#item-{item.pk}")


def test_a_name_in_what_everybody_will_read_comes_back_once(desk, meeting, item):
    words = "请找住在3号楼2单元501的张大爷，电话13800138000"
    refused = record(desk, meeting, "note", item, words=words)
    assert refused.status_code == 422
    assert record(desk, meeting, "note", item, words=words, as_is="on").status_code == 200


def test_another_center_is_another_secretary(client, cast, meeting, item):
    other = people.staff("别处的秘书", Role.MEETING_SECRETARY, cast.city["other_community"])
    client.force_login(other)
    assert record(client, meeting, "note", item, words="写一句").status_code == 404
    assert client.get(address("staff_meeting", meeting.pk)).status_code == 404
    assert (
        client.post(address("staff_reword", item.pk), {"title": "坡道", "words": "改一改"}).status_code == 404
    )


def test_the_secretary_is_told_of_two_months_without_a_meeting(desk, meeting, head, clock, now):
    grievances.closed(meeting, head, now)
    clock.now = now + timedelta(days=63)
    desk.force_login(head)
    assert "两个多月没有开会" in read(desk, "staff_meetings")


def test_a_meeting_is_called_on_the_page(desk, body):
    where = address("staff_meetings")
    typed = {"body": body.pk, "day": "2026-12-18", "at": "15:00", "place": "二楼议事厅"}
    assert desk.post(where, {**typed, "day": "2026-11-01"}).status_code == 409
    assert desk.post(where, typed).status_code == 302
    assert body.meetings.get().starts_at.isoformat() == "2026-12-18T07:00:00+00:00"


# --- What everybody reads -------------------------------------------------------------------


def test_what_was_said_is_told_once_it_is_published(client, meeting, item, head, now):
    said(meeting, "NOTE", head, now, item, words="大家先看一看")
    said(meeting, "VOTE", head, now, item, question="建在南门", secret=True, yes=2, no=1, abstained=0)
    before = read(client, "meeting", meeting.pk)
    assert item.title in before
    assert "大家先看一看" not in before
    assert "建在南门" not in before
    grievances.closed(meeting, head, now)
    after = read(client, "meeting", meeting.pk)
    assert "大家先看一看" in after
    assert "赞成 2，反对 1" in after
    assert "无记名" in after


def test_only_who_holds_an_office_is_named(client, meeting, head, now):
    grievances.closed(meeting, head, now)
    page = read(client, "meeting", meeting.pk)
    seats = meeting.body.members.select_related("person")
    named = {seat.person.full_name for seat in seats if seat.office}
    others = {seat.person.full_name for seat in seats if not seat.office}
    assert all(name in page for name in named)
    assert not [name for name in others if name in page]


def test_names_are_looked_for_once_more_before_publishing(desk, meeting, item, head, now, clock):
    said(meeting, "NOTE", head, now, item, words="请找张大爷，电话13800138000")
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    clock.now = now + timedelta(days=4)
    desk.force_login(head)
    where = address("staff_publish", meeting.pk)
    assert desk.post(where).status_code == 422
    assert desk.post(where, {"as_is": "on"}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PUBLISHED


def test_a_confidence_goes_to_a_meeting_in_the_words_of_the_desk(client, cast, body, head, now):
    secret = told(cast, now, privacy="CONFIDENTIAL", title="楼上打孩子", text="三单元那家", about="其他的事")
    grievances.brought_to("ACCEPTED", secret, cast=cast, by=head, now=now)
    meeting = called(cast, now, head)
    given = {"ticket_id": secret.pk, "meeting_id": meeting.pk, "reason": "怎么帮有难处的家庭"}
    agenda.put_on_agenda(**given, by=cast.worker, now=now, agreed=True)
    client.force_login(head)
    for page in (read(client, "meeting", meeting.pk), read(client, "staff_meeting", meeting.pk)):
        assert "怎么帮有难处的家庭" in page
        assert not [word for word in ("打孩子", "三单元", cast.guilan.full_name) if word in _about(page)]
    letters = [f"{one.body_data}" for one in Notice.objects.filter(kind__startswith="MEETING")]
    assert not [one for one in letters if secret.reference in one]


def _about(page):
    """The agenda, without the list of members of whom she is one."""
    return page[page.index("怎么帮有难处的家庭") :]


# --- Members and residents ------------------------------------------------------------------


def test_a_member_reads_the_draft_and_says_what_is_wrong(client, cast, meeting, item, head, now):
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    client.force_login(cast.guilan.user)
    assert item.title in read(client, "minutes", meeting.pk)
    where = address("correct", item.pk)
    assert client.post(where, {"text": " "}).status_code == 422
    assert client.post(where, {"text": "是北门"}).status_code == 302
    assert "是北门" in read(client, "minutes", meeting.pk)
    asked = Correction.objects.get()
    settle_correction(correction_id=asked.pk, taken=True, words="另定日子", by=head, now=now)
    assert "改成了：另定日子" in read(client, "minutes", meeting.pk)
    client.force_login(cast.stranger.user)
    assert client.get(address("minutes", meeting.pk)).status_code == 403
    assert client.post(where, {"text": "是东门"}).status_code == 403


def test_whose_term_is_over_is_no_member(client, cast, meeting, head, now):
    BodyMember.objects.filter(person=cast.guilan).update(until=date(2026, 10, 1))
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    client.force_login(cast.guilan.user)
    answer = client.get(address("minutes", meeting.pk))
    assert answer.status_code == 403
    assert "公布以后大家都能看" in answer.content.decode()


def test_the_letter_leads_to_the_draft_and_to_what_was_published(cast, meeting, head, now):
    grievances.closed(meeting, head, now)
    links = {
        kind: PART.address(About(kind, "meeting", meeting.pk, {})).url
        for kind in ("MINUTES_TO_READ", "CORRECTION_SETTLED", "MINUTES_PUBLISHED")
    }
    assert links == {
        "MINUTES_TO_READ": address("minutes", meeting.pk),
        "CORRECTION_SETTLED": address("minutes", meeting.pk),
        "MINUTES_PUBLISHED": address("meeting", meeting.pk),
    }


def test_who_wants_to_speak_is_named_to_the_secretary(desk, client, cast, meeting, item, now):
    client.force_login(cast.guilan.user)
    where = address("follow_item", item.pk)
    assert client.get(where).status_code == 200
    assert client.post(where, {"person_id": cast.guilan.pk, "speaks": "on"}).status_code == 302
    assert client.post(where, {"person_id": cast.stranger.pk}).status_code == 422
    client.force_login(User.objects.get(pk=meeting.by_id))
    assert "想到会上说" in read(client, "staff_meeting", meeting.pk)


def test_her_next_meeting_stands_among_what_lies_ahead(client, cast, body, head, now):
    called(cast, now, head)
    client.force_login(cast.guilan.user)
    assert "说事会" in client.get("/my/").content.decode()
    client.force_login(cast.stranger.user)
    assert "说事会" not in client.get("/my/").content.decode()


def test_the_first_page_tells_of_the_next_and_of_the_last(client, cast, meeting, head, now):
    grievances.closed(meeting, head, now)
    ahead = called(cast, now, head, days=20)
    caches["pages"].clear()
    page = client.get("/").content.decode()
    assert address("meeting", ahead.pk) in page
    assert address("meeting", meeting.pk) in page


# --- The back office ------------------------------------------------------------------------


def test_a_body_says_what_it_was(client, cast, body, head):
    client.force_login(head)
    page = backoffice.change(body)
    seats = list(body.members.order_by("pk"))
    form = {"name": "恒星说事会", "quorum": 15, "active": "on", "members-TOTAL_FORMS": len(seats)}
    form |= {"members-INITIAL_FORMS": len(seats), f"{FORMER}-TOTAL_FORMS": 0, f"{FORMER}-INITIAL_FORMS": 0}
    for number, seat in enumerate(seats):
        form |= {f"members-{number}-id": seat.pk, f"members-{number}-person": seat.person_id}
        form |= {f"members-{number}-since": "2026-01-01", f"members-{number}-office": seat.office}
    answer = client.post(page, form)
    assert answer.status_code == 302
    body.refresh_from_db()
    assert (body.name, body.quorum, body.by) == ("恒星说事会", 15, head)
    event = Body.pgh_event_model.objects.get(pgh_obj=body)
    assert (event.name, event.quorum) == ("说事会", 2)


def test_nobody_beside_who_keeps_it_sees_a_body(client, cast, body):
    for by in (cast.worker, cast.officer, cast.grid_worker):
        client.force_login(by)
        assert client.get(backoffice.change(body)).status_code in {302, 403}


# --- What a newcomer's walk found -------------------------------------------------------------


def test_following_is_said_and_remembered(client, cast, meeting, item):
    client.force_login(cast.guilan.user)
    where = address("follow_item", item.pk)
    page = client.post(where, {"person_id": cast.guilan.pk, "speaks": "on"}, follow=True).content.decode()
    assert "记下了" in page
    again = client.get(where).content.decode()
    assert "已经关注了" in again
    assert "checked" in again[again.index('name="speaks"') :][:80]


def test_the_letter_to_the_draft_leads_on_once_it_is_published(client, cast, meeting, head, now):
    grievances.closed(meeting, head, now)
    client.force_login(cast.guilan.user)
    assert client.get(address("minutes", meeting.pk)).url == address("meeting", meeting.pk)


def test_what_was_voted_on_was_reached(client, meeting, item, head, now):
    said(meeting, "VOTE", head, now, item, question="", secret=False, yes=2, no=1, abstained=0)
    other = raised(meeting, head, now, "楼道堆物")
    grievances.closed(meeting, head, now)
    page = read(client, "meeting", meeting.pk)
    assert page.count("没有议到") == 1
    assert page.index("没有议到") > page.index(other.title)


def test_not_taking_a_correction_asks_nothing_about_its_words(desk, cast, meeting, item, head, now):
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    words = "请打 13800138000 问张大爷"
    wrong = minutes.correct_minutes(item_id=item.pk, text=words, by=cast.guilan.user, now=now)
    where = address("staff_settle", wrong.pk)
    assert desk.post(where, {"taken": "yes", "words": words}).status_code == 422
    typed = {"taken": "no", "words": words, "answer": "会上没有说到"}
    assert desk.post(where, typed).status_code == 302


def test_a_meeting_that_is_going_on_stands_on_the_first_page(client, meeting):
    caches["pages"].clear()
    assert address("meeting", meeting.pk) in client.get("/").content.decode()


def test_a_promise_whose_day_is_not_over_is_called_so_beforehand(client, cast, promised, head, now):
    ahead = called(cast, now, head, days=9)
    assert "还没到日子" in read(client, "meeting", ahead.pk)


def test_what_the_wall_says_is_offered_for_the_agenda(client, cast, body, head, now):
    ticket = grievances.brought_to("ACCEPTED", told(cast, now), cast=cast, by=head, now=now)
    type(ticket).objects.filter(pk=ticket.pk).update(public_text="南门路灯不亮")
    called(cast, now, head)
    client.force_login(cast.worker)
    page = client.get(address("staff_ticket", ticket.pk)).content.decode()
    assert 'value="南门路灯不亮"' in page

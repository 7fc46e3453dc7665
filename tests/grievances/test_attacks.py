"""What insiders tried on tickets: each found a way once, and finds none now."""

import hashlib
from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session

from grievances.actions import commitments, handling, merging, tickets, verdicts
from grievances.actions.tickets import hashes_of, open_ticket
from grievances.models.history import told_of
from grievances.models.matching import like
from grievances.models.tickets import Ticket
from grievances.rules.clocks import ClockKind
from grievances.rules.tickets import Privacy, Source, TicketMove, TicketState, content_of
from journal.models import Entry
from journal.rules import Happened
from notices.models import Notice
from people.models import Guardianship
from people.rules import Role
from tests.common.faults import found
from tests.factories import grievances, people
from tests.factories.grievances import anonymous, brought_to, promised, told, word
from tests.refusals import refused

S = TicketState


def handling_of(ticket):
    return ticket.clocks.filter(kind=ClockKind.HANDLING).order_by("pk")


def merged_into(ticket, cast, now, person=None, **given):
    other = told(cast, now, person, title="还是那盏灯", **given)
    merging.merge_ticket(ticket_id=other.pk, into_id=ticket.pk, by=cast.worker, now=now)
    return other


# --- Whose word -------------------------------------------------------------------------------------


def test_a_handler_confirms_nothing_by_a_ticket_that_she_told_herself(cast, hand, now):
    """F1, F2: whose ticket was merged speaks for herself alone."""
    ticket = told(cast, now)
    hers = people.resident("承办", cast.city["community"])
    hers.user = hand
    hers.save()
    own = merged_into(ticket, cast, now, hers)
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    verdicts.confirm_ticket(ticket_id=own.pk, by=hand, now=now)
    verdicts.confirm_ticket(ticket_id=own.pk, by=hand, now=now)
    ticket.refresh_from_db()
    assert ticket.state == S.ANSWERED
    assert own.transitions.filter(event=TicketMove.CONFIRM).count() == 1
    verdicts.confirm_ticket(ticket_id=ticket.pk, by=cast.guilan.user, now=now)
    ticket.refresh_from_db()
    assert ticket.state == S.CLOSED_CONFIRMED
    assert found() == {}


@pytest.mark.parametrize("verb", [verdicts.confirm_ticket, verdicts.dispute_ticket])
def test_nobody_speaks_for_a_note_of_the_wall(cast, hand, now, verb):
    """F10: who told it is not known, so nobody was asked."""
    note = open_ticket(word=word(cast.city["community"]), source=Source.WALL, by=cast.worker, now=now).ticket
    brought_to(S.ANSWERED, note, cast=cast, by=hand, now=now)
    given = {"reason": "还是不亮"} if verb == verdicts.dispute_ticket else {}
    refused("NOBODY_TO_ASK", verb, ticket_id=note.pk, by=cast.worker, now=now, **given)


def test_who_worked_on_it_once_writes_down_no_verdict(cast, head, now):
    """F18 to F20: whoever promised, or had it in hand before."""
    promise = promised(cast, now, by=cast.worker)
    other = grievances.handler(cast)
    tickets.assign_ticket(ticket_id=promise.ticket_id, handler_id=other.pk, by=head, now=now)
    answer = {"reason": "换好了", "evidence": "换好了", "by": other, "now": now}
    handling.answer_ticket(ticket_id=promise.ticket_id, **answer)
    refused("OWN_WORK", verdicts.confirm_ticket, ticket_id=promise.ticket_id, by=cast.worker, now=now)


def test_who_has_it_writes_down_no_reply(cast, now):
    """F12."""
    ticket = brought_to(S.WAITING_RESIDENT, told(cast, now), cast=cast, by=cast.worker, now=now)
    one = {"ticket_id": ticket.pk, "reason": "居民说不用了", "now": now}
    refused("OWN_WORK", verdicts.reply_ticket, **one, by=cast.worker)


def test_nobody_decides_for_hers_by_way_of_a_merged_ticket(cast, hand, head, now):
    """F21."""
    neighbour = people.resident("邻居", cast.city["community"])
    Guardianship.objects.create(
        guardian=neighbour, ward=people.resident("主任", cast.city["community"]), kind="AGENT"
    )
    director = people.resident("何静", cast.city["community"])
    director.user = head
    director.save()
    Guardianship.objects.create(guardian=neighbour, ward=director, kind="AGENT")
    ticket = told(cast, now)
    own = merged_into(ticket, cast, now, neighbour)
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    one = {"ticket_id": own.pk, "by": head, "now": now}
    refused("SAME_PERSON", verdicts.dispute_ticket, **one, reason="还是不亮")
    theirs = told(cast, now, neighbour, title="电梯响")
    mine = told(cast, now, title="电梯停")
    refused("SAME_PERSON", merging.merge_ticket, ticket_id=mine.pk, into_id=theirs.pk, by=head, now=now)


def test_the_second_of_two_who_are_not_content_is_heard_as_well(cast, hand, now):
    """Words were thanked for and kept nowhere."""
    ticket = told(cast, now)
    own = merged_into(ticket, cast, now, people.resident("邻居", cast.city["community"]))
    brought_to(S.DISPUTED, ticket, cast=cast, by=hand, now=now)
    for _press in range(2):
        verdicts.dispute_ticket(ticket_id=own.pk, reason="我这边也不亮", by=own.person.user, now=now)
    assert [step.reason for step in own.transitions.filter(event=TicketMove.DISPUTE)] == ["我这边也不亮"]


# --- Clocks -----------------------------------------------------------------------------------------


def test_going_away_and_coming_back_gives_no_new_time(cast, hand, now):
    """F5, F6: merged and taken apart, proposed for refusal and returned, as often as one likes."""
    ticket = brought_to(S.ASSIGNED, told(cast, now), cast=cast, by=hand, now=now)
    first = handling_of(ticket).get().due_at
    other = told(cast, now, title="另一盏灯")
    later = now + timedelta(days=1)
    for _round in range(2):
        merging.merge_ticket(ticket_id=ticket.pk, into_id=other.pk, by=cast.worker, now=later)
        merging.unmerge_ticket(ticket_id=ticket.pk, by=cast.worker, now=later)
    for _round in range(2):
        tickets.propose_refusal(ticket_id=ticket.pk, reason="不归我们", by=cast.worker, now=later)
        tickets.return_ticket(ticket_id=ticket.pk, reason="还是办", by=cast.officer, now=later)
    assert handling_of(ticket).last().due_at == first
    assert found() == {}


def test_not_solved_gives_the_whole_time_again(cast, hand, head, now):
    ticket = brought_to(S.DISPUTED, told(cast, now), cast=cast, by=hand, now=now)
    tickets.assign_ticket(ticket_id=ticket.pk, handler_id=hand.pk, by=head, now=now)
    first, again = handling_of(ticket)
    assert again.seconds == first.seconds


def test_what_turns_out_a_hazard_runs_by_the_wall_clock(cast, now):
    """F3."""
    ticket = told(cast, now)
    hazard = grievances.category("安全隐患")
    tickets.accept_ticket(ticket_id=ticket.pk, category_id=hazard.pk, by=cast.worker, now=now)
    due = {clock.kind: clock.due_at - now for clock in ticket.clocks.running()}
    assert due == {"FIRST_ANSWER": timedelta(hours=2), "HANDLING": timedelta(hours=24)}
    ticket.refresh_from_db()
    assert ticket.due_at == now + timedelta(hours=2)
    assert found() == {}


def test_a_hazard_loses_its_haste_nowhere(cast, hand, head, now):
    """F7, F9: neither merged into what may wait, nor by asking."""
    hazard, lamp = told(cast, now, about="安全隐患"), told(cast, now)
    refused(
        "NOT_TOGETHER", merging.merge_ticket, ticket_id=hazard.pk, into_id=lamp.pk, by=cast.worker, now=now
    )
    assert merging.merge_ticket(ticket_id=lamp.pk, into_id=hazard.pk, by=cast.worker, now=now)
    brought_to(S.IN_PROGRESS, hazard, cast=cast, by=hand, now=now)
    refused("HAZARD", handling.ask_resident, ticket_id=hazard.pk, reason="哪一层", by=hand, now=now)


def test_nobody_is_asked_who_cannot_answer(cast, hand, now):
    note = open_ticket(word=word(cast.city["community"]), source=Source.WALL, by=cast.worker, now=now).ticket
    brought_to(S.IN_PROGRESS, note, cast=cast, by=hand, now=now)
    refused("NOBODY_TO_ASK", handling.ask_resident, ticket_id=note.pk, reason="哪一层", by=hand, now=now)
    coded, _code = anonymous(cast, now)
    brought_to(S.IN_PROGRESS, coded, cast=cast, by=hand, now=now)
    assert handling.ask_resident(ticket_id=coded.pk, reason="哪一层", by=hand, now=now)


@pytest.mark.parametrize("state", [S.TO_REFUSE, S.REFUSED, S.TO_PARK, S.PARKED])
def test_nothing_is_silenced_by_merging_it_into_what_stands_still(cast, hand, head, now, state):
    """F26."""
    still = brought_to(state, told(cast, now), cast=cast, by=hand, now=now, above=head)
    mine = told(cast, now, title="电梯坏")
    refused(
        "NOT_TOGETHER", merging.merge_ticket, ticket_id=mine.pk, into_id=still.pk, by=cast.worker, now=now
    )


def test_whoever_was_merged_may_still_ask_again(cast, now):
    ticket = told(cast, now)
    own = merged_into(ticket, cast, now, people.resident("邻居", cast.city["community"]))
    brought_to(S.REFUSED, ticket, cast=cast, by=cast.worker, now=now)
    verdicts.appeal_ticket(ticket_id=own.pk, reason="灯杆是社区立的", by=own.person.user, now=now)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.level) == (S.ACCEPTED, 1)


@pytest.mark.parametrize("day", [date(2028, 1, 3), date(2099, 1, 1), date(9999, 12, 31)])
def test_nothing_is_put_off_for_ever(cast, hand, head, now, day):
    """F8."""
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    one = {"ticket_id": ticket.pk, "reason": "没有钱", "by": head, "now": now}
    refused("TOO_FAR", handling.propose_parking, **one, review_on=day)


def test_a_promise_that_is_late_stays_late(client, cast, clock, hand, head, now):
    """F14, F15: it is not put off any more, and a late claim says how late it came."""
    promise = promised(cast, now, by=hand)
    after = now + timedelta(days=20)
    one = {"ticket_id": promise.ticket_id, "now": after}
    later = date(2027, 1, 15)
    refused("LATE", commitments.postpone_commitment, **one, due_on=later, reason="再等等", by=head)
    handling.answer_ticket(**one, reason="做了", evidence="做了", by=hand)
    promise.refresh_from_db()
    assert promise.days_late == (after.date() - promise.due_on).days
    assert f"晚了 {promise.days_late} 天" in client.get("/say/promises/").content.decode()


# --- Who reads --------------------------------------------------------------------------------------


def test_likeness_tells_nothing_but_what_stands_on_the_wall(cast, now):
    """F13: a number was read two letters at a time."""
    ticket = told(cast, now, title="楼道灯坏了", text="联系我李建国电话13905718264")
    tickets.accept_ticket(ticket_id=ticket.pk, public_text="三号楼楼道灯不亮", by=cast.worker, now=now)
    place = {"category_id": ticket.category_id, "division": cast.city["community"]}
    assert like(pairs=hashes_of("楼道的灯不亮"), **place) == [ticket]
    for guess in ("13", "39", "90", "李建", "建国", "联系"):
        assert like(pairs=hashes_of(guess), **place) == []


def test_what_staff_say_among_themselves_is_not_for_who_told_it(client, cast, clock, hand, now):
    """F16: she has a post, and told it herself."""
    hers = people.resident("承办", cast.city["other_community"])
    hers.user = people.staff("何强", "GRID_WORKER", cast.city["other_community"])
    hers.save()
    ticket = told(cast, now, hers)
    tickets.propose_refusal(ticket_id=ticket.pk, reason="内部：老投诉", by=cast.worker, now=now)
    client.force_login(hers.user)
    assert client.get(f"/staff/tickets/{ticket.pk}/").status_code == 404
    assert "老投诉" not in client.get(f"/say/{ticket.pk}/").content.decode()


def test_letters_of_what_was_told_in_confidence_do_not_say_what(cast, hand, now):
    """F23, F24: who rings about them, and where they are listed, need not know."""
    ticket = told(cast, now, privacy=Privacy.CONFIDENTIAL)
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    hers = Notice.objects.filter(recipient=cast.guilan)
    assert hers.count() >= 3
    for notice in hers:
        assert ticket.reference not in str(notice.body_data)
        assert ticket.category.name not in str(notice.body_data)


def test_a_session_never_holds_a_code(client, cast, clock, now):
    """F25: it would stand beside an account."""
    client.force_login(cast.guilan.user)
    told_now = {
        "key": "k", "category": grievances.category().pk, "title": "楼上半夜打麻将",
        "division": cast.city["community"].pk, "privacy": "ANONYMOUS", "to": "send",
    }  # fmt: skip
    client.post("/say/new/", told_now)
    page = client.get("/say/told/").content.decode()
    assert "查询码" in page
    ticket = Ticket.objects.get()
    assert client.get(f"/say/{ticket.pk}/").status_code == 200
    assert all("ticket" not in str(one.get_decoded()) for one in Session.objects.all())
    client.cookies["ticket_code"] = "7K4M-2QX-8RT"  # a code of one's own making is no code
    assert client.get(f"/say/{ticket.pk}/").status_code == 404


def test_whoever_is_merged_reads_nothing_of_a_confidence(cast, hand, now):
    """F27."""
    ticket = told(cast, now, privacy=Privacy.CONFIDENTIAL)
    own = merged_into(ticket, cast, now, people.resident("邻居", cast.city["community"]))
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    own.refresh_from_db()
    assert all("灯修好了" not in step.words for step in told_of(own))
    assert any("灯修好了" in step.words for step in told_of(ticket))


def test_a_letter_leads_to_ones_own(client, cast, clock, now):
    """Of what hers was merged into, and of what she only met as well: both were 404."""
    ticket, neighbour = told(cast, now), people.resident("邻居", cast.city["community"])
    tickets.accept_ticket(ticket_id=ticket.pk, public_text="南门路灯不亮", by=cast.worker, now=now)
    own = merged_into(ticket, cast, now, neighbour)
    client.force_login(neighbour.user)
    assert client.get(f"/say/{ticket.pk}/").headers["Location"] == f"/say/{own.pk}/"
    follower = people.resident("路人", cast.city["community"])
    verdicts.follow_ticket(ticket_id=ticket.pk, person_id=follower.pk, by=follower.user, now=now)
    client.force_login(follower.user)
    assert client.get(f"/say/{ticket.pk}/").headers["Location"] == "/say/mine/"
    client.force_login(cast.stranger.user)
    assert client.get(f"/say/{ticket.pk}/").status_code == 404


# --- What broke the page ----------------------------------------------------------------------------


def test_what_has_a_teller_becomes_no_event(cast, now):
    """F4: it was an error of the server."""
    event = grievances.category("可疑人员").pk
    for ticket in (told(cast, now), anonymous(cast, now)[0]):
        one = {"ticket_id": ticket.pk, "category_id": event, "by": cast.worker, "now": now}
        refused("TOLD_BY_SOMEBODY", tickets.accept_ticket, **one)


@pytest.mark.parametrize("cursor", ["cD0lMDA=", "cD14", "cD0tMQ=="])
def test_a_cursor_of_ones_own_making(client, cast, clock, cursor):
    """F17: it was an error of the server."""
    client.force_login(cast.guilan.user)
    assert client.get(f"/api/v1/tickets/?cursor={cursor}").status_code == 404


def test_a_hash_of_what_was_told_confirms_no_guess(cast, now):
    """It was a plain one: six thousand guesses found a number."""
    ticket = told(cast, now)
    said = word(cast.city["community"], cast.guilan)
    rows = {"category": said.category.pk, "division": said.division.pk, "person": cast.guilan.pk}
    hers = {**vars(said), **rows}
    assert ticket.content_hash != hashlib.sha256(content_of(hers).encode()).hexdigest()


def test_a_title_says_something(cast, now):
    one = {"source": Source.WEB, "by": None, "now": now}
    refused("TITLE_NEEDED", open_ticket, word=word(cast.city["community"], title="\u200b\u200b\u200b"), **one)


def test_what_was_told_under_a_category_of_old_is_accepted_as_that(client, cast, clock, now):
    ticket = told(cast, now)
    type(ticket.category).objects.filter(pk=ticket.category_id).update(active=False)
    client.force_login(cast.worker)
    answer = client.post(f"/staff/tickets/{ticket.pk}/accept/", {"category_id": ticket.category_id})
    assert answer.status_code == 302


def test_another_category_is_told(cast, now):
    """A hazard was made an ordinary matter without a trace."""
    ticket = told(cast, now, about="安全隐患")
    lamp = grievances.category("路灯")
    tickets.accept_ticket(ticket_id=ticket.pk, category_id=lamp.pk, by=cast.worker, now=now)
    assert any(step.words == "类别由“安全隐患”改为“路灯”。" for step in told_of(ticket))


def test_passing_it_on_for_a_moment_makes_nobody_another(cast, head, hand, now):
    """F34: a director put her own promise off by way of a colleague."""
    promise = promised(cast, now, by=head)
    tickets.assign_ticket(ticket_id=promise.ticket_id, handler_id=hand.pk, by=cast.worker, now=now)
    one = {"ticket_id": promise.ticket_id, "due_on": date(2026, 12, 18), "reason": "再等等", "now": now}
    refused("TWO_PEOPLE", commitments.postpone_commitment, **one, by=head)
    assert commitments.postpone_commitment(**one, by=cast.officer)


@pytest.mark.usefixtures("clock")
def test_who_guesses_by_assigning_whose_kin_told_it_is_on_record(cast, client, hand, now):
    """F22: the sentence is the same for every reason, and each try stands in the journal, without the name."""
    kin = people.person("承办")
    kin.user = hand
    kin.save()
    Guardianship.objects.create(guardian=kin, ward=cast.guilan, kind="RELATIVE", confirmed_by=cast.worker)
    other = people.staff("承办二", Role.GRID_WORKER, cast.city["community"])
    ticket = told(cast, now, privacy=Privacy.CONFIDENTIAL)
    brought_to(S.DISPUTED, ticket, cast=cast, by=other, now=now)
    client.force_login(cast.officer)
    answer = client.post(f"/staff/tickets/{ticket.pk}/assign/", {"handler_id": hand.pk})
    assert answer.status_code == 409
    assert "这件事不能派给这位工作人员" in answer.content.decode()
    [entry] = Entry.objects.filter(kind=Happened.REFUSED)
    told_of = (entry.account, entry.what, entry.code)
    assert told_of == (cast.officer.pk, f"POST grievances:staff_assign ticket_id={ticket.pk}", "NOT_FOR_HER")


def test_who_had_it_in_hand_decides_nothing_about_her_own_work(cast, head, now):
    """A director answered, was told that it is not solved, and gave it to herself again."""
    ticket = brought_to(S.ANSWERED, told(cast, now), cast=cast, by=head, now=now)
    verdicts.dispute_ticket(ticket_id=ticket.pk, reason="还是不亮", by=cast.guilan.user, now=now)
    again = {"ticket_id": ticket.pk, "handler_id": head.pk, "now": now}
    refused("NOT_ALLOWED", tickets.assign_ticket, **again, by=head)
    letters = Notice.objects.filter(kind="TICKET_TO_DECIDE").values_list("recipient__user", flat=True)
    assert set(letters) == {cast.officer.pk}
    tickets.assign_ticket(**{**again, "handler_id": cast.worker.pk}, by=cast.officer)

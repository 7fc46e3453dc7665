"""What was promised: who may, for when, put off once, kept or broken as residents say, told to everybody."""

from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.db import connection, transaction

from centers.models import CalendarDay
from common.workdays import Workdays
from grievances.actions import commitments, handling, tickets, verdicts
from grievances.actions.passing import pass_time, settle_calendar
from grievances.models.commitments import Commitment
from grievances.models.history import Clock
from grievances.rules.clocks import ClockKind, end_of
from grievances.rules.commitments import FEW, CommitmentState, promised_day
from grievances.rules.tickets import TicketState
from notices.models import Notice
from tests.common.faults import found
from tests.factories import grievances, people
from tests.factories.grievances import brought_to, told
from tests.owner import unguarded
from tests.refusals import refused, rule

S, C = TicketState, CommitmentState
FRIDAY = date(2026, 11, 27)
LATER = date(2026, 12, 18)


@pytest.fixture
def ticket(cast, hand, now):
    return brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)


@pytest.fixture
def promised(ticket, hand, now):
    return commitments.make_commitment(ticket_id=ticket.pk, what="换上新灯", due_on=FRIDAY, by=hand, now=now)


def answered(promised, hand, now):
    handling.answer_ticket(
        ticket_id=promised.ticket_id, reason="换好了", evidence="南门换上了新灯", by=hand, now=now
    )


def state_of(row):
    row.refresh_from_db()
    return row.state


# --- Making one ------------------------------------------------------------------------------------


def test_a_promise_stops_the_handling_clock_and_runs_to_the_evening_of_its_day(promised, now):
    ticket = promised.ticket
    assert state_of(ticket) == S.COMMITTED
    clocks = {clock.kind: clock for clock in ticket.clocks.running()}
    assert clocks[ClockKind.PROMISE].due_at == end_of(FRIDAY) == ticket.due_at
    assert clocks[ClockKind.HANDLING].paused_at == now
    assert Notice.objects.filter(kind="TICKET_PROMISED", recipient=ticket.person).count() == 1
    assert found() == {}


def test_its_clock_ends_on_the_second_whenever_it_was_made(ticket, hand, now):
    odd = now + timedelta(seconds=1, microseconds=234567)
    commitments.make_commitment(ticket_id=ticket.pk, what="换上新灯", due_on=FRIDAY, by=hand, now=odd)
    assert ticket.clocks.get(kind=ClockKind.PROMISE).due_at == end_of(FRIDAY)
    assert found() == {}


def test_the_same_again_is_one_promise(promised, hand, now):
    again = {"ticket_id": promised.ticket_id, "by": hand, "now": now}
    assert commitments.make_commitment(**again, what="换上新灯", due_on=FRIDAY) == promised
    refused("MOVE_REFUSED", commitments.make_commitment, **again, what="别的", due_on=FRIDAY)
    assert Commitment.objects.count() == 1


def test_who_has_it_promises_within_its_time_and_who_stands_above_also_later(ticket, hand, head, now):
    one = {"ticket_id": ticket.pk, "what": "换上新灯", "now": now}
    refused("TWO_PEOPLE", commitments.make_commitment, **one, due_on=LATER, by=hand)
    assert commitments.make_commitment(**one, due_on=LATER, by=head).who == hand


def test_a_director_who_has_it_herself_promises_no_later_day(cast, head, now):
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=head, now=now)
    one = {"ticket_id": ticket.pk, "what": "换上新灯", "now": now, "due_on": LATER}
    refused("TWO_PEOPLE", commitments.make_commitment, **one, by=head)
    assert commitments.make_commitment(**one, by=cast.officer)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"due_on": date(2026, 11, 25)}, "PAST_DAY"),
        ({"due_on": date(2028, 1, 3)}, "TOO_FAR"),
        ({"what": " 啊"}, "REASON_NEEDED"),
    ],
)
def test_what_no_promise_can_be(ticket, head, now, given, code):
    one = {"ticket_id": ticket.pk, "what": "换上新灯", "due_on": FRIDAY, "by": head, "now": now}
    refused(code, commitments.make_commitment, **{**one, **given})
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(("about", "code"), [("安全隐患", "HAZARD"), ("可疑人员", "EVENT")])
def test_what_goes_first_is_not_promised_for_later(cast, hand, now, about, code):
    ticket = brought_to(S.IN_PROGRESS, told(cast, now, about=about), cast=cast, by=hand, now=now)
    one = {"ticket_id": ticket.pk, "what": "换上新灯", "due_on": FRIDAY, "by": hand, "now": now}
    refused(code, commitments.make_commitment, **one)


def test_nobody_promises_about_what_she_told_herself(cast, hand, now):
    head = people.staff("何主任", "DIRECTOR", cast.city["community"])
    person = people.resident("何主任", cast.city["community"])
    person.user = head
    person.save()
    ticket = brought_to(S.IN_PROGRESS, told(cast, now, person), cast=cast, by=hand, now=now)
    one = {"ticket_id": ticket.pk, "what": "换上新灯", "due_on": LATER, "now": now}
    refused("SAME_PERSON", commitments.make_commitment, **one, by=head)


# --- Its day ---------------------------------------------------------------------------------------


def test_a_day_on_which_nobody_works_becomes_the_next_working_day(ticket, head, now):
    made = commitments.make_commitment(
        ticket_id=ticket.pk, what="换上新灯", due_on=date(2026, 11, 28), by=head, now=now
    )
    assert (made.wanted_on, made.due_on, made.provisional) == (
        date(2026, 11, 28),
        date(2026, 11, 30),
        False,
    )


@pytest.mark.parametrize(
    ("wanted", "day"),
    [
        (date(2030, 1, 1), date(2030, 1, 2)),  # New Year's Day, by law
        (date(2030, 2, 2), date(2030, 2, 6)),  # the eve of the Spring Festival and its three days, by law
        (date(2030, 3, 4), date(2030, 3, 4)),
    ],
)
def test_in_a_year_without_a_calendar_only_the_law_is_known(wanted, day):
    unknown = Workdays(frozenset({2026}), {}, {})
    assert promised_day(wanted, unknown) == (day, True)


def test_a_provisional_day_is_set_right_when_the_calendar_comes(ticket, head, now):
    CalendarDay.objects.filter(day__year=2027).delete()
    made = commitments.make_commitment(
        ticket_id=ticket.pk, what="换上新灯", due_on=date(2027, 1, 2), by=head, now=now
    )
    assert (made.due_on, made.provisional) == (date(2027, 1, 4), True)
    CalendarDay.objects.create(day=date(2027, 1, 1), kind="HOLIDAY", name="元旦")
    CalendarDay.objects.create(day=date(2027, 1, 2), kind="MAKEUP_WORKDAY", name="元旦")
    CalendarDay.objects.create(day=date(2027, 10, 1), kind="HOLIDAY", name="国庆节")
    assert settle_calendar(now=now) >= 1
    made.refresh_from_db()
    assert (made.due_on, made.provisional) == (date(2027, 1, 2), False)
    assert Clock.objects.get(kind="PROMISE", stopped_at=None).due_at == end_of(date(2027, 1, 2))
    assert found() == {}


def test_its_day_moves_once_to_a_later_one_by_who_stands_above(promised, hand, head, cast, now):
    one = {"ticket_id": promised.ticket_id, "reason": "等灯头", "now": now}
    refused("TWO_PEOPLE", commitments.postpone_commitment, **one, due_on=LATER, by=hand)
    refused("NOT_ALLOWED", commitments.postpone_commitment, **one, due_on=LATER, by=cast.worker)
    refused("LATER", commitments.postpone_commitment, **one, due_on=date(2026, 11, 26), by=head)
    refused("REASON_NEEDED", commitments.postpone_commitment, **{**one, "reason": ""}, due_on=LATER, by=head)
    moved = commitments.postpone_commitment(**one, due_on=LATER, by=head)
    assert (moved.postponed_from, moved.due_on) == (FRIDAY, LATER)
    assert commitments.postpone_commitment(**one, due_on=LATER, by=head) == moved
    refused("ONCE", commitments.postpone_commitment, **one, due_on=date(2027, 1, 8), by=head)
    promised.ticket.refresh_from_db()
    assert promised.ticket.due_at == end_of(LATER)
    assert found() == {}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("what = '别的'", "commitment_is_not_rewritten"),
        ("due_on = due_on + 1", "commitment_keeps_its_day"),
        ("postponed_from = due_on, due_on = due_on - 1, wanted_on = due_on - 1", "commitment_keeps_its_day"),
        ("state = 'DONE', judged_at = now()", "commitment_moves_by_the_table"),
        ("state = 'CLAIMED', claimed_at = now()", "commitment_claimed_with_evidence"),
        ("state = 'NOT_DONE'", "commitment_judged_by_state"),
    ],
)
def test_the_database_keeps_what_was_promised(promised, change, name):
    with rule(name), connection.cursor() as cursor:
        cursor.execute(f"UPDATE grievances_commitment SET {change}")


def test_one_open_promise_a_ticket(promised, now):
    with rule("one_open_commitment_a_ticket"), transaction.atomic():
        Commitment.objects.create(
            ticket=promised.ticket, division=promised.division, what="又一个", who=promised.who,
            wanted_on=LATER, due_on=LATER, made_at=now,
        )  # fmt: skip


# --- Kept or broken --------------------------------------------------------------------------------


def test_the_answer_says_what_was_kept(promised, hand, now):
    one = {"ticket_id": promised.ticket_id, "reason": "换好了", "by": hand, "now": now}
    refused("EVIDENCE_NEEDED", handling.answer_ticket, **one)
    assert state_of(promised.ticket) == S.COMMITTED
    handling.answer_ticket(**one, evidence="南门换上了新灯")
    assert state_of(promised) == C.CLAIMED
    assert found() == {}


@pytest.mark.parametrize(
    ("verb", "given", "state", "ticket_state"),
    [
        (verdicts.confirm_ticket, {}, C.DONE, S.CLOSED_CONFIRMED),
        (verdicts.confirm_partly, {"reason": "还有一盏"}, C.PARTLY, S.IN_PROGRESS),
        (verdicts.dispute_ticket, {"reason": "还是不亮"}, C.NOT_DONE, S.DISPUTED),
    ],
)
def test_her_word_on_the_ticket_is_her_word_on_the_promise(
    cast, promised, hand, now, verb, given, state, ticket_state
):
    answered(promised, hand, now)
    verb(ticket_id=promised.ticket_id, by=cast.guilan.user, now=now, **given)
    assert (state_of(promised), state_of(promised.ticket)) == (state, ticket_state)
    assert promised.ticket.level == (1 if state == C.NOT_DONE else 0)
    assert found() == {}


def test_whoever_handled_it_writes_down_no_verdict(cast, now):
    hand = cast.worker
    promised = grievances.promised(cast, now, by=hand)
    answered(promised, hand, now)
    one = {"ticket_id": promised.ticket_id, "by": hand, "now": now}
    refused("OWN_WORK", verdicts.confirm_partly, **one, reason="还差一盏")


def test_silence_is_no_verdict(promised, hand, now):
    answered(promised, hand, now)
    pass_time(now=now + timedelta(days=15))
    assert (state_of(promised), state_of(promised.ticket)) == (C.UNJUDGED, S.CLOSED_UNVERIFIED)
    assert Commitment.objects.all().sums(FRIDAY)["judged"] == 0


def test_what_was_said_to_be_kept_may_turn_out_not_to_be(cast, promised, hand, now):
    answered(promised, hand, now)
    by = {"ticket_id": promised.ticket_id, "by": cast.guilan.user}
    verdicts.confirm_ticket(**by, now=now)
    verdicts.dispute_ticket(**by, reason="又不亮了", now=now + timedelta(days=20))
    assert state_of(promised) == C.NOT_DONE
    assert found() == {}


def test_once_its_day_has_passed_she_need_not_wait_for_a_claim(cast, promised, head, now):
    by = {"ticket_id": promised.ticket_id, "by": cast.guilan.user, "reason": "没有人来"}
    refused("NOT_YET", verdicts.dispute_ticket, **by, now=now)
    refused("NOT_YET", verdicts.dispute_ticket, **by, now=end_of(FRIDAY))
    after = end_of(FRIDAY) + timedelta(days=1)
    pass_time(now=after)
    assert Notice.objects.filter(kind="TICKET_LATE").exists()
    verdicts.dispute_ticket(**by, now=after)
    assert (state_of(promised), state_of(promised.ticket)) == (C.NOT_DONE, S.DISPUTED)


def test_another_hand_has_the_same_promise_to_keep(cast, promised, head, hand, now):
    tickets.assign_ticket(ticket_id=promised.ticket_id, handler_id=cast.worker.pk, by=head, now=now)
    assert state_of(promised.ticket) == S.COMMITTED
    assert state_of(promised) == C.MADE
    assert promised.who == cast.worker
    refused(
        "NOT_ALLOWED", handling.answer_ticket,
        ticket_id=promised.ticket_id, reason="换好了", evidence="换好了", by=hand, now=now,
    )  # fmt: skip


def test_a_part_is_said_only_of_a_promise(cast, hand, now):
    ticket = brought_to(S.ANSWERED, told(cast, now), cast=cast, by=hand, now=now)
    refused(
        "NOTHING_PROMISED", verdicts.confirm_partly,
        ticket_id=ticket.pk, reason="还差一盏", by=cast.guilan.user, now=now,
    )  # fmt: skip


# --- Audit -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        (
            "UPDATE grievances_commitment SET state = 'NOT_DONE', judged_at = made_at",
            "承诺：答应了日子的诉求正好有一个没到头的，日子和计时一致",
        ),
        (
            "UPDATE grievances_commitment SET due_on = due_on + 3",
            "承诺：答应了日子的诉求正好有一个没到头的，日子和计时一致",
        ),
        (
            "UPDATE grievances_commitment SET state = 'CLAIMED', evidence = '好了', claimed_at = made_at",
            "承诺：说办成了、等居民评的，诉求也在等居民评",
        ),
    ],
)
def test_what_is_planted_is_found(promised, sql, check):
    assert found() == {}
    with unguarded() as cursor:
        cursor.execute(sql)
    assert check in found()


# --- Pages -----------------------------------------------------------------------------------------


def test_everybody_reads_what_was_promised_and_what_became_of_it(client, clock, promised, now):
    page = client.get("/say/promises/").content.decode()
    assert "换上新灯" in page
    assert str(promised.who) not in page  # the community promised it
    clock.now = now + timedelta(days=4)
    caches["pages"].clear()
    assert '<span class="tag hot">过了日子</span>' in client.get("/say/promises/").content.decode()


def test_of_one_community(client, cast, clock, promised):
    here, there = cast.city["community"].pk, cast.city["other_community"].pk
    assert "换上新灯" in client.get(f"/say/promises/?at={here}").content.decode()
    assert "换上新灯" not in client.get(f"/say/promises/?at={there}").content.decode()


@pytest.mark.parametrize(("judged", "told"), [(FEW - 1, "不算比例"), (FEW, "做到的占 100%")])
def test_shares_are_told_from_thirty_on(client, clock, promised, now, judged, told):
    done = {"state": C.DONE, "evidence": "好了", "claimed_at": now, "judged_at": now, "made_at": now}
    place = {"ticket": promised.ticket, "division": promised.division, "who": promised.who}
    with unguarded():
        Commitment.objects.bulk_create(
            Commitment(**place, **done, what="修好", wanted_on=FRIDAY, due_on=FRIDAY) for _n in range(judged)
        )
    assert told in client.get("/say/promises/").content.decode()


def test_from_a_promise_to_her_word_by_the_buttons(client, cast, clock, ticket, hand):
    client.force_login(hand)
    at_desk, hers = f"/staff/tickets/{ticket.pk}/", f"/say/{ticket.pk}/"
    typed = {"what": "换上新灯", "due_on": "2026-11-25"}
    refusal = client.post(f"{at_desk}commit/", typed)
    assert refusal.status_code == 409
    assert "换上新灯" in refusal.content.decode()  # what was typed is still there
    assert client.post(f"{at_desk}commit/", {**typed, "due_on": "2026-11-27"}).status_code == 302
    assert "原定" not in client.get(at_desk).content.decode()
    answer = {"reason": "换好了", "evidence": "南门换上了新灯"}
    assert client.post(f"{at_desk}answer/", answer).status_code == 302
    client.force_login(cast.guilan.user)
    page = client.get(hers).content.decode()
    assert "答应11月27日以前：换上新灯" in page
    assert "还差一些，请接着办" in page
    assert client.post(f"{hers}confirm-partly/", {"reason": "还有一盏"}).status_code == 302
    assert Commitment.objects.get().state == C.PARTLY


def test_before_its_day_nobody_is_offered_not_solved(client, cast, clock, promised, now):
    client.force_login(cast.guilan.user)
    assert "没有解决" not in client.get(f"/say/{promised.ticket_id}/").content.decode()
    clock.now = now + timedelta(days=4)
    assert "答应的日子过了，还没有办好？" in client.get(f"/say/{promised.ticket_id}/").content.decode()


def test_an_answer_may_be_as_long_as_the_field_says(client, clock, ticket, hand):
    client.force_login(hand)
    answer = {"reason": "长" * 500}
    assert client.post(f"/staff/tickets/{ticket.pk}/answer/", answer).status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == S.ANSWERED

"""Tickets: told, accepted, handled, answered, judged; every refusal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from common.errors import DomainError
from grievances.actions import handling, tickets, verdicts
from grievances.actions.merging import merge_ticket, unmerge_ticket
from grievances.actions.steps import read_code
from grievances.actions.tickets import Word, accept_ticket, assign_ticket, open_ticket
from grievances.models.categories import Route
from grievances.models.history import Transition
from grievances.models.tickets import Follower, Ticket
from grievances.rules.tickets import Privacy, Source, TicketState
from notices.models import Notice
from people.models import Guardianship
from people.rules import Role
from tests.factories import grievances, people
from tests.factories.centers import division
from tests.factories.grievances import anonymous, brought_to, told, word
from tests.refusals import refused, rule

S = TicketState


@pytest.fixture
def ticket(cast, now):
    return told(cast, now)


def letters(person):
    return [one.kind for one in Notice.objects.filter(recipient=person).order_by("pk")]


def test_a_dark_lamp_is_told_handled_answered_and_confirmed(cast, ticket, hand, now):
    assert ticket.reference == f"T{ticket.pk:06d}"
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    verdicts.confirm_ticket(ticket_id=ticket.pk, by=cast.guilan.user, now=now)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.closed_at, ticket.due_at) == (S.CLOSED_CONFIRMED, now, None)
    assert letters(cast.guilan) == [
        "TICKET_OPENED", "TICKET_ACCEPTED", "TICKET_STARTED", "TICKET_ANSWERED", "TICKET_CLOSED",
    ]  # fmt: skip
    steps = list(ticket.transitions.values_list("event", "hat"))
    assert steps == [
        ("OPEN", "RESIDENT"), ("ACCEPT", "INTAKE"), ("ASSIGN", "INTAKE"),
        ("START", "HANDLER"), ("ANSWER", "HANDLER"), ("CONFIRM", "RESIDENT"),
    ]  # fmt: skip


def test_letters_hold_no_word_of_what_was_told(cast, hand, now):
    ticket = told(cast, now, title="李小二家漏水", text="电话 13800009999")
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    for one in Notice.objects.filter(about_type="ticket"):
        assert "李小二" not in str(one.body_data)
        assert "灯修好了" not in str(one.body_data)


def test_the_same_key_is_one_ticket_and_another_content_is_refused(cast, now):
    told_once = word(cast.city["community"], cast.guilan)
    key = {"source": Source.WEB, "by": cast.guilan.user, "now": now, "source_key": "k"}
    first = open_ticket(word=told_once, **key).ticket
    assert open_ticket(word=told_once, **key).ticket == first
    refused(
        "KEY_REUSED", open_ticket, word=word(cast.city["community"], cast.guilan, title="电梯坏了"), **key
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"title": " x "}, "TITLE_NEEDED"),
        ({"privacy": Privacy.NAMED}, "NO_WAY_TO_REACH"),
        ({"privacy": Privacy.CONFIDENTIAL}, "NO_WAY_TO_REACH"),
    ],
)
def test_what_is_lacking_is_said(cast, now, given, code):
    refused(
        code, open_ticket, word=word(cast.city["community"], **given), source=Source.WEB, by=None, now=now
    )


def test_a_place_and_a_category_must_be_there(cast, now):
    hers, lamps = {"source": Source.WEB, "by": cast.guilan.user, "now": now}, grievances.category()
    good = {"category_id": lamps.pk, "division_id": cast.city["community"].pk, "title": "灯不亮"}
    for wrong, code in (
        ("division_id", "NO_SUCH_PLACE"),
        ("category_id", "NO_SUCH_CATEGORY"),
        ("person_id", "NOT_ALLOWED"),
    ):
        refused(code, Word.read, **{**good, wrong: 0})
    above = replace(word(cast.city["community"], cast.guilan), category=lamps.parent)
    refused("NO_SUCH_CATEGORY", open_ticket, word=above, **hers)
    for out_of_use in (lamps, lamps.parent):
        type(lamps).objects.filter(pk=out_of_use.pk).update(active=False)
        refused("NO_SUCH_CATEGORY", open_ticket, word=word(cast.city["community"], cast.guilan), **hers)
        refused("NO_SUCH_CATEGORY", Word.read, **good)
        type(lamps).objects.filter(pk=out_of_use.pk).update(active=True)
    street = word(cast.city["street"], cast.guilan)
    refused("NO_SUCH_PLACE", open_ticket, word=street, source=Source.WEB, by=cast.guilan.user, now=now)


def test_nobody_tells_it_in_the_name_of_another(cast, now):
    hers = word(cast.city["community"], cast.guilan)
    refused("NOT_ALLOWED", open_ticket, word=hers, source=Source.WEB, by=cast.stranger.user, now=now)
    refused("NOT_ALLOWED", open_ticket, word=hers, source=Source.COUNTER, by=cast.other_worker, now=now)
    for_grandson = word(cast.city["community"], cast.zixuan)
    assert open_ticket(word=for_grandson, source=Source.WEB, by=cast.guilan.user, now=now).ticket


def test_who_told_it_in_confidence_only_the_desk_learns(cast, hand, head, now):
    ticket = told(cast, now, privacy=Privacy.CONFIDENTIAL)
    brought_to(S.ASSIGNED, ticket, cast=cast, by=hand, now=now)
    ticket.refresh_from_db()
    knows = {one: ticket.tells_who(one) for one in (cast.worker, hand, cast.officer, cast.guilan.user)}
    assert list(knows.values()) == [True, False, False, True]
    assert ticket.transitions.get(event="OPEN").by is None
    with rule("ticket_stays_confidential"):
        Ticket.objects.filter(pk=ticket.pk).update(privacy=Privacy.NAMED)


def test_an_event_is_linked_to_nobody(cast, now):
    told_so = word(cast.city["community"], cast.guilan, about="可疑人员", contact_phone="13800001111")
    opened = open_ticket(word=told_so, source=Source.WEB, by=cast.guilan.user, now=now)
    ticket = opened.ticket
    assert (ticket.person, ticket.code_hash, ticket.contact_phone, opened.code) == (None, "", "", "")
    assert ticket.transitions.get().by is None
    assert not Notice.objects.filter(about_type="ticket").exists()
    with rule("event_is_linked_to_nobody"):
        Ticket.objects.filter(pk=ticket.pk).update(person=cast.guilan, privacy=Privacy.NAMED)


def test_a_code_reads_however_it_is_typed_and_opens_one_ticket(cast, hand, now):
    ticket, code = anonymous(cast, now)
    assert read_code(f" {code.lower().replace('-', ' ')} ") == ticket.code_hash
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    told_wrong = {"ticket_id": ticket.pk, "by": None, "now": now}
    refused("NOT_ALLOWED", verdicts.confirm_ticket, **told_wrong, code="0000-000-000")
    refused("NOT_ALLOWED", verdicts.confirm_ticket, **told_wrong)
    verdicts.confirm_ticket(**told_wrong, code=code)
    ticket.refresh_from_db()
    assert ticket.state == S.CLOSED_CONFIRMED


def test_a_rule_sends_it_to_who_deals_with_it_there(cast, ticket, hand, now):
    Route.objects.create(division=cast.city["street"], handler=cast.officer)
    Route.objects.create(division=cast.city["community"], category=ticket.category.parent, handler=hand)
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handler) == (S.ASSIGNED, hand)


def test_nobody_is_given_what_she_or_hers_told_and_no_rule_does_it(cast, ticket, hand, now):
    kin = people.person("承办")
    kin.user = hand
    kin.save()
    Guardianship.objects.create(guardian=kin, ward=cast.guilan, kind="RELATIVE", confirmed_by=cast.worker)
    Route.objects.create(division=cast.city["community"], handler=hand)
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)
    ticket.refresh_from_db()
    assert ticket.state == S.ACCEPTED
    refused("NOT_FOR_HER", assign_ticket, ticket_id=ticket.pk, handler_id=hand.pk, by=cast.worker, now=now)
    away = {"ticket_id": ticket.pk, "handler_id": cast.other_worker.pk, "by": cast.worker, "now": now}
    refused("NOT_FOR_HER", assign_ticket, **away)


def grid_worker(cast, name):
    """A grid of the community, and who works there and nowhere else."""
    grid = division("GRID", name, cast.city["community"])
    return grid, people.staff(f"{name}的人", Role.GRID_WORKER, grid)


def test_what_was_told_of_the_community_goes_into_the_grid_of_who_gets_it(cast, ticket, now):
    """Told on the web it lies at the community, and most of what is told a grid worker deals with."""
    (one, hers), (other, theirs) = grid_worker(cast, "甲网格"), grid_worker(cast, "乙网格")
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)
    for place, hand in ((one, hers), (other, theirs)):
        assign_ticket(ticket_id=ticket.pk, handler_id=hand.pk, by=cast.worker, now=now)
        ticket.refresh_from_db()
        assert (ticket.handler, ticket.division) == (hand, place)
        assert ticket in Ticket.objects.visible_to(hand)
    assert ticket not in Ticket.objects.visible_to(hers)
    handling.start_ticket(ticket_id=ticket.pk, by=theirs, now=now)


def test_nobody_gives_it_into_a_place_where_she_has_no_post(cast, ticket, now):
    (_one, hers), (other, theirs) = grid_worker(cast, "甲网格"), grid_worker(cast, "乙网格")
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)
    assign_ticket(ticket_id=ticket.pk, handler_id=theirs.pk, by=cast.worker, now=now)
    clerk = people.staff("只管乙网格", Role.SOCIAL_WORKER, other)
    refused("NOT_ALLOWED", assign_ticket, ticket_id=ticket.pk, handler_id=hers.pk, by=clerk, now=now)


def test_staff_decide_nothing_about_what_they_told(cast, now):
    colleague = people.resident("周敏自己", cast.city["community"])
    colleague.user = cast.worker
    colleague.save()
    ticket = told(cast, now, colleague)
    refused("SAME_PERSON", accept_ticket, ticket_id=ticket.pk, by=cast.worker, now=now)


def test_refusing_takes_two(cast, ticket, head, now):
    why = {"ticket_id": ticket.pk, "now": now}
    tickets.propose_refusal(**why, by=head, reason="不归社区管")
    refused("TWO_PEOPLE", tickets.refuse_ticket, **why, by=head)
    assert "TICKET_REFUSED" not in letters(cast.guilan)
    tickets.refuse_ticket(**why, by=cast.officer)
    assert "TICKET_REFUSED" in letters(cast.guilan)
    verdicts.appeal_ticket(**why, by=cast.guilan.user, reason="电线杆是社区立的")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.level) == (S.ACCEPTED, 1)


def test_parking_takes_the_street_and_a_day(cast, ticket, hand, head, now):
    brought_to(S.IN_PROGRESS, ticket, cast=cast, by=hand, now=now)
    park = {"ticket_id": ticket.pk, "by": head, "now": now, "reason": "等拨款"}
    refused("REVIEW_ON_NEEDED", handling.propose_parking, **park, review_on=None)
    refused("PAST_DAY", handling.propose_parking, **park, review_on=now.date())
    handling.propose_parking(**park, review_on=(now + timedelta(days=30)).date())
    decide = {"ticket_id": ticket.pk, "agreed": True, "now": now}
    refused("TWO_PEOPLE", handling.decide_parking, **decide, by=head)
    refused("NOT_ALLOWED", handling.decide_parking, **decide, by=grievances.director(cast))
    handling.decide_parking(ticket_id=ticket.pk, agreed=True, by=cast.officer, now=now)
    ticket.refresh_from_db()
    assert ticket.state == S.PARKED
    handling.resume_ticket(ticket_id=ticket.pk, by=cast.officer, now=now)


def test_a_hazard_is_never_parked(cast, hand, head, now):
    ticket = told(cast, now, about="安全隐患")
    brought_to(S.IN_PROGRESS, ticket, cast=cast, by=hand, now=now)
    park = {"ticket_id": ticket.pk, "by": head, "now": now, "reason": "等拨款"}
    refused("HAZARD", handling.propose_parking, **park, review_on=(now + timedelta(days=9)).date())
    with rule("hazard_is_never_parked"):
        Ticket.objects.filter(pk=ticket.pk).update(state=S.TO_PARK)


def test_she_is_asked_once(cast, ticket, hand, now):
    brought_to(S.WAITING_RESIDENT, ticket, cast=cast, by=hand, now=now)
    verdicts.reply_ticket(ticket_id=ticket.pk, reason="东边第二盏", by=cast.guilan.user, now=now)
    refused("ASKED_BEFORE", handling.ask_resident, ticket_id=ticket.pk, reason="哪一天", by=hand, now=now)


def test_who_handled_it_writes_down_no_verdict(cast, ticket, now):
    brought_to(S.ANSWERED, ticket, cast=cast, by=cast.worker, now=now)
    one = {"ticket_id": ticket.pk, "by": cast.worker, "now": now}
    refused("OWN_WORK", verdicts.confirm_ticket, **one)
    refused("OWN_WORK", verdicts.dispute_ticket, **one, reason="她说没有修")
    colleague = people.staff("同事", Role.SOCIAL_WORKER, cast.city["community"])
    verdicts.confirm_ticket(ticket_id=ticket.pk, by=colleague, now=now)


def test_not_solved_goes_to_the_director_and_then_to_the_street(cast, ticket, hand, head, now):
    again = {"ticket_id": ticket.pk, "now": now}
    brought_to(S.DISPUTED, ticket, cast=cast, by=hand, now=now)
    assert ticket.level == 1
    refused("NOT_ALLOWED", assign_ticket, **again, handler_id=hand.pk, by=cast.worker)
    assign_ticket(**again, handler_id=hand.pk, by=head)
    handling.start_ticket(**again, by=hand)
    handling.answer_ticket(**again, by=hand, reason="又修了一次")
    verdicts.dispute_ticket(**again, by=cast.guilan.user, reason="还是不亮")
    refused("NOT_ALLOWED", assign_ticket, **again, handler_id=hand.pk, by=head)
    assign_ticket(**again, handler_id=hand.pk, by=cast.officer)


def test_thirty_days_to_come_back(cast, ticket, hand, now):
    brought_to(S.CLOSED_CONFIRMED, ticket, cast=cast, by=hand, now=now)
    late = now + timedelta(days=30, seconds=1)
    back = {"ticket_id": ticket.pk, "by": cast.guilan.user, "reason": "又不亮了"}
    refused("TOO_LATE", verdicts.dispute_ticket, **back, now=late)
    verdicts.dispute_ticket(**back, now=late - timedelta(seconds=1))


def test_an_objection_is_decided_by_another(cast, ticket, head, now):
    brought_to(S.OBJECTED, ticket, cast=cast, by=head, now=now)
    one = {"ticket_id": ticket.pk, "now": now, "reason": "按网格划的"}
    refused("TWO_PEOPLE", handling.decide_objection, **one, upheld=True, by=head)
    handling.decide_objection(**one, upheld=True, by=cast.officer)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handler) == (S.ACCEPTED, None)


def test_merged_tickets_keep_their_own_words_letters_and_verdicts(cast, ticket, hand, now):
    neighbour = people.resident("何静", cast.city["community"])
    other = told(cast, now, neighbour, privacy=Privacy.CONFIDENTIAL)
    merge_ticket(ticket_id=other.pk, into_id=ticket.pk, by=cast.worker, now=now)
    brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
    assert "TICKET_ANSWERED" in letters(neighbour)
    verdicts.dispute_ticket(ticket_id=other.pk, by=neighbour.user, reason="我家门口的没修", now=now)
    ticket.refresh_from_db()
    assert ticket.state == S.DISPUTED
    assert "我家门口" not in [one.reason for one in ticket.transitions.all()]
    assert other.transitions.get(event="DISPUTE").reason == "我家门口的没修"
    unmerge_ticket(ticket_id=other.pk, by=cast.worker, now=now)
    other.refresh_from_db()
    assert (other.state, other.merged_into) == (S.ACCEPTED, None)


def test_no_rings_of_merged_tickets(cast, ticket, now):
    one, two = told(cast, now, title="灯一"), told(cast, now, title="灯二")
    merge = {"by": cast.worker, "now": now}
    refused("NOT_TOGETHER", merge_ticket, ticket_id=one.pk, into_id=one.pk, **merge)
    merge_ticket(ticket_id=one.pk, into_id=two.pk, **merge)
    refused("NOT_TOGETHER", merge_ticket, ticket_id=two.pk, into_id=one.pk, **merge)
    refused("NOT_TOGETHER", merge_ticket, ticket_id=two.pk, into_id=ticket.pk, **merge)
    with rule("ticket_with_others_is_not_merged"):
        Ticket.objects.filter(pk=two.pk).update(state=S.MERGED, merged_into=ticket)
    for wrong in (one, ticket):
        with rule("ticket_is_merged_into_a_live_one"):
            Ticket.objects.filter(pk=ticket.pk).update(state=S.MERGED, merged_into=wrong)


def test_a_neighbour_follows_what_stands_on_the_wall(cast, ticket, hand, now):
    neighbour = people.resident("何静", cast.city["community"])
    follow = {"ticket_id": ticket.pk, "person_id": neighbour.pk, "by": neighbour.user, "now": now}
    refused("TICKET_OVER", verdicts.follow_ticket, **follow)
    accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now, public_text="南门路灯不亮")
    assert verdicts.follow_ticket(**follow) == verdicts.follow_ticket(**follow)
    refused("NOT_ALLOWED", verdicts.follow_ticket, **{**follow, "person_id": cast.elder.pk})
    assign_ticket(ticket_id=ticket.pk, handler_id=hand.pk, by=cast.worker, now=now)
    handling.start_ticket(ticket_id=ticket.pk, by=hand, now=now)
    assert letters(neighbour) == ["TICKET_STARTED"]
    assert Follower.objects.count() == 1


def test_twice_changes_nothing(cast, ticket, hand, head, now):
    one = {"ticket_id": ticket.pk, "now": now}
    for verb, given in [
        (accept_ticket, {"by": cast.worker}),
        (assign_ticket, {"by": cast.worker, "handler_id": hand.pk}),
        (handling.start_ticket, {"by": hand}),
    ]:
        verb(**one, **given)
        verb(**one, **given)
    handling.answer_ticket(**one, by=hand, reason="修好了")
    for verb, given in [(verdicts.confirm_ticket, {}), (verdicts.dispute_ticket, {"reason": "又坏了"})]:
        verb(**one, by=cast.guilan.user, **given)
        verb(**one, by=cast.guilan.user, **given)
    assert Transition.objects.filter(ticket=ticket).count() == 7


def test_nothing_is_deleted_and_no_history_rewritten(cast, ticket, now):
    with rule("ticket_is_not_rewritten"):
        Ticket.objects.filter(pk=ticket.pk).update(source="API")
    for history in (ticket.transitions, ticket.clocks, Ticket.objects):
        with pytest.raises(DatabaseError, match=r"Cannot|permission denied"), transaction.atomic():
            history.all()._raw_delete(using="default")
    with pytest.raises(DatabaseError, match=r"Cannot|permission denied"), transaction.atomic():
        ticket.transitions.update(hat="SYSTEM")


def test_a_refusal_is_a_sentence(cast, ticket, now):
    with pytest.raises(DomainError) as caught:
        handling.start_ticket(ticket_id=ticket.pk, by=cast.worker, now=now)
    assert str(caught.value).endswith("。")

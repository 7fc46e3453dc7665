"""Somebody else looks at a ticket as well: it is never passed away."""

import pytest

from grievances.actions.referrals import answer_referral, refer_ticket
from grievances.models.referrals import Referral
from grievances.rules.tickets import Adviser, TicketState
from tests.common.faults import found
from tests.factories.grievances import brought_to, told
from tests.refusals import refused, rule

S = TicketState


@pytest.fixture
def ticket(cast, hand, now):
    return brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)


def test_to_several_and_it_stays_where_it_is(cast, ticket, hand, now):
    before = list(ticket.clocks.values_list("kind", "due_at", "paused_at", "stopped_at"))
    one = {"ticket_id": ticket.pk, "by": hand, "now": now}
    refer_ticket(**one, adviser=Adviser.LAWYER, reason="漏水谁来赔")
    refer_ticket(**one, adviser=Adviser.MEDIATION, reason="请两家坐下来谈")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handler) == (S.IN_PROGRESS, hand)
    assert list(ticket.clocks.values_list("kind", "due_at", "paused_at", "stopped_at")) == before
    assert refer_ticket(**one, adviser=Adviser.LAWYER, reason="漏水谁来赔").adviser == Adviser.LAWYER
    assert Referral.objects.count() == 2
    refused("ASKED_BEFORE", refer_ticket, **{**one, "by": cast.worker}, adviser=Adviser.LAWYER, reason="再问")
    answer_referral(**one, adviser=Adviser.LAWYER, reason="可以走保险")
    refused("NOT_REFERRED", answer_referral, **one, adviser=Adviser.LAWYER, reason="再说一遍")
    assert [step.reason for step in ticket.transitions.order_by("pk")][-1] == "律师日：可以走保险"
    assert found() == {}


def test_who_told_it_does_not_read_what_others_said_among_themselves(client, cast, clock, ticket, hand, now):
    one = {"ticket_id": ticket.pk, "by": hand, "now": now, "adviser": Adviser.COUNSEL}
    refer_ticket(**one, reason="老人情绪低落")
    client.force_login(cast.guilan.user)
    assert "情绪低落" not in client.get(f"/say/{ticket.pk}/").content.decode()


@pytest.mark.parametrize(
    ("given", "code"),
    [({"reason": ""}, "REASON_NEEDED"), ({"reason": "啊"}, "REASON_NEEDED")],
)
def test_what_is_lacking(ticket, hand, now, given, code):
    one = {"ticket_id": ticket.pk, "by": hand, "now": now, "adviser": Adviser.LAWYER}
    refused(code, refer_ticket, **one, **given)
    assert not Referral.objects.exists()


def test_neither_before_it_is_taken_on_nor_by_a_stranger(cast, now, ticket):
    fresh = told(cast, now, title="另一件")
    one = {"adviser": Adviser.LAWYER, "reason": "谁来赔", "now": now}
    refused("MOVE_REFUSED", refer_ticket, ticket_id=fresh.pk, by=cast.worker, **one)
    refused("NOT_ALLOWED", refer_ticket, ticket_id=ticket.pk, by=cast.other_worker, **one)
    refused("NOT_ALLOWED", refer_ticket, ticket_id=ticket.pk, by=cast.guilan.user, **one)


def test_an_event_is_not_referred(cast, hand, now):
    ticket = brought_to(S.IN_PROGRESS, told(cast, now, about="可疑人员"), cast=cast, by=hand, now=now)
    one = {"adviser": Adviser.LAWYER, "reason": "谁来赔", "now": now}
    refused("EVENT", refer_ticket, ticket_id=ticket.pk, by=hand, **one)


def test_what_was_answered_is_not_rewritten(ticket, hand, now):
    one = {"ticket_id": ticket.pk, "by": hand, "now": now, "adviser": Adviser.LAWYER}
    refer_ticket(**one, reason="谁来赔")
    answer_referral(**one, reason="可以走保险")
    with rule("referral_is_answered_once"):
        Referral.objects.update(answered_at=None)
    with rule("referral_is_answered_once"):
        Referral.objects.update(adviser=Adviser.COUNSEL)


def test_by_the_page(client, cast, clock, ticket, hand):
    client.force_login(hand)
    address = f"/staff/tickets/{ticket.pk}/"
    assert "别处有回音了" not in client.get(address).content.decode()
    assert client.post(f"{address}refer/", {"adviser": "LAWYER", "reason": "谁来赔"}).status_code == 302
    assert "别处有回音了" in client.get(address).content.decode()
    assert client.post(f"{address}advise/", {"adviser": "COUNSEL", "reason": "好的"}).status_code == 422
    assert client.post(f"{address}advise/", {"adviser": "LAWYER", "reason": "走保险"}).status_code == 302

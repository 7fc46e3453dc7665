"""Numbers of who told something: covered, opened one at a time, on record, and never past a confidence."""

from datetime import timedelta

import pytest

from common.masking import mask_phone
from grievances.actions.ringing import ring_teller
from grievances.actions.tickets import Word, open_ticket
from grievances.rules.tickets import Privacy, Source, TicketState
from journal.models import Entry
from people.models import Guardianship, RevealLog
from tests.factories import grievances, people
from tests.factories.grievances import anonymous, at_the_desk, brought_to, told
from tests.html import Page
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("clock")
S = TicketState
CALLER = "13722223333"


def page_of(ticket):
    return f"/staff/tickets/{ticket.pk}/"


def ring(client, ticket):
    return client.post(f"{page_of(ticket)}ring/", follow=True)


@pytest.fixture
def called(cast, now):
    """Told by telephone by somebody who is not on file."""
    word = Word(
        grievances.category(),
        cast.city["community"],
        "南门的路灯不亮",
        contact_name="老马",
        contact_phone=CALLER,
    )
    return open_ticket(word=word, source=Source.HOTLINE, by=cast.worker, now=now).ticket


def test_a_number_is_covered_until_it_is_opened_and_again_after_a_call(client, cast, clock, now):
    ticket, full = told(cast, now), people.reached_at(cast.guilan)
    client.force_login(cast.worker)
    before = client.get(page_of(ticket)).content.decode()
    assert full not in before
    assert mask_phone(full) in before
    assert f"tel:{full}" in ring(client, ticket).content.decode()
    ring(client, ticket)
    [look] = RevealLog.objects.all()  # what is open already is not opened again
    assert (look.user, look.person, look.field) == (cast.worker, cast.guilan, "phone")
    assert ticket.reference in look.reason
    clock.now = now + timedelta(minutes=16)
    assert full not in client.get(page_of(ticket)).content.decode()


def test_she_reads_who_looked_and_what_for(client, cast, now):
    ticket = told(cast, now)
    people.reached_at(cast.guilan)
    ring_teller(ticket_id=ticket.pk, by=cast.worker, now=now)
    client.force_login(cast.guilan.user)
    page = Page(client.get("/my/data/"))
    assert "周敏" in page.text
    assert f"联系反映人：{ticket.reference}" in page.text


def test_what_is_open_to_one_is_covered_to_her_colleague(client, cast, hand, now):
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    full = people.reached_at(cast.guilan)
    ring_teller(ticket_id=ticket.pk, by=cast.worker, now=now)
    client.force_login(hand)
    assert full not in client.get(page_of(ticket)).content.decode()
    assert full in ring(client, ticket).content.decode()  # named: who has it in hand rings her too
    assert RevealLog.objects.count() == 2


def test_a_caller_s_number_is_covered_and_the_look_is_in_the_journal(client, cast, called, clock, now):
    client.force_login(cast.worker)
    before = client.get(page_of(called)).content.decode()
    assert CALLER not in before
    assert "老马" in before
    assert CALLER in ring(client, called).content.decode()
    looks = Entry.objects.filter(kind="REVEALED")
    assert [(one.account, one.what) for one in looks] == [
        (cast.worker.pk, f"ticket.contact_phone {called.reference}")
    ]
    assert not RevealLog.objects.exists()
    clock.now = now + timedelta(minutes=16)
    assert CALLER not in client.get(page_of(called)).content.decode()


def test_one_press_opens_one_caller(client, cast, called, now):
    word = Word(grievances.category(), cast.city["community"], "电梯响", contact_phone="13744445555")
    other = open_ticket(word=word, source=Source.HOTLINE, by=cast.worker, now=now).ticket
    client.force_login(cast.worker)
    ring(client, called)
    assert "13744445555" not in client.get(page_of(other)).content.decode()


def test_who_may_not_learn_who_told_it_opens_no_number(client, cast, hand, now):
    """Told in confidence: neither who has it in hand nor the street, by no page, verb or history."""
    ticket, full = told(cast, now, privacy=Privacy.CONFIDENTIAL), people.reached_at(cast.guilan)
    ticket = brought_to(S.IN_PROGRESS, ticket, cast=cast, by=hand, now=now)
    ring_teller(ticket_id=ticket.pk, by=cast.worker, now=now)  # the intake may, and it is on record
    secrets = (cast.guilan.full_name, full, mask_phone(full))
    for user in (hand, cast.officer):
        refused("NOT_ALLOWED", ring_teller, ticket_id=ticket.pk, by=user, now=now)
        client.force_login(user)
        answers = [
            client.get(page_of(ticket)),
            ring(client, ticket),
            client.get("/staff/"),
            client.get("/staff/tickets/", {"at": "hands"}),
            client.get("/staff/tickets/", {"at": "open"}),
            client.get("/my/inbox/"),
        ]
        assert answers[0].status_code == answers[3].status_code == 200
        for answer in answers:
            for secret in secrets:
                assert secret not in answer.content.decode(), answer.request["PATH_INFO"]
        assert f"{page_of(ticket)}ring/" not in answers[0].content.decode()
        assert "保密，只有受理台知道" in Page(answers[0]).text
    [look] = RevealLog.objects.all()
    assert (look.user, look.reason) == (cast.worker, "联系反映人")  # names no ticket
    assert ticket.transitions.filter(by=cast.guilan.user).count() == 0


def test_a_caller_in_confidence_is_the_intake_s_alone(client, cast, hand, now):
    word = Word(
        grievances.category(),
        cast.city["community"],
        "南门的路灯不亮",
        privacy=Privacy.CONFIDENTIAL,
        contact_name="老马",
        contact_phone=CALLER,
    )
    ticket = open_ticket(word=word, source=Source.HOTLINE, by=cast.worker, now=now).ticket
    ticket = brought_to(S.IN_PROGRESS, ticket, cast=cast, by=hand, now=now)
    for user in (hand, cast.officer):
        refused("NOT_ALLOWED", ring_teller, ticket_id=ticket.pk, by=user, now=now)
        client.force_login(user)
        for answer in (client.get(page_of(ticket)), ring(client, ticket)):
            assert "老马" not in answer.content.decode()
            assert CALLER[-4:] not in answer.content.decode()
    client.force_login(cast.worker)
    assert CALLER in ring(client, ticket).content.decode()


def test_nobody_without_a_post_there_rings(cast, hand, now):
    ticket = told(cast, now)
    Guardianship.objects.create(guardian=cast.stranger, ward=cast.guilan, kind="AGENT")
    for user in (cast.guilan.user, cast.stranger.user, cast.other_worker, hand):  # not in her hands
        refused("NOT_ALLOWED", ring_teller, ticket_id=ticket.pk, by=user, now=now)
    refused("NOT_ALLOWED", ring_teller, ticket_id=999999, by=cast.worker, now=now)
    cast.worker.memberships.update(until=now - timedelta(days=1))
    gone = type(cast.worker).objects.get(pk=cast.worker.pk)
    refused("NOT_ALLOWED", ring_teller, ticket_id=ticket.pk, by=gone, now=now)
    assert not RevealLog.objects.exists()


def test_where_there_is_no_number_that_is_said(client, cast, now):
    nobody, _code = anonymous(cast, now)
    refused("NO_NUMBER", ring_teller, ticket_id=nobody.pk, by=cast.worker, now=now)
    silent = at_the_desk(cast, now, people.person("马大爷", home=cast.city["community"], phone=""))
    client.force_login(cast.worker)
    assert "没有留电话" in Page(client.get(page_of(silent))).text
    assert "没有留电话" in Page(ring(client, silent)).text

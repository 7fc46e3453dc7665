"""Which tickets stand on whose list, page by page, whatever else there is."""

from datetime import timedelta

import pytest

from grievances.actions.handling import start_ticket
from grievances.actions.tickets import accept_ticket, assign_ticket
from grievances.models.tickets import Ticket
from people.models import Membership, User
from people.rules import Role
from tests.factories.grievances import anonymous, told
from tests.html import Page, opened
from tests.queries import count_fresh

pytestmark = pytest.mark.usefixtures("clock")
LIST = "/staff/tickets/"


def given(cast, now, place, worker, handler):
    """A ticket of a place, and the same in somebody's hands."""
    ticket, _code = anonymous(cast, now, title="水管爆了")
    Ticket.objects.filter(pk=ticket.pk).update(division=place)
    accept_ticket(ticket_id=ticket.pk, by=worker, now=now)
    if handler is not None:
        assign_ticket(ticket_id=ticket.pk, handler_id=handler.pk, by=worker, now=now)
    return ticket


def test_two_posts_of_one_account_are_two_conditions_on_each_row(cast, now):
    """All of the street where she is at the desk; in the grid beside it what is in her own hands."""
    both, there = cast.worker, cast.city["other_community"]
    Membership.objects.create(
        user=both, division=there, role=Role.GRID_WORKER, since=now.date() - timedelta(days=1)
    )
    here = given(cast, now, cast.city["community"], cast.worker, None)
    hers = given(cast, now, there, cast.other_worker, both)
    others = given(cast, now, there, cast.other_worker, cast.other_worker)
    for rows in (Ticket.objects.at_desk(both), Ticket.objects.visible_to(both)):
        assert set(rows) == {here, hers}
    assert set(Ticket.objects.at_desk(cast.other_worker)) == {hers, others}
    assert set(Ticket.objects.at_desk(cast.admin)) == {here, hers, others}
    Membership.objects.filter(user=both, role=Role.GRID_WORKER).update(until=now.date() - timedelta(days=1))
    del both.posts
    assert set(Ticket.objects.at_desk(both)) == {here}


def test_what_somebody_had_who_left_waits_at_the_desk(cast, client, now, hand):
    """Her post ended, her account was switched off, or she works elsewhere now: it is given to another."""
    ticket = given(cast, now, cast.city["community"], cast.worker, hand)
    start_ticket(ticket_id=ticket.pk, by=hand, now=now)
    waits = Ticket.objects.live().at_intake
    assert not waits(cast.worker, now.date())
    assert list(waits(cast.worker, now.date() + timedelta(days=1))) == []
    post = Membership.objects.get(user=hand)
    ended = Membership.objects.filter(pk=post.pk)
    ended.update(until=now.date() - timedelta(days=1))
    assert list(waits(cast.worker, now.date())) == [ticket]
    elsewhere = {"division": cast.city["other_community"], "role": post.role, "since": now.date()}
    other = Membership.objects.create(user=hand, **elsewhere)
    assert list(waits(cast.worker, now.date())) == [ticket]
    assert not waits(cast.other_worker, now.date())
    other.delete()
    ended.update(until=None)
    assert not waits(cast.worker, now.date())
    User.objects.filter(pk=hand.pk).update(is_active=False)
    client.force_login(cast.worker)
    assert ticket.reference in Page(client.get(LIST, {"at": "intake"})).text
    assign_ticket(ticket_id=ticket.pk, handler_id=cast.worker.pk, by=cast.worker, now=now)
    assert not waits(cast.worker, now.date())


def test_each_of_a_long_list_stands_on_one_page(cast, client, now):
    tickets = [told(cast, now + timedelta(minutes=n), title=f"第 {n} 件路灯") for n in range(53)]
    client.force_login(cast.worker)
    pages = [Page(client.get(LIST, {"at": "intake", "page": n})) for n in (1, 2)]
    listed = [one.reference for page in pages for one in tickets if one.reference in page.text]
    assert listed == [one.reference for one in tickets]
    assert "第 50 件路灯" in pages[1].text
    assert "第 2 页，共 2 页" in pages[1].text
    assert Page(client.get(LIST, {"at": "intake", "page": 9999})).text == pages[1].text
    assert "第 1 页" in Page(client.get(LIST, {"at": "intake", "page": "x"})).text


def test_the_wall_goes_back_to_the_first_word_and_counts_nothing(cast, client, now):
    def more(numbers):
        for n in numbers:
            ticket = told(cast, now, title="路灯不亮")
            accept_ticket(ticket_id=ticket.pk, by=cast.worker, now=now, public_text=f"第{n}盏灯。")

    more(range(3))
    few = count_fresh(client, "/say/")
    assert "更早的" not in opened(client, "/say/").text
    more(range(3, 41))
    assert count_fresh(client, "/say/") == few
    seen, address = [], "/say/"
    while address:
        page = opened(client, address)
        seen.append([n for n in range(41) if f"第{n}盏灯。" in page.text])
        assert ("回到最新" in page.text) == ("before" in address)
        address = next((f"/say/{link}" for link in page.links if "before=" in link), "")
    assert seen == [list(range(21, 41)), list(range(1, 21)), [0]]

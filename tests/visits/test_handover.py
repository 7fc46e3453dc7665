"""A grid handed over: the post, what was in hand, who is told; nothing is left without anybody."""

from datetime import date, timedelta

import pytest

from grievances.actions.tickets import accept_ticket, assign_ticket
from notices.models import Notice
from people.models import Membership
from people.rules import Role
from tests.factories import grievances, people
from tests.refusals import refused
from visits.actions.handover import hand_over_grid

BACK = date(2026, 12, 10)


@pytest.fixture
def head(cast):
    return grievances.director(cast)


@pytest.fixture
def colleague(cast):
    return people.staff(
        "李娜",
        Role.GRID_WORKER,
        cast.city["other_grid"] if "other_grid" in cast.city else cast.city["community"],
    )


@pytest.fixture
def over(cast, head, colleague, now):
    return {
        "grid_id": cast.city["grid"].pk, "from_id": cast.grid_worker.pk, "to_id": colleague.pk,
        "until": None, "leaving": False, "by": head, "now": now,
    }  # fmt: skip


def in_hand(cast, head, now):
    grievances.category()
    ticket = grievances.told(cast, now, people.resident("马秀兰", cast.city["grid"]))
    accept_ticket(ticket_id=ticket.pk, by=head, now=now)
    return assign_ticket(ticket_id=ticket.pk, handler_id=cast.grid_worker.pk, by=head, now=now)


def test_for_a_holiday_both_have_the_post_and_the_tickets_go_over(cast, head, colleague, over, now):
    ticket = in_hand(cast, head, now)
    done = hand_over_grid(**{**over, "until": BACK})
    assert (done.moved, done.left, done.post.until) == (1, 0, BACK)
    ticket.refresh_from_db()
    assert ticket.handler == colleague
    today = now.date()
    posts = Membership.objects.valid_on(today).filter(division=cast.city["grid"], role=Role.GRID_WORKER)
    assert {one.user for one in posts} == {cast.grid_worker, colleague}
    assert Notice.objects.filter(kind="GRID_YOURS", recipient__user=colleague).count() == 1
    assert hand_over_grid(**{**over, "until": BACK}).moved == 0
    assert Notice.objects.filter(kind="GRID_YOURS").count() == 1
    assert posts.valid_on(BACK + timedelta(days=1)).get().user == cast.grid_worker


def test_who_leaves_has_no_post_any_more(cast, head, colleague, over, now):
    in_hand(cast, head, now)
    hand_over_grid(**{**over, "leaving": True})
    posts = Membership.objects.valid_on(now.date()).filter(division=cast.city["grid"], role=Role.GRID_WORKER)
    assert {one.user for one in posts} == {colleague}


def test_a_ticket_the_colleague_told_stays_and_is_counted(cast, head, colleague, over, now):
    grievances.category()
    ticket = grievances.told(cast, now, people.person("李娜", colleague, cast.city["grid"]))
    accept_ticket(ticket_id=ticket.pk, by=head, now=now)
    assign_ticket(ticket_id=ticket.pk, handler_id=cast.grid_worker.pk, by=head, now=now)
    done = hand_over_grid(**over)
    assert (done.moved, done.left) == (0, 1)
    ticket.refresh_from_db()
    assert ticket.handler == cast.grid_worker


def test_refused(cast, head, over, now):
    for stranger in (cast.worker, cast.grid_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", hand_over_grid, **{**over, "by": stranger})
    refused("NOT_ALLOWED", hand_over_grid, **{**over, "grid_id": cast.city["community"].pk})
    refused("NO_SUCH_POST", hand_over_grid, **{**over, "from_id": cast.worker.pk})
    refused("NO_SUCH_POST", hand_over_grid, **{**over, "to_id": cast.guilan.user.pk})
    refused("SAME_WORKER", hand_over_grid, **{**over, "to_id": cast.grid_worker.pk})
    refused("BAD_DATE", hand_over_grid, **{**over, "until": date(2026, 11, 1)})
    refused("BAD_DATE", hand_over_grid, **{**over, "until": BACK, "leaving": True})
    Membership.objects.create(
        user=head, division=cast.city["grid"], role=Role.GRID_WORKER, since=date(2026, 1, 1)
    )
    refused("SAME_PERSON", hand_over_grid, **{**over, "to_id": head.pk})


def test_a_director_hands_over_on_a_page(client, cast, head, colleague, now, clock):
    client.force_login(head)
    url = f"/staff/visits/grids/{cast.city['grid'].pk}/hand-over/"
    page = client.get(url).content.decode()
    assert "李娜" in page
    assert cast.worker.name in page  # her post covers the whole street
    assert cast.officer.name not in page
    sent = {"from_id": cast.grid_worker.pk, "to_id": colleague.pk, "until": "2026-12-10"}
    assert "李娜 接手" in client.post(url, sent, follow=True).content.decode()
    client.force_login(cast.worker)
    assert client.get(url).status_code == 403

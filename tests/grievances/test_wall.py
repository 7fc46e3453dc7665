"""The problem wall keyed in: a ticket a note, all or none, once however often the button is pressed."""

import pytest

from grievances.actions.wall import copy_notes
from grievances.models.tickets import Ticket
from grievances.rules.tickets import LONGEST_TITLE, MOST_NOTES, Privacy, Source
from tests.factories import grievances
from tests.refusals import refused


@pytest.fixture
def wall(cast, now):
    return {
        "category_id": grievances.category("其他的事").pk,
        "division_id": cast.city["community"].pk,
        "by": cast.worker,
        "now": now,
        "source_key": "wall:one",
    }


def test_each_note_is_a_ticket_of_nobody(wall):
    long = "楼道里" * 20
    made = copy_notes(notes=["井盖响", long], **wall)
    first, second = Ticket.objects.order_by("pk")
    assert made == [first, second]
    assert {(one.source, one.privacy, one.person) for one in made} == {(Source.WALL, Privacy.ANONYMOUS, None)}
    assert (first.title, first.text) == ("井盖响", "")
    assert (second.title, second.text) == (long[:LONGEST_TITLE], long)  # nothing of it is lost
    assert not any(one.code_hash for one in made)  # nobody stands there to take a code


def test_the_same_wall_twice_is_there_once(wall):
    assert copy_notes(notes=["井盖响"], **wall) == copy_notes(notes=["井盖响"], **wall)
    refused("KEY_REUSED", copy_notes, notes=["井盖不响"], **wall)
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("notes", "code"),
    [
        ([], "NOTES_NEEDED"),
        (["井盖响", "啊"], "NOTE_TOO_SHORT"),
        (["井盖响", "！！"], "NOTE_TOO_SHORT"),
        (["响"] * (MOST_NOTES + 1), "TOO_MANY_NOTES"),
    ],
)
def test_all_of_them_or_none(wall, notes, code):
    told = refused(code, copy_notes, notes=notes, **wall)
    assert code != "NOTE_TOO_SHORT" or "第 2 行" in str(told)
    assert not Ticket.objects.exists()


def test_by_the_page(client, cast, clock, wall):
    client.force_login(cast.worker)
    typed = {"division": wall["division_id"], "category": wall["category_id"], "key": "k"}
    refusal = client.post("/staff/tickets/wall/", {**typed, "notes": "井盖响\n\n" + "长" * 2001})
    assert refusal.status_code == 422
    assert "第 2 行太长了" in refusal.content.decode()
    assert "井盖响" in refusal.content.decode()
    done = client.post(
        "/staff/tickets/wall/", {**typed, "notes": "井盖响\r\n  \r\n树枝挡窗\U0001f333"}, follow=True
    )
    assert "抄好了 2 张" in done.content.decode()
    assert set(Ticket.objects.values_list("source", flat=True)) == {Source.WALL}


def test_not_of_another_street(client, cast, clock, wall):
    client.force_login(cast.worker)
    there = cast.city["other_community"].pk
    typed = {"division": there, "category": wall["category_id"], "key": "k", "notes": "井盖响"}
    assert client.post("/staff/tickets/wall/", typed).status_code == 422
    refused("NOT_ALLOWED", copy_notes, notes=["井盖响"], **{**wall, "division_id": there})
    assert not Ticket.objects.exists()

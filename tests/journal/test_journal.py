"""The journal: what staff did that an auditor asks about, each line chained to the one before."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from journal.actions import note
from journal.models import Entry
from journal.rules import Happened
from journal.views import Noticed
from people.actions.records import reveal
from people.rules import Role
from tests.backoffice import listed
from tests.common.faults import found
from tests.factories import courses, people
from tests.factories.points import settle
from tests.owner import as_owner, unguarded

CHECK = "日志：每一行都接着前一行，没有少、没有改"
PASSWORD = "a long enough password"


def told(*fields):
    return list(Entry.objects.order_by("pk").values_list(*fields))


@pytest.fixture
def worker(cast):
    cast.worker.set_password(PASSWORD)
    cast.worker.save()
    return cast.worker


def signs_in(user, password):
    return Client().post(reverse("account_login"), {"login": user.phone, "password": password})


def test_signing_in_is_noted_of_staff_and_of_nobody_else(cast, worker, clock):
    for user in (worker, cast.guilan.user):
        user.set_password(PASSWORD)
        user.save()
        signs_in(user, "another one")
        signs_in(user, PASSWORD)
    community = worker.memberships.get().division_id
    assert told("kind", "account", "division") == [
        (Happened.NOT_SIGNED_IN, worker.pk, community),
        (Happened.SIGNED_IN, worker.pk, community),
    ]


def test_a_refusal_is_noted_though_its_work_is_taken_back(cast, client, now, clock):
    group = courses.class_group(cast.center, now)
    client.force_login(cast.officer)
    client.post(reverse("courses:staff_add", args=[group.pk]), {"person": cast.guilan.pk})
    assert client.get("/admin/people/user/").status_code == 403
    assert told("kind", "account", "what", "code") == [
        (Happened.REFUSED, cast.officer.pk, f"POST courses:staff_add class_id={group.pk}", "NOT_ALLOWED"),
        (Happened.REFUSED, cast.officer.pk, "GET admin:people_user_changelist", "403"),
    ]
    client.force_login(cast.guilan.user)
    assert client.get("/staff/").status_code == 403
    assert Entry.objects.count() == 2


def test_a_look_is_noted_with_the_reveal_itself(cast, now):
    reveal(person_id=cast.guilan.pk, field="phone", reason="联系上课", by=cast.worker, now=now)
    looks = Entry.objects.filter(kind=Happened.REVEALED).values_list("account", "person", "division", "what")
    assert list(looks) == [(cast.worker.pk, cast.guilan.pk, cast.guilan.home_id, "phone")]


def test_a_file_that_staff_take_away_is_noted_whatever_the_address(cast, clock):
    request = RequestFactory().get("/staff/")
    request.user, request.resolver_match = cast.worker, None
    file = HttpResponse("x", headers={"Content-Disposition": 'attachment; filename="x.xlsx"'})
    assert Noticed(lambda _request: file)(request) is file
    assert told("kind", "account") == [(Happened.EXPORTED, cast.worker.pk)]


def test_no_line_holds_a_name_a_number_or_typed_words(cast, client, now, clock):
    client.force_login(cast.officer)
    for path in (f"/admin/people/user/{cast.guilan.user.phone}/change/", "/admin/people/user/王桂兰/change/"):
        client.get(path)
    reveal(person_id=cast.guilan.pk, field="phone", reason="王桂兰要改", by=cast.worker, now=now)
    words = " ".join(f"{what} {code}" for what, code in told("what", "code"))
    assert len(told("pk")) == 3
    assert not [word for word in ("王桂兰", "要改", cast.guilan.user.phone) if word in words]


# --- The chain -------------------------------------------------------------------------------------


@pytest.fixture
def lines(cast, now):
    for kind in (Happened.SIGNED_IN, Happened.FACTOR, Happened.REFUSED, Happened.EXPORTED):
        note(kind=kind, by=cast.worker, now=now)
    settle()
    return list(Entry.objects.order_by("number"))


def test_the_lines_are_numbered_as_they_commit_and_each_covers_the_one_before(lines):
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert len({line.digest for line in lines}) == 4
    assert found() == {}


CHANGES = ["kind = 'FACTOR'", "account = 0", "division_id = NULL", "person = 7", "what = 'x'", "code = 'x'"]
CHANGES += ["at = at - interval '1 second'", "digest = repeat('0', 64)", "number = number + 100"]


@pytest.mark.sweep
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_line_that_was_changed_shows(lines, change, number):
    with unguarded() as cursor:
        cursor.execute(f"UPDATE journal_entry SET {change} WHERE number = %s AND kind <> 'FACTOR'", [number])
    assert list(found()) == [CHECK]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_line_that_was_taken_out_shows(lines, number):
    with unguarded() as cursor:
        cursor.execute("DELETE FROM journal_entry WHERE number = %s", [number])
    assert list(found()) == [CHECK]


def test_a_journal_that_was_emptied_and_a_line_that_was_put_in_show(lines, now):
    with unguarded() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (at, kind, what, code, digest) VALUES (%s, 'REFUSED', '', '', '')",
            [now.replace(year=2025)],
        )
    assert list(found()) == [CHECK]
    with unguarded() as cursor:
        cursor.execute("DELETE FROM journal_entry")
    assert list(found()) == [CHECK]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET what = 'x'",
        "UPDATE journal_entry SET number = NULL, digest = ''",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
    ],
)
def test_even_the_owner_is_refused_by_the_guard(lines, statement):
    with as_owner() as cursor, pytest.raises(DatabaseError, match="journal"), transaction.atomic():
        cursor.execute(statement)


def test_nobody_numbers_a_line_herself(cast, now):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (at, kind, what, code, number, digest) VALUES (%s, 'REFUSED', '', '', 9, 'x')",
            [now],
        )
    settle()
    assert told("number") == [(1,)]
    assert found() == {}


# --- Who reads it ------------------------------------------------------------------------------------


def test_an_auditor_reads_the_lines_of_her_places(cast, client, now, clock):
    for user in (cast.worker, cast.other_worker):
        note(kind=Happened.REFUSED, by=user, now=now)
    auditor = people.staff("马骏", Role.AUDITOR, cast.city["street"])
    assert list(Entry.objects.visible_to(auditor).values_list("account", flat=True)) == [cast.worker.pk]
    client.force_login(auditor)
    page = client.get(listed(Entry)).content.decode()
    assert cast.worker.name in page
    assert cast.other_worker.name not in page
    for user in (cast.worker, cast.officer, cast.guilan.user):
        assert not Entry.objects.visible_to(user)

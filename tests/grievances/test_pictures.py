"""Pictures of a ticket: who adds, who sees, how many, what is left of them, and what a crash leaves."""

import hashlib
import os
from datetime import timedelta
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from PIL import Image

from common.errors import DomainError
from common.pictures import read_picture
from grievances.actions.merging import merge_ticket
from grievances.actions.pictures import ON_ITS_WAY, SHELF, add_pictures, sweep_pictures
from grievances.actions.tickets import accept_ticket
from grievances.models.pictures import TicketPicture
from grievances.models.tickets import Ticket
from grievances.rules.pictures import MOST_PICTURES
from grievances.rules.tickets import CLOSED, OPEN, Privacy, TicketState
from grievances.views.pictures import HANDED_IN
from people.actions.records import erase_person, export_my_data
from people.models import Guardianship
from people.rules import Role
from tests.cast import Cast
from tests.common.faults import found
from tests.factories import grievances, people
from tests.factories.grievances import anonymous, brought_to, photo, pictured, told
from tests.html import Page
from tests.owner import unguarded

pytestmark = pytest.mark.usefixtures("clock")
S = TicketState
COLOURS = ("red", "blue", "white", "green", "black", "yellow", "gray")
CHECK = "图片：每张的文件都在，内容和登记的一致"


@pytest.fixture(autouse=True)
def _room(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ticket(cast, now):
    return told(cast, now)


def files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def upload(*colours: str) -> dict[str, Any]:
    return {
        "pictures": [SimpleUploadedFile("我家门口.jpg", photo(colour), "text/html") for colour in colours]
    }


def read(*colours: str) -> list[Any]:
    return [read_picture(photo(colour)) for colour in colours]


def address(ticket: Ticket, position: int = 0) -> str:
    return f"/say/{ticket.pk}/pictures/{position}/"


# --- Adding --------------------------------------------------------------------------------------


def test_a_resident_adds_pictures_and_opens_them(cast, guilan, ticket):
    answer = guilan.post(f"/say/{ticket.pk}/pictures/", upload("red", "blue"), follow=True)
    page = Page(answer)
    assert "图片加上了" in page.text
    shown = [attrs for tag, attrs in page.tags if tag == "img" and "/pictures/" in attrs.get("src", "")]
    assert [one["alt"] for one in shown] == [f"第 {n} 张图片，共 2 张，点开看大图" for n in (1, 2)]
    for one in shown:
        picture = Image.open(BytesIO(guilan.get(one["src"]).content))
        assert picture.format == "JPEG"
    assert {row.by for row in ticket.pictures.all()} == {None}
    assert found() == {}


def test_pressing_twice_or_after_a_lost_answer_adds_nothing(cast, guilan, ticket, settings):
    for _press in range(3):
        assert guilan.post(f"/say/{ticket.pk}/pictures/", upload("red", "red", "blue")).status_code == 302
    assert [row.position for row in ticket.pictures.all()] == [0, 1]
    assert len(files(settings)) == 2


def test_six_at_most_and_what_was_there_stays(cast, guilan, ticket, settings):
    where = f"/say/{ticket.pk}/pictures/"
    assert "一次最多 6 张" in Page(guilan.post(where, upload(*COLOURS))).text
    guilan.post(where, upload(*COLOURS[:5]))
    answer = guilan.post(where, upload(*COLOURS[4:7]))
    assert answer.status_code == 409
    assert "已经有 5 张" in Page(answer).text
    assert ticket.pictures.count() == len(files(settings)) == 5
    assert guilan.post(where, upload("yellow")).status_code == 302
    assert ticket.pictures.count() == MOST_PICTURES


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ([], "请先选一张图片"),
        ([b"<svg/>"], "这个文件不是照片"),
        ([photo(), b"%PDF"], "第 2 张：这个文件不是照片"),
        ([photo()[:-30]], "打不开"),
    ],
)
def test_what_is_no_picture_is_said_beside_the_box(cast, guilan, ticket, settings, sent, sentence):
    given = [SimpleUploadedFile("x.jpg", data, "image/jpeg") for data in sent]
    answer = guilan.post(f"/say/{ticket.pk}/pictures/", {"pictures": given} if given else {})
    assert answer.status_code == 422
    assert sentence in Page(answer).text
    assert not ticket.pictures.exists()
    assert files(settings) == []


def test_whoever_holds_the_code_adds_and_sees(cast, client, now):
    ticket, code = anonymous(cast, now)
    where = f"/say/{ticket.pk}/pictures/"
    assert client.post(where, upload("red")).status_code == 404
    client.post("/say/code/", {"code": code})
    assert client.post(where, upload("red")).status_code == 302
    assert client.get(address(ticket)).status_code == 200
    assert Client().get(address(ticket)).status_code == 404
    other, _code = anonymous(cast, now, title="别的事")
    pictured(other, cast.worker, now)
    assert client.get(address(other)).status_code == 404


def test_the_desk_adds_for_who_came_and_the_page_says_so(cast, client, ticket):
    client.force_login(cast.worker)
    page = Page(client.post(f"/staff/tickets/{ticket.pk}/pictures/", upload("red"), follow=True))
    assert "图片加上了" in page.text
    assert "工作人员加的" in page.text
    assert ticket.pictures.get().by == cast.worker


def test_who_has_it_in_hand_adds_and_who_stands_above_does_not(cast, now, ticket):
    hand, head = grievances.handler(cast), grievances.director(cast)
    brought_to(S.IN_PROGRESS, ticket, cast=cast, by=hand, now=now)
    pictured(ticket, hand, now)
    assert ticket.pictures.get().by == hand
    for who in (cast.officer, cast.stranger.user, cast.other_worker):
        with pytest.raises(DomainError) as refusal:
            add_pictures(ticket_id=ticket.pk, pictures=read("blue"), by=who, now=now)
        assert refusal.value.code == "NOT_ALLOWED"
    assert head.may("grievances.intake", ticket.division)  # a director is the desk as well


@pytest.mark.parametrize("state", [S.ASSIGNED, S.ANSWERED, S.REFUSED, S.PARKED, S.CLOSED_CONFIRMED])
def test_only_what_is_under_way_takes_pictures(cast, guilan, now, ticket, state):
    hand, head = grievances.handler(cast), grievances.director(cast)
    brought_to(state, ticket, cast=cast, by=hand, now=now, above=head)
    offered = f"/say/{ticket.pk}/pictures/" in Page(guilan.get(f"/say/{ticket.pk}/")).links
    answer = guilan.post(f"/say/{ticket.pk}/pictures/", upload("red"))
    assert offered is (state in OPEN)
    assert answer.status_code == (302 if state in OPEN else 409)
    assert {state in OPEN, state in CLOSED} == {True, False}


def test_of_what_is_for_the_lawful_body_nothing_is_kept_that_shows_somebody(cast, client, now):
    event = told(cast, now, about="可疑人员")
    client.force_login(cast.worker)
    assert "选图片" not in Page(client.get(f"/staff/tickets/{event.pk}/")).text
    answer = client.post(f"/staff/tickets/{event.pk}/pictures/", upload("red"))
    assert answer.status_code == 409
    assert not event.pictures.exists()


@pytest.mark.sweep
def test_uploads_of_one_account_are_counted_before_they_are_read(cast, guilan, ticket):
    where = f"/say/{ticket.pk}/pictures/"
    for _each in range(HANDED_IN.most):
        assert guilan.post(where, {"pictures": SimpleUploadedFile("x", b"<svg/>")}).status_code == 422
    answer = guilan.post(where, upload("red"))
    assert answer.status_code == 409
    assert "过一会儿再来" in Page(answer).text


# --- Seeing --------------------------------------------------------------------------------------

# By which hat somebody sees what was told in what way. "told": whoever told it; "code": who holds its code.
SEES = {
    "told": {Privacy.NAMED, Privacy.CONFIDENTIAL},
    "agent": {Privacy.NAMED, Privacy.CONFIDENTIAL},
    "code": {Privacy.ANONYMOUS},
    "handler": set(Privacy),
    Role.DIRECTOR: set(Privacy),
    Role.SOCIAL_WORKER: set(Privacy),
    Role.STREET_OFFICER: set(Privacy),
    "admin": set(Privacy),
}


@pytest.fixture
def visitors(cast: Cast, now: Any) -> dict[str, Any]:
    """A browser for everybody, here and (roles) in the other street; and the tickets they ask for."""
    hand, colleague = grievances.handler(cast), grievances.handler(cast)
    agent = people.resident("何静", cast.city["community"])
    Guardianship.objects.create(guardian=agent, ward=cast.guilan, kind="AGENT")
    users = {
        "neighbour": cast.stranger.user,
        "told": cast.guilan.user,
        "agent": agent.user,
        "handler": hand,
        "colleague": colleague,
        "admin": cast.admin,
        **{role: people.staff("职员", role, cast.city["street"]) for role in Role},
        **{f"{role} elsewhere": people.staff("职员", role, cast.city["other_street"]) for role in Role},
    }
    clients = {who: Client() for who in (*users, "nobody", "code", "other code")}
    for who, user in users.items():
        clients[who].force_login(user)
    secret, code = anonymous(cast, now)
    _other, other_code = anonymous(cast, now, title="别的事")
    tickets = {privacy: told(cast, now, privacy=privacy) for privacy in (Privacy.NAMED, Privacy.CONFIDENTIAL)}
    tickets[Privacy.ANONYMOUS] = secret
    for one in tickets.values():
        brought_to(S.IN_PROGRESS, one, cast=cast, by=hand, now=now)
        pictured(one, hand, now)
    clients["code"].post("/say/code/", {"code": code})
    clients["other code"].post("/say/code/", {"code": other_code})
    return {"clients": clients, "tickets": tickets}


@pytest.mark.sweep
def test_a_picture_is_seen_by_who_reads_the_words_and_by_nobody_else(visitors):
    wrong = []
    for who, client in visitors["clients"].items():
        for privacy, ticket in visitors["tickets"].items():
            may = privacy in SEES.get(who, ())
            for where, ask in product((address(ticket), f"{address(ticket)}?small"), ("get", "head")):
                status = getattr(client, ask)(where).status_code
                wrong += [f"{who} {privacy} {where}: {status}"] if (status == 200) is not may else []
            reads = any(
                client.get(page).status_code == 200
                for page in (f"/say/{ticket.pk}/", f"/staff/tickets/{ticket.pk}/")
            )
            wrong += (
                [f"{who} {privacy}: reads the words and sees not, or the reverse"] if reads is not may else []
            )
    assert wrong == []
    assert set(SEES) <= set(visitors["clients"])


def test_what_is_handed_out_says_what_it_is_and_is_kept_by_nobody(cast, guilan, now, ticket):
    pictured(ticket, cast.guilan.user, now)
    answer = guilan.get(address(ticket))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == 'inline; filename="1.jpg"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert hashlib.sha256(answer.content).hexdigest() == ticket.pictures.get().sha256
    assert guilan.post(address(ticket)).status_code == 405
    assert (
        guilan.get(address(ticket, 5)).status_code == guilan.get(address(ticket, 10**30)).status_code == 404
    )


def test_where_a_picture_lies_tells_nothing_and_no_server_can_show_it(cast, now, ticket, settings):
    pictured(ticket, cast.guilan.user, now)
    (path,) = files(settings)
    assert Ticket.objects.get().pictures.get().key == path.name
    assert not path.read_bytes().startswith(b"\xff\xd8")
    assert Path(settings.MEDIA_ROOT) not in Path(settings.STATIC_ROOT).parents
    assert Client().get(f"/media/tickets/{path.name[:2]}/{path.name}").status_code == 404


def test_the_wall_shows_no_pictures_and_one_merged_shows_its_own(cast, client, guilan, now, ticket):
    other = told(cast, now, cast.stranger, title="还是那盏灯")
    pictured(other, cast.stranger.user, now, "blue")
    pictured(ticket, cast.guilan.user, now)
    accept_ticket(ticket_id=other.pk, by=cast.worker, now=now, public_text="南门路灯不亮")
    assert "/pictures/" not in client.get("/say/").content.decode()
    merge_ticket(ticket_id=ticket.pk, into_id=other.pk, by=cast.worker, now=now)
    page = Page(guilan.get(f"/say/{ticket.pk}/"))
    assert address(ticket) in page.links
    assert address(other) not in page.links
    assert guilan.get(address(other)).status_code == 404


# --- The end of it, and crashes -------------------------------------------------------------------


def test_her_copy_lists_them_and_closing_her_record_takes_them_away(
    cast, now, settings, django_capture_on_commit_callbacks
):
    person = people.resident("马可漪", cast.city["community"])
    ticket = pictured(told(cast, now, person), person.user, now, "red", "blue")
    pictured(ticket, cast.worker, now, "white")
    neighbours = pictured(told(cast, now), cast.guilan.user, now)
    brought_to(S.REFUSED, ticket, cast=cast, by=cast.worker, now=now)
    copy = export_my_data(by=person.user, now=now, password=people.PASSWORD)
    (hers,) = copy["people"]
    assert len(hers["我反映的事的图片"]) == 3
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person_id=person.pk, by=cast.worker, now=now, password=people.PASSWORD)
        assert len(files(settings)) == 4  # until it is certain
    assert not ticket.pictures.exists()
    assert [path.name for path in files(settings)] == [neighbours.pictures.get().key]
    assert found() == {}


def test_a_picture_stays_as_long_as_the_words_and_is_never_changed(cast, now, ticket):
    pictured(ticket, cast.guilan.user, now)
    for wrong in (
        lambda: TicketPicture.objects.all().delete(),
        lambda: TicketPicture.objects.update(position=3),
        lambda: TicketPicture.objects.update(sha256="x"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()
    assert ticket.pictures.count() == 1


@pytest.mark.parametrize("more", [{"position": 6}, {"position": 0, "sha256": "y"}, {"position": 1}])
def test_the_database_counts_as_well(cast, now, ticket, more):
    pictured(ticket, cast.guilan.user, now)
    row = ticket.pictures.get()
    given = {"sha256": row.sha256, "size": 1, "width": 1, "height": 1, "added_at": now, **more}
    with pytest.raises(IntegrityError), transaction.atomic():
        TicketPicture.objects.create(ticket=ticket, key="a" * 32, **given)


def test_what_a_crash_left_goes_after_a_day_and_nothing_else(cast, now, ticket, settings):
    pictured(ticket, cast.guilan.user, now - 2 * ON_ITS_WAY)
    old, fresh = SHELF.put(b"old", now=now - 2 * ON_ITS_WAY), SHELF.put(b"fresh", now=now)
    assert sweep_pictures(now=now) == 1
    left = {path.name for path in files(settings)}
    assert left == {ticket.pictures.get().key, fresh}
    assert sweep_pictures(now=now + ON_ITS_WAY + timedelta(seconds=1)) == 1
    assert {path.name for path in files(settings)} == {ticket.pictures.get().key}
    assert old not in left


def test_a_file_that_cannot_be_written_leaves_no_row(cast, guilan, now, ticket, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            pictured(ticket, cast.guilan.user, now)
    assert not ticket.pictures.exists()
    assert sweep_pictures(now=now + 2 * ON_ITS_WAY) == 1


@pytest.mark.parametrize("fault", ["gone", "another", "broken", "digest"])
def test_the_audit_finds_a_picture_without_its_file(cast, guilan, now, ticket, settings, fault):
    pictured(ticket, cast.guilan.user, now, "red", "blue")
    assert found() == {}
    one, two = files(settings)
    if fault == "gone":
        one.unlink()
    elif fault == "another":
        one.write_bytes(two.read_bytes())
    elif fault == "broken":
        one.write_bytes(one.read_bytes()[:-1])
    else:
        with unguarded() as cursor:
            cursor.execute("UPDATE grievances_ticketpicture SET sha256 = 'x' WHERE position = 0")
    assert list(found()) == [CHECK]
    assert len(found()[CHECK]) == 1
    page = guilan.get(f"/say/{ticket.pk}/")
    assert page.status_code == 200
    if fault in {"gone", "broken"}:
        statuses = sorted(guilan.get(address(ticket, n)).status_code for n in (0, 1))
        assert statuses == [200, 404]

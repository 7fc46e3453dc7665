"""Who told a ticket is learnt by whom it may be, and by nobody else, wherever she looks.

Every address of the portal, as everybody: a new address comes into it by itself. (What can know no ticket
is asked by a part of them, and by all at night.) An answer tells who
told a ticket where it holds a mark of the teller (her name, how it is spelt, her numbers, those of her
rows) and one of the ticket, or stands at an address of the ticket. That somebody may look up a resident
tells nothing of what that resident told.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from http.cookies import SimpleCookie
from io import BytesIO
from operator import or_
from typing import Any, NamedTuple, TypeVar
from zipfile import ZipFile

import pytest
from django.contrib import admin
from django.core.cache import caches
from django.db import transaction
from django.db.models import Q
from django.test import Client

from common.veils import veiled
from grievances.models.tickets import Ticket
from people.actions.records import export_my_data
from people.models import Person, User
from tests.addresses import OURS, Address, filled
from tests.backoffice import change, listed, verb
from tests.factories.people import PASSWORD
from tests.lanes import nightly
from tests.stages.told import ANONYMOUS, CONFIDENTIAL, MERGED, NAMED, TOLD, WEB, Stage, Word, lived, marks

pytestmark = pytest.mark.usefixtures("clock")
DESK = {"worker", "director", "admin"}
# Who may learn it. What was not told in confidence also whoever has it in hand, whoever stands above, and
# who rings her where she lives.
MAY = {
    NAMED: DESK | {"handler", "officer", "worker elsewhere"},
    CONFIDENTIAL: DESK,
    ANONYMOUS: set(),
}
IN_OFFICE = {"handler", "officer", "auditor", "worker elsewhere", "secretary"}
CONFIDED = TOLD[2]
# What may hardly tell is asked by one of them each, in turn: what came with a package, and the apps that know no
# ticket (pyproject.toml: no arrow leads there from them), their programs' addresses and lists too.
FAR = ("courses:", "grants:", "orders:", "points:", "volunteers:", "account_", "mfa_", "schema")
FAR_APPS = {name.rstrip(":") for name in FAR}
EACH = 14
# Told at the desk or by telephone as another one is, and asked for at night alone.
ALIKE = [one for one in TOLD if one[1] != WEB and one[0] != CONFIDENTIAL] + [TOLD[4]]
# Of what may tell, whoever has it not in hand asks a third, each role another one.
EVERY = 3
# Who has the ticket in hand, or decides about it: they ask for everything that may tell.
IN_HAND = {"worker", "handler", "officer", "director", "admin"}
# Who may have a word with the ticket; others post to its addresses in turn.
NEAR = {"worker", "handler", "officer", "neighbour"}
OF_TICKETS = ("api-ticket-", "api-wall-")
NEAR_API = (*OF_TICKETS, "api-category-", "api-notice-")
T = TypeVar("T")


class Visit(NamedTuple):
    """One question to the portal; `below`: whose ticket it is an address of; `typed`: what came from who asks."""

    method: str
    path: str
    name: str
    below: Word | None = None
    typed: str = ""


class Asker:
    """Somebody who looks everywhere; what she does is undone. `learnt`: of whose ticket, and where."""

    def __init__(self, stage: Stage, user: User | None) -> None:
        self.words, self.learnt = stage.words, defaultdict[str, list[str]](list)
        self.client = Client(raise_request_exception=False)  # one for all: each makes the middleware anew
        if user is not None:
            self.client.force_login(user)
        self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, visit: Visit) -> int:
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            answer = getattr(self.client, visit.method)(visit.path)
            transaction.set_rollback(True)
        self.hear(said_in(answer), visit)
        return answer.status_code

    def hear(self, said: bytes, visit: Visit) -> None:
        """Reads an answer for who told what."""
        known = marks(visit.typed)
        for word in self.words:
            if tells(said, word, below=word is visit.below, known=known):
                self.learnt[f"{word}"].append(f"{visit.method} {visit.path}")


def said_in(answer: Any) -> bytes:
    """All that an answer says, in small letters: its headers, its body, the parts of a file."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    headers = f"{answer.headers} {answer.cookies.output()}".encode()
    return (headers + content).lower()


def tells(said: bytes, word: Word, *, below: bool, known: Sequence[bytes]) -> bool:
    """Whether these words say who told that, to somebody who has not typed it herself."""
    hers = any(mark in said for mark in word.hers if mark not in known)
    return hers and (below or any(mark in said for mark in word.its))


def of_a_ticket(address: Address) -> bool:
    return "ticket_id" in address.route or address.name.startswith(OF_TICKETS)


def visits_to(address: Address, stage: Stage, world: dict[str, Any]) -> Iterator[Visit]:
    """An address read: once for each ticket, for each teller, else for whatever the world has there.

    Posted to as well, with nothing filled in, where it is about one told in confidence.
    """
    values = {**world, "pk": world.get(address.name.rpartition("-")[0], 0), "position": 0}
    if address.name.startswith("grievances:"):
        values |= {"meeting_id": stage.meeting.pk, "item_id": stage.meeting.items.latest("pk").pk}

    def path(**about: Any) -> str:
        return filled(address.route, {**values, **about})

    if of_a_ticket(address):
        yield from _of_each_ticket(address, stage, path)
    elif "person_id" in address.route or "whom" in address.route:
        for person in (word.person for word in stage.words if word.person and word.privacy == CONFIDENTIAL):
            about = {"person_id": person.pk, "whom": veiled(str(person.pk))}
            yield Visit("get", path(**about), address.name)
    else:
        yield Visit("get", path(), address.name)


def _of_each_ticket(address: Address, stage: Stage, path: Callable[..., str]) -> Iterator[Visit]:
    for word in stage.words:
        here = path(ticket_id=word.ticket.pk, pk=word.ticket.pk)
        yield Visit("get", here, address.name, word)
        if word.privacy == CONFIDENTIAL and word.source == WEB:
            joined = path(ticket_id=word.heard.pk, pk=word.heard.pk)
            yield Visit("get", joined, address.name, word)
        if word.name == CONFIDED[2]:
            yield Visit("post", here, address.name, word)


def office(stage: Stage) -> Iterator[Visit]:
    """Every list of the back office; where it may tell of her, searched for her, and a record with its forms."""
    told = [word for word in stage.words if word.person and word.privacy == CONFIDENTIAL]
    spelt = told[0].person.pinyin if told[0].person else ""
    about = {
        Person: [word.person.pk for word in told if word.person],
        User: [word.person.user_id for word in told if word.person],
        Ticket: [word.ticket.pk for word in told],
    }
    for model, site in admin.site._registry.items():
        ties = {
            tie.name: about[tie.related_model] for tie in model._meta.fields if tie.related_model in about
        }
        if model._meta.app_label in FAR_APPS:
            yield Visit("get", listed(model), f"{model._meta.app_label}:")
            continue
        yield Visit("get", listed(model), "")
        if ties and site.search_fields:
            yield Visit("get", f"{listed(model)}?q={spelt.replace(' ', '+')}", "", typed=spelt)
        hers = [Q(**{f"{name}__in": keys}) for name, keys in ties.items()]
        rows = model._default_manager.filter(reduce(or_, hers)).order_by("-pk") if hers else []
        for row in rows[:1]:
            yield Visit("get", change(row), "")
            yield Visit("get", change(row).replace("/change/", "/history/"), "")
            yield from (
                Visit("get", verb(row, one.name), "")
                for one in getattr(site, "verbs", ())
                if not one.whole_list
            )
    yield Visit("get", "/admin/", "")
    yield Visit("get", f"/admin/search/?s={spelt.replace(' ', '+')}", "", typed=spelt)


def wrongly(stage: Stage, role: str, asker: Asker, may: Callable[[Word], bool]) -> list[str]:
    """What somebody learnt and may not, and what she may learn and found nowhere."""
    wrong = []
    for word in stage.words:
        where = asker.learnt[f"{word}"]
        if bool(where) != may(word):
            wrong += [f"{role}, {word}: {one}" for one in where or ["learnt nothing"]]
    return wrong


def may_learn(stage: Stage, role: str) -> Callable[[Word], bool]:
    """What the table says of this role."""

    def may(word: Word) -> bool:
        if role == "worker elsewhere" and (word.person is None or word.source != WEB):
            return False  # she lives here
        return role in MAY[word.privacy]

    return may


def is_near(visit: Visit, role: str) -> bool:
    """Whether she asks it herself: what may tell of a ticket, and what she might do to one."""
    if visit.method == "post":
        return role in NEAR
    if visit.name.startswith("api-"):
        return visit.name.startswith(NEAR_API)
    return not visit.name.startswith(FAR)


def parted(all_of: Iterable[T], by: Callable[[T], bool]) -> tuple[list[T], list[T]]:
    """Those of which it is so, and the others."""
    parts: tuple[list[T], list[T]] = ([], [])
    for one in all_of:
        parts[not by(one)].append(one)
    return parts


def some(all_of: Sequence[T], each: int, turn: int, config: pytest.Config) -> Sequence[T]:
    """A part for each role, every one for some; at night all for everybody."""
    return all_of if nightly(config) else all_of[turn % each :: each]


@pytest.fixture(autouse=True)
def _nothing_logged():
    """A line a refusal takes longer than the refusal."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def living(cast, now, clock, settings, tmp_path):
    """Brings what was told through its life, and the clock of the pages to its end."""
    settings.MEDIA_ROOT = tmp_path

    def brought(*told, seen=None):
        caches["default"].clear()
        stage = lived(cast, now, told or TOLD, seen)
        clock.now = stage.now
        return stage

    return brought


@pytest.mark.sweep
def test_nobody_learns_who_told_it_but_whom_the_table_says(world, living, request):
    told = TOLD if nightly(request.config) else [one for one in TOLD if one not in ALIKE]
    stage, wrong, only_posted = living(*told), [], set[str]()
    looks = [visit for address in OURS for visit in visits_to(address, stage, world)]
    in_office = [*office(stage)]
    for turn, (role, user) in enumerate(stage.roles.items()):
        asker = Asker(stage, user)
        asked = looks + (in_office if role in IN_OFFICE else [])
        near, far = parted(asked, lambda visit, role=role: is_near(visit, role))
        if role not in IN_HAND:
            near = some(near, EVERY, turn, request.config)
        for visit in [*near, *some(far, EACH, turn, request.config)]:
            if visit.method == "get" and visit.name and visit.name in only_posted:
                continue
            if asker.ask(visit) == 405:
                only_posted.add(visit.name)
        wrong += wrongly(stage, role, asker, may_learn(stage, role))
    assert not wrong, "\n".join(wrong)


@pytest.mark.sweep
def test_who_told_it_finds_her_own_and_nobody_elses(world, living):
    """What she told by no name is not even on her own pages, nor in the copy that she takes away."""
    stage, only_posted = living(*(one for one in TOLD if one[1] == WEB)), set[str]()
    hers = [one for one in OURS if one.name.startswith(("grievances:", "portal:", "people:", *NEAR_API))]
    hers = [one for one in hers if "staff" not in one.route]
    for own in stage.words:
        asker = Asker(stage, own.person.user)
        for visit in (visit for address in hers for visit in visits_to(address, stage, world)):
            if visit.method == "get" and visit.name not in only_posted and asker.ask(visit) == 405:
                only_posted.add(visit.name)
        copy = export_my_data(by=own.person.user, now=stage.now, password=PASSWORD)
        asker.hear(str(copy).encode(), Visit("copy", "", ""))
        assert [*asker.learnt] == ([] if own.privacy == ANONYMOUS else [str(own)])


@pytest.mark.sweep
@pytest.mark.parametrize("told", [CONFIDED, TOLD[MERGED]])
def test_no_copy_of_somebody_elses_own_data_tells(living, told):
    """Of whoever met the same, told what it was merged with, worked on it, sat in the meeting."""
    stage = living(told)
    for role in ("neighbour", "follower", "handler", "handler before", "director", "member"):
        copy = export_my_data(by=stage.roles[role], now=stage.now, password=PASSWORD)
        assert copy["people"], role
        asker = Asker(stage, None)
        asker.hear(str(copy).encode(), Visit("copy", role, "", stage.words[0]))
        assert not asker.learnt, role


@pytest.mark.sweep
def test_no_step_of_its_life_tells(living):
    """Other forms stand on its page in each state, and the lists of those who have it in hand name it."""
    learnt, steps = [], []

    def seen(stage, word):
        steps.append(word.ticket.pk)
        desk, own = f"/staff/tickets/{word.ticket.pk}/", f"/say/{word.ticket.pk}/"
        looks = [("handler", desk), ("handler before", desk), ("officer", desk), ("neighbour", own)]
        for role, path in [*looks, ("handler", "/staff/tickets/?at=hands")]:
            asker = Asker(stage, stage.roles[role])
            asker.ask(Visit("get", path, "", word if path in {desk, own} else None))
            learnt.extend(asker.learnt.values())

    living(CONFIDED, seen=seen)
    assert len(steps) > 15
    assert learnt == []


def test_what_is_said_of_a_ticket_told_in_confidence(living):
    """Its own pages, and the lists that name it."""
    stage, pages = living(CONFIDED), {"grievances:staff_ticket", "grievances:ticket", "grievances:picture"}
    pages |= {"grievances:staff_tickets", "portal:inbox", "workbench"}
    learns = {}
    for role in ("director", "handler", "officer"):
        asker = Asker(stage, stage.roles[role])
        for address in (one for one in OURS if one.name in pages):
            for visit in visits_to(address, stage, {}):
                if visit.method == "get":
                    asker.ask(visit)
        learns[role] = [*asker.learnt]
    assert learns == {"director": [str(stage.words[0])], "handler": [], "officer": []}


def test_the_table_would_notice(living, monkeypatch):
    stage = living(CONFIDED)
    monkeypatch.setattr(Ticket, "tells_who", lambda _ticket, _user: True)
    asker = Asker(stage, stage.roles["handler"])
    asker.ask(Visit("get", f"/staff/tickets/{stage.words[0].ticket.pk}/", "", stage.words[0]))
    assert [*asker.learnt] == [str(stage.words[0])]

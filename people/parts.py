"""What an app says on pages that belong to all, and when a person's record is copied, closed or merged.

People and portal may not name the apps around them: `settings.PARTS` names a module an app, the upper
apps first, and each module has a `PART`. What an app leaves out is done without it. Whatever is said
here is plain data; a section with markup of its own names a template of its app.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Literal, TypeVar

from django.conf import settings
from django.db.models import QuerySet, TextChoices

from common.ical import Event
from common.locks import lock_rows
from people.models import Person, User

Said = TypeVar("Said")
# What was typed into the address after "?": the search words of a section, its page.
Asked = Mapping[str, str]


@dataclass(frozen=True)
class Folded:
    """What an app did in a merge: which rows stay with the merged record, by the name of their model,
    and what it wants to be told (as JSON) when the merge is undone."""

    stays: Mapping[str, Collection[int]] = field(default_factory=dict)
    told: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A place of the navigation: the name of its address, its word, its icon, the paths that lie in it."""

    name: str
    label: Any
    icon: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """One line that leads somewhere. `count`: how much of it waits; None where nothing is counted."""

    label: str
    url: str
    note: str = ""
    icon: str = ""
    tag: str = ""
    tag_kind: str = "off"  # ok, hot, wait or off
    count: int | None = None


@dataclass(frozen=True)
class Section:
    """A part of a page: a title over links, or a template of the app's own, which finds `shown`.

    `at`: "top" before everything, "main" and "side" the two columns, "end" what is over and done.
    """

    title: str = ""
    links: Sequence[Link] = ()
    template: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    at: Literal["top", "main", "side", "end"] = "main"


@dataclass(frozen=True)
class Coming:
    """Something ahead that a person is expected at; `detail` is for the first page, where there is room."""

    starts_at: datetime
    name: str
    who: str
    place: str
    url: str
    heading: str  # "有课"; the day is put before it
    detail: str = ""
    tag: str = ""
    tag_kind: str = "off"
    icon: str = "calendar-week"
    button: str = ""  # leads to `url` from the first page; without one it leads to 我的


@dataclass(frozen=True)
class About:
    """What a letter is about, as the letter keeps it; `data` is shaped by the app that wrote it."""

    kind: str
    type: str
    id: int
    data: Any


@dataclass(frozen=True)
class Named:
    """Things that letters are about; `hers` where what was typed about them was typed about her."""

    type: str
    ids: Collection[int]
    hers: bool


@dataclass(frozen=True)
class AtDesk:
    """What may be done at the desk for one person: links to begin with, and whole sections."""

    links: Sequence[Link] = ()
    sections: Sequence[Section] = ()


@dataclass(frozen=True)
class Part:
    """What `app` has to say.

    On pages that belong to all:

    places: its places of the navigation.
    within: the paths of this app that lie in the place of an app below, by the name of its address.
    front: sections of the first page, the same for everybody: the page is kept for all.
    asks: what she, or whom she acts for, has to answer; stands first on the first page and on 我的.
    coming: what lies ahead of her and of whom she acts for, the next first, until a moment or for ever.
    mine: sections of 我的.
    ways: links at the side of 我的.
    beyond: links on a page of an app below, by the name of its address; the user is None where nobody
        is signed in.
    keeping: what keeps points of hers set aside; stands in her passbook.
    leaving: what she may want to do before she closes her account: why (`note`), and where.
    feed: events of her calendar from one moment to another.
    address: where a letter leads; None for a letter that is not about this app.
    works: whether somebody without a post works here all the same; asked once a day of those.
    today: sections of 工作台.
    waiting: lines of 工作台: what there is to do, and how much of it waits.
    desk: what the user may do at the desk for this person.
    lives_at: who lives behind a door as a clerk writes it, "3-2-501" or "东户", as a query of numbers of
        persons, whoever asks; None for what is no door. The box that finds people asks it.

    Of letters:

    letters: the kinds that it sends; their words are in templates/<app>/letters/<kind>.txt.
    phoned: the kinds about which who reads no inbox is rung.

    Of a person's record:

    copy: all it knows of her, as plain data by name; of others no more than their names, which she sees.
    held: SQL that counts the live seats and places in line of all in `hers` at %(now)s; people.actions.limits
    asks all apps in one statement, of everybody who wants a seat.
    lock: the rows that it will look at or write when she is erased or merged, unevaluated and unlocked:
    `lock_parts` takes those of all apps together, in the order of the house.
    unfinished: what has to be finished before she is erased, as a sentence saying how; "" for nothing.
    tell: sends her a letter about her account: what happened (people.rules.Letter), by whom.
    erase: takes what tells who she is off its rows; asked under those locks.
    named: what those letters to others are about in which her name, or words about her, may stand.
    fold: brings together what both records have (kept, merged, by, now); the rest moves by itself.
    unfold: gives that back when the merge is undone.
    """

    app: str
    places: Sequence[Place] = ()
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    front: Callable[[datetime], Iterable[Section]] = lambda _now: ()
    asks: Callable[[User, datetime], Iterable[Section]] = lambda _user, _now: ()
    coming: Callable[[User, datetime, datetime | None], Iterable[Coming]] = lambda _user, _now, _until: ()
    mine: Callable[[User, datetime], Iterable[Section]] = lambda _user, _now: ()
    ways: Callable[[User], Iterable[Link]] = lambda _user: ()
    beyond: Mapping[str, Callable[[User | None], Iterable[Link]]] = field(default_factory=dict)
    keeping: Callable[[Person], Iterable[Link]] = lambda _person: ()
    leaving: Callable[[User], Iterable[Link]] = lambda _user: ()
    feed: Callable[[User, datetime, datetime], Iterable[Event]] = lambda _user, _since, _until: ()
    address: Callable[[About], Link | None] = lambda _about: None
    works: Callable[[User], bool] = lambda _user: False
    today: Callable[[User, datetime, Asked], Iterable[Section]] = lambda _user, _now, _asked: ()
    waiting: Callable[[User, datetime], Iterable[Link]] = lambda _user, _now: ()
    desk: Callable[[User, Person, datetime, Asked], AtDesk] = lambda *_who: AtDesk()
    lives_at: Callable[[str], QuerySet[Any, Any] | None] = lambda _text: None
    letters: type[TextChoices] | None = None
    phoned: Collection[str] = ()
    copy: Callable[[Person], dict[str, Any]] | None = None
    held: str = ""
    lock: Callable[[Collection[int]], Iterable[QuerySet[Any]]] = lambda _person_ids: ()
    unfinished: Callable[[Person, datetime], str] = lambda _person, _now: ""
    erase: Callable[[Person, User, datetime], None] = lambda _person, _by, _now: None
    named: Callable[[Person], Iterable[Named]] = lambda _person: ()
    tell: Callable[[Person, str, User, datetime], None] = lambda *_what: None
    fold: Callable[[Person, Person, User, datetime], Folded] = lambda *_who: Folded()
    # What `fold` told, as that app shaped it; None where it told nothing.
    unfold: Callable[[Any, User, datetime], None] = lambda *_told: None


def parts() -> list[Part]:
    """The parts of all apps, the upper ones first."""
    found: list[Part] = [import_module(name).PART for name in settings.PARTS]
    return found


def gathered(ask: Callable[[Part], Iterable[Said]]) -> list[Said]:
    """What all apps answer to one question, one after the other."""
    return [said for part in parts() for said in ask(part)]


def tell(person: Person, what: str, by: User, now: datetime) -> None:
    """She is told what happened to her account, by whichever app sends letters."""
    for part in parts():
        part.tell(person, what, by, now)


def links_on(page: str, user: User | None) -> list[Link]:
    """What the apps above offer on a page, named as in its address (`app:page`)."""
    return gathered(lambda part: part.beyond[page](user) if page in part.beyond else ())


def lock_parts(person_ids: Collection[int], *also: QuerySet[Any]) -> None:
    """Locks what all apps, and `also` the caller, will look at or write when these persons are erased
    or merged: table by table in the order of docs/locking.md, whichever app a table belongs to."""
    lock_rows([*gathered(lambda part: part.lock(person_ids)), *also])

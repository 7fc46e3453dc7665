"""The shapes of what shared components are shown (templates/components)."""

from typing import NotRequired, TypedDict


class Choice(TypedDict):
    """One of the people, or one of the skills, of components/_who_radio.html."""

    value: int
    label: str
    note: NotRequired[str]
    checked: bool


class Seats(TypedDict):
    """components/_seats.html: `waiting` is None where nobody may wait, `state_word` "" while one can join."""

    seats_left: int
    capacity: int
    waiting: int | None
    state_word: str


class Card(Seats):
    """components/_class_card.html: a class or a shift, and when it is next."""

    url: str
    when_day: str
    when_from: str
    when_to: str
    name: str
    place: str
    teacher: str
    note: str


class Stage(TypedDict):
    """One of the plain steps of components/_steps.html; `state` is "done", "now" or ""."""

    label: str
    note: str
    state: str


class Chip(TypedDict):
    """One of components/_chips.html: a word that leads to a shorter list; `on`: it is the one shown."""

    url: str
    label: str
    on: bool


class Lesson(TypedDict):
    """A session in a timetable, components/_week.html."""

    url: str
    when_from: str
    when_to: str
    name: str
    place: str
    tag: NotRequired[str]
    tag_kind: NotRequired[str]


class DayPart(TypedDict):
    """A morning, an afternoon or an evening of components/_week.html."""

    label: str
    classes: list[Lesson]


class Day(TypedDict):
    """A day of components/_week.html; `closed` says why nothing takes place, `empty` that nothing does."""

    label: str
    date: str
    today: NotRequired[bool]
    closed: NotRequired[str]
    empty: NotRequired[bool]
    parts: NotRequired[list[DayPart]]


class Goes(TypedDict):
    """A link of components/_timeline.html."""

    url: str
    label: str


class TimelineItem(TypedDict):
    """Something ahead, components/_timeline.html."""

    when: str
    name: str
    today: NotRequired[bool]
    place: NotRequired[str]
    note: NotRequired[str]
    url: NotRequired[str]
    tag: NotRequired[str]
    tag_kind: NotRequired[str]
    actions: NotRequired[list[Goes]]

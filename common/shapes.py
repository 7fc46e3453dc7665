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

"""One door a verb: an address or a button for each, and no second one without a reason.

Work is done on staff pages; the back office keeps records and settings. docs/adr/0026-one-door-a-verb.md
"""

from collections import defaultdict
from functools import partial
from typing import Any

import pytest

from orders.actions import completion
from orders.actions.orders import accept_order, cancel_order
from tests import (
    access,
    access_courses,
    access_grievances,
    access_people,
    access_points,
    access_visits,
    doors,
)
from tests.access_orders import ORDERS
from tests.doors import OFFICE, PAGE, STAFF, Door
from tests.who_may import WHO

# Verbs that people do on no page.
NO_DOOR = {"volunteers.record_service": "a lesson is written down where its attendance is marked"}
ROWS = {
    **ORDERS,
    **access.VOLUNTEERS,
    **access_courses.TABLE,
    **access_grievances.TABLE,
    **access_people.TABLE,
    **access_points.TABLE,
    **access_visits.TABLE,
}
# Addresses that the access table posts to without seeing a deed, and why.
NOT_DONE = {
    "portal:desk": "finds whom it is asked for by looking: tests/portal/test_lookup.py",
    "portal:inbox": "letters are read by looking at them",
    "portal:print_calls": "answers whoever asks with how many numbers it opened",
    "people:desk_login": "wants a code of its own for each who tries",
    "people:factor": "nobody in the cast has a second factor to show",
    "people:birth": "nobody in the cast lacks a birth date",
    "people:home": "nobody in the cast lacks a community",
    "people:my_data": "王桂兰 has points, seats and a ward: she is told to settle them first",
    "people:my_data_file": "a file",
    "volunteers:tap": "wants the key that a machine keeps: tests/volunteers/test_kiosk_pages.py",
    "points:staff_ask_transfer": "whom it goes to is found first, by a word in the address",
    "points:staff_certificate": "tells of approved services: tests/points/test_certificates.py",
    "points:staff_approve": "answers whoever asks with a list of what became of each record",
    "courses:staff_export_full": "a file",
    "courses:staff_registers": "wants a file",
    "visits:books": "wants a file",
    "visits:group": "answers on the page itself: a message would lie in a cookie",
}
# Addresses that lead to several verbs, and why.
SEVERAL = {"people:family": "a guardian who adds her child agrees to what is asked on the same page"}


@pytest.fixture(scope="module")
def all_doors() -> list[Door]:
    verbs = doors.the_verbs()
    return [*doors.pages(verbs), *doors.buttons(verbs)]


def doors_by_verb(found: list[Door]) -> dict[str, list[Door]]:
    listed: dict[str, list[Door]] = defaultdict(list)
    for door in found:
        for verb in door.verbs:
            listed[verb].append(door)
    return listed


def twice(found: list[Door]) -> list[str]:
    """Verbs with a staff page and a button in the back office that does not say why."""
    return [
        f"{verb}: {', '.join(sorted(door.name for door in here))}"
        for verb, here in sorted(doors_by_verb(found).items())
        if {STAFF, OFFICE} <= {door.kind for door in here}
        and any(door.kind == OFFICE and not door.why_twice for door in here)
    ]


def for_nothing(found: list[Door]) -> list[str]:
    """Reasons for a second door where there is only one."""
    staff = {verb for door in found if door.kind == STAFF for verb in door.verbs}
    return [door.name for door in found if door.why_twice and not door.verbs & staff]


def test_no_verb_has_two_doors_without_a_reason(all_doors: list[Door]) -> None:
    assert twice(all_doors) == []
    assert for_nothing(all_doors) == []


def test_every_verb_has_a_door(all_doors: list[Door]) -> None:
    found = doors_by_verb(all_doors)
    assert {verb for verb in WHO if verb not in found} == set(NO_DOOR)


def test_an_address_leads_to_one_verb(all_doors: list[Door]) -> None:
    several = {door.name for door in all_doors if len(door.verbs) > 1}
    assert several == set(SEVERAL)


def test_every_address_of_a_verb_is_posted_as_everybody(all_doors: list[Door]) -> None:
    """The access table does with it what it is for, and sees for whom that succeeds."""
    pages = [door for door in all_doors if door.kind != OFFICE and door.name in ROWS]
    assert {door.name for door in pages if not ROWS[door.name].does} == set(NOT_DONE)
    done = {verb for door in pages for verb in door.verbs}
    office = {verb for door in all_doors if door.kind == OFFICE for verb in door.verbs}
    assert {verb for verb in WHO if verb not in done | office} == set(NO_DOOR)


def test_every_verb_of_the_api_is_asked_for_as_everybody() -> None:
    asked_for = {name for name, row in ROWS.items() if name.startswith("api-") and row.does}
    assert asked_for == set(doors.calls())


# --- Whether it would be noticed --------------------------------------------------------------


def _closure() -> object:
    def act() -> object:
        return cancel_order(order_id=1, by=None, now=None)

    return act


def _through_a_table(name: str) -> object:
    return TABLE[name]


def _of_a_module() -> object:
    return completion.settle


def _a_word_alike(row: Any) -> object:
    return row.cancel_order, "cancel_order"


TABLE = {"cancel": cancel_order, "more": partial(accept_order, public_text="")}


@pytest.mark.parametrize(
    ("way", "verbs"),
    [
        (_closure, {"orders.cancel_order"}),
        (_through_a_table, {"orders.cancel_order", "orders.accept_order"}),
        (_of_a_module, {"orders.settle"}),
        (lambda: _closure(), {"orders.cancel_order"}),
        (_a_word_alike, set()),
        (len, set()),
    ],
)
def test_a_verb_is_found_however_it_is_named(way: object, verbs: set[str]) -> None:
    assert doors.verbs_named(way, doors.the_verbs()) == verbs


def test_a_second_door_is_noticed() -> None:
    page, staff = Door(PAGE, "p", frozenset({"a.b"})), Door(STAFF, "s", frozenset({"a.b"}))
    button = Door(OFFICE, "o", frozenset({"a.b"}))
    assert twice([page, staff]) == twice([page, button]) == []
    assert twice([staff, button]) == ["a.b: o, s"]
    reason = button._replace(why_twice="the list of a year has it for many rows")
    assert twice([staff, reason]) == []
    assert for_nothing([staff, reason]) == []
    assert for_nothing([page, reason]) == ["o"]

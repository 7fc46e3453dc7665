"""The register and visits at once: nobody waits for another in a ring, whichever grid she writes in."""

from uuid import uuid4

import pytest

from tests.data.books import wide
from tests.factories import people, visits
from tests.factories.books import HOMES
from tests.factories.centers import division
from tests.races.crowd import at_once, refusals
from visits.actions.books import lifecycle
from visits.actions.register import describe_building
from visits.actions.residents import move_in
from visits.actions.visits import record_visit
from visits.models.register import Residence
from visits.models.visits import HomeVisit

ROUNDS = 6
DAY = visits.SINCE.replace(year=2026)


@pytest.mark.django_db(transaction=True)
def test_a_building_is_called_otherwise_while_visits_come_in(cast, now):
    visits.policies()
    home = visits.guilans_home(cast, now)
    told = {"building_id": home.building_id, "lift": None, "step_free": None, "by": cast.worker, "now": now}
    for number in range(ROUNDS):
        acts = [
            lambda number=number: describe_building(name=f"{number}号楼", floors=number + 1, **told),
            lambda: visits.visited(home, cast.grid_worker, now),
            lambda: visits.visited(home, cast.worker, now),
        ]
        assert refusals(at_once(acts)) == []
    assert HomeVisit.objects.count() == 2 * ROUNDS


@pytest.mark.django_db(transaction=True)
def test_two_move_across_two_grids_in_opposite_directions(cast, now):
    here, there = cast.city["grid"], division("GRID", "另一个网格", cast.city["community"])
    rooms = [
        visits.household(visits.building(grid, cast.worker, now), cast.worker, now, room=f"{number}")
        for number in range(2)
        for grid in (here, there)
    ]
    one, two = (people.person(name, home=here) for name in ("甲", "乙"))
    visits.lives(rooms[0], one, cast.worker, now)
    visits.lives(rooms[1], two, cast.worker, now)
    for number in range(ROUNDS):
        first, second = (rooms[3], rooms[2]) if number % 2 == 0 else (rooms[0], rooms[1])
        told = {"relation": "HEAD", "since": DAY, "by": cast.worker, "now": now}
        acts = [
            lambda first=first, told=told: move_in(household_id=first.pk, person_id=one.pk, **told),
            lambda second=second, told=told: move_in(household_id=second.pk, person_id=two.pk, **told),
        ]
        assert refusals(at_once(acts)) == []
    assert Residence.objects.now().count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_household_book_is_one_workers_at_a_time_while_people_move(cast, now, monkeypatch):
    monkeypatch.setattr(lifecycle, "PIECE", 1)
    visits.policies()
    here = {"by": cast.worker, "now": now}
    people.person("王建国", home=cast.city["grid"], phone="13800000001")
    home = visits.guilans_home(cast, now)
    book = lifecycle.send_book(
        division_id=cast.city["grid"].pk, data=wide(HOMES), file_name="台账.xlsx", **here
    )
    told = {"building_id": home.building_id, "lift": None, "step_free": None, **here}

    def work():
        return lifecycle.work_on_books(now=now)

    assert refusals(at_once([work] * 3)) == []
    lifecycle.confirm_book(book_id=book.pk, **here)
    acts = [
        *[work] * 3,
        lambda: describe_building(name="3号楼", floors=6, **told),
        lambda: visits.visited(home, cast.grid_worker, now),
        lambda: lifecycle.confirm_book(book_id=book.pk, **here),
    ]
    assert refusals(at_once(acts)) == []
    work()
    assert Residence.objects.now().count() == 2 + 5
    lifecycle.undo_book(book_id=book.pk, **here)
    assert refusals(at_once([work] * 3)) == []
    work()
    book.refresh_from_db()
    assert book.state == "UNDONE"


@pytest.mark.django_db(transaction=True)
def test_one_mark_at_two_doors_at_once_is_one_visit(cast, now):
    visits.policies()
    home = visits.guilans_home(cast, now)
    other = visits.household(home.building, cast.worker, now, room="101")
    visits.lives(other, people.person("邻居", home=cast.city["grid"]), cast.worker, now)
    for _round in range(ROUNDS):
        mark = uuid4()
        acts = [
            lambda door=door, mark=mark: record_visit(
                op_id=mark, draft=visits.draft(door), by=cast.worker, now=now
            )
            for door in (home, other)
        ]
        assert refusals(at_once(acts)) == ["KEY_REUSED"]
    assert HomeVisit.objects.count() == ROUNDS

"""The register and visits: a building, a home, who moves in and out, who comes to see them."""

from datetime import date, datetime
from uuid import uuid4

from tests.cast import Cast
from tests.factories import people, visits
from tests.scenes import Play, story
from visits.actions.register import (
    add_building,
    add_household,
    describe_building,
    note_household,
    number_buildings,
)
from visits.actions.residents import change_relation, move_in, move_out
from visits.actions.visits import correct_visit, record_visit

WAS_SINCE = date(2026, 11, 1)


@story(
    add_building, describe_building, number_buildings, add_household, note_household,
    move_in, change_relation, move_out, record_visit, correct_visit,
)  # fmt: skip
def a_family_moves_in_and_is_visited(play: Play, cast: Cast, now: datetime) -> None:
    grid = {"grid_id": cast.city["grid"].pk, "by": cast.worker, "now": now}
    first = play(add_building, **grid, name="3号楼")
    second = play(add_building, **grid, name="南院平房")
    it = {"building_id": first.pk, "by": cast.worker, "now": now}
    play(describe_building, **it, name="3号楼", floors=6, lift=False, step_free=False)
    play(number_buildings, **grid, building_ids=[second.pk, first.pk])
    play.locked(number_buildings, "centers_division", "visits_building")
    home = play(add_household, **it, unit="2", room="501", floor=5)
    old = visits.household(first, cast.worker, now, room="101")
    here = {"household_id": home.pk, "by": cast.worker, "now": now}
    play(note_household, **here, note="耳背，要大声敲")
    newcomer = people.person("马秀兰", home=cast.city["grid"])
    visits.lives(old, newcomer, cast.worker, now)
    lived = play(move_in, **here, person_id=newcomer.pk, relation="HEAD", since=WAS_SINCE)
    play.locked(move_in, "visits_household", "visits_residence", "people_person")
    one = {"residence_id": lived.pk, "by": cast.worker, "now": now}
    play(change_relation, **one, relation="PARENT")
    draft = visits.draft(home)
    seen = play(record_visit, op_id=uuid4(), draft=draft, by=cast.worker, now=now)
    again = visits.draft(home, "NOT_HOME")
    play(correct_visit, op_id=uuid4(), visit_id=seen.pk, draft=again, by=cast.worker, now=now)
    play(move_out, **one, until=now.date())

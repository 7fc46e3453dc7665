"""The register: a building of 花园路社区's grid, a home in it, who lives there."""

import json
from datetime import date, datetime
from uuid import uuid4

from centers.models import Division
from people.models import Person, User
from tests.cast import Cast
from visits.actions.care import open_case
from visits.actions.register import add_building, add_household
from visits.actions.residents import move_in
from visits.actions.tightening import tighten_care
from visits.actions.visits import Draft, record_visit
from visits.models.books import BookRow, HouseholdBook
from visits.models.care import CareCase, CarePolicy
from visits.models.register import Building, Household, Residence
from visits.models.tightening import CareTightening
from visits.models.visits import HomeVisit
from visits.rules.books import RowFate
from visits.rules.visits import Result, Way

SINCE = date(2020, 3, 1)


def building(grid: Division, by: User, now: datetime, name: str = "3号楼") -> Building:
    return add_building(grid_id=grid.pk, name=name, by=by, now=now)


def household(building: Building, by: User, now: datetime, room: str = "501", unit: str = "2") -> Household:
    return add_household(building_id=building.pk, unit=unit, room=room, floor=5, by=by, now=now)


def lives(household: Household, person: Person, by: User, now: datetime, relation: str = "HEAD") -> Residence:
    return move_in(
        household_id=household.pk, person_id=person.pk, relation=relation, since=SINCE, by=by, now=now
    )


def guilans_home(cast: Cast, now: datetime) -> Household:
    """王桂兰 and her grandson live in 3号楼2单元501."""
    home = household(building(cast.city["grid"], cast.worker, now), cast.worker, now)
    lives(home, cast.guilan, cast.worker, now)
    lives(home, cast.zixuan, cast.worker, now, "GRANDCHILD")
    return home


def draft(household: Household, result: str = "FINE", text: str = "", **given: object) -> Draft:
    """The same for everybody who lives there."""
    people = household.residences.now().values_list("person_id", flat=True)
    told = {"way": Way.DOOR, **given}
    return Draft(household.pk, results={pk: Result(result) for pk in people}, text=text, **told)  # type: ignore[arg-type]


def visited(household: Household, by: User, now: datetime, result: str = "FINE", text: str = "") -> HomeVisit:
    return record_visit(op_id=uuid4(), draft=draft(household, result, text), by=by, now=now)


def case(
    person: Person, by: User, now: datetime, level: str = "MONTHLY", group: str = "LIVES_ALONE"
) -> CareCase:
    """She is visited regularly."""
    return open_case(person_id=person.pk, group=group, level=level, by=by, now=now)


def book(grid: Division, by: User, now: datetime, state: str = "PREVIEW") -> HouseholdBook:
    """A book of one household in 5号楼, read by the worker, or written down."""
    found = HouseholdBook.objects.create(division=grid, file_name="台账.xlsx", by=by, at=now)
    found.places = {"5号楼": grid.pk if grid.kind == "GRID" else None}
    row = BookRow(book=found, line=2, building="5号楼", unit="1", room="101", fate=RowFate.GOOD, people=1)
    row.said = json.dumps({"floor": 1, "members": [], "doubts": []})
    row.save()
    for after in ["PREVIEW"] if state == "PREVIEW" else ["PREVIEW", "IMPORTING", "IMPORTED"]:
        found.state, found.read_at = after, now
        found.save()
    if state == "IMPORTED":
        found.confirmed_by, found.confirmed_at = by, now
        found.save()
    return found


def tightened(cast: Cast, now: datetime, days: int = 3, until: date = date(2026, 12, 20)) -> CareTightening:
    """The community is visited more often until a day."""
    told = {"days": days, "until": until, "reason": "高温预警", "by": cast.officer, "now": now}
    return tighten_care(division_id=cast.city["community"].pk, **told)


def policies() -> None:
    """How often each level is visited, where a test emptied all tables."""
    for level, days in (("WEEKLY", 7), ("MONTHLY", 30), ("QUARTERLY", 90)):
        if not CarePolicy.objects.filter(level=level).exists():
            CarePolicy.objects.create(level=level, days=days, basis="试用", valid_from=date(2020, 1, 1))

"""The register of the demo's grid worker, by the verbs: her buildings, who lives behind which door, a
season of visits, and whose turn it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random
from uuid import UUID

from django.utils import timezone

from grievances.models.categories import Category
from people.models import Person
from people.rules import age
from portal.demo.data import read
from portal.demo.people import Folk
from portal.demo.places import Places
from visits.actions.care import open_case, pause_case
from visits.actions.register import (
    add_building,
    add_household,
    describe_building,
    note_household,
)
from visits.actions.residents import move_in
from visits.actions.visits import Draft, Found, record_visit
from visits.models.register import Household
from visits.rules.care import Group, Level, PauseKind
from visits.rules.register import Relation
from visits.rules.visits import FindingKind, Result, Way

HOME = "通信花园社区"
SEASON = 90  # days of visits
VERY_OLD, OLD = 80, 75


class Walks:
    """Builds them for the first grid of a community, where 何强 has his post."""

    def __init__(self, rng: Random, places: Places, folk: Folk, now: datetime) -> None:
        self.rng, self.folk, self.now = rng, folk, now
        self.today = timezone.localdate(now)
        self.grid = places.grids[HOME][0]
        self.desk, self.worker = folk.worker, folk.accounts["何强"]
        self.data = read("walks")
        self.homes = list[tuple[Household, list[Person]]]()

    def fill(self) -> None:
        doors = self._doors()
        people = [*self.folk.seniors, *self.folk.young]
        for person in (one for one in people if one.home_id == self.grid.pk):
            self._move_in(person, next(doors))
        self._care()
        self._season()
        self._lately()

    def _doors(self) -> cycle[Household]:
        """Every home of every building, each twice: two live in most."""
        listed = list[Household]()
        began = self.now - timedelta(days=SEASON + 30)
        for row in self.data["buildings"]:
            built = add_building(grid_id=self.grid.pk, name=row["name"], by=self.worker, now=began)
            known = {name: row.get(name) for name in ("floors", "lift", "step_free")}
            describe_building(building_id=built.pk, name=built.name, by=self.worker, now=began, **known)
            for unit, floor, room in self._rooms(row):
                home = add_household(
                    building_id=built.pk, unit=unit, room=room, floor=floor, by=self.worker, now=began
                )
                listed += [home] * 2
        return cycle(listed)

    def _rooms(self, row: dict[str, object]) -> list[tuple[str, int | None, str]]:
        if "rows" in row:
            return [(f"{number}排", None, f"{room}号") for number in (1, 2) for room in range(1, 4)]
        floors = int(str(row["floors"]))
        return [
            (str(unit), n, f"{n}0{side}") for unit in (1, 2) for n in range(1, floors + 1) for side in (1, 2)
        ]

    def _move_in(self, person: Person, home: Household) -> None:
        lives = next((who for one, who in self.homes if one == home), None)
        if lives is None:
            lives = []
            self.homes.append((home, lives))
        relation = Relation.OTHER_KIN if lives else Relation.HEAD
        since = date(self.rng.randint(1998, 2024), self.rng.randint(1, 12), 1)
        move_in(
            household_id=home.pk,
            person_id=person.pk,
            relation=relation,
            since=since,
            by=self.desk,
            now=self.now - timedelta(days=SEASON + 20),
        )
        lives.append(person)

    def _care(self) -> None:
        """Elders of eighty every week, of seventy-five every month."""
        began = self.now - timedelta(days=SEASON)
        cases = []
        for _home, lives in self.homes:
            for person in lives:
                years = age(person.born_on, self.today) if person.born_on else 0
                if years < OLD or person.user_id:
                    continue
                level = Level.WEEKLY if years >= VERY_OLD else Level.MONTHLY
                group = Group.LIVES_ALONE if len(lives) == 1 else Group.EMPTY_NEST
                cases.append(
                    open_case(person_id=person.pk, group=group, level=level, by=self.desk, now=began)
                )
        self.watched = {one.person_id: one.pk for one in cases}
        note_household(household_id=self.homes[0][0].pk, note=self.data["note"], by=self.worker, now=began)

    def _season(self) -> None:
        """Whoever is watched every week or month, the others now and then; a few things came up."""
        visits = list[tuple[datetime, Household, list[Person]]]()
        for home, lives in self.homes:
            often = 7 if any(one.pk in self.watched for one in lives) else 45
            day = self.rng.randint(1, often)
            while day < SEASON:
                at = self.now - timedelta(days=SEASON - day, minutes=self.rng.randint(0, 240))
                visits.append((at, home, lives))
                day += self.rng.randint(often - 1, often + 1)
        for at, home, lives in sorted(visits, key=lambda one: (one[0], one[1].pk)):
            self._visit(at, home, lives)

    def _visit(self, at: datetime, home: Household, lives: list[Person]) -> None:
        result = self.rng.choices([Result.FINE, Result.NOT_HOME, Result.MATTER], [85, 11, 4])[0]
        way = Way.PHONE if self.rng.random() < 0.15 else Way.DOOR
        text = self.rng.choice(self.data["matters"]) if result == Result.MATTER else ""
        draft = Draft(home.pk, way, {one.pk: result for one in lives}, text, at)
        record_visit(op_id=self._mark(), draft=draft, by=self.worker, now=at)

    def _mark(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def _lately(self) -> None:
        """What came up a moment ago is on its way; somebody stays with her daughter for a while."""
        home, lives = self.homes[0]
        at, told = self.now - timedelta(minutes=20), self.data["lately"]
        about = Category.objects.offered().get(name=told["category"])
        found = Found(FindingKind.TICKET, lives[0].pk, about.pk)
        results = {one.pk: Result.MATTER for one in lives}
        draft = Draft(home.pk, Way.DOOR, results, told["text"], at, found)
        record_visit(op_id=self._mark(), draft=draft, by=self.worker, now=at)
        for case_id in list(self.watched.values())[-1:]:
            until = self.today + timedelta(days=20)
            told = {"kind": PauseKind.NOT_NOW, "until": until, "reason": self.data["away"]}
            pause_case(case_id=case_id, **told, by=self.worker, now=self.now)

"""Verbs of the register and of visits: what they do, what they refuse."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from people.actions.lookup import find
from people.actions.records import erase_person, export_my_data, merge_persons, undo_merge
from people.models import Person
from people.rules import Role
from tests.factories import people, visits
from tests.factories.centers import division
from tests.factories.people import PASSWORD
from tests.refusals import refused, rule
from visits.actions import register, residents
from visits.actions import visits as verbs
from visits.models.changes import Change
from visits.models.register import Building, Household, Residence
from visits.models.visits import HomeVisit, Visited
from visits.rules.visits import EARLY, OLDEST, Result, Way

TODAY = date(2026, 11, 25)


@pytest.fixture
def home(cast, now):
    return visits.guilans_home(cast, now)


@pytest.fixture
def by(cast, now):
    return {"by": cast.worker, "now": now}


class TestBuildings:
    def test_one_name_is_one_building_and_it_comes_last_in_the_walk(self, cast, by):
        grid = cast.city["grid"].pk
        first, again = (register.add_building(grid_id=grid, name=" 3号楼 ", **by) for _twice in range(2))
        second = register.add_building(grid_id=grid, name="南院平房", **by)
        assert first == again
        assert [one.walked for one in (first, second)] == [1, 2]

    def test_refused(self, cast, by, now):
        add = register.add_building
        refused("NAME_NEEDED", add, grid_id=cast.city["grid"].pk, name="  ", **by)
        refused("NOT_A_GRID", add, grid_id=cast.city["community"].pk, name="3号楼", **by)
        refused("NOT_ALLOWED", add, grid_id=0, name="3号楼", **by)
        for stranger in (cast.other_worker, cast.officer, cast.guilan.user):
            refused("NOT_ALLOWED", add, grid_id=cast.city["grid"].pk, name="3号楼", by=stranger, now=now)

    def test_the_database_keeps_buildings_in_grids(self, cast):
        with rule("building_in_a_grid"):
            Building.objects.create(grid=cast.city["community"], name="3号楼")

    def test_she_walks_them_in_her_order(self, cast, by):
        grid = cast.city["grid"]
        a, b, c = (visits.building(grid, cast.worker, by["now"], name) for name in ("甲", "乙", "丙"))
        order = register.number_buildings(grid_id=grid.pk, building_ids=[c.pk, a.pk], **by)
        assert order == [c, a, b]
        assert list(Building.objects.in_order()) == [c, a, b]

    def test_none_of_another_grid_is_ordered(self, cast, by):
        other = division("GRID", "另一个网格", cast.city["community"])
        theirs = visits.building(other, cast.worker, by["now"])
        refused(
            "NO_SUCH_BUILDING",
            register.number_buildings,
            grid_id=cast.city["grid"].pk,
            building_ids=[theirs.pk],
            **by,
        )

    def test_what_is_known_of_it(self, cast, by):
        one = visits.building(cast.city["grid"], cast.worker, by["now"])
        visits.building(cast.city["grid"], cast.worker, by["now"], "4号楼")
        told = {"building_id": one.pk, "floors": 6, "lift": False, "step_free": None, **by}
        assert register.describe_building(name="三号楼", **told).name == "三号楼"
        changes = Change.objects.count()
        register.describe_building(name="三号楼", **told)
        assert Change.objects.count() == changes
        refused("NAME_TAKEN", register.describe_building, name="4号楼", **told)


class TestHouseholds:
    def test_one_door_is_one_home(self, cast, by, home):
        told = {"building_id": home.building_id, "unit": "2", "room": "501", **by}
        assert register.add_household(**told) == home
        assert str(home) == "3号楼 2单元501"
        refused("ROOM_NEEDED", register.add_household, **{**told, "room": " "})
        refused("NOT_ALLOWED", register.add_household, **{**told, "by": cast.other_worker})

    def test_a_note_is_sealed_in_the_database(self, by, home):
        register.note_household(household_id=home.pk, note="耳背，要大声敲", **by)
        home.refresh_from_db()
        assert home.note == "耳背，要大声敲"
        kept = (
            Household.objects.filter(pk=home.pk).extra(select={"raw": "note"}).values_list("raw", flat=True)
        )
        assert "耳背" not in kept.get()


class TestWhoLivesWhere:
    def test_she_belongs_to_the_grid_of_her_home(self, cast, home):
        cast.guilan.refresh_from_db()
        assert cast.guilan.home == cast.city["grid"]
        assert cast.guilan in Person.objects.visible_to(cast.grid_worker)

    def test_who_moves_leaves_the_other_home(self, cast, by, home, now):
        other = visits.household(home.building, cast.worker, now, room="101", unit="1")
        told = {"household_id": other.pk, "person_id": cast.guilan.pk, "relation": "HEAD", **by}
        refused("BAD_DATE", residents.move_in, since=TODAY + timedelta(days=1), **told)
        refused("BAD_DATE", residents.move_in, since=visits.SINCE - timedelta(days=1), **told)
        moved = [residents.move_in(since=TODAY, **told) for _twice in range(2)]
        assert moved[0] == moved[1]
        assert Residence.objects.get(household=home, person=cast.guilan).until == TODAY
        assert list(home.residences.now().values_list("person", flat=True)) == [cast.zixuan.pk]

    def test_nobody_has_two_homes_at_once(self, cast, by, home, now):
        other = visits.household(home.building, cast.worker, now, room="101")
        with rule("one_home_at_a_time"):
            Residence.objects.create(
                household=other, person=cast.guilan, relation="HEAD", since=TODAY, by=cast.worker
            )
        residents.move_out(residence_id=home.residences.first().pk, until=TODAY, **by)
        told = {"household_id": other.pk, "person_id": cast.guilan.pk, "relation": "HEAD", **by}
        refused("TWO_HOMES", residents.move_in, since=TODAY - timedelta(days=1), **told)
        residents.move_in(since=TODAY, **told)

    def test_one_head_of_a_household(self, cast, by, home):
        told = {"household_id": home.pk, "person_id": cast.elder.pk, "since": TODAY, **by}
        refused("HEAD_TAKEN", residents.move_in, relation="HEAD", **told)
        lived = residents.move_in(relation="PARENT", **told)
        residents.change_relation(residence_id=lived.pk, relation="HEAD", **by)
        assert set(home.residences.now().values_list("person", "relation")) == {
            (cast.guilan.pk, "OTHER"), (cast.zixuan.pk, "GRANDCHILD"), (cast.elder.pk, "HEAD"),
        }  # fmt: skip

    def test_where_she_lived_is_not_rewritten(self, cast, by, home):
        lived = home.residences.first()
        refused("BAD_DATE", residents.move_out, residence_id=lived.pk, until=TODAY + timedelta(days=1), **by)
        for _twice in range(2):
            residents.move_out(residence_id=lived.pk, until=TODAY, **by)
        refused("MOVED_OUT", residents.change_relation, residence_id=lived.pk, relation="OTHER", **by)
        for wrong in ({"until": None}, {"until": date(2026, 1, 1)}, {"since": date(2021, 1, 1)}):
            with rule("residence_stands"):
                Residence.objects.filter(pk=lived.pk).update(**wrong)

    def test_nobody_takes_somebody_of_another_place_in(self, cast, home, now):
        told = {"household_id": home.pk, "relation": "OTHER", "since": TODAY, "now": now}
        refused("NOT_ALLOWED", residents.move_in, person_id=cast.stranger.pk, by=cast.worker, **told)
        refused("NOT_ALLOWED", residents.move_in, person_id=0, by=cast.worker, **told)
        # of the community, but of no grid yet: the desk knows her, a grid worker has to ask there
        newcomer = people.person("新来的", home=cast.city["community"])
        refused("NOT_ALLOWED", residents.move_in, person_id=newcomer.pk, by=cast.grid_worker, **told)

    def test_a_grid_lets_go_whom_another_takes(self, cast, home, now):
        there = division("GRID", "另一个网格", cast.city["community"])
        other = visits.household(visits.building(there, cast.worker, now), cast.worker, now)
        both = people.staff("两头看得见", Role.GRID_WORKER, there)
        told = {"household_id": other.pk, "person_id": cast.guilan.pk, "relation": "HEAD", "since": TODAY}
        refused("NOT_ALLOWED", residents.move_in, **told, by=both, now=now)
        residents.move_in(**told, by=cast.worker, now=now)


class TestVisits:
    def test_all_is_well_is_one_visit_however_often_it_is_sent(self, cast, home, now):
        mark, draft = uuid4(), visits.draft(home)
        first, again = (
            verbs.record_visit(op_id=mark, draft=draft, by=cast.grid_worker, now=now + timedelta(minutes=n))
            for n in range(2)
        )
        assert first == again
        assert first.visited_at == now
        assert set(first.people.values_list("person", "result")) == {
            (cast.guilan.pk, "FINE"), (cast.zixuan.pk, "FINE"),
        }  # fmt: skip

    def test_a_mark_with_another_content_is_refused(self, cast, home, now):
        mark, draft = uuid4(), visits.draft(home)
        one = {"op_id": mark, "by": cast.worker, "now": now}
        verbs.record_visit(draft=draft, **one)
        for other in (
            visits.draft(home, "NOT_HOME"),
            replace(draft, way=Way.PHONE),
            replace(draft, text="另"),
        ):
            refused("KEY_REUSED", verbs.record_visit, draft=other, **one)
        refused("KEY_REUSED", verbs.record_visit, draft=draft, **{**one, "by": cast.grid_worker})
        there = visits.household(home.building, cast.worker, now, room="102")
        visits.lives(there, cast.elder, cast.worker, now)
        refused("KEY_REUSED", verbs.record_visit, draft=visits.draft(there), **one)

    @pytest.mark.parametrize(
        "wrong", [EARLY + timedelta(minutes=1), timedelta(days=1), -OLDEST - timedelta(days=1)]
    )
    def test_neither_of_tomorrow_nor_of_a_year_ago(self, cast, home, now, wrong):
        draft = visits.draft(home, visited_at=now + wrong)
        refused("BAD_DATE", verbs.record_visit, op_id=uuid4(), draft=draft, by=cast.worker, now=now)

    def test_refused(self, cast, home, now):
        one = {"op_id": uuid4(), "by": cast.worker, "now": now}
        refused("TEXT_NEEDED", verbs.record_visit, draft=visits.draft(home, "MATTER"), **one)
        empty = replace(visits.draft(home), results={})
        refused("NOBODY_VISITED", verbs.record_visit, draft=empty, **one)
        away = replace(visits.draft(home), results={cast.elder.pk: Result.FINE})
        refused("NOT_LIVING_THERE", verbs.record_visit, draft=away, **one)
        for stranger in (cast.other_worker, cast.officer, cast.guilan.user):
            refused("NOT_ALLOWED", verbs.record_visit, draft=visits.draft(home), **{**one, "by": stranger})
        nowhere = replace(visits.draft(home), household_id=0)
        refused("NOT_ALLOWED", verbs.record_visit, draft=nowhere, **one)

    def test_nobody_visits_her_own(self, cast, home, now):
        cast.guilan.user, _old = cast.grid_worker, cast.guilan.user
        cast.guilan.save()
        draft = visits.draft(home)
        refused("SAME_PERSON", verbs.record_visit, op_id=uuid4(), draft=draft, by=cast.grid_worker, now=now)

    def test_a_correction_is_another_row(self, cast, home, now):
        first = visits.visited(home, cast.worker, now)
        told = {"visit_id": first.pk, "by": cast.grid_worker, "now": now}
        right, mark = visits.draft(home, "NOT_HOME"), uuid4()
        for _twice in range(2):
            second = verbs.correct_visit(op_id=mark, draft=right, **told)
        assert list(home.visits.standing()) == [second]
        assert home.visits.count() == 2
        refused("CORRECTED", verbs.correct_visit, op_id=uuid4(), draft=right, **told)
        refused("NO_SUCH_VISIT", verbs.correct_visit, op_id=uuid4(), draft=right, **{**told, "visit_id": 0})

    def test_nobody_changes_a_visit_or_takes_it_away(self, cast, home, now):
        seen = visits.visited(home, cast.worker, now)
        for act in (
            lambda: HomeVisit.objects.update(way="PHONE"),
            lambda: HomeVisit.objects.filter(pk=seen.pk).delete(),
            lambda: Visited.objects.update(result="NOT_HOME"),
            lambda: Residence.objects.filter(household=home).delete(),
            lambda: Building.objects.filter(pk=home.building_id).delete(),
            lambda: Household.objects.filter(pk=home.pk).delete(),
            lambda: Change.objects.update(number=0),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
        assert list(HomeVisit.objects.values_list("way", flat=True)) == ["DOOR"]


class TestTheChangeLog:
    def test_whatever_changes_in_a_grid_stands_there(self, cast, home, now):
        rows = Change.objects.filter(grid=cast.city["grid"]).order_by("pk").values_list("kind", "number")
        assert list(rows) == [
            ("building", home.building_id), ("household", home.pk),
            ("household", home.pk), ("household", home.pk),
        ]  # fmt: skip
        visits.visited(home, cast.worker, now)
        assert list(rows.all())[4:] == [("household", home.pk)]


class TestAPersonsRecord:
    def test_her_copy_says_where_she_lives_and_who_came(self, cast, home, now):
        alone = replace(visits.draft(home, text="灯坏了"), results={cast.guilan.pk: Result.MATTER})
        verbs.record_visit(op_id=uuid4(), draft=alone, by=cast.worker, now=now)
        copy = export_my_data(by=cast.guilan.user, now=now, password=PASSWORD)
        hers = str(copy)
        assert "3号楼 2单元501" in hers
        assert "灯坏了" in hers

    def test_a_closed_record_lives_nowhere(self, cast, home, now):
        there = visits.household(home.building, cast.worker, now, room="101")
        visits.lives(there, cast.elder, cast.worker, now)
        register.note_household(household_id=there.pk, note="找解福生", by=cast.worker, now=now)
        seen = visits.visited(there, cast.worker, now, "MATTER", "解福生摔了一跤")
        erase_person(person_id=cast.elder.pk, by=cast.worker, now=now, password=PASSWORD)
        there.refresh_from_db()
        seen.words.refresh_from_db()
        assert (there.note, seen.words.text, there.residences.now().count()) == ("", "", 0)
        assert seen.people.count() == 1

    def test_two_records_of_one_human_being_have_one_home(self, cast, home, now):
        twin = people.person("王桂兰", home=cast.city["grid"])
        other = visits.household(home.building, cast.worker, now, room="101")
        visits.lives(other, twin, cast.worker, now)
        visits.visited(other, cast.worker, now)
        merge = merge_persons(kept_id=cast.guilan.pk, merged_id=twin.pk, by=cast.worker, now=now)
        assert Residence.objects.get(household=other).person == twin
        assert Visited.objects.get(visit__household=other).person == cast.guilan
        undo_merge(merge_id=merge.pk, by=cast.worker, now=now)
        assert Visited.objects.get(visit__household=other).person == twin


class TestDoors:
    @pytest.mark.parametrize("asked", ["3-2-501", "三号楼二单元501", "3号楼2单元501室"])
    def test_who_lives_behind_a_door_is_found_as_people_write_it(self, cast, home, now, asked):
        assert cast.guilan in find(text=asked, by=cast.grid_worker, now=now)
        assert find(text="3-2-502", by=cast.grid_worker, now=now) == []

    def test_somebody_on_the_street_says_only_which_side(self, cast, home, now):
        east = visits.household(home.building, cast.worker, now, room="东户", unit="")
        visits.lives(east, cast.elder, cast.worker, now)
        assert find(text="东户姓解的", by=cast.grid_worker, now=now) == [cast.elder]

    def test_a_building_that_is_called_otherwise_takes_its_doors_along(self, cast, home, by, now):
        told = {"building_id": home.building_id, "floors": None, "lift": None, "step_free": None, **by}
        register.describe_building(name="5号楼", **told)
        assert find(text="3-2-501", by=cast.grid_worker, now=now) == []
        assert cast.guilan in find(text="5-2-501", by=cast.grid_worker, now=now)

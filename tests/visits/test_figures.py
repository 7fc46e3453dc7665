"""What visits of a place add up to: homes, who waits, results, what came up; nothing of who is one of few."""

from datetime import date, timedelta

import pytest

from tests.factories import grievances, people, visits
from tests.factories.centers import division
from visits.actions.visits import Found, correct_visit, record_visit
from visits.models import figures
from visits.models.care import CareCase
from visits.rules.visits import FindingKind

DAY = timedelta(days=1)
URL = "/staff/visits/figures/"


@pytest.fixture
def place(cast):
    return cast.city["community"]


def inhabited(cast, now, *rooms, building=None):
    building = building or visits.building(cast.city["grid"], cast.worker, now)
    homes = [visits.household(building, cast.worker, now, room=room) for room in rooms]
    for home in homes:
        visits.lives(home, people.person(f"住户{home.room}", home=building.grid), cast.worker, now)
    return homes


def test_a_home_counts_where_somebody_was_met(cast, now, place):
    lately, before, unmet, _never = inhabited(cast, now, "101", "102", "201", "202")
    visits.household(lately.building, cast.worker, now, room="301")  # nobody lives there
    visits.visited(lately, cast.grid_worker, now - DAY)
    visits.visited(before, cast.grid_worker, now)
    visits.visited(unmet, cast.grid_worker, now - DAY, "NOT_HOME")
    other = division("GRID", "第二网格", place)
    inhabited(cast, now, "101", building=visits.building(other, cast.worker, now))
    later = (now + 91 * DAY).date()
    visits.visited(lately, cast.grid_worker, now + 40 * DAY)
    assert {one.grid: one[1:] for one in figures.homes_by_grid(place, later)} == {
        cast.city["grid"]: (1, 1, 2),
        other: (0, 0, 1),
    }
    assert figures.homes_by_grid(cast.city["other_community"], later) == []


def test_of_a_group_of_few_nothing_is_told(cast, now, place):
    for number in range(12):
        group = "LIVES_ALONE" if number < 5 else "DISABLED" if number < 10 else "MENTAL"
        visits.case(people.person(f"老人{number}", home=cast.city["grid"]), cast.worker, now, "WEEKLY", group)
    late = now.date() + 30 * DAY
    assert figures.care_by_grid(place, late) == [figures.Cared(cast.city["grid"].name, 12, 12)]
    assert figures.care_by_group(place) == {"LIVES_ALONE": 5, "DISABLED": 5}
    CareCase.objects.filter(person__full_name="老人0").update(closed_on=now.date() + DAY)
    assert figures.care_by_group(place) == {"DISABLED": 5}


def test_results_count_people_by_week_and_a_correction_once(cast, now, place):
    home = visits.guilans_home(cast, now)
    first = visits.visited(home, cast.worker, now)

    told = {"visit_id": first.pk, "draft": visits.draft(home, "AWAY"), "by": cast.worker, "now": now}
    correct_visit(op_id="00000000-0000-4000-8000-000000000001", **told)
    visits.visited(home, cast.worker, now - 7 * DAY)
    monday = date(2026, 11, 23)
    assert figures.results_by_week(place, now - 30 * DAY) == {
        (monday, "AWAY"): 2,
        (monday - 7 * DAY, "FINE"): 2,
    }


def test_what_came_up_is_counted_by_what_it_became(cast, now, place):
    about, home = grievances.category(), visits.guilans_home(cast, now)
    for number, kind in enumerate((FindingKind.TICKET, FindingKind.TICKET, FindingKind.WISH)):
        found = Found(kind, cast.guilan.pk, about.pk)
        draft = visits.draft(home, "MATTER", f"第 {number} 件，灯不亮", finding=found)
        op_id = f"00000000-0000-4000-8000-00000000000{number}"
        visit = record_visit(op_id=op_id, draft=draft, by=cast.worker, now=now)
    visit.findings.get().order.__class__.objects.filter(pk=visit.findings.get().order_id).update(
        state="CANCELLED"
    )
    assert figures.came_up(place, now - DAY) == [
        figures.CameUp("TICKET", 2, 0),
        figures.CameUp("WISH", 1, 1),
    ]


def test_the_page_is_of_her_places_and_groups_are_not_everybodys(client, cast, now):
    for number in range(10):
        group = "LIVES_ALONE" if number % 2 else "DISABLED"
        visits.case(people.person(f"老人{number}", home=cast.city["grid"]), cast.worker, now, group=group)
    inhabited(cast, now, "101")
    client.force_login(cast.worker)
    assert "独居老人" not in client.get(URL, {"at": cast.city["other_community"].pk}).content.decode()
    page = client.get(URL, {"at": cast.city["community"].pk}).content.decode()
    assert "独居老人" in page
    assert "有人住的 1 户里，1 户从来没有见到过人" in page
    client.force_login(cast.officer)
    page = client.get(URL).content.decode()
    assert "第一网格" in page or cast.city["grid"].name in page
    assert "独居老人" not in page
    client.force_login(cast.guilan.user)
    assert client.get(URL).status_code == 403

"""Regular visits: begun, counted, paused, ended; the day of the next one against a reckoning of its own."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centers.models import CalendarDay
from common.law_days import assumed
from notices.models import Notice
from people.models import Membership, RevealLog
from people.rules import Role
from tests.common.faults import found
from tests.factories import people, visits
from tests.factories.courses import at
from tests.grievances.reckoning import works
from tests.owner import unguarded
from tests.refusals import refused
from visits.actions import care, lateness
from visits.actions import visits as verbs
from visits.models.care import CareCase, CarePause, CarePolicy
from visits.rules.care import due_on

TODAY = date(2026, 11, 25)


@pytest.fixture
def home(cast, now):
    home = visits.household(visits.building(cast.city["grid"], cast.worker, now), cast.worker, now)
    visits.lives(home, cast.elder, cast.worker, now)
    return home


@pytest.fixture
def case(cast, home, now):
    return visits.case(cast.elder, cast.worker, now)


@pytest.fixture
def by(cast, case, now):
    return {"case_id": case.pk, "by": cast.worker, "now": now}


def test_the_last_day_equals_a_reckoning_of_its_own(db):
    """On the day, or on the last working day before it: the next day off never makes anybody wait longer."""
    calendar = assumed(CalendarDay.objects.workdays())

    @given(
        start=st.dates(date(2020, 2, 1), date(2026, 9, 1)),
        days=st.sampled_from([1, 7, 14, 30, 90]),
        free=st.none() | st.integers(1, 60),
    )
    def equals(start, days, free):
        free_from = start + timedelta(days=free) if free else None
        latest = max(start + timedelta(days=days), free_from or start + timedelta(days=1))
        first = free_from or start + timedelta(days=1)
        span = [first + timedelta(n) for n in range((latest - first).days + 1)]
        worked = [day for day in span if works(day)]
        # where none of these days is worked the first of them is
        assert due_on(start, days, free_from, calendar) == (worked[-1] if worked else span[0])

    equals()


def test_of_a_group_once_and_another_group_beside_it(cast, case, now):
    assert visits.case(cast.elder, cast.worker, now, "WEEKLY") == case
    other = visits.case(cast.elder, cast.worker, now, group="DISABLED")
    assert other != case
    kept = (
        CareCase.objects.filter(pk=case.pk).extra(select={"raw": "group_name"}).values_list("raw", flat=True)
    )
    assert "LIVES_ALONE" not in kept.get()


def test_refused(cast, case, now):
    one = {"person_id": cast.elder.pk, "group": "OTHER", "level": "WEEKLY", "now": now}
    for stranger in (cast.other_worker, cast.grid_worker, cast.officer, cast.guilan.user):
        refused("NOT_ALLOWED", care.open_case, **one, by=stranger)
    refused("NOT_ALLOWED", care.open_case, **{**one, "person_id": 0}, by=cast.worker)
    refused("NOT_ALLOWED", care.read_group, case_id=case.pk, by=cast.grid_worker, now=now)


@pytest.mark.parametrize(
    ("result", "counts"),
    [("FINE", True), ("MATTER", True), ("NOT_HOME", False), ("AWAY", False), ("DECLINED", False)],
)
def test_only_who_was_met_waits_anew(cast, home, case, now, result, counts):
    assert case.next_due_on == date(2026, 12, 25)  # a Friday, thirty days on
    later = now + timedelta(days=10)
    visits.visited(home, cast.grid_worker, later, result, "说了几句")
    case.refresh_from_db()
    assert case.counted_from == (date(2026, 12, 5) if counts else TODAY)
    assert case.next_due_on == (date(2027, 1, 4) if counts else date(2026, 12, 25))


def test_a_correction_is_reckoned_from_what_stands(cast, home, case, now):
    later = now + timedelta(days=10)
    seen = visits.visited(home, cast.grid_worker, later)
    right = {"visit_id": seen.pk, "draft": visits.draft(home, "NOT_HOME"), "by": cast.grid_worker}
    verbs.correct_visit(op_id=uuid4(), now=later, **right)
    case.refresh_from_db()
    assert (case.counted_from, case.next_due_on) == (TODAY, date(2026, 12, 25))


def test_a_telephone_call_counts_as_well(cast, home, case, now):
    draft = visits.draft(home, way="PHONE")
    verbs.record_visit(op_id=uuid4(), draft=draft, by=cast.grid_worker, now=now + timedelta(days=1))
    case.refresh_from_db()
    assert case.counted_from == date(2026, 11, 26)


def test_more_often_is_reckoned_from_the_last_visit(case, by):
    assert care.change_level(**by, level="WEEKLY").next_due_on == date(2026, 12, 2)


def test_a_policy_that_begins_moves_the_days_of_all(cast, case, now):
    CarePolicy.objects.create(level="MONTHLY", days=14, basis="街道规定", valid_from=date(2026, 12, 1))
    assert care.settle_care(now=now) == 0
    assert care.settle_care(now=now + timedelta(days=6)) == 1
    case.refresh_from_db()
    assert case.next_due_on == date(2026, 12, 9)


def test_she_wishes_nobody_for_a_while(case, by, now):
    told = {**by, "kind": "NOT_NOW", "until": date(2026, 12, 28), "reason": "住女儿家"}
    refused("REASON_NEEDED", care.pause_case, **{**told, "reason": " "})
    refused("BAD_DATE", care.pause_case, **{**told, "until": TODAY - timedelta(days=1)})
    refused("BAD_DATE", care.pause_case, **{**told, "until": TODAY + timedelta(days=91)})
    first, again = (care.pause_case(**told) for _twice in range(2))
    assert first == again
    refused("PAUSED", care.pause_case, **{**told, "kind": "PHONE_ONLY"})
    case.refresh_from_db()
    assert case.next_due_on == date(2026, 12, 29)
    for _twice in range(2):
        care.resume_case(**by)
    case.refresh_from_db()
    assert case.next_due_on == date(2026, 12, 25)


def test_a_pause_ends_by_itself(case, by, now):
    care.pause_case(**by, kind="PHONE_ONLY", until=date(2026, 11, 30), reason="怕吵")
    later = {**by, "now": now + timedelta(days=7)}
    care.pause_case(**later, kind="NOT_NOW", until=date(2026, 12, 10), reason="住院")
    assert list(CarePause.objects.order_by("pk").values_list("ended_on", flat=True)) == [
        date(2026, 11, 30),
        None,
    ]


def test_what_is_over_stays_over(case, by):
    for _twice in range(2):
        assert care.close_case(**by).closed_on == TODAY
    refused("CLOSED", care.change_level, **by, level="WEEKLY")
    refused("CLOSED", care.pause_case, **by, kind="NOT_NOW", until=TODAY, reason="住院")
    refused("CLOSED", care.resume_case, **by)


def test_each_look_at_the_group_stands_in_her_log(cast, case, by):
    assert care.read_group(**by) == "独居老人"
    assert RevealLog.objects.get().person == cast.elder


def test_whoever_lives_nowhere_known_is_on_nobodys_walk(cast, home, case, now):
    alone = visits.case(cast.guilan, cast.worker, now)
    known = CareCase.objects.with_home().order_by("pk").values_list("pk", "has_home")
    assert list(known) == [(case.pk, True), (alone.pk, False)]


def test_the_audit_finds_a_day_that_nobody_reckoned_and_one_group_twice(cast, case, now):
    name = "关心：最晚哪天去和规矩一致，同一类只有一份"
    assert found(now) == {}
    CareCase.objects.filter(pk=case.pk).update(next_due_on=date(2026, 12, 20))
    assert found(now) == {name: [f"{case.pk} 2026-12-20"]}
    care.settle_care(now=now)
    twin = {"person": cast.elder, "group_name": "LIVES_ALONE", "level": "MONTHLY", "by": cast.worker}
    days = {"opened_on": TODAY, "counted_from": TODAY, "next_due_on": case.next_due_on}
    second = CareCase.objects.create(**twin, **days)
    assert found(now)[name] == [f"{second.pk}"]


def test_the_audit_finds_visits_that_do_not_add_up(cast, home, case, now):
    seen = visits.visited(home, cast.worker, now + timedelta(days=1))
    assert found(now) == {}
    CareCase.objects.filter(pk=case.pk).update(counted_from=TODAY)
    with unguarded() as cursor:
        cursor.execute("DELETE FROM visits_visited WHERE visit_id = %s", [seen.pk])
        there = visits.household(home.building, cast.worker, now, room="7")
        cursor.execute(
            "INSERT INTO visits_homevisit (op_id, content_hash, household_id, way, visited_at, received_at, by_id,"
            " corrects_id) SELECT gen_random_uuid(), '', %s, way, visited_at, received_at, by_id, id"
            " FROM visits_homevisit",
            [there.pk],
        )
    assert {"走访：每次都写明见了谁", "走访：更正的是同一户的一次"} <= {*found(now)}


class TestWhoStandsAbove:
    """Is told of places, of nobody by name."""

    def told(self):
        return list(Notice.objects.filter(kind="CARE_LATE").order_by("pk"))

    def test_of_a_weekly_visit_a_day_late_once(self, cast, home, now):
        head = people.staff("主任", Role.DIRECTOR, cast.city["community"])
        case = visits.case(cast.elder, cast.worker, now, "WEEKLY")
        due = at(2026, 12, 2, 8)
        assert case.next_due_on == due.date()
        assert lateness.escalate_care(now=due) == 0
        for days in (1, 1, 2):
            lateness.escalate_care(now=due + timedelta(days=days))
        (letter,) = self.told()
        assert letter.recipient.user == head
        assert letter.body_data == {"name": str(cast.city["grid"]), "late": 1, "nobody": False}
        visits.visited(home, cast.grid_worker, due + timedelta(days=2))
        assert lateness.escalate_care(now=due + timedelta(days=3)) == 0

    def test_of_a_monthly_one_only_where_nobody_walks(self, cast, home, case, now):
        head = people.staff("主任", Role.DIRECTOR, cast.city["community"])
        late = at(2026, 12, 27, 8)
        assert lateness.escalate_care(now=late) == 0
        Membership.objects.filter(user=cast.grid_worker).update(until=now.date())
        assert lateness.escalate_care(now=late) == 1
        assert [(one.recipient.user, one.body_data["nobody"]) for one in self.told()] == [(head, True)]

    def test_the_street_where_there_is_no_director(self, cast, home, now):
        visits.case(cast.elder, cast.worker, now, "WEEKLY")
        assert lateness.escalate_care(now=at(2026, 12, 4, 8)) == 1
        assert [one.recipient.user for one in self.told()] == [cast.officer]

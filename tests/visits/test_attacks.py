"""What an attack by insiders found, each with the right value."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from grievances.models.tickets import Ticket
from people.actions.lookup import find
from people.actions.records import export_my_data, merge_persons, undo_merge
from people.models import Person, RevealLog
from tests.common.faults import found
from tests.factories import grievances, people, visits
from tests.factories.courses import at
from tests.factories.people import PASSWORD
from tests.refusals import refused
from visits.actions import care, residents
from visits.actions.visits import Found, correct_visit, record_visit
from visits.models.care import CareCase
from visits.models.visits import HomeVisit
from visits.rules.visits import FindingKind, Result


@pytest.fixture
def home(cast, now):
    return visits.guilans_home(cast, now)


@pytest.fixture
def own(cast, home):
    """The grid worker is 王桂兰 herself."""
    Person.objects.filter(pk=cast.guilan.pk).update(user=cast.grid_worker)
    return cast.grid_worker


def test_what_one_tells_is_not_in_the_copy_of_another(cast, home, now):
    visits.visited(home, cast.worker, now, "MATTER", "子轩悄悄说的话")
    copy = str(export_my_data(by=cast.guilan.user, now=now, password=PASSWORD))
    assert "子轩悄悄说的话" not in copy
    assert "到我家的走访" in copy


def test_nobody_takes_away_what_was_written_of_her_own(cast, home, own, now):
    seen = visits.visited(home, cast.worker, now, "MATTER", "她说的话")
    without = replace(visits.draft(home), results={cast.zixuan.pk: Result.FINE})
    told = {"visit_id": seen.pk, "draft": without, "by": own, "now": now}
    refused("SAME_PERSON", correct_visit, op_id=uuid4(), **told)


def test_nobody_moves_herself_out_of_sight(cast, home, own, now):
    lived = home.residences.get(person=cast.guilan)
    told = {"residence_id": lived.pk, "by": own, "now": now}
    refused("SAME_PERSON", residents.move_out, **told, until=now.date())
    refused("SAME_PERSON", residents.change_relation, **told, relation="OTHER")
    other = visits.household(home.building, cast.worker, now, room="7")
    moves = {"household_id": other.pk, "person_id": cast.guilan.pk, "relation": "HEAD", "since": now.date()}
    refused("SAME_PERSON", residents.move_in, **moves, by=own, now=now)


@pytest.mark.parametrize("result", ["DECLINED", "NOT_HOME", "AWAY"])
def test_nothing_is_asked_for_in_the_name_of_whom_nobody_met(cast, home, now, result):
    wish = Found(FindingKind.WISH, cast.guilan.pk)
    draft = visits.draft(home, result, "想要拐杖", finding=wish)
    refused("NOT_MET", record_visit, op_id=uuid4(), draft=draft, by=cast.grid_worker, now=now)


def test_nor_of_whom_belongs_elsewhere_by_now_or_moved_out(cast, home, now):
    about = Found(FindingKind.TICKET, cast.guilan.pk, grievances.category().pk)
    one = {"op_id": uuid4(), "draft": visits.draft(home, "MATTER", "灯不亮", finding=about), "now": now}
    Person.objects.filter(pk=cast.guilan.pk).update(home=cast.city["other_community"])
    refused("NOT_ALLOWED", record_visit, **one, by=cast.grid_worker)
    assert not Ticket.objects.exists()
    Person.objects.filter(pk=cast.guilan.pk).update(home=cast.city["grid"])
    lived = home.residences.get(person=cast.guilan)
    residents.move_out(residence_id=lived.pk, until=date(2026, 1, 1), by=cast.worker, now=now)
    refused("NOT_LIVING_THERE", record_visit, **one, by=cast.grid_worker)


def test_a_pause_that_is_over_leaves_its_day_and_tells_nobody(cast, home, now):
    case = visits.case(cast.guilan, cast.worker, now, "WEEKLY")
    wish = {"kind": "NOT_NOW", "until": date(2026, 12, 28), "reason": "住女儿家"}
    care.pause_case(case_id=case.pk, **wish, by=cast.worker, now=now)
    care.settle_care(now=at(2026, 12, 29, 0))
    case.refresh_from_db()
    assert case.next_due_on == date(2026, 12, 29)


def test_a_correction_keeps_the_moment_and_may_come_late(client, clock, cast, home, now):
    client.force_login(cast.grid_worker)
    clock.now = at(2026, 11, 25, 9)
    seen = visits.visited(home, cast.grid_worker, clock.now)
    told = {"op_id": uuid4().hex, "way": "DOOR", f"result_{cast.guilan.pk}": "NOT_HOME", "day": "2026-11-25"}
    assert client.post(f"/staff/visits/{seen.pk}/correct/", told).status_code == 302
    second = HomeVisit.objects.get(corrects=seen)
    assert second.visited_at == seen.visited_at
    late = {"visit_id": second.pk, "draft": visits.draft(home, visited_at=seen.visited_at), "by": cast.worker}
    refused("TOO_LATE", correct_visit, op_id=uuid4(), **late, now=now + timedelta(days=31))
    correct_visit(op_id=uuid4(), **late, now=now + timedelta(days=29))


def test_a_door_is_found_whatever_language_it_was_written_in(cast, home, now):
    with translation.override("en"):
        there = visits.household(home.building, cast.worker, now, room="601")
        visits.lives(there, cast.elder, cast.worker, now)
    assert find(text="3-2-601", by=cast.grid_worker, now=now) == [cast.elder]


class TestTheGroup:
    def test_lies_in_no_cookie(self, client, clock, cast, home, now):
        case = visits.case(cast.guilan, cast.worker, now, group="MENTAL")
        client.force_login(cast.worker)
        answer = client.post(f"/staff/visits/care/{case.pk}/group/")
        assert answer.status_code == 200
        assert "精神障碍患者" in answer.content.decode()
        assert "messages" not in client.cookies
        assert "精神障碍患者" not in client.get(f"/staff/visits/care/{case.pk}/").content.decode()

    def test_is_guessed_by_nobody_without_a_line(self, cast, home, now):
        visits.case(cast.guilan, cast.worker, now, group="MENTAL")
        assert RevealLog.objects.count() == 0
        visits.case(cast.guilan, cast.worker, now, group="MENTAL")
        assert RevealLog.objects.count() == 1


def test_of_one_human_being_written_down_twice_one_is_visited(cast, home, now):
    twin = people.person("王桂兰", home=cast.city["grid"])
    other = visits.household(home.building, cast.worker, now, room="101")
    visits.lives(other, twin, cast.worker, now)
    for one in (cast.guilan, twin):
        visits.case(one, cast.worker, now, "WEEKLY")
    later = now + timedelta(days=3)
    visits.visited(other, cast.worker, later)
    merge = merge_persons(kept_id=cast.guilan.pk, merged_id=twin.pk, by=cast.worker, now=later)
    case = CareCase.objects.open().get()
    assert (case.person, case.counted_from) == (cast.guilan, later.date())
    assert found(later) == {}
    undo_merge(merge_id=merge.pk, by=cast.worker, now=later)
    assert CareCase.objects.open().count() == 2
    care.settle_care(now=later)
    assert found(later) == {}


def test_a_record_that_was_merged_lives_in_no_list_and_heads_no_household(cast, home, now):
    twin = people.person("王桂兰", home=cast.city["grid"])
    other = visits.household(home.building, cast.worker, now, room="101")
    lived = visits.lives(other, twin, cast.worker, now)
    merge = merge_persons(kept_id=cast.guilan.pk, merged_id=twin.pk, by=cast.worker, now=now)
    assert not other.residences.now().exists()
    newcomer = people.person("新户主", home=cast.city["grid"])
    head = visits.lives(other, newcomer, cast.worker, now)
    undo_merge(merge_id=merge.pk, by=cast.worker, now=now)
    lived.refresh_from_db()
    assert (lived.relation, head.relation) == ("OTHER", "HEAD")
    residents.move_out(residence_id=head.pk, until=now.date(), by=cast.worker, now=now)
    again = merge_persons(kept_id=cast.guilan.pk, merged_id=twin.pk, by=cast.worker, now=now)
    undo_merge(merge_id=again.pk, by=cast.worker, now=now)
    assert set(other.residences.now()) == {lived}


def test_what_came_up_stays_on_the_card_when_the_visit_is_corrected(client, clock, cast, home, now):
    about = Found(FindingKind.TICKET, cast.guilan.pk, grievances.category().pk)
    draft = visits.draft(home, "MATTER", "楼道的灯不亮", finding=about)
    first = record_visit(op_id=uuid4(), draft=draft, by=cast.worker, now=now)
    told = {"visit_id": first.pk, "draft": visits.draft(home, "FINE"), "by": cast.worker, "now": now}
    correct_visit(op_id=uuid4(), **told)
    client.force_login(cast.grid_worker)
    assert (
        Ticket.objects.get().reference in client.get(f"/staff/visits/households/{home.pk}/").content.decode()
    )


def test_what_she_asked_for_holds_for_all_that_she_is_visited_for(cast, home, now):
    cases = [visits.case(cast.guilan, cast.worker, now, group=group) for group in ("LIVES_ALONE", "DISABLED")]
    wish = {"kind": "NOT_NOW", "until": date(2026, 12, 20), "reason": "住女儿家"}
    told = {"by": cast.worker, "now": now}
    care.pause_case(case_id=cases[1].pk, **wish, **told)
    assert {one.next_due_on for one in CareCase.objects.open()} == {date(2026, 12, 25)}
    care.resume_case(case_id=cases[0].pk, **told)
    assert all(one.pauses.get().ended_on == now.date() for one in cases)
    assert found(now) == {}


def test_who_moved_away_by_the_desk_lives_no_more_in_the_old_home(cast, home, now):
    for person, place in ((cast.guilan, "other_community"), (cast.zixuan, "community")):
        person.home = cast.city[place]
        person.save()
    assert residents.settle_homes(now=now) == 1
    assert residents.settle_homes(now=now) == 0
    assert [one.person for one in home.residences.now()] == [cast.zixuan]


def test_who_is_still_to_be_seen_is_named_on_the_way_out(client, clock, cast, home, now):
    visits.case(cast.zixuan, cast.worker, now - timedelta(days=29), "MONTHLY", "LEFT_BEHIND_CHILD")
    client.force_login(cast.grid_worker)
    told = {"op_id": uuid4().hex, "way": "DOOR", f"result_{cast.guilan.pk}": "FINE"}
    page = client.post(f"/staff/visits/households/{home.pk}/visit/", told, follow=True)
    assert f"这一户这几天还要看看：{cast.zixuan.full_name}" in page.content.decode()
    assert page.redirect_chain[-1][0].endswith(f"/households/{home.pk}/")

"""What an attack on call-backs, handing over, figures and pauses found, each with the right value."""

from datetime import timedelta
from uuid import uuid4

import pytest

from people.actions.records import merge_persons
from people.models import Membership, Person
from people.rules import Role
from tests.common.faults import found
from tests.factories import grievances, people, visits
from tests.refusals import refused
from visits.actions import callbacks, care
from visits.actions.handover import hand_over_grid
from visits.actions.visits import correct_visit, record_visit
from visits.models import figures
from visits.models.callbacks import VisitCallback

DAY = timedelta(days=1)


@pytest.fixture
def every(monkeypatch):
    """Every visit is drawn."""
    monkeypatch.setattr(callbacks, "SHARE", 1)


@pytest.fixture
def home(cast, now):
    return visits.guilans_home(cast, now)


class TestCallbacks:
    def test_a_visit_of_two_weeks_ago_that_came_today_is_asked_about(self, cast, home, now, every):
        draft = visits.draft(home, visited_at=now - 15 * DAY)
        record_visit(op_id=uuid4(), draft=draft, by=cast.grid_worker, now=now)
        asked = VisitCallback.objects.waiting(now).get()
        callbacks.answer_callback(callback_id=asked.pk, answer="CAME", text="", by=cast.worker, now=now)

    def test_a_correction_takes_nothing_off_the_list(self, cast, home, now, every, monkeypatch):
        first = visits.visited(home, cast.grid_worker, now)
        monkeypatch.setattr(callbacks, "SHARE", 0)
        told = {
            "visit_id": first.pk,
            "draft": visits.draft(home, visited_at=now),
            "by": cast.worker,
            "now": now,
        }
        second = correct_visit(op_id=uuid4(), **told)
        asked = VisitCallback.objects.waiting(now).get()
        assert asked.visit == second
        mate = people.staff("周丽", Role.SOCIAL_WORKER, cast.city["community"])
        answer = {"callback_id": asked.pk, "answer": "CAME", "text": "", "now": now}
        refused("OWN_VISIT", callbacks.answer_callback, **answer, by=cast.worker)
        assert callbacks.answer_callback(**answer, by=mate).answer == "CAME"

    def test_what_was_said_before_is_not_wiped_by_nothing(self, cast, home, now, every):
        visits.visited(home, cast.grid_worker, now)
        told = {"callback_id": VisitCallback.objects.get().pk, "by": cast.worker, "now": now}
        callbacks.answer_callback(answer="UNREACHED", text="女儿说在住院", **told)
        done = callbacks.answer_callback(answer="CAME", text="", **told)
        done.words.refresh_from_db()
        assert done.words.text == "女儿说在住院"


class TestHandingOver:
    @pytest.fixture
    def over(self, cast, now):
        head = grievances.director(cast)
        mate = people.staff("李娜", Role.GRID_WORKER, cast.city["community"])
        told = {"grid_id": cast.city["grid"].pk, "from_id": cast.grid_worker.pk, "to_id": mate.pk}
        return lambda **more: hand_over_grid(
            **{**told, "until": None, "leaving": False, "by": head, "now": now, **more}
        )

    def test_who_came_for_a_while_stays_when_the_other_leaves(self, cast, now, over):
        over(until=now.date() + 10 * DAY)
        for _twice in range(2):
            done = over(leaving=True)
        assert done.post.until is None
        posts = Membership.objects.valid_on(now.date() + 20 * DAY).filter(division=cast.city["grid"])
        assert posts.get(role=Role.GRID_WORKER).user == done.post.user

    def test_a_while_is_prolonged_and_never_shortened(self, now, over):
        days = [over(until=now.date() + many * DAY).post.until for many in (3, 10, 5)]
        assert days == [now.date() + many * DAY for many in (3, 10, 10)]


class TestFigures:
    def cared(self, cast, now, many, group, place="grid"):
        for number in range(many):
            one = people.person(f"{group}{number}", home=cast.city[place])
            visits.case(one, cast.admin, now, group=group)

    def test_where_all_are_of_one_group_it_is_not_told(self, cast, now):
        self.cared(cast, now, 5, "MENTAL")
        assert figures.care_by_group(cast.city["community"]) == {}
        self.cared(cast, now, 5, "LIVES_ALONE")
        assert figures.care_by_group(cast.city["community"]) == {"MENTAL": 5, "LIVES_ALONE": 5}

    def test_no_place_can_be_taken_from_another(self, cast, now):
        self.cared(cast, now, 6, "MENTAL")
        self.cared(cast, now, 6, "LIVES_ALONE")
        for place in (cast.city["street"], cast.city["grid"]):
            assert figures.care_by_group(place) == {}

    def test_one_person_is_one_however_many_groups_she_is_of(self, cast, now):
        for group in ("LIVES_ALONE", "DISABLED"):
            visits.case(cast.elder, cast.worker, now, group=group)
        assert [one.all for one in figures.care_by_grid(cast.city["community"], now.date())] == [1]


class TestPauses:
    def wish(self, cast, case, now):
        until = now.date() + 80 * DAY
        told = {"kind": "NOT_NOW", "until": until, "reason": "住女儿家", "by": cast.worker, "now": now}
        care.pause_case(case_id=case.pk, **told)
        return until

    def test_what_she_asked_for_holds_for_a_case_that_begins_later(self, cast, now):
        until = self.wish(cast, visits.case(cast.elder, cast.worker, now), now)
        other = visits.case(cast.elder, cast.worker, now, "WEEKLY", "DISABLED")
        other.refresh_from_db()
        assert other.next_due_on > until
        assert found(now) == {}

    def test_and_when_her_records_are_merged(self, cast, now):
        kept, gone = (people.person("老人", home=cast.city["grid"]) for _twice in range(2))
        case, other = (visits.case(one, cast.worker, now) for one in (kept, gone))
        until = self.wish(cast, other, now)
        merge_persons(kept_id=kept.pk, merged_id=gone.pk, by=cast.worker, now=now)
        case.refresh_from_db()
        assert case.next_due_on > until
        assert found(now) == {}


class TestCorrections:
    def test_a_month_is_counted_from_the_first(self, cast, home, now):
        first = visits.visited(home, cast.worker, now)
        told = {"draft": visits.draft(home, visited_at=now), "by": cast.worker}
        mark = uuid4()
        second = correct_visit(op_id=mark, visit_id=first.pk, **told, now=now + 29 * DAY)
        refused("TOO_LATE", correct_visit, op_id=uuid4(), visit_id=second.pk, **told, now=now + 31 * DAY)
        assert correct_visit(op_id=mark, visit_id=first.pk, **told, now=now + 31 * DAY) == second


def test_who_comes_into_an_area_of_more_visits_is_of_it_from_the_night_on(cast, now):
    visits.case(people.person("老人", home=cast.city["other_community"]), cast.admin, now - 21 * DAY)
    visits.tightened(cast, now - 3 * DAY)
    Person.objects.filter(full_name="老人").update(home=cast.city["grid"])
    assert found(now) == {}
    care.settle_care(now=now)
    assert found(now) == {}

"""An area visited more often for a while: nobody is late at once, and afterwards all is as it was."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from tests.common.faults import found
from tests.factories import people, visits
from tests.refusals import refused
from visits.actions import care
from visits.actions.tightening import end_tightening, tighten_care
from visits.models.care import CareCase
from visits.models.tightening import CareTightening

TODAY = date(2026, 11, 25)  # a Wednesday
UNTIL = date(2026, 12, 20)
URL = "/staff/visits/care/"


@pytest.fixture
def case(cast, now):
    """Last seen three weeks ago, every month."""
    began = now - timedelta(days=21)
    home = visits.household(visits.building(cast.city["grid"], cast.worker, now), cast.worker, now)
    visits.lives(home, cast.elder, cast.worker, now)
    return visits.case(cast.elder, cast.worker, began)


@pytest.fixture
def heat(cast, now):
    return {
        "division_id": cast.city["community"].pk, "days": 3, "until": UNTIL, "reason": "高温预警",
        "by": cast.officer, "now": now,
    }  # fmt: skip


def due(case):
    return CareCase.objects.get(pk=case.pk).next_due_on


def test_it_counts_from_today_and_after_each_visit(cast, case, heat, now):
    before = due(case)
    first, again = (tighten_care(**heat) for _twice in range(2))
    assert first == again
    assert due(case) == date(2026, 11, 27)  # three days on is a Saturday
    assert before > due(case)
    later = now + timedelta(days=2)
    visits.visited(case.person.residences.get().household, cast.worker, later)
    assert due(case) == date(2026, 11, 30)
    assert found(later) == {}


def test_elsewhere_and_for_who_wished_nobody_to_come_nothing_changes(cast, case, heat, now):
    there = visits.case(people.person("外街的", home=cast.city["other_community"]), cast.other_worker, now)
    told = {"kind": "NOT_NOW", "until": date(2026, 12, 10), "reason": "住女儿家"}
    care.pause_case(case_id=case.pk, **told, by=cast.worker, now=now)
    before = due(there)
    tighten_care(**heat)
    assert due(there) == before
    assert due(case) > date(2026, 12, 10)


def test_when_it_is_over_the_usual_days_hold(cast, case, heat, now):
    before = due(case)
    tight = tighten_care(**heat)
    for _twice in range(2):
        end_tightening(tightening_id=tight.pk, by=cast.officer, now=now)
    assert due(case) == before
    tighten_care(**{**heat, "until": TODAY + timedelta(days=1)})
    assert due(case) < before
    care.settle_care(now=now + timedelta(days=2))
    assert due(case) == before
    assert found(now + timedelta(days=2)) == {}


def test_refused(cast, heat, now):
    for stranger in (cast.worker, cast.grid_worker, cast.guilan.user):
        refused("NOT_ALLOWED", tighten_care, **{**heat, "by": stranger})
    refused("NOT_ALLOWED", tighten_care, **{**heat, "division_id": cast.city["other_community"].pk})
    refused("BAD_DAYS", tighten_care, **{**heat, "days": 0})
    refused("BAD_DATE", tighten_care, **{**heat, "until": TODAY - timedelta(days=1)})
    refused("BAD_DATE", tighten_care, **{**heat, "until": TODAY + timedelta(days=93)})
    refused("REASON_NEEDED", tighten_care, **{**heat, "reason": " "})
    tight = tighten_care(**heat)
    refused("NOT_ALLOWED", end_tightening, tightening_id=tight.pk, by=cast.worker, now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        CareTightening.objects.update(days=30)


def test_the_list_says_so_and_only_who_set_it_ends_it(client, cast, case, heat, now, clock):
    tight = tighten_care(**heat)
    client.force_login(cast.grid_worker)
    page = client.get(URL).content.decode()
    assert "加密走访到 12月20日，3 天一次：高温预警" in page
    assert "结束加密" not in page
    client.force_login(cast.officer)
    done = client.post(f"{URL}tighten/{tight.pk}/end/", follow=True).content.decode()
    assert "加密走访结束了" in done
    sent = {"division_id": cast.city["grid"].pk, "days": "2", "until": "2026-12-01", "reason": "汛期"}
    assert "从今天起加密走访" in client.post(f"{URL}tighten/", sent, follow=True).content.decode()

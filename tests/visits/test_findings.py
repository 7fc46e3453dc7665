"""What comes up at a visit becomes a ticket, a wish or an errand, with nothing typed again."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from grievances.models.categories import Category
from grievances.models.tickets import Ticket
from orders.models.orders import ServiceOrder
from people.models import RevealLog
from tests.factories import grievances, people, visits
from tests.refusals import refused
from visits.actions.visits import Found, record_visit
from visits.models.visits import Finding
from visits.rules.visits import FindingKind as K

TEXT = "楼道的灯不亮，晚上看不见台阶"


@pytest.fixture
def home(cast, now):
    return visits.guilans_home(cast, now)


def found(cast, home, now, kind, **given):
    told = Found(kind, cast.guilan.pk, **given)
    draft = visits.draft(home, "MATTER", TEXT, finding=told)
    return {"op_id": uuid4(), "draft": draft, "by": cast.grid_worker, "now": now}


def test_a_word_at_the_door_is_a_ticket_of_the_grid(cast, home, now):
    about = grievances.category()
    one = found(cast, home, now, K.TICKET, category_id=about.pk)
    for _twice in range(2):
        visit = record_visit(**one)
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.text, ticket.place) == (TEXT, TEXT, "3号楼 2单元501")
    assert (ticket.person, ticket.division, ticket.category) == (cast.guilan, cast.city["grid"], about)
    assert ticket.source == "VISIT"
    assert visit.findings.get().became == ticket


@pytest.mark.parametrize("kind", [K.WISH, K.ERRAND])
def test_a_wish_or_an_errand_is_asked_for_once(cast, home, now, kind):
    one = found(cast, home, now, kind)
    for _twice in range(2):
        visit = record_visit(**one)
    order = ServiceOrder.objects.get()
    assert (order.kind, order.for_person, order.text) == (kind, cast.guilan, TEXT)
    assert visit.findings.get().became == order


def test_refused_is_nothing_of_it_written(cast, home, now):
    event = Category.objects.filter(kind="EVENT", parent__isnull=False).first()
    for wrong in ({}, {"category_id": 0}, {"category_id": event.pk}):
        refused("NO_SUCH_CATEGORY", record_visit, **found(cast, home, now, K.TICKET, **wrong))
    away = found(cast, home, now, K.WISH)
    away["draft"] = replace(away["draft"], finding=Found(K.WISH, cast.elder.pk))
    refused("NOT_LIVING_THERE", record_visit, **away)
    silent = found(cast, home, now, K.WISH)
    silent["draft"] = replace(silent["draft"], text=" ")
    refused("TEXT_NEEDED", record_visit, **silent)
    assert home.visits.count() == Finding.objects.count() == 0


def test_what_it_became_is_not_rewritten(cast, home, now):
    record_visit(**found(cast, home, now, K.WISH))
    for act in (
        lambda: Finding.objects.update(order=None),
        lambda: Finding.objects.update(kind="ERRAND"),
        lambda: Finding.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


class TestThePage:
    def test_four_taps_and_the_card_shows_what_became_of_it(self, client, clock, cast, home, now):
        client.force_login(cast.grid_worker)
        here = f"/staff/visits/households/{home.pk}/"
        told = {
            "op_id": uuid4().hex, "way": "DOOR", f"result_{cast.guilan.pk}": "MATTER",
            f"result_{cast.zixuan.pk}": "FINE", "text": TEXT, "finding": "TICKET",
        }  # fmt: skip
        answer = client.post(f"{here}visit/", told)
        assert answer.status_code == 409
        assert "请选一个类别。" in answer.content.decode()
        assert TEXT in answer.content.decode()
        answer = client.post(f"{here}visit/", {**told, "category_id": grievances.category().pk})
        assert answer.status_code == 302
        page = client.get(here).content.decode()
        assert Ticket.objects.get().reference in page
        assert "已登记" in page

    def test_all_is_well_in_one_tap_and_the_next_door_is_shown(self, client, clock, cast, home):
        client.force_login(cast.grid_worker)
        mark = uuid4().hex
        for _twice in range(2):
            answer = client.post(f"/staff/visits/households/{home.pk}/fine/", {"op_id": mark})
        assert answer.url == f"/staff/visits/buildings/{home.building_id}/"
        assert home.visits.count() == 1

    def test_a_number_opens_one_at_a_time_and_each_look_is_logged(self, client, clock, cast, home):
        client.force_login(cast.grid_worker)
        here = f"/staff/visits/households/{home.pk}/"
        hers = people.reached_at(cast.guilan)
        assert hers not in client.get(here).content.decode()
        lived = home.residences.get(person=cast.guilan)
        for _twice in range(2):
            assert client.post(f"/staff/visits/residences/{lived.pk}/ring/").status_code == 302
        assert hers in client.get(here).content.decode()
        assert RevealLog.objects.filter(person=cast.guilan, user=cast.grid_worker).count() == 1

    def test_another_number_of_hers_that_is_open_does_not_open_this_one(self, client, clock, cast, home, now):
        hers = people.reached_at(cast.guilan)
        told = {"field": "contact_phone", "reason": "联系", "at": now}
        RevealLog.objects.create(user=cast.grid_worker, person=cast.guilan, **told)
        client.force_login(cast.grid_worker)
        assert hers not in client.get(f"/staff/visits/households/{home.pk}/").content.decode()

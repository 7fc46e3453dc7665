"""Call-backs of visits: drawn by a secret, asked by somebody else, once."""

from datetime import timedelta

import pytest

from people.models import Person
from people.rules import Role
from tests.factories import people, visits
from tests.refusals import refused, rule
from visits.actions import callbacks
from visits.models.callbacks import VisitCallback
from visits.models.visits import HomeVisit

DAY = timedelta(days=1)
URL = "/staff/visits/callbacks/"


@pytest.fixture
def drawn(cast, now, monkeypatch):
    """A visit of the grid worker that was drawn."""
    monkeypatch.setattr(callbacks, "SHARE", 1)
    home = visits.guilans_home(cast, now)
    visits.visited(home, cast.grid_worker, now)
    return VisitCallback.objects.get()


def test_three_in_a_hundred_are_drawn_and_nobody_chooses(cast, now):
    home = visits.guilans_home(cast, now)
    visit = visits.visited(home, cast.grid_worker, now)
    asked = [
        callbacks.is_drawn(number, visit.received_at.date(), callbacks.SHARE, "secret")
        for number in range(10_000)
    ]
    assert 230 <= sum(asked) <= 370


def test_what_the_household_said_stands(cast, now, drawn):
    told = {"callback_id": drawn.pk, "text": "", "by": cast.worker, "now": now}
    first = callbacks.answer_callback(answer="UNREACHED", **{**told, "text": "没人接"})
    again = callbacks.answer_callback(answer="CAME", **{**told, "text": "来过，还帮着换了灯泡"})
    assert (again.words_id, again.answer) == (first.words_id, "CAME")
    again.words.refresh_from_db()
    assert again.words.text == "来过，还帮着换了灯泡"
    assert callbacks.answer_callback(answer="CAME", **told).at == again.at
    refused("ANSWERED", callbacks.answer_callback, answer="DID_NOT", **told)
    with rule("callback_stands"):
        VisitCallback.objects.update(answer="DID_NOT")


def test_refused(cast, now, drawn):
    answer = {"callback_id": drawn.pk, "answer": "CAME", "text": "", "now": now}
    for stranger in (cast.other_worker, cast.officer, cast.grid_worker, cast.guilan.user):
        refused("NOT_ALLOWED", callbacks.answer_callback, **answer, by=stranger)
    refused("TOO_LATE", callbacks.answer_callback, **{**answer, "now": now + 15 * DAY}, by=cast.worker)
    home = drawn.visit.household
    visits.visited(home, cast.worker, now + DAY)
    own = VisitCallback.objects.latest("pk")
    refused("OWN_VISIT", callbacks.answer_callback, **{**answer, "callback_id": own.pk}, by=cast.worker)
    mate = people.staff("周丽", Role.SOCIAL_WORKER, cast.city["community"])
    Person.objects.filter(pk=cast.guilan.pk).update(phone=mate.phone)
    refused("SAME_PERSON", callbacks.answer_callback, **answer, by=mate)


def test_the_list_is_of_others_visits_and_of_those_that_stand(client, cast, now, drawn, clock):
    client.force_login(cast.worker)
    assert "3号楼 2单元501" in client.get(URL).content.decode()
    assert "走访回访" in client.get("/staff/").content.decode()
    done = client.post(f"{URL}{drawn.pk}/", {"answer": "CAME"}, follow=True).content.decode()
    assert "记下了" in done
    assert "没有要回访的" in done
    visits.visited(drawn.visit.household, cast.worker, now)
    assert HomeVisit.objects.count() == 2
    assert "没有要回访的" in client.get(URL).content.decode()
    wrong = client.post(f"{URL}{drawn.pk}/", {"text": "什么都没点"})
    assert wrong.status_code == 422
    client.force_login(cast.grid_worker)
    assert client.get(URL).status_code == 403

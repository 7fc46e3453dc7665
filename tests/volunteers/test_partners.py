"""Who answers for a unit or a shop: one account, named by staff of the place."""

import pytest

from grants.actions.pitches import advance_pitch, make_pitch
from grants.models import Pitch
from grants.rules import PitchMove
from people.models import Guardianship
from people.rules import Role
from tests.backoffice import change, said, verb
from tests.factories import orders, people
from tests.factories.orders import taker_of
from tests.html import Page
from tests.refusals import refused
from volunteers.actions.partners import answer_for
from volunteers.rules.takers import Taker, TakerKind

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(("make", "column"), [(orders.unit, "contact"), (orders.shop, "keeper")])
def test_an_account_answers_for_it(cast, now, make, column):
    partner = make(cast.city["community"])
    told = {"partner": taker_of(partner), "now": now}
    phone = cast.stranger.user.phone
    refused("NOT_ALLOWED", answer_for, **told, phone=phone, by=cast.other_worker)
    refused("NOT_ALLOWED", answer_for, **told, phone=phone, by=cast.guilan.user)
    for nobody in ("19999999999", "没有"):
        refused("NO_ACCOUNT", answer_for, **told, phone=nobody, by=cast.worker)
    for written in (phone, f"{phone[:3]} {phone[3:7]}-{phone[7:]}"):
        done = answer_for(**told, phone=written, by=cast.worker)
        assert getattr(done, column) == cast.stranger.user
    assert getattr(answer_for(**told, phone=" ", by=cast.worker), column) is None


@pytest.mark.parametrize("make", [orders.unit, orders.shop])
@pytest.mark.parametrize("whose", ["hers", "of one of hers"])
def test_who_has_a_post_neither_puts_her_own_on_nor_takes_them_off(cast, now, make, whose):
    """Off and on again lifted "not your own pitch" for as long as she needed."""
    her = people.person("周敏", home=cast.city["community"], phone=cast.worker.phone)
    account = cast.worker
    if whose != "hers":
        account = cast.guilan.user
        Guardianship.objects.create(guardian=her, ward=cast.guilan, kind="AGENT", since=people.SEPTEMBER)
    told = {"partner": taker_of(make(cast.city["community"])), "now": now}
    refused("SAME_PERSON", answer_for, **told, phone=account.phone, by=cast.worker)
    answer_for(**told, phone=account.phone, by=cast.officer)
    for phone in ("", cast.stranger.user.phone):
        refused("SAME_PERSON", answer_for, **told, phone=phone, by=cast.worker)
    answer_for(**told, phone="", by=cast.officer)


def test_her_own_pitch_stays_her_own(cast, now):
    """An account of staff needs no record for it."""
    director = people.staff("孙主任", Role.DIRECTOR, cast.city["street"])
    pitch = orders.pitch(cast, now)
    told = {"partner": taker_of(pitch.unit), "now": now}
    answer_for(**told, phone=director.phone, by=cast.officer)
    refused("SAME_PERSON", answer_for, **told, phone="", by=director)
    refused("OWN_PITCH", advance_pitch, pitch_id=pitch.pk, move=PitchMove.SURVEY, by=director, now=now)


def test_nothing_answers_for_what_is_not_there(cast, now):
    for kind in (TakerKind.UNIT, TakerKind.SHOP):
        refused("NOT_ALLOWED", answer_for, partner=Taker(kind, 0), phone="", by=cast.worker, now=now)


def test_in_the_back_office_and_then_she_pitches(client, cast, now):
    unit, call = orders.unit(cast.city["street"]), orders.pitch(cast, now).call
    client.force_login(cast.worker)
    wrong = Page(client.post(verb(unit, "account"), {"phone": "1"}))
    assert (wrong.status, "请对方先注册" in wrong.text) == (409, True)
    assert said(client.post(verb(unit, "account"), {"phone": cast.guilan.user.phone})) == "账号登记好了。"
    assert "王桂兰" in client.get(change(unit)).content.decode()
    make_pitch(call_id=call.pk, title="读报", text="每周一次", unit_id=unit.pk, by=cast.guilan.user, now=now)
    assert Pitch.objects.pitched_by(cast.guilan.user).count() == 1

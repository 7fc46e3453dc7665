"""An account that anybody may have opened gets no power, and its owner gets it back."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from grants.actions.pitches import appoint_expert, vote
from people.actions.accounts import issue_desk_code, redeem_desk_code
from people.actions.records import merge_persons
from people.actions.staff import appoint, set_password
from people.authority import is_proved
from people.models import Membership, User
from people.rules import Role
from tests.accounts import NEW, sign_in, sign_up
from tests.factories import orders, people
from tests.html import Page
from tests.refusals import refused
from volunteers.actions.partners import answer_for

pytestmark = pytest.mark.usefixtures("clock")
PHONE = "13812345678"  # that of sign_up()


@pytest.fixture
def squatted(cast, now):
    """Somebody signed up with the number of 高远, under his name and his community."""
    squatter = Client()
    assert sign_up(squatter, full_name="高远", home=cast.city["community"].pk).status_code == 302
    account = User.objects.get(phone=PHONE)
    User.objects.filter(pk=account.pk).update(joined_at=now)
    account.person.home = cast.city["community"]
    account.person.save()
    assert squatter.get("/my/").status_code == 200
    return squatter, account


@pytest.fixture
def gives_power(cast, now):
    """The ways to attach power to an account: a post, a unit, a shop, a call's experts."""
    unit, shop = (orders.taker_of(make(cast.city["street"])) for make in (orders.unit, orders.shop))
    call = orders.pitch(cast, now).call
    told = {"by": cast.admin, "now": now}
    post = {"name": "高远", "division_id": cast.city["street"].pk, "role": Role.SOCIAL_WORKER}
    return {
        "post": lambda account: appoint(phone=account.phone, **post, **told),
        "unit": lambda account: answer_for(partner=unit, phone=account.phone, **told),
        "shop": lambda account: answer_for(partner=shop, phone=account.phone, **told),
        "expert": lambda account: appoint_expert(call_id=call.pk, expert_id=account.pk, **told),
    }


@pytest.mark.parametrize("way", ["post", "unit", "shop", "expert"])
def test_no_power_before_a_proof(squatted, gives_power, way):
    _squatter, account = squatted
    refusal = refused("NOT_PROVED", gives_power[way], account=account)
    assert "2026年11月25日 自己注册的" in str(refusal)
    assert not Membership.objects.filter(user=account).exists()


def test_no_vote_before_a_proof(cast, now, squatted):
    """Nine invented children would be nine votes."""
    _squatter, account = squatted
    child = people.child("高小远", date(2019, 1, 2), account.person)
    pitch = orders.pitch(cast, now)
    told = {"pitch_id": pitch.pk, "needed": True, "by": account, "now": now}
    for person in (account.person, child):
        refused("NOT_PROVED", vote, person_id=person.pk, **told)
    _made, code = issue_desk_code(person_id=account.person.pk, by=cast.worker, now=now)
    redeem_desk_code(code=code, now=now)
    assert vote(person_id=account.person.pk, **told)


@pytest.mark.parametrize("way", ["post", "unit", "shop", "expert"])
def test_a_code_handed_over_proves_it(cast, now, squatted, gives_power, way):
    _squatter, account = squatted
    _made, code = issue_desk_code(person_id=account.person.pk, by=cast.worker, now=now)
    owner = Client()
    assert owner.post("/desk-code/", {"code": code}).url == "/account/password/set/"
    account.refresh_from_db()
    assert is_proved(account)
    gives_power[way](account)


def test_who_was_there_first_is_out(cast, now, squatted):
    squatter, account = squatted
    _made, code = issue_desk_code(person_id=account.person.pk, by=cast.worker, now=now)
    owner = Client()
    owner.post("/desk-code/", {"code": code})
    assert owner.get("/my/").status_code == 200
    assert squatter.get("/my/").status_code == 302
    assert sign_in(Client(), account.person, NEW["password1"]).status_code == 200  # told that it is wrong
    owner.post("/account/password/set/", {"password": "another-password-2"})
    assert sign_in(Client(), account.person, "another-password-2").status_code == 302


def test_a_second_code_leaves_the_password_alone(cast, now, squatted):
    _squatter, account = squatted
    for _time in range(2):
        _made, code = issue_desk_code(person_id=account.person.pk, by=cast.worker, now=now)
        redeem_desk_code(code=code, now=now)
        account.refresh_from_db()
        if not account.has_usable_password():
            set_password(user_id=account.pk, password="another-password-2", by=account, now=now)
    account.refresh_from_db()
    assert account.check_password("another-password-2")


def test_linking_one_s_record_proves_the_account_too(cast, now, squatted):
    _squatter, account = squatted
    record = people.person("高远", home=cast.city["community"])
    _made, code = issue_desk_code(person_id=record.pk, by=cast.worker, now=now)
    redeem_desk_code(code=code, now=now, user=account)
    assert is_proved(User.objects.get(pk=account.pk))
    assert User.objects.get(pk=account.pk).has_usable_password()


def test_a_new_account_is_proved_by_who_appoints(cast, now):
    told = {"name": "高远", "division_id": cast.city["street"].pk, "role": Role.SOCIAL_WORKER, "now": now}
    appoint(phone=PHONE, password="a-good-password-1", by=cast.admin, **told)
    appoint(phone=PHONE, by=cast.admin, **told)
    assert is_proved(User.objects.get(phone=PHONE))


@pytest.mark.parametrize("password", [PHONE, "12345678", f"{PHONE}a", "高远高远高远高远"])
def test_no_password_is_like_the_phone_or_the_name(cast, now, password):
    told = {
        "name": "高远高远高远",
        "division_id": cast.city["street"].pk,
        "role": Role.SOCIAL_WORKER,
        "now": now,
    }
    refused("BAD_PASSWORD", appoint, phone=PHONE, password=password, by=cast.admin, **told)
    page = Page(sign_up(Client(), full_name="高远高远高远", password1=password))
    assert page.status != 302
    assert not User.objects.filter(phone=PHONE).exists()


def test_her_second_factor_and_calendar_go_with_whoever_was_there(cast, now, squatted):
    _squatter, account = squatted
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    old = account.feed_version
    _made, code = issue_desk_code(person_id=account.person.pk, by=cast.worker, now=now)
    redeem_desk_code(code=code, now=now)
    account.refresh_from_db()
    assert account.feed_version == old + 1
    assert not Authenticator.objects.filter(user=account).exists()


def test_who_proved_herself_does_not_get_another_s_post(cast, now, squatted, gives_power):
    """An honest code for her own record, used in an account with a colleague's number."""
    _squatter, account = squatted
    record = people.person("林小满", home=cast.city["community"])
    _made, code = issue_desk_code(person_id=record.pk, by=cast.worker, now=now)
    redeem_desk_code(code=code, now=now, user=account)
    refusal = refused("WRONG_PERSON", gives_power["post"], account=account)
    assert "林小满" not in str(refusal)  # whose number it is, is nobody's business
    assert not Membership.objects.filter(user=account).exists()


def test_a_proof_stays_when_records_are_merged(cast, now, squatted):
    _squatter, account = squatted
    _made, code = issue_desk_code(person_id=account.person.pk, by=cast.worker, now=now)
    redeem_desk_code(code=code, now=now)
    for _level in range(3):
        held = User.objects.get(pk=account.pk).person
        other = people.person("高远", home=cast.city["community"])
        merge_persons(kept_id=other.pk, merged_id=held.pk, by=cast.worker, now=now)
        assert is_proved(User.objects.get(pk=account.pk))


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_the_administrator_s_tick_asks_for_a_proof_too(client, cast, squatted, power):
    _squatter, account = squatted
    client.force_login(cast.admin)
    told = {"name": account.name, "phone": account.phone, "is_active": "on", power: "on"}
    page = Page(client.post(f"/admin/people/user/{account.pk}/change/", told))
    assert "还没有人核实过" in page.text
    account.refresh_from_db()
    assert not getattr(account, power)

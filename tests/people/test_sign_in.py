"""Staff: a second factor once a device and day, sheets of codes, sessions that end."""

import time
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from people.actions.staff import drop_mfa, print_factor_codes, set_password
from people.models import Membership, Person
from people.rules import Role, device
from tests.accounts import give_factor
from tests.backoffice import change, verb
from tests.factories import people
from tests.html import Page, complains, opened
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("clock")
WORK = ["/staff/", "/staff/calls/", "/staff/points/", "/admin/", "/admin/people/person/"]
OWN = ["/my/data/", "/my/family/", "/"]


def by_password(client, user):
    answer = client.post("/account/login/", {"login": user.phone, "password": people.PASSWORD})
    assert answer.status_code == 302
    return answer.url


def asked(client, path):
    """Whether a page of work leads to the question for the second factor."""
    answer = client.get(path)
    return answer.status_code == 302 and answer.url.startswith("/account/factor/")


@pytest.fixture
def sheet(cast, now):
    """Codes that the administrator printed for the social worker."""
    return print_factor_codes(user_id=cast.worker.pk, by=cast.admin, now=now)


@pytest.mark.parametrize("who", ["worker", "officer", "grid_worker", "admin"])
def test_a_password_alone_opens_nothing_of_work(client, cast, who):
    user = getattr(cast, who)
    Person.objects.create(full_name="周敏", user=user, home=cast.city["community"])
    by_password(client, user)
    pages = [path for path in WORK if who in ("worker", "admin") or path == "/staff/"]
    assert [path for path in pages if not asked(client, path)] == []
    assert client.post("/admin/people/person/1/do/desk-code/").status_code == 302
    for path in ("/account/mfa/", "/account/mfa/totp/activate/", "/account/mfa/recovery-codes/generate/"):
        assert asked(client, path), path
    for path in OWN:
        assert client.get(path).status_code == 200, path


def test_no_verb_counts_a_post_before_the_second_factor(cast, now):
    cast.worker.lacks_factor = True
    cast.admin.lacks_factor = True
    for verb_name in ("people.view", "people.change", "points.gifts"):
        assert cast.worker.reach(verb_name) == []
        assert cast.admin.reach(verb_name) == []
    refused("NOT_ALLOWED", drop_mfa, user_id=cast.officer.pk, by=cast.admin, now=now)


def test_the_first_day_on_paper(client, cast, sheet):
    by_password(client, cast.worker)
    complains(client.post("/account/factor/", {"code": "00000000"}), "动态码", 422)
    answer = client.post("/account/factor/", {"code": sheet[3], "next": "/staff/points/"})
    assert answer.url == "/staff/points/"
    assert opened(client, "/staff/").heading() == "工作台"
    # The same device later that day: the password is enough; another device asks.
    client.post("/account/logout/")
    by_password(client, cast.worker)
    assert opened(client, "/staff/").heading() == "工作台"
    other = Client()
    by_password(other, cast.worker)
    assert asked(other, "/staff/")
    complains(other.post("/account/factor/", {"code": sheet[3]}), "动态码", 422)  # used once


def test_another_colleague_on_the_same_device_is_asked(client, cast, sheet):
    by_password(client, cast.worker)
    client.post("/account/factor/", {"code": sheet[0]})
    client.post("/account/logout/")
    by_password(client, cast.officer)
    assert asked(client, "/staff/")


def test_a_new_password_or_sheet_makes_this_device_unknown(client, cast, sheet, now):
    by_password(client, cast.worker)
    client.post("/account/factor/", {"code": sheet[0]})
    client.post("/account/logout/")
    print_factor_codes(user_id=cast.worker.pk, by=cast.admin, now=now)
    by_password(client, cast.worker)
    assert asked(client, "/staff/")
    complains(client.post("/account/factor/", {"code": sheet[1]}), "动态码", 422)


def test_with_an_authenticator_it_is_asked_at_sign_in_and_once_a_day(client, cast, clock, sheet):
    secret = generate_totp_secret()
    TOTP.activate(cast.worker, secret)
    assert by_password(client, cast.worker) == "/account/mfa/authenticate/"
    assert client.get("/staff/").url.startswith("/account/login/")
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post("/account/mfa/authenticate/", {"code": code}).url == "/staff/"
    assert opened(client, "/staff/").heading() == "工作台"


def test_who_has_no_sheet_is_told_where_to_get_one(client, cast):
    by_password(client, cast.worker)
    page = opened(client, "/account/factor/")
    assert "打印备用码" in page.text
    assert not page.fields("code")


def test_only_the_demo_goes_without(client, cast):
    by_password(client, cast.worker)
    with override_settings(STAFF_SECOND_FACTOR=False):
        assert opened(client, "/staff/").heading() == "工作台"


# --- The sheet ----------------------------------------------------------------------------------


def test_who_prints_a_sheet_for_whom(cast, now):
    director = people.staff("孙主任", Role.DIRECTOR, cast.city["street"])
    told = {"user_id": cast.worker.pk, "now": now}
    assert len(print_factor_codes(by=director, **told)) == 10
    elsewhere = people.staff("外街主任", Role.DIRECTOR, cast.city["other_street"])
    for by in (cast.worker, cast.grid_worker, elsewhere, cast.guilan.user):
        refused("NOT_ALLOWED", print_factor_codes, by=by, **told)
    refused("SAME_PERSON", print_factor_codes, user_id=director.pk, by=director, now=now)
    # One post of hers lies outside: whoever could print it would hold half of that post's key.
    told_too = {"division": cast.city["other_street"], "role": Role.SOCIAL_WORKER}
    Membership.objects.create(user=cast.worker, since=people.SEPTEMBER.date(), **told_too)
    refused("NOT_ALLOWED", print_factor_codes, by=director, **told)
    for user in (cast.admin, cast.guilan.user):
        refused("NOT_ALLOWED", print_factor_codes, user_id=user.pk, by=director, now=now)
    refused("NOT_ALLOWED", print_factor_codes, user_id=0, by=cast.admin, now=now)


def test_the_back_office_shows_a_sheet_once(client, cast):
    client.force_login(people.staff("孙主任", Role.DIRECTOR, cast.city["street"]))
    post = cast.worker.memberships.get()
    assert verb(post, "print-codes") in client.get(change(post)).content.decode()
    page = Page(client.post(verb(post, "print-codes")))
    codes = RecoveryCodes(Authenticator.objects.get(user=cast.worker)).get_unused_codes()
    assert all(f"{code[:4]} {code[4:]}" in page.text for code in codes)


# --- How long it lasts ----------------------------------------------------------------------------


def stays(client, clock, after):
    clock.now += after
    return client.get("/staff/").status_code == 200


def test_a_desk_ends_after_half_an_hour_without_a_page(client, cast, clock):
    client.force_login(cast.worker)
    assert stays(client, clock, timedelta(0))
    assert all(stays(client, clock, timedelta(minutes=29)) for _round in range(4))
    assert not stays(client, clock, timedelta(minutes=31))
    assert "太久没有操作" in opened(client, "/account/login/").text


def test_a_desk_ends_with_the_day(client, cast, clock):
    clock.now = clock.now.replace(hour=23, minute=50)
    client.force_login(cast.worker)
    assert stays(client, clock, timedelta(0))
    assert stays(client, clock, timedelta(minutes=9))
    assert not stays(client, clock, timedelta(minutes=5))


def test_a_grid_worker_s_phone_lasts_a_day(client, cast, clock):
    client.force_login(cast.grid_worker)
    assert stays(client, clock, timedelta(0))
    clock.now += timedelta(hours=11)
    give_factor(client, cast.grid_worker)
    assert stays(client, clock, timedelta(hours=0))
    assert not stays(client, clock, timedelta(hours=14))


def test_residents_stay_signed_in(client, cast, clock):
    client.force_login(cast.guilan.user)
    clock.now += timedelta(days=20)
    assert client.get("/my/data/").status_code == 200


def test_one_page_lists_where_she_is_signed_in_and_ends_it(client, cast):
    elsewhere = Client(headers={"user-agent": "another phone"})
    for one in (client, elsewhere):
        by_password(one, cast.guilan.user)
    page = opened(client, "/account/sessions/")
    assert "another phone" in page.text
    client.post("/account/sessions/")
    assert elsewhere.get("/my/data/").status_code == 302
    assert client.get("/my/data/").status_code == 200
    assert "another phone" not in opened(client, "/account/sessions/").text


def test_signing_out_elsewhere_makes_the_devices_there_unknown(client, cast, clock, now):
    """Whoever knows her password and has the other device is asked for the factor again."""
    clock.now = datetime.fromtimestamp(time.time(), now.tzinfo)  # cookies of trust go by the machine's clock
    sheet = print_factor_codes(user_id=cast.worker.pk, by=cast.admin, now=clock.now)
    elsewhere = Client()
    for one, code in ((client, sheet[0]), (elsewhere, sheet[1])):
        by_password(one, cast.worker)
        one.post("/account/factor/", {"code": code})
        assert opened(one, "/staff/").heading() == "工作台"
    clock.now += timedelta(minutes=1)
    client.post("/account/sessions/")
    assert opened(client, "/staff/").heading() == "工作台"
    by_password(elsewhere, cast.worker)
    assert asked(elsewhere, "/staff/")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 Chrome/116.0 MicroMessenger/8.0.49", "安卓手机 · 微信"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "苹果手机 · Safari"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/129.0 Safari/537.36 Edg/129.0", "Windows 电脑 · Edge"),
        ("", ""),
        ("another phone", "another phone"),
    ],
)  # fmt: skip
def test_a_place_is_named_as_people_name_it(agent, words):
    assert device(agent) == words


def test_the_first_administrator_gets_her_sheet_from_the_command(cast, capsys):
    call_command("print_codes", cast.admin.phone)
    codes = capsys.readouterr().out.split()
    assert codes == RecoveryCodes(Authenticator.objects.get(user=cast.admin)).get_unused_codes()
    for phone in ("13000000000", cast.guilan.user.phone):
        with pytest.raises(CommandError):
            call_command("print_codes", phone)


def test_no_director_prints_the_administrators_sheet(cast, now):
    director = people.staff("孙主任", Role.DIRECTOR, cast.city["street"])
    post = {"division": cast.city["street"], "role": Role.DIRECTOR, "since": people.SEPTEMBER.date()}
    Membership.objects.create(user=cast.admin, **post)
    refused("NOT_ALLOWED", print_factor_codes, user_id=cast.admin.pk, by=director, now=now)


def test_a_director_of_the_whole_tree_is_no_administrator(cast, now):
    director = people.staff("市主任", Role.DIRECTOR, cast.city["root"])
    assert director.may_everywhere("people.staff")
    for verb_, told in (
        (drop_mfa, {}),
        (set_password, {"password": "a-better-one-9"}),
        (print_factor_codes, {}),
    ):
        refused("NOT_ALLOWED", verb_, user_id=cast.admin.pk, by=director, now=now, **told)

"""Accounts and posts in the back office; what its lists cost; its first page."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from centers.rules import DivisionKind
from people.actions.records import merge_persons
from people.models import Consent, Guardianship, Membership, Merge, Person, RevealLog, User
from people.rules import Role
from tests.backoffice import add, change, listed, said, verb, verb_of_list
from tests.factories import centers, people
from tests.queries import assert_constant


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


# --- Accounts and posts -----------------------------------------------------------------------


@pytest.fixture
def director(client, cast):
    boss = people.staff("赵主任", Role.DIRECTOR, cast.city["street"])
    client.force_login(boss)
    return client


def appointment(cast, **fields):
    return {
        "name": "孙社工",
        "phone": "137 0000 0001",
        "division": cast.city["community"].pk,
        "role": "SOCIAL_WORKER",
        "password": "a-good-password-1",
        **fields,
    }


def test_a_director_appoints_inside_the_reach(director, cast):
    answer = director.post(verb_of_list(Membership, "appoint"), appointment(cast))
    assert "社工" in said(answer)
    made = User.objects.get(phone="13700000001")
    assert made.is_staff
    assert not made.is_superuser
    assert made.check_password("a-good-password-1")
    assert made.may("courses.enrol", cast.city["grid"])
    director.post(verb_of_list(Membership, "appoint"), appointment(cast))
    assert Membership.objects.filter(user=made).count() == 1


def test_a_known_account_keeps_its_password(director, cast):
    user = cast.guilan.user
    director.post(verb_of_list(Membership, "appoint"), appointment(cast, phone=user.phone, password=""))
    assert User.objects.get(pk=user.pk).check_password(people.PASSWORD)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"password": "123"}, "密码"), ({"phone": "123"}, "手机号"), ({"password": ""}, "密码")],
)
def test_an_appointment_that_lacks_something(director, cast, fields, words):
    answer = director.post(verb_of_list(Membership, "appoint"), appointment(cast, **fields))
    assert answer.status_code in {409, 422}
    assert words in answer.content.decode()
    assert not Membership.objects.filter(division=cast.city["community"]).exists()


def test_no_post_in_another_street(director, cast):
    answer = director.post(
        verb_of_list(Membership, "appoint"), appointment(cast, division=cast.city["other_community"].pk)
    )
    assert answer.status_code == 422
    theirs = Membership.objects.get(user=cast.other_worker)
    assert director.post(verb(theirs, "end")).status_code == 404
    assert "郑佳" not in director.get(listed(Membership)).content.decode()


def test_a_post_that_ended_opens_nothing(director, cast, client):
    post = Membership.objects.get(user=cast.worker)
    director.post(verb(post, "end"))
    assert User.objects.get(pk=cast.worker.pk).posts == []
    client.force_login(cast.worker)
    assert client.get(listed(Person)).status_code == 403


def test_a_social_worker_appoints_nobody(desk, cast):
    assert desk.get(listed(Membership)).status_code == 403
    assert desk.post(verb_of_list(Membership, "appoint"), appointment(cast)).status_code == 403


def test_accounts_are_the_administrators(client, cast):
    for user in (cast.worker, people.staff("赵主任", Role.DIRECTOR, cast.city["root"])):
        client.force_login(user)
        assert client.get(listed(User)).status_code == 403
        assert client.get(change(cast.admin)).status_code == 403
        assert client.post(verb(cast.admin, "password"), {"password": "a-good-password-1"}).status_code == 403
    client.force_login(cast.admin)
    text = client.get(change(cast.worker)).content.decode()
    assert "pbkdf2" not in text
    assert cast.worker.password not in text
    client.post(verb(cast.worker, "password"), {"password": "another-good-one-2"})
    assert User.objects.get(pk=cast.worker.pk).check_password("another-good-one-2")
    assert client.post(verb(cast.worker, "password"), {"password": "123"}).status_code == 409


def test_a_new_account_has_no_password(client, cast):
    client.force_login(cast.admin)
    client.post(add(User), {"name": "新人", "phone": "13700000009", "is_active": "on"})
    assert not User.objects.get(phone="13700000009").has_usable_password()


# --- Lists ------------------------------------------------------------------------------------


def _people(cast):
    return lambda count: [people.resident("某某", cast.city["community"]) for _ in range(count)]


def _guardians(cast):
    return lambda count: [people.child("孩子", date(2018, 1, 1), cast.guilan) for _ in range(count)]


def _logs(cast):
    return lambda count: [
        RevealLog.objects.create(
            user=cast.worker,
            person=people.resident("某某", cast.city["community"]),
            field="phone",
            reason="核对",
            at=cast.guilan.user.joined_at,
        )
        for _ in range(count)
    ]


def _merges(cast):
    return lambda count: [
        merge_persons(
            kept_id=cast.guilan.pk,
            merged_id=people.person("某某", home=cast.city["community"]).pk,
            by=cast.worker,
            now=cast.guilan.user.joined_at,
        )
        for _ in range(count)
    ]


def _posts(cast):
    def more(count):
        for _ in range(count):
            grid = centers.division(
                DivisionKind.GRID, f"网格{Membership.objects.count()}", cast.city["community"]
            )
            people.staff("某某", Role.GRID_WORKER, grid)

    return more


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("model", "makers"),
    [
        (Person, _people),
        (Guardianship, _guardians),
        (Consent, _guardians),
        (RevealLog, _logs),
        (Merge, _merges),
        (Membership, _posts),
        (User, _people),
    ],
)
def test_lists_cost_the_same_however_long(client, cast, model, makers):
    client.force_login(cast.admin)
    assert_constant(client, listed(model), makers(cast))


# --- The whole ----------------------------------------------------------------------------------


def test_a_lost_second_factor_is_dropped_by_the_administrator(client, cast):
    Authenticator.objects.create(user=cast.worker, type=Authenticator.Type.TOTP, data={})
    client.force_login(people.staff("赵主任", Role.DIRECTOR, cast.city["root"]))
    assert client.post(verb(cast.worker, "drop-mfa")).status_code == 403
    assert Authenticator.objects.exists()
    client.force_login(cast.admin)
    client.post(verb(cast.worker, "drop-mfa"))
    assert not Authenticator.objects.exists()


def test_the_first_page_lists_our_records_in_chinese(client, cast):
    client.force_login(cast.admin)
    index = client.get(reverse("admin:index"))
    names = [str(model["name"]) for app in index.context["app_list"] for model in app["models"]]
    assert "居民" in names
    assert [name for name in names if name.isascii()] == []
    assert not {"组", "电子邮件地址"} & set(names)


def test_staff_see_only_what_their_post_opens(desk):
    index = desk.get(reverse("admin:index"))
    names = {str(model["name"]) for app in index.context["app_list"] for model in app["models"]}
    assert {"居民", "班级", "查阅记录"} <= names
    assert not {"账号", "岗位", "中心", "日历"} & names

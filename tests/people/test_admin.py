"""Residents, accounts and posts in the back office: masked, in reach, changed through verbs."""

import re
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from centers.rules import DivisionKind
from people import actions
from people.models import Consent, Guardianship, Membership, Merge, Person, RevealLog, User
from people.rules import GuardianKind, Purpose, Role
from tests.factories import centers, people
from tests.html import Page
from tests.queries import assert_constant

ID = "11010519491231002X"  # the sample number of GB 11643


def change(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def listed(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def verb(row, name):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_verb", args=[row.pk, name])


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


@pytest.fixture
def guilan(cast):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678", document_no=ID)
    return Person.objects.get(pk=cast.guilan.pk)


# --- Who sees whom ----------------------------------------------------------------------------


def test_phone_and_document_are_masked(desk, guilan):
    for url in (listed(Person), change(guilan)):
        text = desk.get(url).content.decode()
        assert "138****5678" in text
        assert "13812345678" not in text
        assert ID not in text


def test_people_of_another_street_are_out_of_sight(desk, cast):
    assert "王桂兰" in desk.get(listed(Person)).content.decode()
    assert "曾小雨" not in desk.get(listed(Person)).content.decode()
    assert desk.get(change(cast.stranger)).status_code == 302
    assert desk.post(verb(cast.stranger, "phone"), {"field": "phone", "phone": ""}).status_code == 404


def test_residents_do_not_get_in(client, cast):
    client.force_login(cast.guilan.user)
    assert client.get(listed(Person)).status_code in {302, 403}
    assert client.post(verb(cast.guilan, "erase")).status_code in {302, 403}


def test_a_grid_worker_looks_but_changes_nothing(client, cast):
    client.force_login(cast.grid_worker)
    page = Page(client.get(change(cast.elder)))
    assert page.status == 200
    assert "打印登录验证码" in page.text
    assert "合并重复档案" not in page.text
    assert not page.fields("_save")
    assert client.post(verb(cast.elder, "phone"), {"field": "phone", "phone": ""}).status_code == 403
    assert client.post(change(cast.elder), {"full_name": "甲"}).status_code == 403


@pytest.mark.parametrize(
    "typed", ["王桂兰", "桂兰", "wgl", "wangguilan", "WANG GUI", "5678", "13812345678", ID]
)
def test_a_resident_is_found_as_clerks_type(desk, cast, guilan, now, typed):
    actions.set_document(person_id=guilan.pk, number=ID, by=cast.worker, now=now)
    text = desk.get(listed(Person), {"q": typed}).content.decode()
    assert "王桂兰" in text
    assert "解福生" not in text


def test_surnames_are_searched_as_they_are_spoken(desk):
    assert "解福生" in desk.get(listed(Person), {"q": "xfs"}).content.decode()


# --- Records ----------------------------------------------------------------------------------


def new(cast, **fields):
    return {
        "full_name": "李 大妈",
        "sex": "F",
        "born_on": "1950-01-02",
        "born_precision": "DAY",
        "home": cast.city["community"].pk,
        "phone": "138 1234 5678",
        "contact_name": "",
        "contact_phone": "",
        **fields,
    }


def test_a_new_record_is_read_and_spelt(desk, cast):
    assert desk.post(reverse("admin:people_person_add"), new(cast)).status_code == 302
    made = Person.objects.get(full_name="李大妈")
    assert (made.phone, made.initials) == ("13812345678", "ldm")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": "12345"}, "电话看不懂"),
        ({"home": ""}, "必填"),
        ({"full_name": "李3"}, "只写文字"),
    ],
)
def test_a_record_that_lacks_something_is_asked_again(desk, cast, fields, words):
    answer = desk.post(reverse("admin:people_person_add"), new(cast, **fields))
    assert words in answer.content.decode()
    assert not Person.objects.filter(full_name__startswith="李").exists()


def test_nobody_is_put_into_another_street(desk, cast):
    answer = desk.post(reverse("admin:people_person_add"), new(cast, home=cast.city["other_community"].pk))
    assert answer.status_code == 200
    assert not Person.objects.filter(full_name="李大妈").exists()


def test_a_corrected_name_is_spelt_anew(desk, cast):
    fields = new(cast, full_name="黄桂兰", pinyin="wang gui lan", initials="wgl")
    desk.post(change(cast.guilan), fields)
    assert Person.objects.get(pk=cast.guilan.pk).initials == "hgl"


def test_changing_a_record_leaves_the_rest_alone(desk, cast, guilan):
    desk.post(
        change(guilan),
        new(cast, full_name="王桂兰", pinyin=guilan.pinyin, initials=guilan.initials, phone=""),
    )
    after = Person.objects.get(pk=guilan.pk)
    assert (after.phone, after.document_no, after.user_id) == ("13812345678", ID, guilan.user_id)


# --- Verbs ------------------------------------------------------------------------------------


def test_verbs_are_posted(desk, cast):
    for name in ("phone", "reveal", "desk-code", "merge", "erase"):
        assert desk.get(verb(cast.guilan, name)).status_code == 405
    assert Person.objects.get(pk=cast.guilan.pk).full_name == "王桂兰"
    assert desk.post(verb(cast.guilan, "no-such-verb")).status_code == 404


def test_verbs_want_a_token(cast):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.worker)
    assert strict.post(verb(cast.guilan, "erase")).status_code == 403
    assert Person.objects.get(pk=cast.guilan.pk).full_name == "王桂兰"


def test_reveal_shows_once_and_logs(desk, guilan, cast):
    answer = desk.post(verb(guilan, "reveal"), {"field": "document_no", "reason": "核对补贴名单"})
    assert ID in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    log = RevealLog.objects.get()
    assert (log.user, log.person, log.field, log.reason) == (
        cast.worker,
        guilan,
        "document_no",
        "核对补贴名单",
    )
    assert "核对补贴名单" in desk.get(listed(RevealLog)).content.decode()


def test_a_refusal_keeps_what_was_typed(desk, guilan):
    answer = desk.post(verb(guilan, "reveal"), {"field": "phone", "reason": "看"})
    page = Page(answer)
    assert page.status == 409
    assert "请写明查阅的理由" in page.text
    assert page.fields("reason")[0]["value"] == "看"
    assert not RevealLog.objects.exists()


def test_phone(desk, guilan):
    answer = desk.post(verb(guilan, "phone"), {"field": "phone", "phone": "139 0000 1111"})
    assert said(answer) == ["号码已改。"]
    assert Person.objects.get(pk=guilan.pk).phone == "13900001111"
    refused = desk.post(verb(guilan, "phone"), {"field": "phone", "phone": "139"})
    assert "电话看不懂" in refused.content.decode()
    desk.post(verb(guilan, "phone"), {"field": "contact_phone", "phone": "0371-65251265"})
    assert Person.objects.get(pk=guilan.pk).contact_phone == "0371-65251265"


def test_document(desk, cast):
    desk.post(verb(cast.elder, "document"), {"number": " 11010519491231002x "})
    elder = Person.objects.get(pk=cast.elder.pk)
    assert elder.document_no == ID
    assert elder.sex == "F"
    assert elder.born_on == date(1945, 1, 9)  # what was on file stays
    wrong = desk.post(verb(cast.elder, "document"), {"number": "110105194912310021"})
    assert "身份证号不对" in wrong.content.decode()
    taken = desk.post(verb(cast.guilan, "document"), {"number": ID})
    assert "另一份档案" in taken.content.decode()
    desk.post(verb(cast.elder, "document"), {"number": ""})
    assert Person.objects.get(pk=cast.elder.pk).document_index == ""


def test_the_slip_with_a_desk_code_opens_the_door(desk, cast):
    answer = desk.post(verb(cast.elder, "desk-code"))
    page = Page(answer)
    code = re.search(r"\d{4} \d{4}", page.text)[0]
    assert "no-store" in answer["Cache-Control"]
    assert any(link.startswith("data:image/svg+xml") for link in page.links)
    opened = actions.redeem_desk_code(code=code, now=timezone.now())
    assert opened == Person.objects.get(pk=cast.elder.pk).user


def test_no_desk_code_for_staff(desk, cast):
    person = people.person("周敏", cast.worker, cast.city["community"])
    answer = desk.post(verb(person, "desk-code"))
    assert said(answer) == ["这位居民不在您负责的范围内，或者她有工作台账号。"]


def test_agent_and_guardian(desk, cast):
    answer = {"agent": "wgl", "relation": "邻居", "kind": "AGENT"}
    desk.post(verb(cast.elder, "agent"), answer)
    tie = Guardianship.objects.get(ward=cast.elder, until=None)
    assert (tie.guardian, tie.kind, tie.confirmed_by) == (cast.guilan, GuardianKind.AGENT, cast.worker)
    desk.post(verb(cast.elder, "agent"), {**answer, "kind": "GUARDIAN"})
    assert Guardianship.objects.get(ward=cast.elder, until=None).kind == GuardianKind.GUARDIAN
    page = Page(desk.post(verb(cast.elder, "agent"), {**answer, "agent": "查无此人"}))
    assert "没有找到这位居民" in page.text
    desk.post(verb(Guardianship.objects.get(until=None, ward=cast.elder), "end"))
    assert not Guardianship.objects.filter(ward=cast.elder, until=None).exists()


def test_a_name_that_two_share_is_told_apart(desk, cast):
    twins = [people.person("李小明", home=cast.city["community"]) for _ in range(2)]
    page = Page(
        desk.post(verb(cast.elder, "agent"), {"agent": "李小明", "relation": "侄子", "kind": "AGENT"})
    )
    assert page.status == 422
    assert all(f"#{twin.pk}" in page.text for twin in twins)
    desk.post(verb(cast.elder, "agent"), {"agent": f"#{twins[1].pk}", "relation": "侄子", "kind": "AGENT"})
    assert Guardianship.objects.get(ward=cast.elder).guardian == twins[1]


def test_consent_on_paper(desk, cast):
    Consent.objects.filter(person=cast.zixuan).update(withdrawn_at=cast.guilan.user.joined_at)
    alone = desk.post(verb(cast.zixuan, "consent"), {"purpose": "COURSES", "guardian": ""})
    assert "监护人" in alone.content.decode()
    desk.post(verb(cast.zixuan, "consent"), {"purpose": "COURSES", "guardian": cast.guilan.pk})
    made = Consent.objects.get(person=cast.zixuan, withdrawn_at=None)
    assert (made.given_by, made.recorded_by) == (cast.guilan, cast.worker)
    stranger = desk.post(verb(cast.zixuan, "consent"), {"purpose": "COURSES", "guardian": cast.elder.pk})
    assert stranger.status_code == 422


def test_merge_and_its_undoing(desk, cast):
    double = people.person("王桂兰", home=cast.city["community"])
    Consent.objects.create(
        person=double, purpose=Purpose.AGENT, given_by=double, given_at=cast.guilan.user.joined_at
    )
    desk.post(verb(cast.guilan, "merge"), {"other": f"#{double.pk}"})
    assert Consent.objects.get(purpose=Purpose.AGENT).person == cast.guilan
    assert desk.get(change(double)).status_code == 302
    merge = Merge.objects.get()
    assert "撤销合并" in desk.get(change(merge)).content.decode()
    desk.post(verb(merge, "undo"))
    assert Consent.objects.get(purpose=Purpose.AGENT).person == double
    assert "撤销合并</button>" not in desk.get(change(merge)).content.decode()


def test_merging_two_accounts_is_refused(desk, cast):
    other = people.resident("王桂兰", cast.city["community"])
    answer = desk.post(verb(cast.guilan, "merge"), {"other": f"#{other.pk}"})
    assert answer.status_code == 409
    assert "两份档案都有账号" in answer.content.decode()


def test_erase(desk, cast):
    answer = desk.post(verb(cast.elder, "erase"))
    assert answer["Location"] == listed(Person)
    assert Person.objects.get(pk=cast.elder.pk).full_name == "已注销"


def test_what_was_done_is_in_the_records_history(desk, guilan):
    desk.post(verb(guilan, "phone"), {"field": "phone", "phone": ""})
    text = desk.get(reverse("admin:people_person_history", args=[guilan.pk])).content.decode()
    assert "改电话" in text


def test_logs_are_read_only(desk, guilan, cast):
    desk.post(verb(guilan, "reveal"), {"field": "phone", "reason": "核对"})
    log = RevealLog.objects.get()
    for page in (change(log), change(Consent.objects.first())):
        assert not Page(desk.get(page)).fields("_save")
        assert desk.post(page, {}).status_code == 403
    assert desk.post(reverse("admin:people_reveallog_delete", args=[log.pk])).status_code == 403
    assert desk.get(reverse("admin:people_reveallog_add")).status_code == 403


def test_nothing_of_a_resident_is_deleted(desk, cast):
    assert desk.post(reverse("admin:people_person_delete", args=[cast.guilan.pk])).status_code == 403


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


APPOINT = "admin:people_membership_verb_list"


def test_a_director_appoints_inside_the_reach(director, cast):
    answer = director.post(reverse(APPOINT, args=["appoint"]), appointment(cast))
    assert "社工" in said(answer)[0]
    made = User.objects.get(phone="13700000001")
    assert made.is_staff
    assert not made.is_superuser
    assert made.check_password("a-good-password-1")
    assert made.may("courses.enrol", cast.city["grid"])
    director.post(reverse(APPOINT, args=["appoint"]), appointment(cast))
    assert Membership.objects.filter(user=made).count() == 1


def test_a_known_account_keeps_its_password(director, cast):
    user = cast.guilan.user
    director.post(reverse(APPOINT, args=["appoint"]), appointment(cast, phone=user.phone, password=""))
    assert User.objects.get(pk=user.pk).check_password(people.PASSWORD)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"password": "123"}, "密码"), ({"phone": "123"}, "手机号"), ({"password": ""}, "密码")],
)
def test_an_appointment_that_lacks_something(director, cast, fields, words):
    answer = director.post(reverse(APPOINT, args=["appoint"]), appointment(cast, **fields))
    assert answer.status_code in {409, 422}
    assert words in answer.content.decode()
    assert not Membership.objects.filter(division=cast.city["community"]).exists()


def test_no_post_in_another_street(director, cast):
    answer = director.post(
        reverse(APPOINT, args=["appoint"]), appointment(cast, division=cast.city["other_community"].pk)
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
    assert desk.post(reverse(APPOINT, args=["appoint"]), appointment(cast)).status_code == 403


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
    client.post(reverse("admin:people_user_add"), {"name": "新人", "phone": "13700000009", "is_active": "on"})
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
        actions.merge_persons(
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

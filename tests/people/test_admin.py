"""Residents in the back office: masked, in reach, changed through verbs."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from people.actions.accounts import redeem_desk_code
from people.actions.persons import set_document
from people.models import Consent, Guardianship, Merge, Person, RevealLog
from people.rules import GuardianKind, Purpose
from tests.backoffice import add, change, delete, listed, said, sought, verb
from tests.factories import people
from tests.html import Page

ID = "11010519491231002X"  # the sample number of GB 11643


@pytest.fixture
def desk(client, cast, clock):
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
    set_document(person_id=guilan.pk, number=ID, by=cast.worker, now=now)
    text = sought(desk, listed(Person), typed).content.decode()
    assert "王桂兰" in text
    assert "解福生" not in text


@pytest.mark.parametrize("typed", ["78", "45678", "345678", "1381234567", "110105"])
def test_a_masked_number_is_not_found_out_bit_by_bit(desk, guilan, typed):
    assert "王桂兰" not in sought(desk, listed(Person), typed).content.decode()


@pytest.mark.parametrize("field", ["phone__startswith", "document_index", "user__phone__startswith"])
def test_no_filter_but_those_on_the_page(desk, guilan, field):
    answer = desk.get(listed(Person), {field: "138"})
    assert answer.status_code in {302, 400}


@pytest.mark.parametrize("typed", ["65251265", "037165251265", "1265"])
def test_a_landline_is_found_with_and_without_its_area(desk, cast, typed):
    Person.objects.filter(pk=cast.elder.pk).update(phone="0371-65251265")
    assert "解福生" in sought(desk, listed(Person), typed).content.decode()


def test_surnames_are_searched_as_they_are_spoken(desk):
    assert "解福生" in sought(desk, listed(Person), "xfs").content.decode()


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
    assert desk.post(add(Person), new(cast)).status_code == 302
    made = Person.objects.get(full_name="李大妈")
    assert (made.phone, made.initials) == ("13812345678", "ldm")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": "12345"}, "电话看不懂"),
        ({"home": ""}, "不能空着"),
        ({"full_name": "李3"}, "只写文字"),
    ],
)
def test_a_record_that_lacks_something_is_asked_again(desk, cast, fields, words):
    answer = desk.post(add(Person), new(cast, **fields))
    assert words in answer.content.decode()
    assert not Person.objects.filter(full_name__startswith="李").exists()


def test_nobody_is_put_into_another_street(desk, cast):
    answer = desk.post(add(Person), new(cast, home=cast.city["other_community"].pk))
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
    assert said(answer) == "号码已改。"
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


def test_the_slip_with_a_desk_code_opens_the_door(desk, cast, clock):
    answer = desk.post(verb(cast.elder, "desk-code"))
    page = Page(answer)
    code = re.search(r"\d{4} \d{4}", page.text)[0]
    assert "no-store" in answer["Cache-Control"]
    assert any(link.startswith("data:image/svg+xml") for link in page.links)
    opened = redeem_desk_code(code=code, now=clock.now)
    assert opened == Person.objects.get(pk=cast.elder.pk).user


def test_no_desk_code_for_staff(desk, cast):
    person = people.person("周敏", cast.worker, cast.city["community"])
    answer = desk.post(verb(person, "desk-code"))
    assert said(answer).startswith("这份档案是工作人员的")


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
    assert desk.post(delete(log)).status_code == 403
    assert desk.get(add(RevealLog)).status_code == 403


def test_nothing_of_a_resident_is_deleted(desk, cast):
    assert desk.post(delete(cast.guilan)).status_code == 403

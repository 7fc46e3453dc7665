"""The family one acts for, and what is on file about oneself."""

import json
from datetime import date

import pytest

from courses.rules import EnrolmentState
from people.models import Consent, Guardianship, Person, RevealLog, User
from people.rules import Purpose
from tests.factories import courses, people
from tests.html import Page, complains

pytestmark = pytest.mark.usefixtures("clock")


# --- the family -------------------------------------------------------------------------------

CHILD = {"full_name": "王小宝", "born_on": "2019-01-01", "relation": "孙子", "kind": "GUARDIAN"}


def add(client, **changes):
    return client.post("/my/family/", {**CHILD, **changes}, follow=True)


def test_a_guardian_adds_a_child_and_consents_in_one_go(guilan, cast):
    page = Page(add(guilan, agrees="on"))
    assert "已添加王小宝，现在可以替她/他报名了。" in page.text
    child = Person.objects.get(full_name="王小宝")
    assert child.has_consent(Purpose.COURSES)
    assert Guardianship.objects.get(ward=child).guardian == cast.guilan
    assert "监护人已同意参加课程" in page.text


def test_a_grandmother_who_is_no_guardian_cannot_consent(guilan, cast):
    page = Page(add(guilan, kind="RELATIVE", agrees="on"))
    child = Person.objects.get(full_name="王小宝")
    assert not child.has_consent(Purpose.COURSES)
    assert "已添加王小宝，监护人同意以后就能报名。" in page.text
    assert "请孩子的父母用自己的账号同意，或到服务台签字。" in page.text
    refused = guilan.post(f"/my/family/{child.pk}/consent/", {"purpose": "COURSES"}, follow=True)
    assert "不满 14 岁要由监护人同意" in Page(refused).text


@pytest.mark.parametrize(
    "written", ["2019-01-01", "2019/1/1", "2019.1.1", "2019年1月1日", "20190101", "２０１９-０１-０１"]
)
def test_a_birth_date_may_be_written_as_people_write_it(guilan, written):
    add(guilan, born_on=written)
    assert Person.objects.get(full_name="王小宝").born_on == date(2019, 1, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"born_on": "昨天"}, "请写成 2018-05-06 这样的日期。"),
        ({"born_on": "2019-02-30"}, "请写成 2018-05-06 这样的日期。"),
        ({"born_on": "0001-01-01"}, "成年家人请自己注册"),
        ({"born_on": "2030-01-01"}, "出生日期在今天之后，请改一改。"),
        ({"born_on": "1999-01-01"}, "成年家人请自己注册，或到服务台登记由您代办。"),
        ({"full_name": "😀"}, "姓名只写文字"),
        ({"kind": "AGENT"}, "AGENT"),
        ({"kind": ""}, "这里不能空着，请填一下。"),
        ({"relation": "孙" * 21}, "20"),
    ],
)
def test_a_child_s_form_says_what_to_change_and_keeps_the_rest(guilan, cast, changes, sentence):
    answer = add(guilan, **changes)
    assert answer.status_code in {409, 422}  # what the form sees, and what the verb does
    page = complains(answer, sentence, answer.status_code)
    typed = {**CHILD, **changes}
    assert page.fields("full_name")[0]["value"] == typed["full_name"]
    assert page.fields("born_on")[0]["value"] == typed["born_on"]
    assert Guardianship.objects.count() == 1


def test_a_child_added_twice_is_one_child(guilan):
    add(guilan)
    add(guilan)
    assert Person.objects.filter(full_name="王小宝").count() == 1


def test_adding_a_child_never_reaches_a_stranger_s_child(guilan, cast):
    theirs = people.child("曾小宝", date(2018, 1, 1), cast.stranger)
    add(guilan, full_name="曾小宝", born_on="2018-01-01")
    assert not Guardianship.objects.filter(guardian=cast.guilan, ward=theirs).exists()


def test_more_than_eight_children_are_a_matter_for_the_desk(guilan):
    for number in "一二三四五六七":
        add(guilan, full_name=f"王{number}宝")
    complains(add(guilan, full_name="王九宝"), "一个账号最多添加 8 位家人，更多请到服务台。", 409)


def test_consent_is_withdrawn_and_given_again_and_never_deleted(guilan, cast):
    url, told = f"/my/family/{cast.zixuan.pk}/consent/", {"purpose": "COURSES"}
    withdrawn = guilan.post(f"/my/family/{cast.zixuan.pk}/withdraw-consent/", told, follow=True)
    assert "已撤回同意" in Page(withdrawn).text
    assert not cast.zixuan.has_consent(Purpose.COURSES)
    page = Page(guilan.get("/my/family/"))
    assert "还差监护人同意" in page.text
    assert "已记下您的同意" in Page(guilan.post(url, told, follow=True)).text
    guilan.post(url, told)
    assert cast.zixuan.has_consent(Purpose.COURSES)
    assert Consent.objects.filter(person=cast.zixuan).count() == 2


def test_nobody_consents_for_another_s_child(client, cast):
    client.force_login(cast.stranger.user)
    for button in ("consent", "withdraw-consent"):
        page = Page(client.post(f"/my/family/{cast.zixuan.pk}/{button}/", {"purpose": "COURSES"}))
        assert page.status == 403
        assert "没有找到这位居民。" in page.text
    assert cast.zixuan.has_consent(Purpose.COURSES)


def test_acting_for_somebody_ends_from_either_side(guilan, cast, client):
    tie = Guardianship.objects.get(ward=cast.zixuan)
    client.force_login(cast.stranger.user)
    assert client.post(f"/my/family/{tie.pk}/end/").status_code == 403
    client.force_login(cast.guilan.user)
    only = Page(client.post(f"/my/family/{tie.pk}/end/", follow=True))
    assert "王子轩还没有成年，不能没有监护人。" in only.text
    Guardianship.objects.create(guardian=cast.stranger, ward=cast.zixuan, kind="GUARDIAN")
    assert "代办关系已结束。" in Page(client.post(f"/my/family/{tie.pk}/end/", follow=True)).text
    assert "王子轩" not in Page(client.get("/my/family/")).text

    helped = Guardianship.objects.create(guardian=cast.stranger, ward=cast.guilan, kind="AGENT")
    page = Page(client.get("/my/family/"))
    assert "谁可以替我办事" in page.headings("h2")
    assert "曾小雨" in page.text
    client.post(f"/my/family/{helped.pk}/end/")
    helped.refresh_from_db()
    assert helped.until is not None


@pytest.mark.parametrize("path", ["/my/family/1/end/", "/my/family/1/consent/", "/my/calendar/renew/"])
def test_opening_the_address_of_a_button_changes_nothing(guilan, path):
    assert guilan.get(path).status_code == 405


# --- what is on file --------------------------------------------------------------------------


def test_my_data_shows_what_is_kept_masked_and_who_looked(guilan, cast, now):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    RevealLog.objects.create(user=cast.worker, person=cast.guilan, field="phone", reason="上门前联系", at=now)
    page = Page(guilan.get("/my/data/"))
    for words in ("王桂兰", "王子轩", "138****5678", "通信花园社区", "周敏", "上门前联系"):
        assert words in page.text
    assert "周敏 电话 上门前联系" in page.text
    assert "13812345678" not in page.text


def test_everything_on_file_can_be_taken_away_and_holds_only_one_s_own(guilan, cast, now):
    courses.seat(courses.class_group(cast.center, now, name="书法一班"), cast.guilan, now)
    response = guilan.post("/my/data/file/", {"password": people.PASSWORD})
    assert "attachment" in response["Content-Disposition"]
    data = json.loads(response.content)
    names = {person["姓名"] for person in data["people"]}
    assert names == {"王桂兰", "王子轩"}
    assert "书法一班" in response.content.decode()
    assert "曾小雨" not in response.content.decode()


def test_an_account_is_closed_only_after_a_second_thought(guilan, cast):
    both = {"whose": [cast.guilan.pk, cast.zixuan.pk]}
    complains(guilan.post("/my/data/", both), "要注销，请先勾上这一句。", 422)
    page = Page(guilan.post("/my/data/", {**both, "sure": "on", "password": people.PASSWORD}, follow=True))
    assert "账号已注销，您的资料已删除。" in page.text
    assert guilan.get("/my/").status_code == 302
    cast.guilan.refresh_from_db()
    assert (cast.guilan.full_name, cast.guilan.phone, cast.guilan.home) == ("已注销", "", None)
    assert not User.objects.get(pk=cast.guilan.user_id).is_active


def test_a_guardian_is_told_what_to_do_about_the_child_first(guilan, cast):
    only_me = {"whose": [cast.guilan.pk], "sure": "on", "password": people.PASSWORD}
    complains(guilan.post("/my/data/", only_me), "王子轩还没有成年，不能没有监护人。", 409)
    stranger = {"whose": [cast.stranger.pk], "sure": "on", "password": people.PASSWORD}
    assert guilan.post("/my/data/", stranger).status_code == 422
    page = Page(
        guilan.post(
            "/my/data/", {"whose": [cast.zixuan.pk], "sure": "on", "password": people.PASSWORD}, follow=True
        )
    )
    assert "孩子的资料已删除。" in page.text
    assert [
        person.full_name for person in Person.objects.filter(pk__in=[cast.guilan.pk, cast.zixuan.pk])
    ] == [
        "已注销",
        "王桂兰",
    ]
    assert "注销谁的资料" not in Page(guilan.get("/my/data/")).text  # there is nobody but herself now
    assert (
        "账号已注销"
        in Page(guilan.post("/my/data/", {"sure": "on", "password": people.PASSWORD}, follow=True)).text
    )


def test_an_account_with_a_seat_gives_it_back_first(guilan, cast, now):
    courses.seat(courses.class_group(cast.center, now), cast.guilan, now, EnrolmentState.WAITING)
    both = {"whose": [cast.guilan.pk, cast.zixuan.pk], "sure": "on", "password": people.PASSWORD}
    complains(guilan.post("/my/data/", both), "还有在读或候补的课，请先退课，再注销。", 409)
    cast.guilan.refresh_from_db()
    assert cast.guilan.full_name == "王桂兰"


def test_a_password_is_changed_after_the_old_one_was_given(guilan, cast):
    data = {"oldpassword": people.PASSWORD, "password1": "xin-mima-2027", "password2": "xin-mima-2027"}
    assert guilan.post("/account/password/change/", data).url == "/my/data/"
    cast.guilan.user.refresh_from_db()
    assert cast.guilan.user.check_password("xin-mima-2027")
    assert guilan.get("/my/").status_code == 200

"""One's own account: signing up and in, the desk code, the family, what is on file."""

import json
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test import Client

from courses.rules import EnrolmentState
from people import actions
from people.models import Consent, Guardianship, Person, RevealLog, User
from people.rules import Purpose
from tests.factories import courses, people
from tests.html import Page

pytestmark = pytest.mark.usefixtures("clock")

NEW = {"full_name": "赵一鸣", "phone": "13812345678", "password1": "laolao-he-wo-7"}


def sign_up(client, follow=False, **changes):
    return client.post("/account/signup/", {**NEW, **changes}, follow=follow)


def sign_in(client, person, password=people.PASSWORD, **more):
    return client.post("/account/login/", {"login": person.user.phone, "password": password, **more})


def complains(response, sentence, status=200):
    """The page is shown again: the sentence on top and at the field, the title says so."""
    page = Page(response)
    assert page.status == status
    assert sentence in page.text
    assert page.heading("title").startswith("错误：")
    assert "请改一下再提交" in page.headings("h2")
    return page


@pytest.fixture
def guilan(client, cast):
    client.force_login(cast.guilan.user)
    return client


# --- signing up -------------------------------------------------------------------------------


def test_one_screen_makes_an_account_and_a_person_and_signs_in(client, db):
    response = sign_up(client, next="/classes/")
    assert response.url == "/classes/"
    user = User.objects.get(phone="13812345678")
    assert user.check_password(NEW["password1"])
    assert (user.person.full_name, user.person.phone, user.name) == ("赵一鸣", "13812345678", "赵一鸣")
    assert client.get("/my/").status_code == 200


@pytest.mark.parametrize("phone", ["138 1234 5678", "１３８１２３４５６７８", "+86 138-1234-5678"])
def test_a_phone_may_be_written_as_people_write_it(client, db, phone):
    sign_up(client, phone=phone)
    assert User.objects.get().phone == "13812345678"


@pytest.mark.parametrize(
    "name", ["龚䶮", "𠅤一鸣", " 赵 一鸣 ", "阿依古丽·买买提", "阿依古丽•买买提", "赵" * 60]
)
def test_rare_characters_and_foreign_names_are_names(client, db, name):
    assert sign_up(client, full_name=name).status_code == 302
    kept = Person.objects.get().full_name
    assert kept == name.replace(" ", "").replace("•", "·")


@pytest.mark.parametrize("name", ["😀", "赵😀鸣", "赵一鸣1", "<b>赵</b>", "赵/鸣", "12345"])
def test_a_name_of_signs_is_refused_and_what_was_typed_stays(client, db, name):
    page = complains(sign_up(client, full_name=name), "姓名只写文字，不写数字和符号。")
    assert page.fields("full_name")[0]["value"] == name
    assert page.fields("phone")[0]["value"] == NEW["phone"]
    assert not page.fields("password1")[0].get("value")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"phone": "12345"}, "手机号是 11 位数字，以 1 开头，请检查一下。"),
        ({"phone": "0371-65251265"}, "手机号是 11 位数字，以 1 开头，请检查一下。"),
        ({"phone": ""}, "该字段是必填项。"),
        ({"full_name": ""}, "该字段是必填项。"),
        ({"full_name": "赵\0鸣"}, "不允许"),
        ({"full_name": "赵" * 61}, "60"),
        ({"password1": "short"}, "8"),
        ({"password1": "password123"}, "密码"),
        ({"password1": ""}, "该字段是必填项。"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(client, db, changes, sentence):
    complains(sign_up(client, **changes), sentence)
    assert not User.objects.exists()


def test_a_name_of_5_megabytes_is_refused_in_plain_words(client, db):
    response = sign_up(client, full_name="赵" * 5_000_000)
    page = Page(response)
    assert page.status in {400, 413}
    assert "太长" in page.text
    assert not User.objects.exists()


def test_a_phone_that_has_an_account_is_sent_to_sign_in(client, cast):
    complains(
        sign_up(client, phone=cast.guilan.user.phone),
        "这个手机号已经注册过，请直接登录；忘了密码请到服务台。",
    )
    assert Person.objects.filter(user=cast.guilan.user).count() == 1


def test_signing_up_never_takes_over_a_record_with_the_same_name_and_phone(client, cast):
    known = people.person("赵一鸣", phone="13812345678", home=cast.city["community"])
    sign_up(client)
    fresh = User.objects.get(phone="13812345678").person
    assert fresh != known
    known.refresh_from_db()
    assert known.user is None
    assert fresh.home is None


def test_too_many_sign_ups_from_one_place_are_asked_to_wait(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "2/h/ip"}
    for _try in range(2):
        sign_up(client, full_name="1")
    page = Page(sign_up(client))
    assert page.status == 429
    assert page.heading() == "试得太快了，请歇几分钟"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_sign_up_makes_one_account_and_no_error():
    answers = []

    def click():
        answers.append(sign_up(Client()).status_code)
        connection.close()

    clicks = [Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert User.objects.count() == Person.objects.count() == 1
    assert sorted(set(answers)) in ([200, 302], [302])


# --- signing in -------------------------------------------------------------------------------


def test_phone_and_password_open_the_door_and_lead_back(client, cast):
    assert sign_in(client, cast.guilan, next="/my/inbox/").url == "/my/inbox/"


def test_the_way_back_is_never_another_site(client, cast):
    assert sign_in(client, cast.guilan, next="https://evil.example/").url == "/"


@pytest.mark.parametrize("password", ["wrong", "x" * 5000, "\0"])
def test_a_wrong_password_is_said_without_telling_which_of_the_two(client, cast, password):
    page = Page(sign_in(client, cast.guilan, password))
    assert page.status == 200
    assert "手机号或密码不对" in page.text or "不允许" in page.text
    assert client.get("/my/").status_code == 302


def test_guessing_is_stopped_even_for_the_right_password_after_it(client, cast):
    for _guess in range(5):
        sign_in(client, cast.guilan, "wrong")
    page = Page(sign_in(client, cast.guilan))
    assert "试的次数太多了，请过 5 分钟再试" in page.text
    assert client.get("/my/").status_code == 302


def test_one_who_guesses_does_not_lock_out_her_neighbour(client, cast):
    for _guess in range(5):
        sign_in(client, cast.guilan, "wrong")
    assert sign_in(client, cast.stranger).status_code == 302


def test_a_closed_account_stays_closed(client, cast):
    User.objects.filter(pk=cast.guilan.user.pk).update(is_active=False)
    page = Page(
        client.post(
            "/account/login/", {"login": cast.guilan.user.phone, "password": people.PASSWORD}, follow=True
        )
    )
    assert "停用" in page.text
    assert client.get("/my/").status_code == 302


def test_signing_out_asks_first_and_ends_the_session(guilan):
    assert Page(guilan.get("/account/logout/")).heading() == "退出登录？"
    guilan.post("/account/logout/")
    assert guilan.get("/my/").status_code == 302


@pytest.mark.parametrize(
    "url", ["/my/", "/my/inbox/", "/my/family/", "/my/data/", "/my/profile/", "/my/data/file/"]
)
def test_one_s_own_pages_ask_to_sign_in(client, db, url):
    assert client.get(url).url == f"/account/login/?next={url}"


# --- the code of the desk ---------------------------------------------------------------------


def use(client, code, **more):
    return client.post("/desk-code/", {"code": code}, **more)


@pytest.fixture
def code(cast, now):
    return actions.issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]


def test_a_printed_code_signs_in_who_has_no_phone(client, cast, code):
    page = Page(use(client, f"{code[:4]} {code[4:]}", follow=True))
    assert page.heading() == "我的"
    cast.elder.refresh_from_db()
    assert (cast.elder.user.phone, cast.elder.user.name) == (None, "解福生")


def test_a_code_in_full_width_digits_is_the_same_code(client, cast, code):
    assert use(client, code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))).status_code == 302


def test_a_code_works_once(client, cast, code):
    use(client, code)
    client.logout()
    complains(use(client, code), "验证码不对、已经用过或过期了，请到服务台重新打印一张。", 422)


def test_a_code_dies_after_a_day(client, cast, code, clock, now):
    clock.now = now + timedelta(hours=24)
    complains(use(client, code), "验证码不对、已经用过或过期了", 422)


@pytest.mark.parametrize("wrong", ["00000000", "abc", "", "1" * 41, "\0", "１２"])
def test_a_wrong_code_is_refused_in_words(client, cast, wrong):
    page = Page(use(client, wrong))
    assert page.status == 422
    assert page.heading("title").startswith("错误：")
    assert client.get("/my/").status_code == 302


def test_guessing_codes_is_stopped(client, cast, code):
    for _guess in range(30):
        assert use(client, "00000000").status_code == 422
    page = Page(use(client, code))
    assert page.status == 429
    assert page.heading() == "试得太快了，请歇几分钟"


def test_right_codes_do_not_count_as_guesses(client, cast, now):
    for _elder in range(32):
        code = actions.issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]
        assert use(client, code).status_code == 302
        client.logout()


def test_a_code_brings_an_old_record_to_a_fresh_account(client, cast, code, now):
    group = courses.class_group(cast.center, now, name="书法一班")
    courses.seat(group, cast.elder, now)
    sign_up(client, full_name="解福生")
    assert Page(client.get("/desk-code/")).heading() == "把服务台的记录接过来"
    page = Page(use(client, code, follow=True))
    assert "书法一班" in page.text
    assert Person.objects.get(user__phone="13812345678") == cast.elder


def test_a_record_that_has_an_account_is_not_taken_over(client, cast, now):
    code = actions.issue_desk_code(person_id=cast.guilan.pk, by=cast.worker, now=now)[1]
    client.force_login(cast.stranger.user)
    complains(use(client, code), "这份档案已有账号，请先退出，再用验证码登录。", 422)


# --- a name for an account made by staff ------------------------------------------------------


def test_an_account_without_a_person_is_asked_for_a_name_once(client, db):
    client.force_login(people.user("新人"))
    assert client.get("/my/").url == "/my/profile/"
    complains(client.post("/my/profile/", {"full_name": "123"}), "姓名只写文字", 422)
    assert client.post("/my/profile/", {"full_name": "赵一鸣"}).url == "/my/"
    assert client.get("/my/").status_code == 200
    client.post("/my/profile/", {"full_name": "钱二"})
    assert Person.objects.get().full_name == "赵一鸣"


# --- a birth date -----------------------------------------------------------------------------


def test_a_missing_birth_date_is_told_once_and_leads_back_to_the_class(client, cast, now):
    group = courses.class_group(cast.center, now, name="书法一班", min_age=18)
    newcomer = people.resident("赵一鸣")
    client.force_login(newcomer.user)
    page = Page(client.post(f"/classes/{group.pk}/enrol/", {"person": newcomer.pk}))
    assert page.status == 409
    (link,) = [link for link in page.links if link.startswith("/my/birth/")]
    complains(client.post(link, {"born_on": "2030-01-01"}), "出生日期不对，请检查年份。", 422)
    assert client.post(link, {"born_on": "1990年7月1日"}).url == f"/classes/{group.pk}/"
    newcomer.refresh_from_db()
    assert newcomer.born_on == date(1990, 7, 1)
    complains(client.post(link, {"born_on": "1980-01-01"}), "出生日期已经登记过，要改请到服务台。", 422)


def test_telling_a_birth_date_leads_nowhere_else(client, db):
    client.force_login(people.resident("赵一鸣").user)
    assert client.post("/my/birth/?next=//evil.example", {"born_on": "1990-07-01"}).url == "/classes/"


def test_who_is_too_old_is_not_asked_for_a_date_that_is_known(guilan, cast, now):
    group = courses.class_group(cast.center, now, max_age=60)
    page = Page(guilan.post(f"/classes/{group.pk}/enrol/", {"person": cast.guilan.pk}))
    assert not [link for link in page.links if "/my/birth/" in link]


# --- the family -------------------------------------------------------------------------------

CHILD = {"full_name": "王小宝", "born_on": "2019-01-01", "relation": "孙子", "kind": "GUARDIAN"}


def add(client, **changes):
    return client.post("/my/family/", {**CHILD, **changes}, follow=True)


def test_a_guardian_adds_a_child_and_consents_in_one_go(guilan, cast):
    page = Page(add(guilan, agrees="on"))
    assert "已添加王小宝" in page.text
    child = Person.objects.get(full_name="王小宝")
    assert child.has_consent(Purpose.COURSES)
    assert Guardianship.objects.get(ward=child).guardian == cast.guilan
    assert "监护人已同意参加课程" in page.text


def test_a_grandmother_who_is_no_guardian_cannot_consent(guilan, cast):
    page = Page(add(guilan, kind="RELATIVE", agrees="on"))
    child = Person.objects.get(full_name="王小宝")
    assert not child.has_consent(Purpose.COURSES)
    assert "请孩子的父母用自己的账号同意，或到服务台签字。" in page.text
    refused = guilan.post(f"/my/family/{child.pk}/consent/")
    assert refused.status_code == 409
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
        ({"kind": ""}, "该字段是必填项。"),
        ({"relation": "孙" * 21}, "20"),
    ],
)
def test_a_child_s_form_says_what_to_change_and_keeps_the_rest(guilan, cast, changes, sentence):
    page = complains(add(guilan, **changes), sentence, 422)
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
    complains(add(guilan, full_name="王九宝"), "一个账号最多添加 8 位家人，更多请到服务台。", 422)


def test_consent_is_withdrawn_and_given_again_and_never_deleted(guilan, cast):
    url = f"/my/family/{cast.zixuan.pk}/consent/"
    assert "已撤回同意" in Page(guilan.post(url, {"withdraw": "1"}, follow=True)).text
    assert not cast.zixuan.has_consent(Purpose.COURSES)
    page = Page(guilan.get("/my/family/"))
    assert "还差监护人同意" in page.text
    assert "已记下您的同意" in Page(guilan.post(url, follow=True)).text
    guilan.post(url)
    assert cast.zixuan.has_consent(Purpose.COURSES)
    assert Consent.objects.filter(person=cast.zixuan).count() == 2


def test_nobody_consents_for_another_s_child(client, cast):
    client.force_login(cast.stranger.user)
    for data in ({}, {"withdraw": "1"}):
        page = Page(client.post(f"/my/family/{cast.zixuan.pk}/consent/", data))
        assert page.status == 403
        assert "没有找到这位居民。" in page.text
    assert cast.zixuan.has_consent(Purpose.COURSES)


def test_acting_for_somebody_ends_from_either_side(guilan, cast, client):
    tie = Guardianship.objects.get(ward=cast.zixuan)
    client.force_login(cast.stranger.user)
    assert client.post(f"/my/family/{tie.pk}/end/").status_code == 403
    client.force_login(cast.guilan.user)
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
    response = guilan.get("/my/data/file/")
    assert "attachment" in response["Content-Disposition"]
    data = json.loads(response.content)
    names = {person["姓名"] for person in data["people"]}
    assert names == {"王桂兰", "王子轩"}
    assert "书法一班" in response.content.decode()
    assert "曾小雨" not in response.content.decode()


def test_an_account_is_closed_only_after_a_second_thought(guilan, cast):
    complains(guilan.post("/my/data/", {"sure": ""}), "该字段是必填项。", 422)
    page = Page(guilan.post("/my/data/", {"sure": "on"}, follow=True))
    assert "账号已注销，您的资料已删除。" in page.text
    assert guilan.get("/my/").status_code == 302
    cast.guilan.refresh_from_db()
    assert (cast.guilan.full_name, cast.guilan.phone, cast.guilan.home) == ("已注销", "", None)
    assert not User.objects.get(pk=cast.guilan.user_id).is_active


def test_an_account_with_a_seat_gives_it_back_first(guilan, cast, now):
    courses.seat(courses.class_group(cast.center, now), cast.guilan, now, EnrolmentState.WAITING)
    complains(guilan.post("/my/data/", {"sure": "on"}), "还有在读或候补的课，请先退课，再注销。", 422)
    cast.guilan.refresh_from_db()
    assert cast.guilan.full_name == "王桂兰"


def test_a_password_is_changed_after_the_old_one_was_given(guilan, cast):
    data = {"oldpassword": people.PASSWORD, "password1": "xin-mima-2027", "password2": "xin-mima-2027"}
    assert guilan.post("/account/password/change/", data).status_code == 302
    cast.guilan.user.refresh_from_db()
    assert cast.guilan.user.check_password("xin-mima-2027")
    assert guilan.get("/my/").status_code == 200

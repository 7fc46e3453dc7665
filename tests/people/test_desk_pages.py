"""What a printed code opens, and what an account may lack: a password, a name, a birth date."""

from datetime import date, timedelta

import pytest
from django.test import Client

from people.actions.accounts import issue_desk_code
from people.actions.staff import appoint
from people.models import Person, User
from people.rules import Role
from people.views import DESK_CODES
from tests.accounts import sign_in, sign_up
from tests.factories import courses, people
from tests.html import Page, complains, opened

pytestmark = pytest.mark.usefixtures("clock")


# --- the code of the desk ---------------------------------------------------------------------


def use(client, code, **more):
    return client.post("/desk-code/", {"code": code}, **more)


@pytest.fixture
def code(cast, now):
    return issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]


def test_a_printed_code_signs_in_who_has_no_phone(client, cast, code):
    page = Page(use(client, f"{code[:4]} {code[4:]}", follow=True))
    assert page.heading() == "我的"
    cast.elder.refresh_from_db()
    assert (cast.elder.user.phone, cast.elder.user.name) == (None, "解福生")


def test_who_was_on_the_way_somewhere_gets_there(client, cast, code, now):
    login = Page(client.get("/account/login/?next=/classes/5/"))
    (link,) = [link for link in login.links if link.startswith("/desk-code/")]
    assert client.post(link, {"code": code})["Location"] == "/classes/5/"
    phone = issue_desk_code(person_id=cast.guilan.pk, by=cast.worker, now=now)[1]
    other = Client()
    asked = other.post(link, {"code": phone})["Location"]
    assert asked == "/account/password/set/?next=%2Fclasses%2F5%2F"
    assert other.post(asked, {"password": "a-good-password-1"})["Location"] == "/classes/5/"


def test_a_code_in_full_width_digits_is_the_same_code(client, cast, code):
    assert use(client, code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))).status_code == 302


def test_a_code_works_once(client, cast, code):
    use(client, code)
    client.logout()
    complains(use(client, code), "验证码不对、已经用过或过期了，请到服务台重新打印一张。", 409)


def test_a_code_dies_after_a_day(client, cast, code, clock, now):
    clock.now = now + timedelta(hours=24)
    complains(use(client, code), "验证码不对、已经用过或过期了", 409)


@pytest.mark.parametrize("wrong", ["00000000", "abc", "", "1" * 41, "１２"])
def test_a_wrong_code_is_refused_in_words(client, cast, wrong):
    page = Page(use(client, wrong))
    assert page.status in {409, 422}
    assert page.heading("title").startswith("错误：")
    assert client.get("/my/").status_code == 302


def test_guessing_codes_is_stopped(client, cast, code):
    for _guess in range(DESK_CODES.most):
        assert use(client, "00000000").status_code == 409
    page = Page(use(client, code))
    assert page.status == 429
    assert page.heading() == "试得太快了，请歇几分钟"


def test_right_codes_do_not_count_as_guesses(client, cast, now):
    for _elder in range(32):
        code = issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]
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
    code = issue_desk_code(person_id=cast.guilan.pk, by=cast.worker, now=now)[1]
    client.force_login(cast.stranger.user)
    complains(use(client, code), "这份档案已有账号，请先退出，再用验证码登录。", 409)


def test_a_code_printed_before_an_appointment_opens_no_workplace(client, cast, now):
    code = issue_desk_code(person_id=cast.guilan.pk, by=cast.worker, now=now)[1]
    appoint(
        phone=cast.guilan.user.phone, name="王桂兰", division_id=cast.city["street"].pk,
        role=Role.SOCIAL_WORKER, by=cast.admin, now=now,
    )  # fmt: skip
    sentence = "工作人员的账号不能用验证码登录，请用手机号和密码登录。"
    complains(use(client, code), "验证码不对、已经用过或过期了", 409)
    assert "_auth_user_id" not in client.session
    other = issue_desk_code(person_id=cast.elder.pk, by=cast.worker, now=now)[1]
    client.force_login(cast.worker)  # nor does staff take a record over by one
    complains(use(client, other), sentence, 409)


# --- a forgotten password ---------------------------------------------------------------------


def test_who_forgot_her_password_comes_in_by_a_code_and_sets_a_new_one(client, cast, now):
    code = issue_desk_code(person_id=cast.guilan.pk, by=cast.worker, now=now)[1]
    page = Page(use(client, code, follow=True))
    assert page.heading() == "设一个新密码"
    assert "先不设，以后再说" in page.text
    complains(client.post("/account/password/set/", {"password": "short"}), "8", 409)
    page = Page(client.post("/account/password/set/", {"password": "xin-mima-2027"}, follow=True))
    assert "新密码可以用了" in page.text
    assert client.get("/my/").status_code == 200
    client.logout()
    assert sign_in(client, cast.guilan, "xin-mima-2027").status_code == 302


def test_the_code_vouches_for_one_new_password_only(client, cast, now):
    code = issue_desk_code(person_id=cast.guilan.pk, by=cast.worker, now=now)[1]
    use(client, code)
    client.post("/account/password/set/", {"password": "xin-mima-2027"})
    response = client.post("/account/password/set/", {"password": "geheim-2028"})
    assert response.url == "/account/password/change/"
    assert User.objects.get(pk=cast.guilan.user_id).check_password("xin-mima-2027")


def test_who_signed_in_with_her_password_is_asked_for_it_first(guilan, cast):
    assert (
        guilan.post("/account/password/set/", {"password": "xin-mima-2027"}).url
        == "/account/password/change/"
    )
    assert User.objects.get(pk=cast.guilan.user_id).check_password(people.PASSWORD)


def test_a_new_password_ends_the_sessions_of_others(client, cast, now):
    thief = Client()
    thief.force_login(cast.guilan.user)
    use(client, issue_desk_code(person_id=cast.guilan.pk, by=cast.worker, now=now)[1])
    client.post("/account/password/set/", {"password": "xin-mima-2027"})
    assert thief.get("/my/").status_code == 302


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
    complains(client.post(link, {"born_on": "2030-01-01"}), "出生日期在今天之后，请改一改。", 409)
    assert client.post(link, {"born_on": "1990年7月1日"}).url == f"/classes/{group.pk}/"
    newcomer.refresh_from_db()
    assert newcomer.born_on == date(1990, 7, 1)
    complains(client.post(link, {"born_on": "1980-01-01"}), "出生日期已经登记过，要改请到服务台。", 409)


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/", "foo", "people:home", ""])
def test_telling_a_birth_date_leads_nowhere_else(client, db, wanted):
    client.force_login(people.resident("赵一鸣").user)
    assert client.post(f"/my/birth/?next={wanted}", {"born_on": "1990-07-01"}).url == "/"


def test_who_is_too_old_is_not_asked_for_a_date_that_is_known(guilan, cast, now):
    group = courses.class_group(cast.center, now, max_age=60)
    page = Page(guilan.post(f"/classes/{group.pk}/enrol/", {"person": cast.guilan.pk}))
    assert not [link for link in page.links if "/my/birth/" in link]


# --- a community ------------------------------------------------------------------------------


def test_a_newcomer_tells_her_community_where_she_is_asked_and_goes_on(client, cast):
    newcomer = people.resident("赵一鸣")
    client.force_login(newcomer.user)
    page = Page(client.post("/volunteer/join/?next=/gifts/", {"person": newcomer.pk}))
    assert (page.status, "请先填上所在社区，再登记志愿者。" in page.text) == (409, True)
    (link,) = [link for link in page.links if link.startswith("/my/home/")]
    assert client.post(link, {"person": newcomer.pk, "home": ""}).status_code == 422
    back = client.post(link, {"person": newcomer.pk, "home": cast.city["community"].pk}).url
    assert client.post(back, {"person": newcomer.pk}).url == "/gifts/"
    assert "已经登记过" in opened(client, link).text


def test_without_a_community_the_order_page_leads_to_it(client, cast):
    newcomer = people.resident("赵一鸣")
    client.force_login(newcomer.user)
    (link,) = [link for link in opened(client, "/services/errand/").links if link.startswith("/my/home/")]
    assert (
        client.post(link, {"person": newcomer.pk, "home": cast.city["community"].pk}).url
        == "/services/errand/"
    )
    assert [link for link in opened(client, "/my/data/").links if "/my/home/" in link] == []


def test_nobody_tells_the_community_of_others(guilan, cast):
    cast.elder.home = None
    cast.elder.save()
    answer = guilan.post("/my/home/", {"person": cast.elder.pk, "home": cast.city["community"].pk})
    assert answer.status_code == 422
    cast.elder.refresh_from_db()
    assert cast.elder.home is None

"""Pages that everybody may read: the class list, a class."""

import pytest
from django.urls import reverse

from centers.models import Center
from courses.models.catalogue import ClassGroup, Course
from courses.models.session import SkippedDate
from courses.rules import ClassState, EnrolBy, EnrolmentState, SessionState
from tests.factories import courses, people
from tests.factories.courses import at
from tests.factories.stages import put
from tests.html import opened

pytestmark = pytest.mark.usefixtures("clock")


def listed(client, **query):
    """The names of the classes on the list, in order."""
    page = opened(client, "/classes/", **query)
    assert page.status == 200
    return page.headings("h3")


@pytest.fixture
def catalogue(cast, now):
    return courses.catalogue(cast.center, now, cast.elder)


# --- list -------------------------------------------------------------------------------------


def test_the_list_shows_every_class_by_the_time_of_its_next_session(client, catalogue):
    assert listed(client) == ["书法一班", "书法二班", "截止的班", "广场舞一班", "少儿绘画班"]
    page = opened(client, "/classes/")
    assert "陈国华老师" in page.text
    assert "已满，可候补（前面没有人）" in page.text
    assert "报名已截止" in page.text
    assert "6–12 岁" in page.text
    assert "还有 20 个名额" in page.text


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ("tonight", ["书法一班"]),
        ("week", ["书法一班", "书法二班", "截止的班", "广场舞一班"]),
        ("seats", ["书法一班", "广场舞一班", "少儿绘画班"]),
        ("evening", ["书法一班", "截止的班", "少儿绘画班"]),
        ("elder", ["广场舞一班"]),
        ("child", ["少儿绘画班"]),
        ("nonsense", ["书法一班", "书法二班", "截止的班", "广场舞一班", "少儿绘画班"]),
    ],
)
def test_a_filter_is_a_word(client, catalogue, only, names):
    assert listed(client, only=only) == names


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("书法", ["书法一班", "书法二班"]),
        ("书画", ["书法一班", "书法二班"]),
        ("陈国华老师", ["书法一班"]),
        ("  书法 陈国华 ", ["书法一班"]),
        ("教室1", ["广场舞一班"]),
        ("通信花园", ["书法一班", "书法二班", "截止的班", "广场舞一班", "少儿绘画班"]),
    ],
)
def test_search_finds_course_subject_teacher_room_and_center(client, catalogue, words, names):
    assert listed(client, q=words) == names


def test_search_and_filter_work_together_and_a_filter_keeps_the_search(client, catalogue):
    assert listed(client, q="书法", only="tonight") == ["书法一班"]
    page = opened(client, "/classes/", q="书法")
    assert "/classes/?q=%E4%B9%A6%E6%B3%95&only=tonight" in page.links
    assert page.fields("q")[0]["value"] == "书法"


def test_nothing_found_is_no_dead_end(client, catalogue):
    page = opened(client, "/classes/", q="潜水")
    assert "没有找到这样的班" in page.text
    assert "这些班还有名额" in page.headings("h2")
    assert page.headings("h3") == ["书法一班", "广场舞一班", "少儿绘画班"]
    assert "/classes/" in page.links
    assert "tel:12345" in page.links
    assert page.fields("q")[0]["value"] == "潜水"


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 5000},
        {"q": "书" * 300},
        {"q": "%_\\'\""},
        {"q": "<script>alert(1)</script>"},
        {"at": "²"},
        {"at": "9" * 30},
        {"at": "-1"},
        {"only": "?"},
        {"page": "abc"},
        {"page": "9" * 5000},
        {"page": "-3"},
    ],
)
def test_whatever_is_typed_into_the_address_the_list_opens(client, catalogue, query):
    response = client.get("/classes/", query)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_the_list_goes_by_distance_from_a_center_on_request(client, cast, catalogue, now):
    Center.objects.filter(pk=cast.center.pk).update(lat=34.80, lng=113.68)
    Center.objects.filter(pk=cast.other_center.pk).update(lat=34.81, lng=113.68)
    courses.class_group(cast.other_center, now, name="合唱班")
    assert listed(client, at=cast.other_center.pk)[0] == "合唱班"
    page = opened(client, "/classes/", at=cast.other_center.pk)
    assert "由近到远" in page.text
    assert "走路 21 分钟" in page.text


def test_a_center_without_a_point_on_the_map_breaks_no_order(client, cast, catalogue):
    assert len(listed(client, at=cast.center.pk)) == 5


def test_a_long_list_has_pages_that_keep_the_question(client, cast, now):
    course = Course.objects.create(name="合唱")
    for number in range(30):
        courses.class_group(cast.center, now, name=f"合唱{number}班", course=course)
    assert len(listed(client, q="合唱")) == 24
    page = opened(client, "/classes/", q="合唱")
    assert "第 1 页，共 2 页" in page.text
    assert any("page=2" in link and "q=" in link for link in page.links)
    assert len(listed(client, q="合唱", page=2)) == 6


def test_drafts_are_on_no_public_page(client, cast, catalogue):
    put(ClassGroup.objects.filter(name="书法一班"), state=ClassState.DRAFT)
    group = catalogue["书法一班"]
    for url in ("/", "/classes/", f"/centers/{cast.center.pk}/"):
        assert "书法一班" not in opened(client, url).text
    assert opened(client, f"/classes/{group.pk}/").status == 404


# --- a class ----------------------------------------------------------------------------------


def test_a_class_says_what_when_where_who_and_which_dates_are_off(client, cast, now):
    course = Course.objects.create(name="书法", subject="书画", about="从握笔开始。")
    group = courses.class_group(
        cast.center, now, name="书法一班", course=course, bring="毛笔", room=cast.center.rooms.first(),
        teacher=courses.teacher("陈国华"),
    )  # fmt: skip
    courses.session(group, at(2026, 11, 25, 18))
    off = courses.session(group, at(2026, 12, 2, 18), state=SessionState.CANCELLED, reason="老师出差")
    SkippedDate.objects.create(class_group=group, day=at(2027, 1, 1).date(), reason="元旦放假")
    page = opened(client, f"/classes/{group.pk}/")
    assert page.heading() == "书法一班"
    for words in (
        "每周三 18:00–19:00",
        "教室1",
        "无台阶可达",
        "陈国华老师",
        "毛笔",
        "从握笔开始",
        "共 20",
        "1 次课",
    ):
        assert words in page.text
    assert off.reason in page.text
    assert "元旦放假" in page.text
    assert "11月25日 星期三 18:00" in page.text


def test_a_passer_by_is_asked_to_sign_in_and_comes_back_to_the_class(client, cast, now):
    group = courses.class_group(cast.center, now)
    page = opened(client, f"/classes/{group.pk}/")
    assert f"/account/login/?next=/classes/{group.pk}/" in page.links
    signed_in = client.post(
        f"/account/login/?next=/classes/{group.pk}/",
        {"login": cast.guilan.user.phone, "password": people.PASSWORD, "next": f"/classes/{group.pk}/"},
    )
    assert signed_in.url == f"/classes/{group.pk}/"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": ClassState.CANCELLED, "state_reason": "老师生病"}, "这个班已取消：老师生病"),
        ({"state": ClassState.FINISHED}, "这个班已经结课，请看下学期的班。"),
        ({"opens_at": at(2026, 12, 1, 9)}, "报名还没开始，12月1日 09:00 开放，请到时再来。"),
        ({"closes_at": at(2026, 11, 24, 9)}, "报名已经截止，请看其他班，或打电话问服务台。"),
        ({"capacity": 0, "waiting_limit": 0}, "名额和候补都满了，请看其他班，或过几天再来。"),
    ],
)
def test_a_class_one_cannot_enter_says_why_and_has_no_button(client, cast, now, fields, sentence):
    group = courses.class_group(cast.center, now)
    ClassGroup.objects.filter(pk=group.pk).update(**fields)
    client.force_login(cast.guilan.user)
    page = opened(client, f"/classes/{group.pk}/")
    assert sentence in page.text
    assert "报名这个班" not in page.text
    assert not page.fields("person")
    assert any(link.startswith("/classes/?q=") for link in page.links)


def test_a_class_offers_oneself_first_and_then_the_family(client, cast, now):
    group = courses.class_group(cast.center, now)
    client.force_login(cast.guilan.user)
    page = opened(client, f"/classes/{group.pk}/")
    radios = page.fields("person")
    assert [radio["value"] for radio in radios] == [str(cast.guilan.pk), str(cast.zixuan.pk)]
    assert "checked" in radios[0]
    assert "我自己（王桂兰）" in page.text
    assert "王子轩 8 岁" in page.text


def test_a_full_class_says_which_place_in_line_one_would_get(client, cast, now):
    group = courses.class_group(cast.center, now, capacity=1, waiting_limit=5)
    courses.seat(group, cast.elder, now)
    courses.seat(group, cast.stranger, now, EnrolmentState.WAITING)
    client.force_login(cast.guilan.user)
    assert "排进候补，第 2 位" in opened(client, f"/classes/{group.pk}/").text


def test_who_is_in_sees_it_and_is_not_offered_again(client, cast, now):
    group = courses.class_group(cast.center, now)
    mine = courses.seat(group, cast.guilan, now)
    client.force_login(cast.guilan.user)
    page = opened(client, f"/classes/{group.pk}/")
    assert reverse("courses:enrolment", args=[mine.pk]) in page.links
    assert [radio["value"] for radio in page.fields("person")] == [str(cast.zixuan.pk)]
    assert "checked" not in page.fields("person")[0]
    assert "看我的报名" in page.text
    assert "报名这个班" not in page.text


def test_an_account_without_a_person_is_asked_for_a_name_first(client, cast, now):
    group = courses.class_group(cast.center, now)
    client.force_login(people.user("新人"))
    page = opened(client, f"/classes/{group.pk}/")
    assert "先填姓名" in page.text
    assert "/my/profile/" in page.links


def test_where_people_enrol_by_session_each_date_is_a_choice(client, cast, now):
    group = courses.class_group(cast.center, now, enrol_by=EnrolBy.SESSION, capacity=3)
    first, second = (courses.session(group, at(2026, 11, day, 18)) for day in (25, 26))
    client.force_login(cast.guilan.user)
    page = opened(client, f"/classes/{group.pk}/")
    assert [radio["value"] for radio in page.fields("session")] == [str(first.pk), str(second.pk)]
    assert "还有 3 个名额" in page.text


@pytest.mark.parametrize(
    "path", ["/classes/999999/", f"/classes/{'9' * 40}/", "/centers/999999/", f"/centers/{'9' * 40}/"]
)
def test_what_does_not_exist_is_a_plain_404(client, cast, path):
    page = opened(client, path)
    assert page.status == 404
    assert page.heading() == "没有这个页面"

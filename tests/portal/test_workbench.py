"""工作台: the day at a glance, what waits, the call list."""

from datetime import timedelta

import pytest
from django.test import Client

from courses.rules import ClassState
from notices.models import Delivery, Notice
from notices.rules import Channel, DeliveryState
from people.models import Person, RevealLog
from people.rules import Role
from tests.backoffice import said, staff
from tests.factories import courses, people
from tests.html import Page
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")


def words(answer):
    return Page(answer).text


@pytest.fixture
def group(cast, now):
    room = cast.center.rooms.first()
    return courses.class_group(cast.center, now, name="书法一班", capacity=2, waiting_limit=2, room=room)


@pytest.fixture
def session(group, now):
    """It began an hour ago."""
    return courses.session(group, now - timedelta(hours=1))


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


def call(now, person):
    notice = Notice.objects.create(
        kind="CLASS_CANCELLED",
        key=f"k{Notice.objects.count()}",
        recipient=person,
        about_type="class",
        about_id=1,
        due_at=now,
        created_at=now,
        body_data={"name": "书法一班", "reason": "下雪"},
    )
    return Delivery.objects.create(notice=notice, channel=Channel.CALL_LIST, state=DeliveryState.OPEN, at=now)


def test_the_call_list(desk, cast, now):
    Person.objects.filter(pk=cast.elder.pk).update(phone="13900001111")
    mine, theirs = call(now, cast.elder), call(now, cast.stranger)
    page = Page(desk.get(staff("calls")))
    assert "书法一班" in page.text
    assert "曾小雨" not in page.text
    assert said(desk.post(staff("phoned", mine.pk))) == "已记下：解福生打过电话了。"
    assert Delivery.objects.get(pk=mine.pk).done_by == cast.worker
    assert "没有要打的电话" in words(desk.get(staff("calls")))
    assert desk.post(staff("phoned", theirs.pk)).status_code == 403
    assert Delivery.objects.get(pk=theirs.pk).state == DeliveryState.OPEN


def test_a_number_of_the_call_list_opens_one_at_a_time(desk, cast, now):
    people.reached_at(cast.elder, "13900001111")
    child = people.person(
        "王小宝", home=cast.city["community"], contact_name="王强", contact_phone="0371-65251265"
    )
    mine, other = call(now, cast.elder), call(now, child)
    page = Page(desk.get(staff("calls")))
    assert "139****1111" in page.text
    assert not [number for number in ("13900001111", "65251265") if number in page.text]
    answer = desk.post(staff("ring", mine.pk))
    assert answer.url == f"{staff('calls')}#call-{mine.pk}"
    page = Page(desk.get(answer.url))
    assert "tel:13900001111" in page.links
    assert "65251265" not in page.text
    look = RevealLog.objects.get()
    assert (look.person, look.user, look.field) == (cast.elder, cast.worker, "phone")
    assert look.reason == "打电话告诉：班级取消"
    desk.post(staff("ring", other.pk))
    assert "tel:037165251265" in Page(desk.get(staff("calls"))).links
    assert RevealLog.objects.get(person=child).field == "contact_phone"


def test_an_open_number_is_covered_again_and_open_to_nobody_else(desk, cast, now, clock):
    number, mine = people.reached_at(cast.elder), call(now, cast.elder)
    desk.post(staff("ring", mine.pk))
    colleague = people.staff("高远", Role.SOCIAL_WORKER, cast.city["street"])
    other = Client()
    other.force_login(colleague)
    assert number not in words(other.get(staff("calls")))
    assert number in words(desk.get(staff("calls")))
    desk.post(staff("ring", mine.pk))
    assert RevealLog.objects.count() == 1  # pressed twice is one look
    clock.now += timedelta(minutes=16)
    assert number not in words(desk.get(staff("calls")))


def test_a_list_on_paper_holds_numbers_once_each_look_is_logged(desk, cast, now):
    old = people.person("李建国", home=cast.city["community"])
    numbers = [people.reached_at(one) for one in (cast.elder, old)]
    calls = [call(now, one) for one in (cast.elder, old, people.person("何静", home=cast.city["community"]))]
    page = Page(desk.get(staff("calls")))
    shown = {"call": [field["value"] for field in page.fields("call")]}
    assert shown["call"] == [str(one.pk) for one in calls]
    assert said(desk.post(staff("print_calls"), shown)).startswith("这一页的 2 个号码都打开了")
    page = words(desk.get(staff("calls")))
    assert all(number in page for number in numbers)
    assert {look.person for look in RevealLog.objects.all()} == {cast.elder, old}


@pytest.mark.parametrize("theirs", ["other street", "rung already", "nothing"])
def test_no_number_opens_off_ones_own_list(desk, cast, now, theirs):
    """Not one of several either, and none of the others then."""
    mine = call(now, cast.elder)
    for one in (cast.elder, cast.stranger):
        people.reached_at(one)
    other = call(now, cast.stranger if theirs == "other street" else cast.elder)
    if theirs == "rung already":
        desk.post(staff("phoned", other.pk))
        assert desk.post(staff("ring", other.pk)).status_code == 403
    shown = {"nothing": []}.get(theirs, [mine.pk, other.pk])
    assert desk.post(staff("print_calls"), {"call": shown}).status_code == 403
    assert not RevealLog.objects.exists()


def test_who_left_no_number_is_told_in_person(desk, cast, now):
    mine = call(now, cast.elder)
    assert "没有电话，请当面告诉" in words(desk.get(staff("calls")))
    assert "没有" in said(desk.post(staff("ring", mine.pk)))


def test_the_day_at_a_glance(desk, cast, group, session, now):
    courses.class_group(cast.other_center, now, name="邻街班")
    courses.class_group(cast.center, now, name="草稿班", state=ClassState.DRAFT)
    call(now, cast.elder)
    page = Page(desk.get(staff("home")))
    assert staff("session", session.pk) in page.links
    assert staff("class", group.pk) in page.links
    assert "草稿" in page.text
    assert "邻街班" not in page.text
    assert "草稿班" not in words(desk.get(staff("home"), {"q": "书法"}))
    assert "没有找到" in words(desk.get(staff("home"), {"q": "围棋"}))


def test_home_costs_the_same_however_many(desk, cast, now):
    def more(count):
        for _ in range(count):
            group = courses.class_group(cast.center, now, teacher=courses.teacher())
            courses.session(group, now + timedelta(hours=1))

    assert_constant(desk, staff("home"), more)


def test_the_call_list_costs_the_same_however_long(desk, cast, now):
    more = lambda n: [call(now, people.person("某某", home=cast.city["grid"])) for _ in range(n)]  # noqa: E731
    assert_constant(desk, staff("calls"), more)


@pytest.mark.sweep
@pytest.mark.parametrize("role", [*Role])
def test_every_line_of_the_workbench_opens_for_whom_it_is_shown(client, cast, role):
    client.force_login(people.staff("新同事", role, cast.city["street"]))
    page = Page(client.get("/staff/"))
    shown = {link for link in page.links if link.startswith(("/staff/", "/admin/"))}
    assert shown
    for link in sorted(shown):
        answer = client.get(link, follow=True)
        assert answer.status_code == 200, link
        assert "你没有查看或编辑的权限" not in answer.content.decode(), link

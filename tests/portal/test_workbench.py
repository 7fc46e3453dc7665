"""工作台: the day at a glance, what waits, the call list."""

from datetime import timedelta

import pytest

from courses.rules import ClassState
from notices.models import Delivery, Notice
from notices.rules import Channel, DeliveryState
from people.models import Person
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
    assert "13900001111" in page.text
    assert "书法一班" in page.text
    assert "曾小雨" not in page.text
    assert "tel:13900001111" in page.links
    assert said(desk.post(staff("phoned", mine.pk))) == "已记下：解福生打过电话了。"
    assert Delivery.objects.get(pk=mine.pk).done_by == cast.worker
    assert "没有要打的电话" in words(desk.get(staff("calls")))
    assert desk.post(staff("phoned", theirs.pk)).status_code == 403
    assert Delivery.objects.get(pk=theirs.pk).state == DeliveryState.OPEN


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

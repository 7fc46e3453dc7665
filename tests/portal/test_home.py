"""The first page: for passers-by, and for who is signed in."""

from datetime import timedelta

import pytest
from django.urls import reverse

from courses.rules import EnrolmentState
from tests.factories import courses, people, volunteers
from tests.factories.courses import at
from tests.html import opened

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def catalogue(cast, now):
    return courses.catalogue(cast.center, now, cast.elder)


def test_home_shows_a_passer_by_what_still_has_seats_the_soonest_first(client, catalogue):
    page = opened(client, "/")
    assert page.heading() == "家门口的课，免费上"
    assert page.headings("h3") == ["书法一班", "广场舞一班", "少儿绘画班"]
    assert "今晚 18:00 到 19:00" in page.text
    assert "看全部 5 个班" in page.text
    assert "通信花园社区党群服务中心" in page.text


def test_home_without_classes_still_says_where_to_go(client, cast):
    page = opened(client, "/")
    assert "现在没有空名额。点进任何一个班，都可以排候补。" in page.text
    assert "/classes/" in page.links


def test_home_greets_a_resident_with_her_next_class_and_its_room(client, cast, catalogue, now):
    room = cast.center.rooms.get(name="教室1")
    group = catalogue["广场舞一班"]
    group.sessions.update(room=room)
    courses.seat(group, cast.guilan, now)
    client.force_login(cast.guilan.user)
    page = opened(client, "/")
    assert page.heading() == "周五有课"
    assert "08:00 广场舞一班" in page.text
    assert "教室1，无台阶" in page.text


def test_home_tells_a_resident_of_her_grandsons_class(client, cast, catalogue, now):
    courses.seat(catalogue["少儿绘画班"], cast.zixuan, now)
    client.force_login(cast.guilan.user)
    page = opened(client, "/")
    assert page.heading() == "周二有课"
    assert "12月1日 星期二 · 王子轩" in page.text


def test_home_shows_the_next_shift_beside_the_next_class(client, cast, catalogue, now):
    hers = volunteers.volunteer(cast.guilan)
    place = {"meeting_point": "小区东门"}
    shift = volunteers.shift(
        cast.city["community"],
        at(2026, 11, 28, 9),
        activity=volunteers.activity(cast.city["community"], title="楼院清扫", **place),
    )
    signup = volunteers.signup(shift, hers, now)
    client.force_login(cast.guilan.user)
    page = opened(client, "/")
    assert page.heading() == "周六有志愿活动"
    assert "09:00 楼院清扫" in page.text
    assert "小区东门" in page.text
    assert f"/volunteer/signups/{signup.pk}/" in page.links
    courses.seat(catalogue["广场舞一班"], cast.guilan, now)
    page = opened(client, "/")
    assert page.heading() == "周五有课"
    assert "志愿活动 · 11月28日" in page.text


def test_home_says_hello_where_nothing_is_booked(client, cast, catalogue):
    client.force_login(cast.guilan.user)
    page = opened(client, "/")
    assert page.heading() == "王桂兰，您好"
    assert "您还没有要上的课" in page.text


def test_home_shows_an_offer_to_answer_and_unread_letters(client, cast, catalogue, now):
    waiting = courses.seat(
        catalogue["书法一班"], cast.guilan, now, EnrolmentState.OFFERED, offer_until=now + timedelta(hours=3)
    )
    client.force_login(cast.guilan.user)
    page = opened(client, "/")
    assert "王桂兰候补的书法一班有名额了" in page.text
    assert reverse("courses:enrolment", args=[waiting.pk]) in page.links


def test_home_of_an_account_made_by_staff_without_a_person_opens(client, catalogue, db):
    client.force_login(people.user("新人"))
    assert opened(client, "/").status == 200

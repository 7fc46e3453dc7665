"""The pages of centers, and what any page of the portal costs in queries."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centers.models import Center, OpeningHours, Station
from courses.models.catalogue import Course
from courses.rules import EnrolmentState
from tests.factories import courses
from tests.factories.courses import at
from tests.html import opened

pytestmark = pytest.mark.usefixtures("clock")


def queries(client, url):
    """How many queries a page costs once the process is warm (content types, the session)."""
    opened(client, url)
    with CaptureQueriesContext(connection) as spent:
        opened(client, url)
    return len(spent)


# --- centers ----------------------------------------------------------------------------------


def test_a_center_shows_hours_stations_rooms_and_its_week(client, cast, now):
    for weekday in range(1, 6):
        OpeningHours.objects.create(center=cast.center, weekday=weekday, opens=time(8, 30), closes=time(21))
    OpeningHours.objects.create(center=cast.center, weekday=6, opens=time(9), closes=time(17))
    Station.objects.create(
        center=cast.center, colour="red", name="红色驿站", purpose="党员报到", all_day=True
    )
    for name, starts in (("书法一班", at(2026, 11, 25, 18)), ("少儿绘画班", at(2026, 12, 2, 17, 30))):
        courses.session(courses.class_group(cast.center, now, name=name), starts)
    page = opened(client, f"/centers/{cast.center.pk}/")
    assert "周一至周五 08:30–21:00；周六 09:00–17:00" in page.text
    for words in ("红色驿站", "24 小时", "教室1", "无台阶", "今天起七天", "书法一班", "18:00–19:00"):
        assert words in page.text
    assert "少儿绘画班" not in page.text
    later = opened(client, f"/centers/{cast.center.pk}/", week=1)
    assert "12月2日到12月8日" in later.text
    assert "少儿绘画班" in later.text


@pytest.mark.parametrize("week", ["²", "--5", "abc", "", "9" * 5000, "-400", "1.5"])
def test_an_odd_week_is_this_week_or_the_last_one_on_offer(client, cast, week):
    assert client.get(f"/centers/{cast.center.pk}/", {"week": week}).status_code == 200


def test_centers_are_listed_nearest_first_once_the_browser_says_where_it_is(client, cast):
    Center.objects.filter(pk=cast.center.pk).update(lat=34.80, lng=113.68)
    Center.objects.filter(pk=cast.other_center.pk).update(lat=34.81, lng=113.68)
    here = {"lat": "34.811", "lng": "113.680"}
    page = opened(client, "/centers/", **here)
    names = [link for link in page.links if link.startswith("/centers/") and link != "/centers/"]
    assert names[0] == f"/centers/{cast.other_center.pk}/"
    assert "走路 2 分钟" in page.text


@pytest.mark.parametrize("lat", ["nan", "inf", "abc", "91", "1e999"])
def test_a_place_that_is_none_is_ignored(client, cast, lat):
    assert client.get("/centers/", {"lat": lat, "lng": "113"}).status_code == 200


# --- cost -------------------------------------------------------------------------------------


def _grow(cast, now, count):
    """More of everything that is listed: classes with a teacher, a room, slots and a session today."""
    for number in range(count):
        group = courses.class_group(
            cast.center, now, name=f"第{number}号班{count}", course=Course.objects.get_or_create(name=f"课程{number}")[0],
            teacher=courses.teacher(f"老师{'甲乙丙丁戊己庚辛壬癸'[number % 10]}"),
        )  # fmt: skip
        courses.session(group, now + timedelta(hours=3))
        courses.seat(group, cast.guilan, now)
        courses.seat(group, cast.zixuan, now, EnrolmentState.WAITING)


@pytest.mark.sweep
@pytest.mark.parametrize("who", ["", "guilan"])
def test_a_page_costs_the_same_number_of_queries_for_5_and_for_50_rows(client, cast, now, who):
    group = courses.class_group(cast.center, now, name="书法一班")
    urls = ["/", "/classes/", f"/classes/{group.pk}/", "/centers/", f"/centers/{cast.center.pk}/"]
    if who:
        client.force_login(cast.guilan.user)
        urls += ["/my/", "/my/inbox/", "/my/family/", "/my/data/"]
    _grow(cast, now, 5)
    few = {url: queries(client, url) for url in urls}
    _grow(cast, now, 50)
    assert {url: queries(client, url) for url in urls} == few
    assert max(few.values()) <= 16

"""An app appears on the pages that belong to all by one parts.py and one line of settings."""

from urllib.parse import urlsplit

import pytest

from notices import actions as notices
from people.actions.lookup import find
from people.parts import parts
from portal.views.feed import feed_url
from portal.views.frame import nav_places
from tests.backoffice import sought, staff
from tests.calendars import read
from tests.factories import courses
from tests.html import opened

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def kites(settings):
    """The line of settings; and its address, as config would wire it."""
    settings.PARTS = ["tests.portal.kites.parts", *settings.PARTS]
    settings.ROOT_URLCONF = "tests.portal.kites.urls"


@pytest.mark.usefixtures("kites")
class TestAThrowAwayApp:
    def test_is_on_the_first_page_for_everybody(self, client, cast):
        page = opened(client, "/")
        assert "天上的风筝" in page.headings("h2")
        assert "收线" not in page.text

    def test_is_what_comes_next_for_her(self, guilan):
        page = opened(guilan, "/")
        assert page.heading() == "明天放风筝"
        assert "风筝 · 11月26日" in page.text
        assert "/kites/reel/" in page.links

    def test_is_on_her_own_page(self, guilan):
        page = opened(guilan, "/my/")
        assert {"我的风筝", "线要收吗"} <= set(page.headings("h2"))
        assert "明天 14:00 放风筝" in page.text
        assert "燕子 红色 在飞" in page.text
        assert {"/kites/", "/kites/1/", "/kites/plans/"} <= set(page.links)

    def test_is_in_the_navigation_of_every_page(self, guilan):
        for url in ("/", "/my/", "/classes/", "/volunteer/", "/nowhere/"):
            assert "/kites/" in opened(guilan, url).links, url
        assert [place["label"] for place in nav_places("/kites/")][1] == "风筝"
        assert [place["label"] for place in nav_places("/kites/7/") if place["current"]] == ["风筝"]
        assert [place["label"] for place in nav_places("/strings/") if place["current"]] == ["志愿"]

    def test_waits_for_staff_with_its_count_before_what_does_not_wait(self, client, cast):
        client.force_login(cast.worker)
        page = opened(client, "/staff/", q="大")
        assert "今天的风大" in page.headings("h2")
        assert "挂在树上的 3" in page.text
        assert page.text.index("挂在树上的") < page.text.index("电话名单")

    def test_is_offered_at_the_desk(self, client, cast):
        client.force_login(cast.worker)
        page = opened(client, staff("person", cast.elder.pk))
        assert "借给解福生" in page.text
        assert "已报的班" in page.text

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("3-2-501", "elder"),
            ("３-２-５０１", "elder"),
            ("东户姓解的", "elder"),
            ("12-3-1501", "guilan"),
            ("东户姓王的", None),
            ("4-2-501", None),
            ("12-3-1502", None),
        ],
    )
    def test_says_who_lives_behind_a_door(self, client, cast, now, typed, found):
        client.force_login(cast.worker)
        page = sought(client, staff("desk"), typed)
        assert (page.status_code == 302) is (found is not None)
        if found:
            assert page.url == staff("person", getattr(cast, found).pk)
        asked = find(text=typed, by=cast.worker, now=now)
        assert asked == ([getattr(cast, found)] if found else [])
        assert find(text=typed, by=cast.other_worker, now=now) == []

    def test_is_in_her_calendar(self, client, cast):
        events = read(client.get(urlsplit(feed_url(cast.guilan.user)).path))
        assert [event["SUMMARY"] for event in events] == ["放风筝"]

    def test_says_where_a_letter_leads(self, guilan, cast, now):
        group = courses.class_group(cast.center, now, name="书法一班")
        guilan.post(f"/classes/{group.pk}/enrol/", {"person": cast.guilan.pk})
        notices.deliver_due(now=now)
        seat = group.enrolments.get()
        assert f"/kites/#{seat.pk}" in opened(guilan, "/my/inbox/").links

    def test_is_heard_before_an_account_is_closed(self, guilan):
        assert "风筝没人放了。" in opened(guilan, "/my/data/").text

    def test_is_gone_with_its_line(self, settings, guilan):
        settings.PARTS = settings.PARTS[1:]
        for url in ("/", "/my/", "/my/data/", "/classes/"):
            assert "风筝" not in opened(guilan, url).text


def test_every_app_is_heard_once_and_the_upper_ones_first():
    assert [part.app for part in parts()] == [
        "visits",
        "courses",
        "grievances",
        "grants",
        "orders",
        "points",
        "volunteers",
        "notices",
    ]

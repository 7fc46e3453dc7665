"""The calendar file of a class is real iCalendar."""

import pytest

from tests.calendars import read
from tests.factories import courses
from tests.factories.courses import at

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def group(cast, now):
    room = cast.center.rooms.get(name="教室1")
    made = courses.class_group(cast.center, now, name="书法一班", bring="毛笔，墨；纸", room=room)
    for day in (25, 26):
        courses.session(made, at(2026, 11, day, 18))
    return made


def test_a_class_goes_into_the_calendar_as_one_file(client, cast, group, now):
    mine = courses.seat(group, cast.guilan, now)
    client.force_login(cast.guilan.user)
    response = client.get(f"/my/enrolments/{mine.pk}/class.ics")
    assert response["Content-Disposition"] == f'attachment; filename="class-{group.pk}.ics"'
    first, second = read(response)
    assert (first["SUMMARY"], first["DESCRIPTION"]) == ("书法一班（王桂兰）", "请带：毛笔，墨；纸")
    assert first["LOCATION"] == "通信花园社区党群服务中心 教室1"
    assert first.decoded("DTSTART") == at(2026, 11, 25, 18)
    assert first.decoded("DTEND") == at(2026, 11, 25, 19)
    assert first["UID"] != second["UID"]


def test_the_file_holds_only_that_class(client, cast, group, now):
    other = courses.class_group(cast.center, now, name="合唱班")
    courses.session(other, at(2026, 11, 27, 18))
    courses.seat(other, cast.guilan, now)
    mine = courses.seat(group, cast.guilan, now)
    client.force_login(cast.guilan.user)
    assert {e["SUMMARY"] for e in read(client.get(f"/my/enrolments/{mine.pk}/class.ics"))} == {
        "书法一班（王桂兰）"
    }

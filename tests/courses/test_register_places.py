"""A timetable names places: whoever imports it adds only those that she may add by any other door."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from centers.models import Center, Division, OpeningHours, Room
from courses.actions.registers.lifecycle import confirm_register, undo_register, upload_register
from courses.models.catalogue import ClassGroup
from courses.models.register import RegisterKind, RowVerdict
from people.rules import MAY, Role
from tests.factories import people

pytestmark = pytest.mark.usefixtures("clock")
HEAD = ("课程", "班级", "任课教师", "上课时间", "教室", "上课地点", "人数上限", "学期")
SPAN = "2026年9月7日—2026年12月31日"
NEW = "影子社区党群服务中心"
SAID = "请中心主任先建这个中心或教室，再导入。"


@pytest.fixture
def director(cast):
    return people.staff("钱主任", Role.DIRECTOR, cast.city["street"])


def upload(cast, by, now, *places):
    """A timetable of one class in each of these (place, room)."""
    book = Workbook()
    book.active.title = "课程表"
    times = ("周三上午9:00-10:00", "周四上午9:00-10:00", "周五上午9:00-10:00")
    rows = [
        (f"课{n}", f"班{n}", f"老师{n}", times[n], room, place, 20, SPAN)
        for n, (place, room) in enumerate(places)
    ]
    for row in [("花园路街道2026年秋季课程表",), HEAD, *rows]:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    told = {"data": out.getvalue(), "file_name": "t.xlsx", "division": cast.city["street"]}
    return upload_register(kind=RegisterKind.TIMETABLE, **told, by=by, now=now)


def verdicts(register):
    return list(register.rows.order_by("line").values_list("verdict", flat=True))


def places():
    return Division.objects.count(), Center.objects.count(), Room.objects.count()


def test_who_imports_and_who_looks_after_places_are_two_posts():
    assert Role.SOCIAL_WORKER in MAY["courses.import"] - MAY["centers.change"]


def test_an_import_is_no_second_door_to_places(cast, now):
    before = places()
    known = (cast.center.name, "教室1")
    register = upload(cast, cast.worker, now, (NEW, "密室"), (cast.center.name, "密室"), known)
    assert verdicts(register) == [RowVerdict.REFUSED, RowVerdict.REFUSED, RowVerdict.GOOD]
    said = [row.doubts[0] for row in register.rows.filter(verdict=RowVerdict.REFUSED)]
    assert all(SAID in words for words in said)
    assert f"影子社区、{NEW}、{NEW}的密室" in said[0]
    assert register.notes == []
    confirm_register(register_id=register.pk, by=cast.worker, now=now)
    assert places() == before
    assert [group.name for group in ClassGroup.objects.all()] == ["班2"]


def test_who_confirms_is_asked_too(cast, now, director):
    """What the director looked at is confirmed by a clerk, or a room is gone meanwhile."""
    before = places()
    register = upload(cast, director, now, (NEW, "密室"))
    assert verdicts(register) == [RowVerdict.GOOD]
    confirm_register(register_id=register.pk, by=cast.worker, now=now)
    assert (verdicts(register), places()) == ([RowVerdict.REFUSED], before)
    assert SAID in register.rows.get().doubts[-1]


def test_the_preview_says_what_it_makes_and_undoing_takes_it_back(cast, now, director):
    before = places()
    told = [(NEW, "密室"), (NEW, "密室"), (cast.center.name, "教室1")]
    register = upload(cast, director, now, *told)
    assert register.notes == [f"导入会新建：影子社区、{NEW}、{NEW}的密室。"]
    assert places() == before
    confirm_register(register_id=register.pk, by=director, now=now)
    assert places() == tuple(count + 1 for count in before)
    undo_register(register_id=register.pk, by=cast.worker, now=now)
    assert places() == before
    assert Room.objects.filter(center=cast.center, name="教室1").exists()


def test_a_place_that_is_used_since_stays(cast, now, director):
    before = places()
    register = upload(cast, director, now, (NEW, "密室"))
    confirm_register(register_id=register.pk, by=director, now=now)
    made = Center.objects.get(name=NEW)
    OpeningHours.objects.create(center=made, weekday=1, opens="08:30", closes="21:00")
    undo_register(register_id=register.pk, by=director, now=now)
    assert places() == (before[0] + 1, before[1] + 1, before[2])

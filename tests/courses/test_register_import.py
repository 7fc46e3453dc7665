"""Registers read in: the real files, a second time, undone, and what cannot be read."""

import json
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from openpyxl import Workbook

from common.errors import DomainError
from courses.actions.registers.lifecycle import confirm_register, undo_register, upload_register
from courses.models.catalogue import ClassGroup, Course, Teacher
from courses.models.enrolment import Enrolment
from courses.models.register import RegisterImport, RegisterKind, RowVerdict
from courses.models.session import Session
from courses.rules import RegisterState
from people.models import Person, User
from tests.factories import courses, people
from tests.moments import guards_as_released

pytestmark = pytest.mark.usefixtures("clock")
DATA = Path(__file__).parent.parent / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text())


def read_in(command, name="", **options):
    out = StringIO()
    call_command(
        command, str(DATA / (name or f"{command.removeprefix('import_')}.xlsx")), stdout=out, **options
    )
    return out.getvalue()


def learners():
    return Person.objects.filter(enrolments__isnull=False).distinct()


@pytest.fixture
def timetable(db, clock):
    return read_in("import_timetable")


def workbook(rows, title="花名册"):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def roster(rows, by, now, term, head=("姓名", "电话", "班级")):
    return upload_register(
        kind=RegisterKind.ROSTER, data=workbook([head, *rows]), file_name="r.xlsx", by=by, now=now, term=term
    )


@pytest.mark.sweep
def test_the_real_timetable(timetable):
    assert ClassGroup.objects.count() == 30
    assert Course.objects.count() == 17
    assert Teacher.objects.count() == 29
    assert ClassGroup.objects.filter(state="PUBLISHED").count() == 30
    assert "2027" in timetable
    days = set(ClassGroup.objects.get(name="声乐一班").sessions.values_list("starts_at__date", flat=True))
    assert str(min(days)) == "2026-09-09"
    assert "2026-10-07" not in {str(day) for day in days}
    assert ClassGroup.objects.get(name="声乐一班").skipped_dates.get().reason == "国庆节放假"


@pytest.mark.sweep
def test_the_real_roster(timetable):
    out = read_in("import_roster")
    assert learners().count() == EXPECTED["learners"]
    assert Enrolment.objects.filter(state="SEATED").count() == EXPECTED["enrolments"]
    counts = dict(ClassGroup.objects.annotate(n=Count("enrolments")).values_list("name", "n"))
    assert counts == EXPECTED["per_class"]
    assert learners().filter(phone="").count() == EXPECTED["no_phone"]
    assert "第 64 行与第 65 行是同一人" in out
    assert "合计" in out
    with guards_as_released():
        call_command("audit", stdout=StringIO())
    namesakes_stay_two_and_couples_share_a_phone()
    a_birth_month_is_kept_as_a_month()


def namesakes_stay_two_and_couples_share_a_phone():
    assert Person.objects.filter(full_name="张琪").count() == 2
    assert set(learners().filter(phone="13905532804").values_list("full_name", flat=True)) == {
        "杜红兰",
        "尹婷梅",
    }
    # A teacher and a learner of one name in one class are two people until somebody says otherwise.
    assert Person.objects.filter(full_name="曹华").count() == 2


def a_birth_month_is_kept_as_a_month():
    person = learners().get(full_name="龚春")
    assert (str(person.born_on), person.born_precision) == ("1939-02-01", "MONTH")


@pytest.mark.sweep
def test_reading_it_twice_adds_nobody(timetable, first_page):
    read_in("import_roster", first_page)
    before = (Person.objects.count(), Enrolment.objects.count())
    out = read_in("import_roster", first_page)
    assert (Person.objects.count(), Enrolment.objects.count()) == before
    assert "新建居民 0，报名 0" in out


@pytest.mark.sweep
def test_a_dry_run_writes_nothing(timetable, first_page):
    people_before = Person.objects.count()
    out = read_in("import_roster", first_page, dry_run=True)
    assert "新建居民 97，报名 118" in out
    assert Person.objects.count() == people_before
    assert not RegisterImport.objects.filter(kind=RegisterKind.ROSTER).exists()


@pytest.mark.sweep
def test_undo_takes_it_all_back(timetable, now, first_page):
    people_before = Person.objects.count()
    read_in("import_roster", first_page)
    before = learners().count()
    assert before > 50
    register = RegisterImport.objects.get(kind=RegisterKind.ROSTER)
    for _ in range(2):
        undone = undo_register(register_id=register.pk, by=User.objects.system(), now=now)
    assert undone.state == RegisterState.UNDONE
    assert Enrolment.objects.count() == 0
    assert Person.objects.count() == people_before
    assert not ClassGroup.objects.exclude(seats_taken=0).exists()
    with pytest.raises(DomainError) as caught:
        confirm_register(register_id=register.pk, by=User.objects.system(), now=now)
    assert caught.value.code == "NOT_CONFIRMABLE"
    read_in("import_roster", first_page)
    assert learners().count() == before


@pytest.mark.sweep
def test_undoing_a_timetable_keeps_classes_that_people_sit_in(timetable, now):
    register = RegisterImport.objects.get()
    kept = ClassGroup.objects.get(name="古筝")
    courses.seat(kept, people.person("李秀英"), now)
    undo_register(register_id=register.pk, by=User.objects.system(), now=now)
    assert list(ClassGroup.objects.all()) == [kept]
    assert set(Session.objects.values_list("class_group", flat=True)) == {kept.pk}
    row = register.rows.get(label="古筝")
    assert "没有撤销" in row.doubts[-1]


def test_a_preview_writes_no_person(cast, now):
    group = courses.class_group(cast.center, now, name="书法一班")
    before = Person.objects.count()
    register = roster([("张三丰", "13800000001", "书法（一）班")], cast.worker, now, group.term)
    assert register.state == RegisterState.PREVIEW
    assert register.rows.get().verdict == RowVerdict.GOOD
    assert (Person.objects.count(), Enrolment.objects.count()) == (before, 0)
    for _ in range(2):
        confirm_register(register_id=register.pk, by=cast.worker, now=now)
    assert Enrolment.objects.get().person.full_name == "张三丰"


def test_doubts_are_listed_never_guessed(cast, now):
    term = courses.class_group(cast.center, now, name="声乐一班").term
    courses.class_group(cast.center, now, name="声乐二班")
    register = roster(
        [("张三丰", "1380000", "声乐"), ("李四光", "13800000002", "跳伞班"), ("合计", "2人", None)],
        cast.worker,
        now,
        term,
    )
    rows = {row.label: row for row in register.rows.all()}
    assert rows["张三丰"].verdict == RowVerdict.DOUBTFUL
    assert any("声乐一班、声乐二班" in doubt for doubt in rows["张三丰"].doubts)
    assert any("跳伞班" in doubt for doubt in rows["李四光"].doubts)
    assert any(row.verdict == RowVerdict.SKIPPED for row in register.rows.all())
    confirm_register(register_id=register.pk, by=cast.worker, now=now)
    assert Enrolment.objects.count() == 0
    assert Person.objects.get(full_name="张三丰").phone == ""


def test_over_capacity_is_said_and_waits(cast, now):
    group = courses.class_group(cast.center, now, name="茶艺", capacity=1)
    register = roster(
        [("张三丰", "13800000001", "茶艺班"), ("李四光", "13800000002", "茶艺")], cast.worker, now, group.term
    )
    confirm_register(register_id=register.pk, by=cast.worker, now=now)
    assert list(Enrolment.objects.values_list("state", flat=True)) == ["SEATED", "WAITING"]
    assert "排进候补" in register.rows.get(label="李四光").doubts[-1]


def test_someone_on_record_is_not_made_twice(cast, now):
    group = courses.class_group(cast.center, now, name="茶艺")
    known = people.person("张三丰", home=cast.city["community"], phone="13800000001")
    register = roster([("张 三丰", "138 0000 0001", "茶艺")], cast.worker, now, group.term)
    assert register.rows.get().verdict == RowVerdict.KNOWN
    confirm_register(register_id=register.pk, by=cast.worker, now=now)
    assert Enrolment.objects.get().person == known


def test_another_streets_staff_are_refused(cast, now):
    term = courses.class_group(cast.center, now, name="茶艺").term
    with pytest.raises(DomainError) as caught:
        roster([("张三丰", "", "茶艺")], cast.other_worker, now, term)
    assert caught.value.code == "NOT_ALLOWED"
    register = roster([("张三丰", "", "茶艺")], cast.worker, now, term)
    for verb in (confirm_register, undo_register):
        with pytest.raises(DomainError) as caught:
            verb(register_id=register.pk, by=cast.other_worker, now=now)
        assert caught.value.code == "NOT_ALLOWED"


def test_a_roster_without_a_term_is_refused(cast, now):
    with pytest.raises(DomainError) as caught:
        upload_register(
            kind=RegisterKind.ROSTER,
            data=workbook([("姓名", "班级"), ("张三丰", "茶艺")]),
            file_name="r.xlsx",
            by=cast.worker,
            now=now,
            division=cast.city["street"],
        )
    assert caught.value.code == "REGISTER_UNCLEAR"


def test_the_command_says_what_is_wrong(db, tmp_path):
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(CommandError, match="另存为"):
        call_command("import_roster", str(old))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_roster", str(tmp_path / "none.xlsx"))
    with pytest.raises(CommandError, match="没有叫"):
        call_command("import_timetable", str(DATA / "timetable.xlsx"), division="无此街道")


@pytest.mark.sweep
def test_a_room_that_is_taken_refuses_that_line_alone(timetable, now):
    head = ("课程", "班级", "任课教师", "上课时间", "教室", "上课地点", "人数上限", "学期")
    place = ClassGroup.objects.get(name="声乐一班").center.name
    span = "2026年9月7日—2026年12月31日"
    rows = [
        ("合唱", "合唱班", "新老师", "周三晚上18:30-19:30", "音乐教室", place, 20, span),
        ("快板", "快板班", "另一位", "周日上午9:00-10:00", "音乐教室", place, 20, span),
    ]
    register = upload_register(
        kind=RegisterKind.TIMETABLE,
        data=workbook([("花园路街道2026年秋季课程表",), head, *rows], title="课程表"),
        file_name="more.xlsx",
        by=User.objects.system(),
        now=now,
        division=RegisterImport.objects.get().division,
    )
    confirm_register(register_id=register.pk, by=User.objects.system(), now=now)
    verdicts = {row.label: row for row in register.rows.all()}
    assert verdicts["合唱班"].verdict == RowVerdict.REFUSED
    assert "声乐一班" in verdicts["合唱班"].doubts[-1]
    assert ClassGroup.objects.filter(name="快板班").exists()
    assert not ClassGroup.objects.filter(name="合唱班").exists()

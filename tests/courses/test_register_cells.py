"""Weekly times, terms and births, as registers hold them."""

from datetime import date, datetime, time
from io import BytesIO

import pytest
from django.conf import settings
from openpyxl import Workbook

if not settings.configured:
    settings.configure(USE_I18N=False)

from common.sheets.sheet import read_sheet
from courses.registers.roster import read_roster
from courses.registers.slots import Slot, read_slots, read_term
from courses.registers.timetable import Timetable, TimetableRow, read_timetable

TODAY = date(2026, 8, 1)


# Weekly times


@pytest.mark.parametrize(
    ("written", "slots"),
    [
        ("周三晚上18:00-19:00", [(3, "18:00", "19:00")]),
        ("星期三 18：00—19：00", [(3, "18:00", "19:00")]),
        ("周一、周三 9:00-10:30", [(1, "09:00", "10:30"), (3, "09:00", "10:30")]),
        ("周一三五 9:00-10:30", [(1, "09:00", "10:30"), (3, "09:00", "10:30"), (5, "09:00", "10:30")]),
        ("周一、三9:00-10:30", [(1, "09:00", "10:30"), (3, "09:00", "10:30")]),
        ("周一至周三 9:00～10:30", [(n, "09:00", "10:30") for n in (1, 2, 3)]),
        ("每周二下午2:30-4:00", [(2, "14:30", "16:00")]),
        ("周二晚上7点-8点半", [(2, "19:00", "20:30")]),
        ("周二晚7点半至9点", [(2, "19:30", "21:00")]),
        ("周二下午2点30分-4点", [(2, "14:30", "16:00")]),
        ("周六上午9-11点", [(6, "09:00", "11:00")]),
        ("周六上午10:30-12:00", [(6, "10:30", "12:00")]),
        ("周六上午11:00-下午1:00", [(6, "11:00", "13:00")]),
        ("周日中午12:00-1:30", [(7, "12:00", "13:30")]),
        ("礼拜天 9.00-10.30", [(7, "09:00", "10:30")]),
        ("周3 9:00-10:30", [(3, "09:00", "10:30")]),
        ("9:00-10:30（周五）", [(5, "09:00", "10:30")]),
        ("周一9:00-10:30，周三14:00-15:30", [(1, "09:00", "10:30"), (3, "14:00", "15:30")]),
        ("周一 9:00-10:00、14:00-15:00", [(1, "09:00", "10:00"), (1, "14:00", "15:00")]),
    ],
)
def test_weekly_times(written: str, slots: list[tuple[int, str, str]]) -> None:
    expected = tuple(Slot(day, time.fromisoformat(a), time.fromisoformat(b)) for day, a, b in slots)
    assert read_slots(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "待定",
        "周三",
        "9:00-10:30",
        "周三2:30-4:00",
        "单周周三 9:00-10:30",
        "周三 10:30-9:00",
        "周三 25:00-26:00",
        "周三上午14:00-15:00",
        "第3-4节",
        "周三 9:00",
        "周三上午11:00-1:00",
    ],
)
def test_a_time_with_any_unread_part_is_not_read(written: str) -> None:
    assert read_slots(written) == ()


TERM = (date(2026, 9, 7), date(2027, 1, 15))


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("2026年9月7日—2027年1月15日", TERM),
        ("2026.9.7-2027.1.15", TERM),
        ("2026-09-07 至 2027-01-15", TERM),
        ("2026/9/7~2027/1/15", TERM),
        ("20260907-20270115", TERM),
        ("2026年秋季（2026年9月7日-2027年1月15日）", TERM),
        ("2026年9月7日-12月30日", (date(2026, 9, 7), date(2026, 12, 30))),
        ("2026年9月7日-1月15日", None),
        ("2026年9月—2027年1月", None),
        ("2026.9-2027.1", None),
        ("2026年秋季", None),
        ("2027.1.15-2026.9.7", None),
        ("2026.2.30-2026.5.1", None),
    ],
)
def test_terms(written: str, term: tuple[date, date] | None) -> None:
    assert read_term(written) == term


# Births


def birth_of(*values: object) -> tuple[date | None, str, list[str]]:
    """What a roster says of the first of these births."""
    workbook = Workbook()
    for row in (["姓名", "报名课程", "出生年月"], *(["王芳", "书法", value] for value in values)):
        workbook.active.append(row)
    out = BytesIO()
    workbook.save(out)
    row = read_roster(read_sheet(out.getvalue(), "a.xlsx"), today=TODAY).rows[0]
    return row.born_on, row.born_precision, [doubt.code for doubt in row.doubts]


def test_a_roster_judges_a_birth_by_its_whole_column() -> None:
    assert birth_of("1939.2") == (date(1939, 2, 1), "MONTH", [])
    assert birth_of(20455) == (None, "", ["BIRTH_SERIAL"])
    assert birth_of(20455, datetime(1950, 3, 2)) == (date(1956, 1, 1), "DAY", [])
    assert birth_of("同上") == (None, "", ["DITTO"])


# Timetables


def timetable_of(*rows: list[object]) -> Timetable:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    out = BytesIO()
    workbook.save(out)
    return read_timetable(read_sheet(out.getvalue(), "a.xlsx"))


def class_of(**cells: object) -> TimetableRow:
    cells = {"课程": "声乐", "班级": "声乐一班", "上课时间": "周三18:00-19:00", "人数上限": 20, **cells}
    return timetable_of(list(cells), list(cells.values())).rows[0]


def test_a_class_with_everything() -> None:
    row = class_of(
        任课老师="余 桂婷", 教室="音乐教室 ", 地点="戊院社区党群服务中心", 学期="2026.9.7-2027.1.15"
    )
    assert (row.course, row.class_name, row.teacher_name) == ("声乐", "声乐一班", "余桂婷")
    assert (row.room, row.place, row.capacity) == ("音乐教室", "戊院社区党群服务中心", 20)
    assert (row.slots, row.term_starts, row.term_ends) == ((Slot(3, time(18), time(19)),), *TERM)
    assert (row.doubts, row.fatal) == ((), "")


@pytest.mark.parametrize("capacity", [20, 20.0, "20人", "限20人", "２０"])
def test_capacities(capacity: object) -> None:
    assert class_of(人数上限=capacity).capacity == 20


@pytest.mark.parametrize(
    "cells",
    [
        {"班级": None},
        {"上课时间": "待定"},
        {"上课时间": None},
        {"人数上限": None},
        {"人数上限": 0},
        {"人数上限": "不限"},
        {"人数上限": "20-25"},
        {"人数上限": -3},
    ],
)
def test_a_class_without_name_time_or_places_is_fatal_with_its_reason(cells: dict[str, object]) -> None:
    assert class_of(**cells).fatal.endswith("。")


def test_doubts_of_a_class() -> None:
    row = class_of(学期="2026年秋季", 任课教师="余桂婷、周新", 上课时间="周三22:00-23:00")
    assert {doubt.code for doubt in row.doubts} == {"BAD_TERM", "SEVERAL_TEACHERS", "ODD_TIME"}
    assert not row.fatal


def test_a_bare_class_number_takes_its_course_and_a_missing_class_column_the_course() -> None:
    assert class_of(班级="一班").class_name == "声乐一班"
    table = timetable_of(["课程名称", "星期", "时间", "名额"], ["书法", "周三", "18:00-19:00", 20])
    assert (table.rows[0].class_name, table.rows[0].slots) == ("书法", (Slot(3, time(18), time(19)),))
    assert table.missing == ("任课教师", "上课地点", "教室", "学期")


def test_merged_course_cells_reach_down_and_titles_stay_off_the_teacher() -> None:
    workbook = Workbook()
    for row in (
        ["课程", "班级", "老师", "时间", "人数上限"],
        ["声乐", "一班", "余桂婷老师", "周三18:00-19:00", 20],
        [None, "二班", "王老师", "周四18:00-19:00", 20],
    ):
        workbook.active.append(row)
    workbook.active.merge_cells("A2:A3")
    out = BytesIO()
    workbook.save(out)
    rows = read_timetable(read_sheet(out.getvalue(), "a.xlsx")).rows
    assert [(row.class_name, row.teacher_name) for row in rows] == [
        ("声乐一班", "余桂婷"),
        ("声乐二班", "王老师"),
    ]


def test_a_class_named_twice_is_refused_the_second_time() -> None:
    header: list[object] = ["班级", "上课时间", "人数上限"]
    table = timetable_of(
        header, ["声乐一班", "周三18:00-19:00", 20], ["声乐(1)班", "周四18:00-19:00", 20], ["合计", None, 40]
    )
    assert [bool(row.fatal) for row in table.rows] == [False, True]
    assert [skipped.line for skipped in table.skipped] == [4]
    assert table.rows[0].course == "声乐"

"""Birth dates, weekly times and terms, as registers hold them."""

from datetime import date, datetime, time
from io import BytesIO

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

if not settings.configured:
    settings.configure(USE_I18N=False)

from common.sheets.sheet import read_sheet
from courses.registers.roster import RosterRow, read_roster
from courses.registers.slots import Slot, read_slots, read_term
from courses.registers.timetable import Timetable, TimetableRow, read_timetable

TODAY = date(2026, 8, 1)
JAN, NIL = date(1947, 1, 1), None


def birth_rows(*values: object, number_format: str = "", as_csv: bool = False) -> tuple[RosterRow, ...]:
    if as_csv:
        text = "姓名,报名课程,出生年月\n" + "".join(f"王芳,书法,{value}\n" for value in values)
        return read_roster(read_sheet(text.encode(), "a.csv"), today=TODAY).rows
    workbook = Workbook()
    workbook.active.append(["姓名", "报名课程", "出生年月"])
    for line, value in enumerate(values, 2):
        workbook.active.append(["王芳", "书法", value])
        if number_format:
            workbook.active.cell(line, 3).number_format = number_format
    out = BytesIO()
    workbook.save(out)
    return read_roster(read_sheet(out.getvalue(), "a.xlsx"), today=TODAY).rows


def birth(row: RosterRow) -> tuple[date | None, str, list[str]]:
    return row.born_on, row.born_precision, [doubt.code for doubt in row.doubts]


@pytest.mark.parametrize(
    ("written", "born_on", "precision"),
    [
        (datetime(1968, 9, 8), date(1968, 9, 8), "DAY"),
        (date(1968, 9, 8), date(1968, 9, 8), "DAY"),
        ("1951-04-11", date(1951, 4, 11), "DAY"),
        ("1951-04-11 00:00:00", date(1951, 4, 11), "DAY"),
        ("1970/9/3", date(1970, 9, 3), "DAY"),
        ("1952年2月3日", date(1952, 2, 3), "DAY"),
        ("１９５２．２．３", date(1952, 2, 3), "DAY"),
        ("1952.2.3生", date(1952, 2, 3), "DAY"),
        ("19560903", date(1956, 9, 3), "DAY"),
        (19560903, date(1956, 9, 3), "DAY"),
        ("1939.2", date(1939, 2, 1), "MONTH"),
        ("1947.12", date(1947, 12, 1), "MONTH"),
        (1947.12, date(1947, 12, 1), "MONTH"),
        ("1952年2月", date(1952, 2, 1), "MONTH"),
        ("1952.1", date(1952, 1, 1), "MONTH"),
        ("195602", date(1956, 2, 1), "MONTH"),
        (195602, date(1956, 2, 1), "MONTH"),
        ("1952", date(1952, 1, 1), "YEAR"),
        (1952, date(1952, 1, 1), "YEAR"),
        (1952.0, date(1952, 1, 1), "YEAR"),
        ("1952年", date(1952, 1, 1), "YEAR"),
        ("不详", None, ""),
        (None, None, ""),
    ],
)
def test_births_with_the_precision_they_are_written_in(
    written: object, born_on: date, precision: str
) -> None:
    assert birth(birth_rows(written)[0]) == (born_on, precision, [])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("52.3.1", "BIRTH_SHORT_YEAR"),
        ("52年3月", "BIRTH_SHORT_YEAR"),
        ("520301", "BIRTH_SHORT_YEAR"),
        (72, "AGE_ONLY"),
        ("72岁", "AGE_ONLY"),
        ("1952年三月初三", "BIRTH_LUNAR"),
        ("1952.3.3(农历)", "BIRTH_LUNAR"),
        ("19561341", "BIRTH_IMPOSSIBLE"),
        ("1956.2.30", "BIRTH_IMPOSSIBLE"),
        ("1956.13", "BIRTH_IMPOSSIBLE"),
        (datetime(2027, 1, 5), "BIRTH_OUT_OF_RANGE"),
        ("1899.5.1", "BIRTH_OUT_OF_RANGE"),
        (datetime(1900, 1, 2), "BIRTH_OUT_OF_RANGE"),
        (time(0, 0), "BIRTH_UNREADABLE"),
        ("9/3/1970", "BIRTH_UNREADABLE"),
        ("属马", "BIRTH_UNREADABLE"),
        (20455, "BIRTH_SERIAL"),
        ("同上", "DITTO"),
    ],
)
def test_doubtful_births_are_left_empty_and_quoted(written: object, code: str) -> None:
    row = birth_rows(written)[0]
    assert birth(row) == (None, "", [code])
    assert row.doubts[0].message.endswith("。")


def test_a_number_that_may_have_lost_its_zero_keeps_only_its_year() -> None:
    assert birth(birth_rows(1947.1)[0]) == (JAN, "YEAR", ["BIRTH_MONTH"])
    assert birth(birth_rows("1947.1", as_csv=True)[0]) == (JAN, "YEAR", ["BIRTH_MONTH"])
    assert birth(birth_rows("1947.1", "1950.10", as_csv=True)[0]) == (JAN, "MONTH", [])


def test_a_date_cell_that_shows_no_day_is_a_month() -> None:
    for shown in ('yyyy"年"m"月"', "yyyy/mm", "[$-804]yyyy.mm;@", "mmm-yy"):
        assert birth(birth_rows(datetime(1952, 2, 1), number_format=shown)[0]) == (
            date(1952, 2, 1),
            "MONTH",
            [],
        )
    for shown in ("yyyy-mm-dd", 'yyyy"年"m"月"d"日";@'):
        assert birth(birth_rows(datetime(1952, 2, 1), number_format=shown)[0]) == (
            date(1952, 2, 1),
            "DAY",
            [],
        )


def test_a_bare_serial_among_dates_is_a_date() -> None:
    rows = birth_rows(datetime(1950, 3, 2), 20455, datetime(1951, 3, 2))
    assert birth(rows[1]) == (date(1956, 1, 1), "DAY", [])
    assert birth(birth_rows(datetime(1950, 3, 2), 20455, "1951.3")[1]) == (None, "", ["BIRTH_SERIAL"])


@given(st.text(max_size=30))
def test_any_text_in_a_birth_cell_is_read_or_doubted(text: str) -> None:
    from common.sheets.births import BirthColumn, read_birth

    read = read_birth(text, BirthColumn(holds_dates=False, keeps_zeros=True), today=TODAY)
    assert bool(read.precision) == (read.born_on is not None)


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

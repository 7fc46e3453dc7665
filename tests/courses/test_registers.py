"""The client's own registers, and the many ways another center's look different."""

import json
from collections import Counter
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import Workbook

if not settings.configured:
    settings.configure(USE_I18N=False)

from common.sheets.notes import SheetRefused
from common.sheets.sheet import read_sheet
from courses.registers.classes import class_doubt, class_key, find_class, match_class
from courses.registers.people import group_people
from courses.registers.roster import Roster, RosterRow, read_roster
from courses.registers.timetable import read_timetable

DATA = Path(__file__).parent.parent / "data"
TODAY = date(2026, 8, 1)
ALL = ["姓名", "性别", "出生年月", "联系电话", "所在社区", "报名课程", "第二课程", "紧急联系人及电话", "备注"]


def book(*rows: list[object], merges: tuple[str, ...] = ()) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for merge in merges:
        workbook.active.merge_cells(merge)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def roster_of(*rows: list[object], merges: tuple[str, ...] = ()) -> Roster:
    return read_roster(read_sheet(book(*rows, merges=merges), "名单.xlsx"), today=TODAY)


def row_of(**cells: object) -> RosterRow:
    cells = {"姓名": "王芳", "报名课程": "书法", **cells}
    return roster_of(list(cells), list(cells.values())).rows[0]


def codes(row: RosterRow) -> list[str]:
    return [doubt.code for doubt in row.doubts]


# The client's files


@pytest.fixture(scope="module")
def real() -> Roster:
    return read_roster(read_sheet((DATA / "roster.xlsx").read_bytes(), "roster.xlsx"), today=TODAY)


@pytest.fixture(scope="module")
def classes() -> list[str]:
    table = read_timetable(read_sheet((DATA / "timetable.xlsx").read_bytes(), "timetable.xlsx"))
    return [row.class_name for row in table.rows]


def test_the_clients_roster_gives_the_expected_people_and_seats(real: Roster, classes: list[str]) -> None:
    expected = json.loads((DATA / "expected.json").read_text())
    people = group_people(real.rows)
    seats = Counter(match_class(wish, classes) for person in people for wish in person.wishes)
    assert len(people) == expected["learners"]
    assert sum(seats.values()) == expected["enrolments"]
    assert seats == expected["per_class"]
    assert sum(not person.phone for person in people) == expected["no_phone"]


def test_the_clients_roster_raises_no_false_doubt(real: Roster) -> None:
    assert [row for row in real.rows if row.doubts or row.fatal] == []
    assert real.missing == ()
    assert real.unused == ("序号",)


def test_its_sum_and_signature_lines_are_listed_not_imported(real: Roster) -> None:
    assert [(skipped.line, skipped.text) for skipped in real.skipped] == [
        (525, "合计 522人"),
        (526, "填表人: 审核:"),
    ]


def test_its_four_double_lines_become_four_people(real: Roster) -> None:
    merged = [person for person in group_people(real.rows) if person.note]
    assert [person.lines for person in merged] == [(64, 65), (147, 148), (272, 273), (425, 426)]
    assert merged[0].note == "第 64 行与第 65 行是同一人，已合并"
    assert (merged[3].born_on, merged[3].born_precision) == (date(1952, 1, 3), "DAY")
    assert merged[2].wishes == ("书法2班", "英语口语")
    assert not any(person.maybe for person in group_people(real.rows))


# Headers


def test_column_order_wording_titles_and_line_breaks_do_not_matter() -> None:
    roster = roster_of(
        ["经三路社区老年大学报名表"],
        ["填报单位：经三路社区", None, None, "日期：2026年8月"],
        [],
        [
            "手机\n号码",
            " 学 员\n姓 名 ",
            "＊报名班级（必填）",
            "住　址",
            "年级",
            "联系人",
            "联系人电话",
            "生日",
        ],
        [
            "138 0000 0001",
            "文 颖",
            "声乐（1）班",
            "经三路社区",
            "x",
            "文强",
            "13900000001",
            datetime(1950, 3, 2),
        ],
    )
    row = roster.rows[0]
    assert (row.line, row.full_name, row.phone, row.home) == (5, "文颖", "13800000001", "经三路社区")
    assert (row.contact_name, row.contact_phone, row.born_on) == ("文强", "13900000001", date(1950, 3, 2))
    assert row.wishes == ("声乐(1)班",)
    assert roster.unused == ("年级",)
    assert roster.missing == ("性别",)


def test_a_header_of_two_storeys_is_read_as_one() -> None:
    roster = roster_of(
        ["花名册"],
        ["序号", "学员信息", None, "报名课程", None, "紧急联系人", None],
        [None, "姓名", "电话", "第一课程", "第二课程", "姓名", "电话"],
        [1, "王芳", "13800000001", "书法", "声乐一班", "李强", "13900000002"],
        merges=("A1:G1", "A2:A3", "B2:C2", "D2:E2", "F2:G2"),
    )
    assert [row.full_name for row in roster.rows] == ["王芳"]
    row = roster.rows[0]
    assert (row.phone, row.wishes) == ("13800000001", ("书法", "声乐一班"))
    assert (row.contact_name, row.contact_phone) == ("李强", "13900000002")


def test_a_plain_phone_beside_the_contact_is_the_contacts() -> None:
    row = roster_of(
        ["姓名", "电话", "课程", "紧急联系人", "电话"], ["王芳", "13800000001", "书法", "李强", "13900000002"]
    ).rows[0]
    assert (row.phone, row.contact_name, row.contact_phone) == ("13800000001", "李强", "13900000002")


@pytest.mark.parametrize(
    ("header", "missing"),
    [(["姓名"], "“报名课程”"), (["课程"], "“姓名”"), (["甲", "乙"], "“姓名”、“报名课程”")],
)
def test_a_missing_column_is_named(header: list[object], missing: str) -> None:
    with pytest.raises(SheetRefused) as caught:
        roster_of(header, ["王芳"])
    assert caught.value.code == "NO_HEADER"
    assert f"：{missing}；" in caught.value.message


def test_a_header_without_lines_is_an_empty_table() -> None:
    with pytest.raises(SheetRefused) as caught:
        roster_of(ALL)
    assert caught.value.code == "EMPTY_TABLE"


def test_hundreds_of_one_name_are_a_wrong_column() -> None:
    with pytest.raises(SheetRefused) as caught:
        roster_of(["姓名", "课程"], *(["声乐", "书法"] for _n in range(301)))
    assert caught.value.code == "ONE_NAME"


# Lines that are no learners


def test_headers_again_sums_notes_and_signatures_are_skipped_with_a_reason() -> None:
    roster = roster_of(
        ["序号", "姓名", "电话", "课程"],
        [1, "王芳", "13800000001", "书法"],
        [],
        ["2.", None, None, None],
        ["小计", "1人", None, None],
        ["序号", "姓名", "电话", "课程"],
        ["声乐一班", None, None, None],
        [3, "李强", "13800000002", "书法"],
        ["总 计：2人"],
        ["说明：以上名单由各社区填报，请于开课前核对。"],
        [None, None, None, "制表人：张三"],
        ["2026年8月1日"],
        merges=("A7:D7",),
    )
    assert [row.line for row in roster.rows] == [2, 8]
    assert [skipped.line for skipped in roster.skipped] == [5, 6, 7, 9, 10, 11, 12]
    assert all(skipped.reason and skipped.text for skipped in roster.skipped)


def test_people_named_like_sum_words_are_people() -> None:
    roster = roster_of(["姓名", "课程"], ["计小平", "书法"], ["单位", "书法"], ["时间", "书法"])
    assert len(roster.rows) == 3


def test_a_line_without_a_name_is_kept_and_refused_alone() -> None:
    roster = roster_of(["姓名", "电话", "课程"], [None, "13800000001", "书法"], ["王芳", None, "书法"])
    assert [bool(row.fatal) for row in roster.rows] == [True, False]
    assert [person.full_name for person in group_people(roster.rows)] == ["王芳"]


def test_only_really_merged_cells_are_filled_down() -> None:
    rows: tuple[list[object], ...] = (["班级", "姓名"], ["书法", "王芳"], [None, "李强"], [None, "赵敏"])
    assert [row.wishes for row in roster_of(*rows, merges=("A2:A3",)).rows] == [("书法",), ("书法",), ()]


def test_two_lines_under_one_merged_name_are_one_person() -> None:
    roster = roster_of(
        ["姓名", "电话", "课程"],
        ["王芳", "13800000001", "书法"],
        [None, None, "声乐一班"],
        merges=("A2:A3", "B2:B3"),
    )
    (person,) = group_people(roster.rows)
    assert person.wishes == ("书法", "声乐一班")


# Cells


@pytest.mark.parametrize(
    ("written", "name", "doubts"),
    [
        ("文 颖", "文颖", []),
        ("\u3000谭玉静 ", "谭玉静", []),
        ("阿依古丽•买买提", "阿依古丽·买买提", []),
        ("阿依古丽・买买提", "阿依古丽·买买提", []),
        ("王䶮", "王䶮", []),
        ("𠅤芳", "𠅤芳", []),
        ("⽂\u200b颖", "文颖", []),
        ("John  Smith", "John Smith", []),
        ("王😀", "王😀", ["ODD_NAME"]),
        ("王\ue863", "王\ue863", ["ODD_NAME"]),
        ("张丽（大）", "张丽(大)", ["ODD_NAME"]),
        ("王", "王", ["SHORT_NAME"]),
    ],
)
def test_names(written: str, name: str, doubts: list[str]) -> None:
    row = row_of(姓名=written)
    assert (row.full_name, codes(row)) == (name, doubts)


@pytest.mark.parametrize(
    ("written", "phone", "doubts"),
    [
        (15100803706, "15100803706", []),
        (15100803706.0, "15100803706", []),
        ("0371-65251265", "0371-65251265", []),
        ("13800000001/13800000002", "13800000001", ["SEVERAL_PHONES"]),
        ("13800000001（女儿）", "13800000001", ["PHONE_WORDS"]),
        ("手机：13800000001（本人）", "13800000001", []),
        ("1380000000", "", ["BAD_PHONE"]),
        (138000000011, "", ["BAD_PHONE"]),
        ("1.38E+10", "", ["BAD_PHONE"]),
        ("65251265", "", ["BAD_PHONE"]),
        ("同上", "", ["DITTO"]),
        ("#N/A", "", ["CELL_ERROR"]),
        ("无", "", []),
        (None, "", []),
    ],
)
def test_phones(written: object, phone: str, doubts: list[str]) -> None:
    row = row_of(联系电话=written)
    assert (row.phone, codes(row)) == (phone, doubts)


def test_a_refused_phone_is_quoted_so_that_it_can_be_corrected() -> None:
    (doubt,) = row_of(联系电话="1380000000").doubts
    assert doubt.column == "联系电话"
    assert "1380000000" in doubt.message


def test_sex_wishes_contact_and_remark() -> None:
    row = row_of(
        性别="女", 第二课程="舞蹈 二 班、剪纸", 紧急联系人及电话="女儿 毛柱华 188 6596 5673", 备注="行动不便 "
    )
    assert (row.sex, row.wishes) == ("F", ("书法", "舞蹈二班", "剪纸"))
    assert (row.contact_name, row.contact_phone, row.remark) == ("女儿 毛柱华", "18865965673", "行动不便")
    assert row_of(紧急联系人="李强（儿子）电话13900000002").contact_name == "李强 儿子"
    assert codes(row_of(年龄=72)) == ["AGE_ONLY"]
    assert codes(row_of(性别="?")) == ["BAD_SEX"]
    assert codes(row_of(报名课程=None, 备注="x")) == ["NO_CLASS"]
    assert codes(row_of(紧急联系人及电话="毛柱华 1886596567")) == ["BAD_CONTACT_PHONE"]


def test_course_and_class_in_two_columns_name_one_class() -> None:
    header: list[object] = ["姓名", "课程", "班级"]
    roster = roster_of(header, ["王芳", "声乐", "一班"], ["李强", "声乐", "声乐二班"], ["赵敏", "书法", None])
    assert [row.wishes for row in roster.rows] == [("声乐一班",), ("声乐二班",), ("书法",)]


def test_an_identity_number_fills_what_is_empty_and_contradicts_aloud() -> None:
    number = "11010519491231002X"
    row = row_of(身份证号=number.lower(), 性别=None)
    assert (row.document_no, row.sex, row.born_on, row.born_precision) == (
        number,
        "F",
        date(1949, 12, 31),
        "DAY",
    )
    assert number not in repr(row).replace(repr(row.raw), "")
    assert codes(row_of(身份证号="110105194912310021")) == ["BAD_DOCUMENT"]
    assert codes(row_of(身份证号=number, 性别="男", 出生年月="1950.1")) == [
        "DOCUMENT_DIFFERS",
        "DOCUMENT_DIFFERS",
    ]
    assert number not in row_of(联系电话=number).doubts[0].message
    assert row_of(身份证号=number, 出生年月="1949.12").born_on == date(1949, 12, 31)


# Classes


KNOWN = ["声乐一班", "声乐二班", "声乐三班", "古筝", "书法班", "太极拳十一班", "英语口语初级班"]


@pytest.mark.parametrize(
    "written",
    [
        "声乐(1)班",
        "声乐（一）班",
        "声乐1班",
        "声乐一班",
        "声乐 一 班",
        "声乐第一班",
        "声乐１班",
        "声乐1",
        "声乐班（1）",
        "【声乐一班】",
    ],
)
def test_spellings_of_one_class(written: str) -> None:
    assert match_class(written, KNOWN) == "声乐一班"


def test_a_class_without_number_matches_with_or_without_its_last_word() -> None:
    assert match_class("古筝班", KNOWN) == "古筝"
    assert match_class("书法", KNOWN) == "书法班"
    assert match_class("太极拳11班", KNOWN) == "太极拳十一班"
    assert match_class("英语口语初级", KNOWN) == "英语口语初级班"
    assert match_class("太极拳", KNOWN) == "太极拳十一班"


def test_what_could_be_several_or_none_is_asked_not_guessed() -> None:
    ambiguous = class_doubt("声乐班", KNOWN, "报名课程")
    assert ambiguous
    assert (ambiguous.code, ambiguous.column) == ("AMBIGUOUS_CLASS", "报名课程")
    assert "声乐一班、声乐二班、声乐三班" in ambiguous.message
    unknown = class_doubt("声乐9班", KNOWN, "报名课程")
    assert unknown
    assert unknown.code == "UNKNOWN_CLASS"
    assert find_class("英语口语", KNOWN) == (None, ("英语口语初级班",))
    assert find_class("足球", KNOWN) == (None, ())
    assert match_class("古筝1班", KNOWN) is None
    assert match_class("声乐一班", ["声乐一班", "声乐（1）班"]) is None
    assert class_doubt("古筝", KNOWN, "") is None


@pytest.mark.parametrize("number", range(1, 21))
def test_numerals_one_to_twenty(number: int) -> None:
    tens, ones = divmod(number, 10)
    written = ("" if not tens else "十" if tens == 1 else "二十") + (
        "" if not ones else "一二三四五六七八九"[ones - 1]
    )
    assert class_key(f"舞蹈{written}班") == class_key(f"舞蹈({number})班") == ("舞蹈", number)

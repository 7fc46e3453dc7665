"""Household books read: households put together, every doubt named, what may not be kept not looked at."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from common.sheets.notes import SheetRefused
from common.sheets.sheet import read_sheet
from tests.data.books import OTHERS, POISON, READ, REFUSED, narrow, wide
from visits.registers.book import Book, read_book
from visits.registers.households import HouseholdRead, Member

TODAY = date(2026, 8, 1)
PLAIN = ["住址", "姓名", "与户主关系", "性别", "出生日期", "联系电话", "备注"]
NUMBER = "11010519491231002X"
HOMES = [
    (
        "3号楼2单元501",
        [
            ("王建国", "户主", "男", "1951-03-02", None, "13800000001", "王芳 13900000001", "1998.5", None),
            ("李桂兰", "妻", "女", "1949.12", NUMBER.replace("X", "x"), None, None, None, "爱唱戏"),
            ("王芳", "长女", "女", datetime(1979, 1, 9), None, "13900000001", None, None, None),
        ],
    ),
    ("三号楼二单元5楼东户", [("赵秀英", "户主", "女", "1946", None, None, None, None, None)]),
    (
        "南院平房第二排3号",
        [
            ("孙大海", "户主", "男", None, None, None, None, None, None),
            ("周翠花", "老伴", "女", None, None, None, None, None, None),
        ],
    ),
]


def sheet_of(*rows: list[object], merges: tuple[str, ...] = ()) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for merge in merges:
        workbook.active.merge_cells(merge)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(data: bytes, name: str = "台账.xlsx", **known: object) -> Book:
    return read_book(read_sheet(data, name), today=TODAY, **known)


def book_of(*rows: list[object], merges: tuple[str, ...] = ()) -> Book:
    return read(sheet_of(*rows, merges=merges))


def plain_book(*rows: list[object], merges: tuple[str, ...] = ()) -> Book:
    """Rows of address, name, relation, sex, birth, phone, remark; what is left out is empty."""
    return book_of(PLAIN, *([*row, *[None] * (len(PLAIN) - len(row))] for row in rows), merges=merges)


def member_of(**cells: object) -> Member:
    cells = {"住址": "3-2-501", "姓名": "王芳", "与户主关系": "户主", **cells}
    return book_of(list(cells), list(cells.values())).households[0].members[0]


def codes(read: Member | HouseholdRead) -> list[str]:
    return [doubt.code for doubt in read.doubts]


def homes(book: Book) -> list[tuple[str, list[str]]]:
    return [(str(home.door), [member.full_name for member in home.members]) for home in book.households]


def all_codes(book: Book) -> list[str]:
    return [code for home in book.households for part in (home, *home.members) for code in codes(part)]


TOGETHER = [
    ("3-2-501", ["王建国", "李桂兰", "王芳"]),
    ("3-2-5楼东", ["赵秀英"]),
    ("南院 平房-2排-3", ["孙大海", "周翠花"]),
]


# --- A book as it is kept ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept() -> Book:
    return read(wide(HOMES))


def test_a_book_of_60_columns_and_three_title_rows_gives_its_households(kept: Book) -> None:
    assert len(kept.headers) == 60
    assert homes(kept) == TOGETHER
    assert [home.head for home in kept.households] == ["王建国", "赵秀英", "孙大海"]
    assert kept.households[0].lines == (6, 7, 8)
    assert all_codes(kept) == []
    assert (kept.skipped, kept.missing) == ((), ())


def test_a_line_says_what_a_register_keeps(kept: Book) -> None:
    wife = kept.households[0].members[1]
    assert wife.said() == {
        "full_name": "李桂兰",
        "sex": "F",
        "born_on": "1949-12-31",
        "born_precision": "DAY",
        "phone": "",
        "contact_name": "",
        "contact_phone": "",
        "remark": "爱唱戏",
        "document_no": NUMBER,
        "relation": "SPOUSE",
        "since": "",
        "since_precision": "",
    }
    head = kept.households[0].members[0]
    assert (head.contact_name, head.contact_phone) == ("王芳", "13900000001")
    assert (head.since, head.since_precision) == (date(1998, 5, 1), "MONTH")
    assert NUMBER not in repr(kept)


def test_what_may_not_be_kept_is_not_read_and_is_named(kept: Book) -> None:
    """Religion, ethnicity, diagnosis, danger level, income, politics: no cell of theirs is anywhere."""
    for data, name in ((wide(HOMES), "台账.xlsx"), (narrow(HOMES), "台账.csv")):
        assert POISON not in repr(read(data, name))
    assert kept.refused == tuple(f"其他情况{heading}" for heading in REFUSED)
    (note,) = kept.notes
    for heading in REFUSED:
        assert heading in note
    assert not set(REFUSED) & set(kept.unused)
    assert {*OTHERS} - {"网格"} < set(kept.unused)
    assert "补1" not in repr(kept)


@pytest.mark.parametrize(
    "heading", [*REFUSED, "备注（病情等）", "低保金额", "党员姓名", "健康状况", "是否信教"]
)
def test_a_refused_heading_takes_its_column_with_it_whatever_else_it_says(heading: str) -> None:
    book = book_of(["住址", "姓名", heading], ["3-2-501", "王芳", POISON])
    assert book.refused == (heading.replace("（", "(").replace("）", ")"),)
    assert POISON not in repr(book)


def test_what_stands_over_a_heading_counts_and_a_title_does_not() -> None:
    book = book_of(
        ["残疾人和低保户台账"],
        ["填报单位：残联", None, "日期：8月"],
        ["基本情况", None, "健康情况", None],
        ["住址", "姓名", "有无", "说明"],
        ["3-2-501", "王芳", POISON, POISON],
        merges=("A1:D1", "A3:B3", "C3:D3"),
    )
    assert homes(book) == [("3-2-501", ["王芳"])]
    assert book.refused == ("健康情况有无", "健康情况说明")
    assert POISON not in repr(book)


def test_no_field_of_a_line_could_hold_what_may_not_be_kept() -> None:
    assert set(Member.__dataclass_fields__) == {
        *("line", "full_name", "sex", "born_on", "born_precision", "phone", "contact_name", "contact_phone"),
        *("remark", "document_no", "relation", "since", "since_precision", "home", "doubts", "fatal"),
    }


@pytest.mark.parametrize(
    "remark",
    ["回族", "精神分裂，已服药", "低保户", "信教", "党员", "高血压", "肢体残疾二级", "刑满释放", "卧床"],
)
def test_a_remark_that_says_it_is_dropped_and_not_repeated(remark: str) -> None:
    member = member_of(备注=remark)
    assert (member.remark, codes(member)) == ("", ["REMARK_NOT_KEPT"])
    assert remark not in repr(member)


# --- Households ----------------------------------------------------------------------------------


def test_without_merged_cells_an_address_once_holds_for_the_lines_below() -> None:
    book = read(narrow(HOMES), "台账.csv")
    assert homes(book) == TOGETHER
    assert all_codes(book) == []


def test_an_address_on_every_line_in_any_spelling_and_order_is_one_household() -> None:
    book = plain_book(
        ["3号楼2单元501", "王建国", "户主"],
        ["3-2-502", "赵秀英", "户主"],
        ["三号楼二单元五〇一室", "李桂兰", "妻"],
    )
    assert homes(book) == [("3-2-501", ["王建国", "李桂兰"]), ("3-2-502", ["赵秀英"])]
    assert all_codes(book) == []


def test_a_number_of_the_household_parts_two_behind_one_door() -> None:
    book = book_of(
        ["户号", "住址", "姓名", "与户主关系"],
        ["001", "3-2-501", "王建国", "户主"],
        ["001", None, "李桂兰", "妻"],
        ["002", "3-2-501", "赵秀英", "户主"],
    )
    assert homes(book) == [("3-2-501", ["王建国", "李桂兰"]), ("3-2-501", ["赵秀英"])]
    assert [home.number for home in book.households] == ["001", "002"]
    assert all_codes(book) == ["SAME_DOOR"] * 2
    assert "第 4 行" in book.households[0].doubts[0].message


def test_a_column_of_heads_parts_them_as_well_and_needs_no_relations() -> None:
    book = book_of(
        ["住址", "户主", "姓名"],
        ["3-2-501", "王建国", "王建国"],
        ["3-2-501", "王建国", "李桂兰"],
        ["3-2-501", "赵秀英", "赵秀英"],
        [None, "赵秀英", "赵小小"],
    )
    assert homes(book) == [("3-2-501", ["王建国", "李桂兰"]), ("3-2-501", ["赵秀英", "赵小小"])]
    assert [home.head for home in book.households] == ["王建国", "赵秀英"]
    assert all_codes(book) == ["SAME_DOOR"] * 2
    ticked = book_of(["住址", "姓名", "是否户主"], ["3-2-501", "王建国", "否"], ["3-2-501", "李桂兰", "是"])
    assert ticked.households[0].head == "李桂兰"


def test_building_unit_and_room_in_columns_of_their_own() -> None:
    header: list[object] = ["小区", "楼号", "单元", "房号", "姓名", "与户主关系"]
    book = book_of(
        header,
        ["幸福里小区", 3, 2, 501, "王建国", "户主"],
        ["幸福里", "3号楼", "2单元", "501室", "李桂兰", "妻"],
        ["幸福里", "A", None, "1203", "赵秀英", "户主"],
    )
    assert homes(book) == [("幸福里 3-2-501", ["王建国", "李桂兰"]), ("幸福里 A-1203", ["赵秀英"])]
    assert all_codes(book) == []


def test_a_door_is_read_within_its_divisions_and_estate() -> None:
    data = sheet_of(["住址", "姓名", "与户主关系"], ["花园路街道3-2-501", "王芳", "户主"])
    door = read(data, within=["花园路街道"], place="幸福里").households[0].door
    assert door.key == "幸福里/3/2/501"


def test_an_empty_flat_is_a_household_without_people() -> None:
    book = plain_book(["3-2-501", "空户"], ["3-2-502"], ["3-2-503", "王芳", "户主"])
    assert [len(home.people) for home in book.households] == [0, 0, 1]
    assert all(home.members[0].fatal for home in book.households[:2])
    assert all_codes(book) == []


@pytest.mark.parametrize(
    ("rows", "code", "says"),
    [
        ([["3-2-501", "王芳", "妻"], [None, "王强", "子"]], "NO_HEAD", "没有写谁是户主"),
        ([["3-2-501", "王芳", "户主"], ["3-2-501", "李强", "户主"]], "TWO_HEADS", "王芳、李强"),
        ([["3-2-501", "王芳", "户主"], [None, "李强", "户主"]], "NO_DOOR", "没有写住址"),
        ([["东头那家", "王芳", "户主"]], "BAD_DOOR", "“东头那家”读不懂"),
    ],
)
def test_a_household_that_is_unclear_is_doubted(rows: list[list[object]], code: str, says: str) -> None:
    book = plain_book(*rows)
    (doubt,) = [doubt for home in book.households for doubt in home.doubts]
    assert (doubt.code, says in doubt.message) == (code, True)


def test_a_door_written_shorter_elsewhere_is_asked_about() -> None:
    book = plain_book(
        ["3-2-501", "王芳", "户主"],
        ["幸福里3-2-501", "李强", "户主"],
        ["3-501", "赵敏", "户主"],
        ["3-1-501", "孙海", "户主"],
        ["花园里3-1-502", "周红", "户主"],
    )
    assert [codes(home).count("MAYBE_SAME_DOOR") for home in book.households] == [2, 2, 3, 1, 0]
    assert book.households[0].doubts[0].message.startswith("与第 3 行的“幸福里 3-2-501”可能是同一个门")


def test_two_addresses_under_one_number_are_doubted() -> None:
    book = book_of(
        ["户号", "住址", "姓名", "与户主关系"], [1, "3-2-501", "王芳", "户主"], [1, "3-2-502", "李强", "夫"]
    )
    (home,) = book.households
    assert (codes(home), str(home.door)) == (["SEVERAL_DOORS"], "3-2-501")


def test_a_head_who_is_elsewhere_or_called_otherwise_is_doubted() -> None:
    header: list[object] = ["住址", "户主姓名", "姓名", "与户主关系"]
    absent = book_of(header, ["3-2-501", "王建国", "李桂兰", "妻"])
    assert codes(absent.households[0]) == ["NO_HEAD", "HEAD_ABSENT"]
    differs = book_of(header, ["3-2-501", "王建国", "王建国", "夫"], ["3-2-501", "王建国", "李桂兰", "户主"])
    assert codes(differs.households[0]) == ["HEAD_DIFFERS"]


def test_a_line_that_says_neither_where_nor_whose_is_put_with_those_above_aloud() -> None:
    book = plain_book(["3-2-501", "王建国", "户主"], [None, "李强"])
    assert codes(book.households[0].members[1]) == ["FOLLOWS_ABOVE"]
    assert "第 2 行" in book.households[0].members[1].doubts[0].message


# --- Somebody twice --------------------------------------------------------------------------------


def test_a_person_twice_and_in_two_households_is_named_on_both_lines() -> None:
    first: list[object] = ["3-2-501", "王芳", "户主", "女", "1950-03-02", "13800000001"]
    book = plain_book(first, [None, "王芳", "妻", "女", "1950-03-02", "13800000001"], ["3-2-502", *first[1:]])
    doubts = [member.doubts for home in book.households for member in home.members]
    assert [[doubt.code for doubt in found] for found in doubts] == [
        ["TWICE", "TWO_HOMES"],
        ["TWICE", "TWO_HOMES"],
        ["TWO_HOMES", "TWO_HOMES"],
    ]
    assert doubts[0][1].message == "与第 4 行是同一个人，那一行写在“3-2-502”，请核对住在哪一户。"


def test_namesakes_are_two_and_who_might_be_one_is_asked() -> None:
    apart = plain_book(
        ["3-2-501", "王秀英", "户主", "女", "1950-03-02"], ["3-2-502", "王秀英", "户主", "女", "1961-05-06"]
    )
    assert all_codes(apart) == []
    perhaps = plain_book(
        ["3-2-501", "王秀英", "户主", "女", "1950-03-02"], ["3-2-502", "王秀英", "户主", "女", "1950-03-02"]
    )
    assert all_codes(perhaps) == ["MAYBE_SAME_PERSON"] * 2


def test_two_names_under_one_identity_number_are_doubted() -> None:
    header: list[object] = ["住址", "姓名", "与户主关系", "身份证号"]
    book = book_of(header, ["3-2-501", "王芳", "户主", NUMBER], ["3-2-501", "王方", "妻", NUMBER])
    assert all_codes(book) == ["ONE_DOCUMENT"] * 2
    assert NUMBER not in repr(book)


def test_hundreds_of_one_name_are_a_wrong_column() -> None:
    with pytest.raises(SheetRefused) as caught:
        plain_book(*([f"3-2-{n}", "户主"] for n in range(101, 403)))
    assert caught.value.code == "ONE_NAME"


# --- Lines and cells -------------------------------------------------------------------------------


def test_hidden_and_crossed_out_lines_are_doubted() -> None:
    workbook = load_workbook(
        BytesIO(
            sheet_of(
                ["住址", "姓名", "与户主关系", "婚姻"],
                ["3-2-501", "王建国", "户主", "已婚"],
                ["3-2-501", "李桂兰", "妻", "已婚"],
                ["3-2-501", "王芳", "女", "已婚"],
            )
        )
    )
    workbook.active.row_dimensions[2].hidden = True
    workbook.active["B3"].font = Font(strike=True)
    workbook.active["D4"].font = Font(strike=True)  # nobody reads it
    members = read(saved(workbook)).households[0].members
    assert [codes(member) for member in members] == [["HIDDEN"], ["STRUCK"], []]
    assert "姓名" in members[1].doubts[0].message


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"与户主关系": "媳妇"}, "BAD_RELATION"),
        ({"与户主关系": "妻", "性别": "男"}, "RELATION_SEX"),
        ({"入住时间": "很早"}, "BAD_SINCE"),
        ({"入住时间": "2031-01-01"}, "BAD_SINCE"),
        ({"备注": "2024年去世"}, "GONE"),
        ({"居住状态": "已迁出"}, "GONE"),
        ({"联系电话": "1380000000"}, "BAD_PHONE"),
        ({"出生日期": "农历三月初三"}, "BIRTH_LUNAR"),
        ({"身份证号": "110105194912310021"}, "BAD_DOCUMENT"),
    ],
)
def test_a_doubtful_cell_is_named(cells: dict[str, object], code: str) -> None:
    assert codes(member_of(**cells)) == [code]


def test_a_sum_and_a_signature_are_no_people() -> None:
    book = plain_book(["3-2-501", "王芳", "户主"], ["合计 1户1人"], ["填表人：李强"])
    assert homes(book) == [("3-2-501", ["王芳"])]
    assert [skipped.line for skipped in book.skipped] == [3, 4]


@pytest.mark.parametrize(
    ("header", "missing"),
    [(["姓名", "电话"], "“住址”"), (["住址", "电话"], "“姓名”"), (READ[2:4], "“姓名”、“住址”")],
)
def test_a_missing_column_is_named(header: list[object], missing: str) -> None:
    with pytest.raises(SheetRefused) as caught:
        book_of(header, ["x", "y"])
    assert f"：{missing}；" in caught.value.message

"""What a page of a workbook tells besides its values: hidden lines, crossed-out cells, and without what."""

from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from common.sheets import archive
from common.sheets.notes import SheetRefused
from common.sheets.sheet import Page, read_sheet


def data() -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    for row in (
        ["姓名", "民族", "电话"],
        ["王芳", "甲族", "1"],
        ["李强", "乙族", "2"],
        ["赵敏", "丙族", None],
    ):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    for cell in ("A4", "C4"):
        sheet[cell].font = Font(strike=True)
    sheet.merge_cells("B2:B3")
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def page() -> Page:
    return read_sheet(data(), "名单.xlsx").pages[0]


def test_hidden_lines_and_crossed_out_cells_are_told() -> None:
    read = page()
    assert read.hidden == {3}
    assert read.struck == {(4, 1)}  # an empty cell has nothing to cross out


def test_without_a_column_nothing_of_it_is_left_but_its_heading() -> None:
    read = page().without([1], below=1)
    assert read.rows[0] == ("姓名", "民族", "电话")
    assert [read.filled(line) for line in (2, 3, 4)] == [
        ("王芳", None, "1"),
        ("李强", None, "2"),
        ("赵敏", None, None),
    ]
    assert "族" not in repr((read.rows[1:], read.below, read.beside))


@pytest.mark.parametrize("room", [archive.Room(10**9, 20), archive.Room(2_000, 10**6)])
def test_a_file_has_the_room_it_is_given(room: archive.Room) -> None:
    with pytest.raises(SheetRefused) as caught:
        read_sheet(data(), "名单.xlsx", room)
    assert caught.value.code == "TOO_BIG"
    assert read_sheet(data(), "名单.xlsx", archive.BOOK) == read_sheet(data(), "名单.xlsx")

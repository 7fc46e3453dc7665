"""Which page of a file is the roster, and that no cell of it can hold a worker."""

from datetime import date
from io import BytesIO

import pytest
from django.conf import settings
from openpyxl import Workbook

if not settings.configured:
    settings.configure(USE_I18N=False)

from common.sheets.notes import SheetRefused
from common.sheets.sheet import read_sheet
from courses.registers.roster import Roster, read_roster

TODAY = date(2026, 8, 1)
HEADER = ["姓名", "联系电话", "报名课程"]
ROW = ["王芳", "13800000001", "声乐一班"]


def roster(workbook: Workbook) -> Roster:
    out = BytesIO()
    workbook.save(out)
    return read_roster(read_sheet(out.getvalue(), "a.xlsx"), today=TODAY)


def test_a_name_that_fills_its_cell_is_no_name() -> None:
    workbook = Workbook()
    for row in (HEADER, ["王" * 30_000, "13800000001", "书法"], ROW):
        workbook.active.append(row)
    rows = roster(workbook).rows
    assert rows[0].fatal
    assert len(rows[0].fatal) < 200
    assert max(map(len, rows[0].raw)) <= 80
    assert rows[1].full_name == "王芳"


def test_lines_keep_their_numbers_past_titles_and_gaps() -> None:
    text = "学员花名册,,\n姓名,联系电话,报名课程\n王芳,13800000001,声乐一班\n\n李强,13800000002,书法\n"
    rows = read_roster(read_sheet(text.encode(), "名单.csv"), today=TODAY).rows
    assert [(row.line, row.full_name) for row in rows] == [(3, "王芳"), (5, "李强")]


def test_the_page_with_the_header_is_taken_and_hidden_ones_are_not_seen() -> None:
    workbook = Workbook()
    workbook.active.append(["填表须知"])
    for title, state in (("旧名单", "hidden"), ("名单", "visible")):
        sheet = workbook.create_sheet(title)
        sheet.append(HEADER)
        sheet.append([title, None, "书法"])
        sheet.sheet_state = state
    read = roster(workbook)
    assert ([row.full_name for row in read.rows], read.title) == (["名单"], "名单")


def test_two_rosters_in_one_file_are_refused_by_name() -> None:
    workbook = Workbook()
    for title in ("春季", "秋季"):
        sheet = workbook.create_sheet(title)
        sheet.append(HEADER)
        sheet.append(ROW)
    with pytest.raises(SheetRefused) as caught:
        roster(workbook)
    refused = caught.value
    assert refused.code == "SEVERAL_TABLES"
    assert "春季" in refused.message
    assert "秋季" in refused.message

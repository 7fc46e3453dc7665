"""Birth dates as cells hold them, with the precision they are written in."""

from datetime import date, datetime, time
from io import BytesIO

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

if not settings.configured:
    settings.configure(USE_I18N=False)

from common.sheets.births import Birth, BirthColumn, read_birth
from common.sheets.sheet import read_sheet

TODAY = date(2026, 8, 1)
JAN = date(1947, 1, 1)


def birth_rows(*values: object, number_format: str = "", as_csv: bool = False) -> list[Birth]:
    """A column of births, written to a file and read back."""
    if as_csv:
        text = "出生年月,\n" + "".join(f"{value},\n" for value in values)
        (page,) = read_sheet(text.encode(), "a.csv").pages
    else:
        workbook = Workbook()
        workbook.active.append(["出生年月", "行"])
        for line, value in enumerate(values, 2):
            workbook.active.append([value, line])
            if number_format:
                workbook.active.cell(line, 1).number_format = number_format
        out = BytesIO()
        workbook.save(out)
        (page,) = read_sheet(out.getvalue(), "a.xlsx").pages
    cells = [row[0] for row in page.rows[1:]]
    column = BirthColumn.of(cells, typed=page.typed)
    return [read_birth(cell, column, today=TODAY) for cell in cells]


def birth(read: Birth) -> tuple[date | None, str, list[str]]:
    return read.born_on, read.precision, [read.code] if read.code else []


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
    ],
)
def test_doubtful_births_are_left_empty_and_quoted(written: object, code: str) -> None:
    read = birth_rows(written)[0]
    assert birth(read) == (None, "", [code])
    assert read.message.endswith("。")


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
    read = read_birth(text, BirthColumn(holds_dates=False, keeps_zeros=True), today=TODAY)
    assert bool(read.precision) == (read.born_on is not None)

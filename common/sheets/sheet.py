"""From an uploaded file's bytes to pages of cell values, with the merges the file really has."""

import csv
import warnings
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from common.sheets import archive
from common.sheets.notes import SheetRefused
from common.sheets.text import Value, YearMonth

MAX_BYTES = 10 * 1024 * 1024
MAX_CELL = 1_000  # characters kept of one cell; a register never needs more
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CSV_NAMES = frozenset({".csv", ".tsv", ".txt"})
_DELIMITERS = ",;\t"
_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One worksheet. `rows[0]` is line 1; `below` and `beside` are what merged cells cover."""

    title: str
    rows: tuple[tuple[Value, ...], ...]
    below: dict[tuple[int, int], Value] = field(default_factory=dict)
    beside: dict[tuple[int, int], Value] = field(default_factory=dict)
    typed: bool = True  # False for CSV: every cell is text, numbers included
    hidden: frozenset[int] = frozenset()  # lines that nobody sees who opens the file
    struck: frozenset[tuple[int, int]] = frozenset()  # (line, column) of cells that are crossed out

    def lines(self) -> Iterator[tuple[int, tuple[Value, ...]]]:
        """Yield (line number as people see it, the line's own cells)."""
        return enumerate(self.rows, 1)

    def filled(self, line: int) -> tuple[Value, ...]:
        """A line with the values of cells merged down into it."""
        own = self.rows[line - 1]
        return tuple(
            self.below.get((line, column)) if value is None else value for column, value in enumerate(own, 1)
        )

    def without(self, columns: Collection[int], *, below: int) -> "Page":
        """The page as if nothing stood in these columns (0-based) under that line: what may not be kept."""
        gone = frozenset(columns)
        kept = tuple(
            tuple(None if column in gone else value for column, value in enumerate(row))
            if line > below
            else row
            for line, row in self.lines()
        )
        spread = [
            {(line, column): value for (line, column), value in covered.items() if column - 1 not in gone}
            for covered in (self.below, self.beside)
        ]
        return replace(self, rows=kept, below=spread[0], beside=spread[1])

    def labels(self, line: int) -> tuple[Value, ...]:
        """A header line, where a merged cell also names the columns beside it."""
        own = self.filled(line)
        return tuple(
            self.beside.get((line, column)) if value is None else value for column, value in enumerate(own, 1)
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file: its name as uploaded and its visible pages that hold anything."""

    filename: str
    pages: tuple[Page, ...]


def refuse_size(data: bytes) -> None:
    """Refuses (SheetRefused) what is too large to be read, and nothing at all."""
    if len(data) > MAX_BYTES:
        raise SheetRefused("FILE_TOO_BIG", _("文件超过 10 MB，请删掉图片和多余的工作表后再上传。"))
    if not data.strip():
        raise SheetRefused("EMPTY_FILE", _("文件是空的，请确认选对了文件。"))


def read_sheet(data: bytes, filename: str, room: archive.Room = archive.REGISTER) -> Sheet:
    """Read .xlsx, .xlsm or delimited text; refuse (SheetRefused) everything else with a remedy."""
    refuse_size(data)
    suffix = PurePath(filename).suffix.lower()
    if data.startswith(b"PK"):
        pages = _workbook_pages(data, room)
    elif data.startswith(_OLE):
        raise _old_office(data, suffix)
    elif suffix in _CSV_NAMES:
        pages = [_text_page(data, filename)]
    else:
        raise _unknown(data, suffix)
    pages = [page for page in pages if page.rows]
    if not pages:
        raise SheetRefused("EMPTY_FILE", _("表格里没有内容，请确认选对了文件，并且工作表没有隐藏。"))
    return Sheet(filename, tuple(pages))


def _old_office(data: bytes, suffix: str) -> SheetRefused:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return archive.encrypted()
    table = suffix in {".xls", ".et"}
    if not table and "WordDocument".encode("utf-16-le") in data:
        return SheetRefused(
            "NOT_A_TABLE", _("这是 Word 文档，请把表格复制到 Excel 或 WPS 表格里，另存为 .xlsx 再上传。")
        )
    return SheetRefused("OLD_XLS", _("这是旧版 .xls 文件，请在 Excel 或 WPS 里另存为 .xlsx 再上传。"))


def _unknown(data: bytes, suffix: str) -> SheetRefused:
    if suffix in {".xls", ".et", ".xlsx"} and data.lstrip().startswith(b"<"):
        # Many office systems "export to Excel" by renaming a web page.
        return SheetRefused("OLD_XLS", _("这是网页格式的表格，请在 Excel 或 WPS 里另存为 .xlsx 再上传。"))
    if suffix in {".xlsx", ".xlsm"}:
        return archive.corrupt()
    if suffix in {".xls", ".et"}:
        return SheetRefused("OLD_XLS", _("这是旧版 .xls 文件，请在 Excel 或 WPS 里另存为 .xlsx 再上传。"))
    return SheetRefused("UNKNOWN_FILE", _("只能读取 .xlsx 或 .csv 表格，请把名单整理成表格再上传。"))


def _workbook_pages(data: bytes, room: archive.Room) -> list[Page]:
    parts = archive.inspect(data, room)
    try:
        with warnings.catch_warnings():
            # openpyxl warns about every extension WPS writes; none of them holds a cell.
            warnings.simplefilter("ignore")
            return list(_load(data, parts))
    except SheetRefused:
        raise
    except Exception as broken:  # whatever a damaged part makes openpyxl stumble over
        raise archive.corrupt() from broken


def _load(data: bytes, parts: dict[str, archive.Part]) -> Iterator[Page]:
    workbook = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for worksheet in workbook.worksheets:
        # A worksheet's stated dimensions may lie; the scanned part counted its cells.
        part = parts[worksheet._worksheet_path]
        if worksheet.sheet_state != "visible" or not part.last_row:
            continue
        struck: set[tuple[int, int]] = set()
        cells = _watched(worksheet.iter_rows(1, part.last_row, 1, part.last_column), struck)
        rows = _trimmed(tuple(_value(cell) for cell in row) for row in cells)
        below, beside = _spread(rows, part.merges)
        yield Page(
            worksheet.title, rows, below, beside, hidden=frozenset(part.hidden), struck=frozenset(struck)
        )


def _watched(rows: Iterable[tuple[Any, ...]], struck: set[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    """Passes the cells on and notes which are crossed out; each style is looked up once."""
    crossed: dict[int, bool] = {}
    for row in rows:
        for cell in row:
            if cell.value is None:
                continue
            style = cell._style_id
            if style not in crossed:
                crossed[style] = bool(cell.font.strike)
            if crossed[style]:
                struck.add((cell.row, cell.column))
        yield row


def _value(cell: Any) -> Value:
    value: Value = cell.value
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, datetime) and value.day == 1 and not _shows_day(cell.number_format):
        return YearMonth(value.year, value.month)
    return value


def _shows_day(number_format: str) -> bool:
    # What stands in quotes or brackets is printed, not formatted: [$-804]yyyy"年"m"月".
    kept, quoted = "", False
    for char in number_format.split(";")[0]:
        quoted ^= char in '"[]'
        kept += "" if quoted else char
    return "d" in kept.lower() or "general" in kept.lower()


def _clean(text: str) -> str | None:
    """Drop what no database or page can hold; an empty cell is None."""
    text = text[:MAX_CELL].replace("_x000D_", "\n").replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c >= " " or c in "\n\t").replace("\x7f", "")
    return text if text.strip() else None


def _trimmed(rows: Iterable[tuple[Value, ...]]) -> tuple[tuple[Value, ...], ...]:
    kept = list(rows)
    while kept and all(value is None for value in kept[-1]):
        kept.pop()
    return tuple(kept)


Covered = dict[tuple[int, int], Value]


def _spread(rows: tuple[tuple[Value, ...], ...], merges: list[archive.Merge]) -> tuple[Covered, Covered]:
    below: Covered = {}
    beside: Covered = {}
    budget = archive.MAX_MERGED_CELLS
    for left, top, right, bottom in merges:
        if top > len(rows) or left > len(rows[top - 1]):
            continue
        lowest, rightmost = min(bottom, len(rows)), min(right, len(rows[0]))
        budget -= (lowest - top + 1) * (rightmost - left + 1)
        if budget < 0:
            raise archive.too_big()
        value = rows[top - 1][left - 1]
        for line in range(top, lowest + 1):
            beside.update({(line, column): value for column in range(left, rightmost + 1)})
            below[line, left] = value
    return below, beside


def _text_page(data: bytes, filename: str) -> Page:
    text = _decoded(data)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as broken:
        raise SheetRefused(
            "BAD_CSV",
            _("CSV 文件读不下去，可能有一格特别长或引号没有配对；请用 Excel 打开另存为 .xlsx 再上传。"),
        ) from broken
    width = max((len(row) for row in rows), default=0)
    if len(rows) > archive.MAX_ROWS or width > archive.MAX_COLUMNS:
        raise archive.too_big()
    padded = (tuple(_clean(cell) for cell in row) + (None,) * (width - len(row)) for row in rows)
    return Page(PurePath(filename).stem, _trimmed(padded), typed=False)


def _decoded(data: bytes) -> str:
    """Excel saves CSV as GBK in China, as UTF-8 with a mark when asked, as UTF-16 for "Unicode"."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetRefused(
        "UNKNOWN_ENCODING", _("文字编码认不出来，请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。")
    )


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:_SAMPLE]
    return max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in lines))

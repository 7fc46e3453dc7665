"""Looks into an .xlsx before anything is loaded: how big it really is, and that it is only a table.

The limits keep one upload from holding a worker: openpyxl believes what a file says about itself,
and without defusedxml its XML parser expands entities.
"""

import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.utils.cell import column_index_from_string, range_boundaries

from common.sheets.notes import SheetRefused

MAX_RATIO = 200
MAX_ENTRIES = 2_000
MAX_OTHER_ELEMENTS = 500_000  # styles and shared strings cost far more each than a cell
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_MERGED_CELLS = 400_000
_CHUNK = 64 * 1024
_STRICT = "http://purl.oclc.org/ooxml/"
_LETTERS = re.compile(r"([A-Z]{1,3})\d+")


class Room(NamedTuple):
    """How much a file may be when it is unpacked."""

    unpacked: int  # bytes
    elements: int  # of one worksheet: a cell has one or two


REGISTER = Room(50 * 1024 * 1024, 2_000_000)
# Eighteen thousand people in sixty columns; for whoever has minutes, not for a page that somebody waits for.
BOOK = Room(120 * 1024 * 1024, 3_500_000)

Merge = tuple[int, int, int, int]  # left, top, right, bottom; 1-based like the sheet


@dataclass(slots=True)
class Part:
    """What one XML part of the archive is, counted by reading it."""

    room: Room = REGISTER
    root: str = ""
    elements: int = 0
    last_row: int = 0
    last_column: int = 0
    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)  # lines nobody sees who opens the file
    _row: int = 0
    _column: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Expat calls this for every element; the sums are checked as they grow."""
        namespace, _gap, name = tag.rpartition(" ")
        self.elements += 1
        if not self.root:
            self.root = name
            if namespace.startswith(_STRICT):
                raise strict_refused()
        limit = self.room.elements if self.root == "worksheet" else MAX_OTHER_ELEMENTS
        if self.elements > limit:
            raise too_big()
        if self.root == "worksheet":
            self._see(name, attributes)

    def _see(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            row = int(attributes.get("r", self._row + 1))
            if row <= self._row:  # openpyxl would drop such a row without a word
                raise ValueError("rows out of order")
            self._row, self._column = row, 0
            if attributes.get("hidden") in {"1", "true"}:
                self.hidden.add(row)
        elif name == "c":
            written = _LETTERS.fullmatch(attributes.get("r", ""))
            self._column = column_index_from_string(written[1]) if written else self._column + 1
        elif name in {"v", "is", "f"}:
            self._see_content()
        elif name == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes["ref"])
            self.merges.append((left, top, min(right, MAX_COLUMNS), min(bottom, MAX_ROWS)))

    def _see_content(self) -> None:
        self.last_row = max(self.last_row, self._row)
        self.last_column = max(self.last_column, self._column)
        if self.last_row > MAX_ROWS:
            raise SheetRefused(
                "TOO_MANY_ROWS", _("表格超过 20000 行，请删掉表格下方多余的内容，或分成几个文件上传。")
            )
        if self.last_column > MAX_COLUMNS:
            raise SheetRefused("TOO_MANY_COLUMNS", _("表格超过 200 列，请删掉表格右边多余的内容后再上传。"))


def too_big() -> SheetRefused:
    """The one refusal for every way of being too big unpacked."""
    return SheetRefused("TOO_BIG", _("文件展开后太大，请只留下要导入的那张表，另存为新的 .xlsx 再上传。"))


def corrupt() -> SheetRefused:
    """Anything that is not the file Excel wrote."""
    return SheetRefused(
        "CORRUPT", _("文件已损坏或不完整，请在 Excel 或 WPS 里打开确认，再另存为 .xlsx 上传。")
    )


def strict_refused() -> SheetRefused:
    """openpyxl reads the transitional dialect only, and finds no sheets at all in the other one."""
    return SheetRefused(
        "STRICT_XLSX", _("文件是“Strict Open XML”格式，请另存为普通的“Excel 工作簿 (.xlsx)”再上传。")
    )


def encrypted() -> SheetRefused:
    """A workbook that needs a password to be opened."""
    return SheetRefused("ENCRYPTED", _("文件设了打开密码，请在 Excel 或 WPS 里取消密码后再上传。"))


def inspect(data: bytes, room: Room = REGISTER) -> dict[str, Part]:
    """Read every part once, without building anything; refuse what is no plain workbook, or has no room."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _weigh(entries, len(data), room)
            _require_workbook({entry.filename for entry in entries})
            return {entry.filename: _scan(archive, entry, room) for entry in entries if not entry.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, KeyError) as broken:
        raise corrupt() from broken


def _weigh(entries: list[zipfile.ZipInfo], packed: int, room: Room) -> None:
    # The declared sizes bind: zipfile never yields more bytes of an entry than its entry declares.
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > room.unpacked or unpacked > MAX_RATIO * packed:
        raise too_big()
    if any(entry.flag_bits & 1 for entry in entries):
        raise encrypted()
    if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        raise corrupt()
    if len({entry.filename for entry in entries}) < len(entries):
        raise corrupt()


def _require_workbook(names: set[str]) -> None:
    if "word/document.xml" in names:
        raise SheetRefused(
            "NOT_A_TABLE", _("这是 Word 文档，请把表格复制到 Excel 或 WPS 表格里，另存为 .xlsx 再上传。")
        )
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise SheetRefused("OTHER_TABLE", _("这种表格文件读不了，请在 Excel 或 WPS 里另存为 .xlsx 再上传。"))
    if "[Content_Types].xml" not in names:
        raise SheetRefused("NOT_A_TABLE", _("这是压缩包，不是表格，请解压后上传里面的 .xlsx 文件。"))


def _scan(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: Room) -> Part:
    part = Part(room)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = part.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
            parser.Parse(b"", True)  # noqa: FBT003  expat takes it by position only
    except expat.ExpatError:
        # Pictures and old drawings are no XML; a broken sheet is found when it is loaded.
        if part.root == "worksheet":
            raise corrupt() from None
    return part


def _refuse_doctype(*_declaration: object) -> None:
    raise SheetRefused(
        "UNSAFE",
        _("文件里有表格不该有的内容，出于安全没有读取；请在 Excel 或 WPS 里另存为新的 .xlsx 再上传。"),
    )

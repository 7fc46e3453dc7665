"""Which files are taken, which refused with what remedy, and that no file can hold a worker."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from django.conf import settings
from openpyxl import Workbook

if not settings.configured:
    settings.configure(USE_I18N=False)

from common.sheets.notes import SheetRefused
from common.sheets.sheet import Page, read_sheet

HEADER = ["姓名", "联系电话", "报名课程"]
ROW = ["王芳", "13800000001", "声乐一班"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def saved(workbook: Workbook) -> bytes:
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def xlsx(*rows: list[object]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    return saved(workbook)


def rewritten(
    data: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def in_sheet(data: bytes, old: bytes, new: bytes) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return content
        assert old in content
        return content.replace(old, new, 1)

    return rewritten(data, change)


def page(data: bytes, filename: str = "a.xlsx") -> Page:
    (only,) = read_sheet(data, filename).pages
    return only


def names(data: bytes, filename: str = "a.xlsx") -> list[object]:
    """What stands in the first column below its heading."""
    column = [row[0] for row in page(data, filename).rows]
    return column[column.index("姓名") + 1 :]


def refusal(data: bytes, filename: str = "a.xlsx") -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        read_sheet(data, filename)
    assert caught.value.message.endswith("。")
    return caught.value


def bare_zip(*entries: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry in entries:
            archive.writestr(entry, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "a.xlsx", "EMPTY_FILE"),
        (b" \n ", "a.csv", "EMPTY_FILE"),
        (OLE + b"Workbook", "名单.xls", "OLD_XLS"),
        (OLE + b"Workbook", "名单.et", "OLD_XLS"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "ENCRYPTED"),
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", "NOT_A_TABLE"),
        (b"<html><table></table></html>", "a.xls", "OLD_XLS"),
        (b"%PDF-1.7", "a.pdf", "UNKNOWN_FILE"),
        (b"\x89PNG\r\n", "a.png", "UNKNOWN_FILE"),
        (b"\x89PNG\r\n", "a.xlsx", "CORRUPT"),
        (b"PK\x03\x04rubbish", "a.xlsx", "CORRUPT"),
        (bare_zip("word/document.xml", "[Content_Types].xml"), "a.docx", "NOT_A_TABLE"),
        (bare_zip("mimetype", "content.xml"), "a.ods", "OTHER_TABLE"),
        (bare_zip("photo.jpg"), "a.zip", "NOT_A_TABLE"),
        (b"\0\x01\x02\xff", "a.csv", "UNKNOWN_ENCODING"),
        (b"x" * (10 * 1024 * 1024 + 1), "a.xlsx", "FILE_TOO_BIG"),
        (xlsx(), "a.xlsx", "EMPTY_FILE"),
    ],
)
def test_what_is_no_table_is_refused_with_a_remedy(data: bytes, filename: str, code: str) -> None:
    assert refusal(data, filename).code == code


@pytest.mark.parametrize("length", [10, 200, 2000])
def test_a_cut_off_upload_is_refused(length: int) -> None:
    assert refusal(xlsx(HEADER, ROW)[:-length]).code == "CORRUPT"


def test_a_damaged_sheet_is_refused() -> None:
    data = in_sheet(xlsx(HEADER, ROW), b"</sheetData>", b"")
    assert refusal(data).code == "CORRUPT"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (60 * 1024 * 1024))
    assert refusal(out.getvalue()).code == "TOO_BIG"


def test_too_many_entries_are_refused() -> None:
    assert refusal(bare_zip("[Content_Types].xml", *(f"{n}.xml" for n in range(2_000)))).code == "TOO_BIG"


def test_endless_empty_styles_or_strings_are_refused() -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"</styleSheet>", b"<xf/>" * 500_000 + b"</styleSheet>")

    assert refusal(rewritten(xlsx(HEADER, ROW), change, zipfile.ZIP_STORED)).code == "TOO_BIG"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(encoding: str) -> None:
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "lol">]>'

    def change(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return content
        return (bomb + content.decode().replace('<?xml version="1.0"?>', "")).encode(encoding)

    assert refusal(rewritten(xlsx(HEADER, ROW), change)).code == "UNSAFE"


def test_the_stated_dimensions_may_lie() -> None:
    data = xlsx(HEADER, ROW, ["李强", "13800000002", "书法"])
    assert names(in_sheet(data, b'<dimension ref="A1:C3"', b'<dimension ref="A1:A1"')) == ["王芳", "李强"]
    assert names(in_sheet(data, b'<dimension ref="A1:C3"', b'<dimension ref="A1:XFD1048576"')) == [
        "王芳",
        "李强",
    ]


def test_a_row_far_below_is_refused_when_it_holds_something() -> None:
    data = xlsx(HEADER, ROW)
    assert refusal(in_sheet(data, b'<row r="2"', b'<row r="1048576"')).code == "TOO_MANY_ROWS"
    assert refusal(in_sheet(data, b'<c r="C2"', b'<c r="XFD2"')).code == "TOO_MANY_COLUMNS"


def test_styled_emptiness_around_a_table_is_no_reason_to_refuse_it() -> None:
    empty = b'<row r="30000"><c r="A30000" s="0"/><c r="XFD30000" s="0"/></row></sheetData>'
    assert names(in_sheet(xlsx(HEADER, ROW), b"</sheetData>", empty)) == ["王芳"]


def test_rows_out_of_order_are_refused_not_dropped() -> None:
    assert refusal(in_sheet(xlsx(HEADER, ROW), b'<row r="2"', b'<row r="1"')).code == "CORRUPT"


def test_a_merge_over_the_whole_sheet_costs_nothing() -> None:
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert names(in_sheet(xlsx(["名册"], HEADER, ROW), b"</sheetData>", merge)) == ["王芳"]
    many = b"</sheetData><mergeCells>" + b'<mergeCell ref="E2:GR20000"/>' * 50_000 + b"</mergeCells>"
    rows = [[*ROW, *range(60)] for _ in range(50)]
    assert refusal(in_sheet(xlsx(HEADER, *rows), b"</sheetData>", many)).code == "TOO_BIG"


def test_the_strict_dialect_is_named() -> None:
    old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    new = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    assert refusal(in_sheet(xlsx(HEADER, ROW), old, new)).code == "STRICT_XLSX"


CSV = "学员花名册,,\n姓名,联系电话,报名课程\n王䶮芳,13800000001,声乐一班\n\n李强,13800000002,书法\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimited_text_is_read_in_every_encoding_excel_writes(encoding: str, delimiter: str) -> None:
    read = page(CSV.replace(",", delimiter).encode(encoding), "名单.CSV")
    assert [(line, row[0]) for line, row in read.lines() if row[2]][1:] == [(3, "王䶮芳"), (5, "李强")]
    assert (read.title, read.typed) == ("名单", False)


def test_a_quoted_line_break_does_not_shift_line_numbers() -> None:
    text = '姓名,报名课程,备注\n王芳,书法,"腿脚\n不便"\n李强,书法,\n'
    assert [row[0] for row in page(text.encode(), "a.csv").rows] == ["姓名", "王芳", "李强"]


def test_a_cell_without_end_is_refused() -> None:
    assert refusal(("姓名,报名课程\n" + '"' + "王" * 200_000).encode(), "a.csv").code == "BAD_CSV"


def test_hidden_pages_and_empty_ones_are_not_seen() -> None:
    workbook = Workbook()
    for title, state in (("旧名单", "hidden"), ("更旧的", "veryHidden"), ("名单", "visible")):
        sheet = workbook.create_sheet(title)
        sheet.append(HEADER)
        sheet.sheet_state = state
    assert [page.title for page in read_sheet(saved(workbook), "a.xlsx").pages] == ["名单"]


def test_a_long_cell_is_cut_and_what_no_page_can_hold_is_dropped() -> None:
    cells = page(("姓名\n" + "王" * 5_000 + "\n王\x07\x7f芳\n").encode(), "a.csv").rows
    assert cells == (("姓名",), ("王" * 1_000,), ("王芳",))


def test_merged_cells_reach_down_and_name_what_stands_beside_them() -> None:
    workbook = Workbook()
    for row in (["姓名", "电话", None], ["王芳", 1, 2], [None, 3, 4], [None, 5, 6]):
        workbook.active.append(row)
    workbook.active.merge_cells("A2:A3")
    workbook.active.merge_cells("B1:C1")
    read = page(saved(workbook))
    assert [read.filled(line)[0] for line in (2, 3, 4)] == ["王芳", "王芳", None]
    assert read.labels(1) == ("姓名", "电话", "电话")
    assert read.rows[2] == (None, 3, 4)


def test_a_workbook_of_formulas_gives_what_excel_last_showed() -> None:
    data = in_sheet(xlsx(HEADER, [1, "13800000001", "书法"]), b"<v>1</v>", b"<f>B9</f><v>1</v>")
    assert names(data) == [1]


PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def as_excel_writes_it(strings: str, cells: str) -> bytes:
    """The smallest workbook with shared strings, which openpyxl itself no longer writes here."""
    relation = '<Relationship Id="{}" Type="' + OFFICE + '/{}" Target="{}"/>'
    relations = f'<Relationships xmlns="{PACKAGE}/relationships">' + "{}</Relationships>"
    override = '<Override PartName="/xl/{}.xml" ContentType="' + TYPE + '.{}+xml"/>'
    types = override.format("workbook", "sheet.main") + override.format("worksheets/sheet1", "worksheet")
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/>{types}'
        + override.format("sharedStrings", "sharedStrings")
        + "</Types>",
        "_rels/.rels": relations.format(relation.format("r1", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relations.format(
            relation.format("r1", "worksheet", "worksheets/sheet1.xml")
            + relation.format("r2", "sharedStrings", "sharedStrings.xml")
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="名单" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, '<?xml version="1.0"?>' + content)
    return out.getvalue()


def test_shared_strings_rich_text_and_cells_without_references_are_read() -> None:
    data = as_excel_writes_it(
        "<si><t>姓名</t></si><si><t>报名课程</t></si><si><r><t>王</t></r><r><t>芳</t></r><rPh sb='0' eb='1'><t>wang</t></rPh></si>",
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>2</v></c><c r="B4" t="str"><f>A1</f><v>书法_x000D_\n剪纸</v></c></row>',
    )
    rows = page(data).rows
    assert (rows[0], rows[3]) == (("姓名", "报名课程"), ("王芳", "书法\n\n剪纸"))


def test_a_string_that_is_not_there_is_a_damaged_file() -> None:
    assert refusal(as_excel_writes_it("", '<row><c t="s"><v>7</v></c></row>')).code == "CORRUPT"

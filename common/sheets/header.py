"""Finds the header of a register whatever its column order, wording and the titles above it.

A kind of register is a list of `Field`s: a name, and the patterns of the headings that mean it.
Patterns are matched against the whole heading without spaces, stars and parentheses; they are
data to compare with, not sentences to show.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.sheets.notes import SheetRefused, Skipped
from common.sheets.sheet import Page, Sheet
from common.sheets.text import Value, plain, quote, squeezed

SEARCHED_LINES = 40  # a header further down is no header
LONGEST_NAME = 12  # a lone cell longer than this is a note, not a person or a class

_SUMMARY = re.compile(
    r"(?:(?:合 ?计|总 ?计|小 ?计|共计|累计|总人数)(?: ?[:(\d].*|人数.*|人次.*|人)?"
    r"|共?计?\d+(?:人|人次|个班|名|户)"
    r"|(?:填表人?|填报人?|制表人?|编制人?|审核人?|审批人?|复核人?|负责人|经办人|联系人|盖章|单位|填报单位|"
    r"日期|填表日期|制表日期|填报日期|时间|说明|注|备注|附注|附|注意事项|填表说明)(?:\(.*?\))?:.*"
    r"|(?:填表人|填报人|制表人|制表|审核|审核人|审批|经办人|填表日期|制表日期|说明|注意事项|填表说明|注|备注))"
)

_SERIAL = re.compile(r"\W*\d*\W*")


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of column; earlier patterns are the better ones when several columns match."""

    name: str
    patterns: tuple[str, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """Where a page's header ends, and which columns (0-based) mean what."""

    last_line: int
    labels: tuple[str, ...]
    columns: dict[str, tuple[int, ...]]
    refused: tuple[int, ...] = ()  # columns that nobody may read

    def has(self, name: str) -> bool:
        """Tell whether any column means this field."""
        return bool(self.columns.get(name))

    def label(self, name: str) -> str:
        """The field's heading as written in the file, for sentences about its cells."""
        columns = self.columns.get(name)
        return self.labels[columns[0]] if columns else ""

    def used(self) -> frozenset[int]:
        """Every column that means something."""
        return frozenset(column for columns in self.columns.values() for column in columns)

    def unused_labels(self) -> tuple[str, ...]:
        """Headings nobody reads, so that the preview can say so."""
        known = self.used().union(self.refused)
        return tuple(label for column, label in enumerate(self.labels) if label and column not in known)


@dataclass(frozen=True, slots=True)
class Kind:
    """A register's fields, and what a page must have to be one: any field of each group.

    A heading with `refused` anywhere in it is of a column that may not be read, whatever else it says.
    """

    fields: tuple[Field, ...]
    required: tuple[tuple[str, ...], ...]
    refused: str = ""

    def refuses(self, heading: Value) -> bool:
        """Whether what stands under this heading is none of our business."""
        return bool(self.refused and re.search(self.refused, squeezed(heading)))

    def recognise(self, heading: Value) -> tuple[str, int] | None:
        """Return (field, rank of the pattern) of a heading."""
        text = squeezed(heading).replace("*", "").rstrip(":")
        bare = re.sub(r"\(.*?\)", "", text)
        for field in self.fields:
            for rank, pattern in enumerate(field.patterns):
                if re.fullmatch(pattern, text) or re.fullmatch(pattern, bare):
                    return field.name, rank
        return None


def find_table(sheet: Sheet, kind: Kind, *, names: Sequence[str]) -> tuple[Page, Header]:
    """Return the one page whose header is recognised; `names` are the required columns to people."""
    found = []
    best: set[int] = set()
    for page in sheet.pages:
        header, groups = _find_header(page, kind)
        best = max(best, groups, key=len)
        if header and header.last_line < len(page.rows):
            found.append((page, header))
    if len(found) > 1:
        titles = "".join(_("“%(title)s”") % {"title": quote(page.title)} for page, _header in found)
        raise SheetRefused(
            "SEVERAL_TABLES",
            _("文件里有几张工作表都像要导入的表：%(titles)s，请只留下要导入的一张再上传。")
            % {"titles": titles},
        )
    if not found:
        raise _no_header(names, best)
    return found[0]


def _no_header(names: Sequence[str], best: set[int]) -> SheetRefused:
    if len(best) == len(names):
        return SheetRefused("EMPTY_TABLE", _("表头下面没有内容，请填好以后再上传。"))
    missing = _("、").join(f"“{name}”" for group, name in enumerate(names) if group not in best)
    return SheetRefused(
        "NO_HEADER",
        _("没有找到完整的表头，缺少这些列：%(missing)s；请补上列名再上传。") % {"missing": missing},
    )


def _find_header(page: Page, kind: Kind) -> tuple[Header | None, set[int]]:
    best: set[int] = set()
    for line in range(1, min(len(page.rows), SEARCHED_LINES) + 1):
        for last in (line + 1, line):
            if last > line and not _continues(page, kind, line):
                continue
            header = _read_header(page, kind, line, last)
            groups = {i for i, group in enumerate(kind.required) if any(map(header.has, group))}
            if len(groups) == len(kind.required):
                return header, groups
            best = max(best, groups, key=len)
    return None, best


def _continues(page: Page, kind: Kind, line: int) -> bool:
    """Is the next line the second storey of a header: at least half of its own cells headings?"""
    if line >= len(page.rows):
        return False
    own = [(column, value) for column, value in enumerate(page.rows[line]) if value is not None]
    above = page.labels(line)
    known = sum(
        1 for column, value in own if kind.recognise(value) or kind.recognise(_joined(above[column], value))
    )
    return known > 0 and 2 * known >= len(own)


def _joined(above: Value, below: Value) -> str:
    upper, lower = squeezed(above), squeezed(below)
    return lower if upper == lower else upper + lower


def _read_header(page: Page, kind: Kind, first: int, last: int) -> Header:
    below = page.labels(last)
    above = page.labels(first) if first != last else (None,) * len(below)
    groups = above if first != last else _groups_above(page, first)
    found: dict[str, list[tuple[int, int]]] = {}
    labels: list[str] = []
    refused: list[int] = []
    for column, (upper, lower) in enumerate(zip(above, below, strict=True)):
        # 紧急联系人 over 电话 is the contact's phone, so the two together are tried first.
        choices: list[Value] = [_joined(upper, lower), lower, upper]
        chosen = next((c for c in choices if c is not None and kind.recognise(c)), None)
        labels.append(plain(chosen if chosen is not None else lower if lower is not None else ""))
        if kind.refuses(whole := _joined(groups[column], lower)):
            refused.append(column)
            labels[-1] = plain(whole)
            continue
        if chosen is None or not (match := kind.recognise(chosen)):
            continue
        name, rank = _beside_contact(match, column, found)
        found.setdefault(name, []).append((rank, column))
    columns = {f.name: _columns(f, found.get(f.name, [])) for f in kind.fields}
    return Header(last, tuple(labels), columns, tuple(refused))


def _groups_above(page: Page, line: int) -> tuple[Value, ...]:
    """What a line above a header of one storey groups its columns under; a title or a note is no group."""
    labels = page.labels(line - 1) if line > 1 else (None,) * len(page.rows[0])
    groups = {squeezed(label) for label in labels if label is not None and ":" not in squeezed(label)}
    return tuple(label if len(groups) > 1 and squeezed(label) in groups else None for label in labels)


def _beside_contact(
    match: tuple[str, int], column: int, found: dict[str, list[tuple[int, int]]]
) -> tuple[str, int]:
    """A bare 电话 right after 紧急联系人 is that person's, not the learner's."""
    name, rank = match
    if name == "phone" and (0, column - 1) in found.get("contact_name", []):
        return "contact_phone", rank
    return match


def _columns(field: Field, ranked: list[tuple[int, int]]) -> tuple[int, ...]:
    if field.many:
        return tuple(column for _rank, column in ranked)
    return (min(ranked)[1],) if ranked else ()


def entries(page: Page, header: Header, kind: Kind) -> tuple[tuple[int, ...], tuple[Skipped, ...]]:
    """Tell the lines under the header that are entries from those that are not; blank ones are neither."""
    lines, skipped = [], []
    for line in range(header.last_line + 1, len(page.rows) + 1):
        filled = [(column, value) for column, value in enumerate(page.rows[line - 1]) if value is not None]
        if reason := _no_entry(page, header, kind, line, filled):
            skipped.append(Skipped(line, _text(filled), reason))
        elif _has_entry(header, filled):
            lines.append(line)
    return tuple(lines), tuple(skipped)


def _no_entry(page: Page, header: Header, kind: Kind, line: int, filled: Sequence[tuple[int, Value]]) -> str:
    if _is_summary(filled):
        return _("合计、落款或说明，不是名单内容")
    if _is_header_again(header, kind, filled):
        return _("重复的表头")
    if len(filled) == 1 and _is_note(page, header, line, *filled[0]):
        return _("说明文字或分段标题；如果是班级名，请写到每个人那一行")
    return ""


def _is_note(page: Page, header: Header, line: int, column: int, value: Value) -> bool:
    wide = (line, column + 2) in page.beside  # a title across the columns inside the table
    text = plain(value)
    return wide or len(text) > LONGEST_NAME or (column not in header.used() and not _SERIAL.fullmatch(text))


def _text(filled: Sequence[tuple[int, Value]]) -> str:
    return quote(" ".join(plain(value) for _column, value in filled))


def _has_entry(header: Header, filled: Sequence[tuple[int, Value]]) -> bool:
    """Prepared forms number their empty lines: a serial number alone is no entry."""
    used = header.used()
    return any(column in used or not _SERIAL.fullmatch(plain(value)) for column, value in filled)


def _is_summary(filled: Sequence[tuple[int, Value]]) -> bool:
    words = (word for _column, value in filled if not (word := plain(value)).isdigit())
    return bool(_SUMMARY.fullmatch(next(words, "")))


def _is_header_again(header: Header, kind: Kind, filled: Sequence[tuple[int, Value]]) -> bool:
    used = header.used()
    hits = sum(
        1
        for column, value in filled
        if column in used and (match := kind.recognise(value)) and column in header.columns.get(match[0], ())
    )
    return hits >= 2

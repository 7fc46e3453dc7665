"""A roster: who wants to learn what, with every doubtful cell named and nothing guessed."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from common.sheets.header import Field, Kind, entries, find_table
from common.sheets.notes import Doubt, Skipped
from common.sheets.persons import PERSON_FIELDS, PersonCells, dates_in, refuse_one_name
from common.sheets.sheet import Sheet
from common.sheets.text import Value, as_text, plain, squeezed
from common.sheets.text import shown as as_shown
from courses.registers.classes import joined_class

_WISH = (
    r"(?:所报|所在|报名|意向|选报|拟报|参加|所选|学习)?(?:第[一二三四五六1-6])?"
    r"(?:课程|班级|班次|科目|专业|项目|志愿)(?:[一二三四五六1-6])?(?:名称)?|所在班|报班|班名"
)
_KIND = Kind(
    fields=(
        *PERSON_FIELDS,
        Field(
            "home",
            (
                r"(?:所在|居住|所属|现住|常住|现居)?社区(?:名称)?",
                r"(?:所在|居住)?小区(?:名称)?",
                r"(?:家庭|现|居|常|详细|居住|联系)?(?:住址|地址|住所)|居住地",
            ),
        ),
        Field("wish", (_WISH,), many=True),
    ),
    required=(("name",), ("wish",)),
)
_SEVERAL = re.compile(r"[、,;/|\n+]|(?<=班)\s+(?=\S*班)")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One learner's line. Empty strings and None are what is not written or not certain."""

    line: int
    raw: tuple[str, ...]
    full_name: str = ""
    sex: str = ""
    born_on: date | None = None
    born_precision: str = ""
    phone: str = ""
    home: str = ""
    wishes: tuple[str, ...] = ()
    contact_name: str = ""
    contact_phone: str = ""
    remark: str = ""
    document_no: str = field(default="", repr=False)
    doubts: tuple[Doubt, ...] = ()
    fatal: str = ""  # why the line cannot be imported at all


@dataclass(frozen=True, slots=True)
class Roster:
    """A read roster; `unused` are headings nobody reads, `missing` usual ones that are not there."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[RosterRow, ...]
    skipped: tuple[Skipped, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]


def read_roster(sheet: Sheet, *, today: date) -> Roster:
    """Read the one page that is a roster; refuses (SheetRefused) a file without one.

    `today` bounds birth dates: a birth in the future is a slip of the pen.
    """
    page, header = find_table(sheet, _KIND, names=(_("姓名"), _("报名课程")))
    lines, skipped = entries(page, header, _KIND)
    reader = _Reader(page, header, dates_in(page, header, lines, "birth"), today)
    rows = tuple(reader.row(line) for line in lines)
    refuse_one_name(row.full_name for row in rows)
    usual = {"phone": _("联系电话"), "birth": _("出生年月"), "sex": _("性别"), "home": _("所在社区")}
    return Roster(
        title=page.title,
        headers=header.labels,
        rows=rows,
        skipped=skipped,
        unused=header.unused_labels(),
        missing=tuple(label for name, label in usual.items() if not header.has(name)),
    )


class _Reader(PersonCells):
    def row(self, line: int) -> RosterRow:
        said = self.person(line)
        wishes = self._wishes()
        return RosterRow(
            line=line,
            raw=tuple(as_shown(cell) for cell in self.cells),
            home=squeezed(self.cell("home")),
            wishes=wishes,
            remark=plain(self.cell("remark")),
            doubts=tuple(self.doubts),
            **said,
        )

    def _wishes(self) -> tuple[str, ...]:
        columns = self.header.columns["wish"]
        texts = [self.sound("wish", self.cells[column]) for column in columns]
        if _is_course_and_class([self.header.labels[column] for column in columns]):
            texts = [joined_class(plain(texts[0]), plain(texts[1]))]
        parts = (squeezed(p) for text in texts if text is not None for p in _SEVERAL.split(_lines(text)))
        wishes = tuple(dict.fromkeys(part for part in parts if part))
        if not wishes:
            self.doubt("NO_CLASS", "wish", _("没有写报名课程，只登记这个人，不报名。"))
        return wishes


def _lines(value: Value) -> str:
    """A cell's text with its line breaks, which part several wishes."""
    return "\n".join(plain(line) for line in as_text(value).splitlines())


def _is_course_and_class(labels: list[str]) -> bool:
    """课程 and 班级 side by side name one class; 第一课程 and 第二课程 name two."""
    numbered = re.compile(r"第[一二三四五六1-6]|[一二三四五六1-6]$")
    return (
        len(labels) == 2
        and not any(numbered.search(squeezed(label)) for label in labels)
        and "班" not in labels[0]
        and "班" in labels[1]
    )

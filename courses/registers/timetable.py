"""A timetable: classes with their weekly times, places and terms."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from common.sheets.header import Field, Header, Kind, entries, find_table
from common.sheets.notes import Doubt, Skipped
from common.sheets.sheet import Page, Sheet
from common.sheets.text import (
    ERROR_VALUES,
    Value,
    as_text,
    is_ditto,
    is_nothing,
    person_name,
    plain,
    quote,
    squeezed,
)
from common.sheets.text import (
    shown as as_shown,
)
from courses.registers.classes import class_key, joined_class
from courses.registers.slots import Slot, read_day, read_slots, read_term

MOST_LEARNERS = 500  # a weekly class above this is a slip of the pen
LONGEST_NAME = 60
_EARLIEST, _LATEST = time(6), time(22, 30)

_KIND = Kind(
    fields=(
        Field("course", (r"课程(?:名称)?|科目|专业|项目(?:名称)?",)),
        Field("class_name", (r"(?:开设|教学)?班级(?:名称)?|班次|班名",)),
        Field("teacher", (r"(?:任课|授课|志愿)?(?:教师|老师|讲师|师资)(?:姓名)?|任课人|授课人|主讲人?",)),
        Field("time", (r"(?:上课|授课|开课|教学|活动)?(?:时间|时段)|上课时间安排",)),
        Field("weekday", (r"星期|周次|周几|上课(?:星期|日)",)),
        Field("room", (r"(?:上课|授课)?(?:教室|房间|场室|功能室)(?:名称)?",)),
        Field(
            "place",
            (r"(?:上课|授课|开课|教学|活动)?(?:地点|场地|中心|教学点|地址)|社区|所在社区|党群服务中心",),
        ),
        Field(
            "capacity",
            (
                r"(?:人数|招生|班级|计划|限定)?(?:上限|限额|名额|容量)|(?:招生|计划|限定|限报)人数(?:上限)?",
                "人数",
            ),
        ),
        Field(
            "term", (r"学期(?:起止)?(?:日期|时间)?|(?:教学|课程|上课)?起止(?:日期|时间)|(?:开课|教学)周期",)
        ),
        Field("starts", (r"(?:学期)?(?:开课|开始|开学|起始)日期|(?:开始|开学)时间",)),
        Field("ends", (r"(?:学期)?(?:结课|结束|结业|截止)(?:日期|时间)",)),
    ),
    required=(("class_name", "course"), ("time",), ("capacity",)),
)
_COUNT = re.compile(r"(?:限|共|约)?(\d{1,5})(?:\.0)?(?:人|名|个|位)?(?:以内)?")


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """One class. A row with `fatal` cannot be imported, for that reason."""

    line: int
    raw: tuple[str, ...]
    course: str = ""
    class_name: str = ""
    teacher_name: str = ""
    slots: tuple[Slot, ...] = ()
    room: str = ""
    place: str = ""
    capacity: int | None = None
    term_starts: date | None = None
    term_ends: date | None = None
    doubts: tuple[Doubt, ...] = ()
    fatal: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """A read timetable."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[TimetableRow, ...]
    skipped: tuple[Skipped, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]


def read_timetable(sheet: Sheet) -> Timetable:
    """Read the one page that is a timetable; refuses (SheetRefused) a file without one."""
    page, header = find_table(sheet, _KIND, names=(_("班级"), _("上课时间"), _("人数上限")))
    lines, skipped = entries(page, header, _KIND)
    reader = _Reader(page, header)
    usual = {"teacher": _("任课教师"), "place": _("上课地点"), "room": _("教室")}
    missing = [label for name, label in usual.items() if not header.has(name)]
    if not (header.has("term") or (header.has("starts") and header.has("ends"))):
        missing.append(_("学期"))
    return Timetable(
        title=page.title,
        headers=header.labels,
        rows=_without_doubles(reader.row(line) for line in lines),
        skipped=skipped,
        unused=header.unused_labels(),
        missing=tuple(missing),
    )


def _without_doubles(rows: Iterable[TimetableRow]) -> tuple[TimetableRow, ...]:
    """A class named twice would be opened twice; its second line is refused."""
    first: dict[object, int] = {}
    kept = []
    for row in rows:
        line = first.setdefault(class_key(row.class_name), row.line) if row.class_name else row.line
        if line != row.line and not row.fatal:
            message = _("班级与第 %(line)d 行重复，这一行不会导入；同一个班有几个时间，请写在同一格里。") % {
                "line": line
            }
            row = replace(row, fatal=message)
        kept.append(row)
    return tuple(kept)


@dataclass(slots=True)
class _Reader:
    page: Page
    header: Header
    doubts: list[Doubt] = field(default_factory=list)
    cells: tuple[Value, ...] = ()

    def row(self, line: int) -> TimetableRow:
        self.doubts, self.cells = [], self.page.filled(line)
        course, class_name = self._names()
        slots, capacity = self._slots(), self._capacity()
        starts, ends = self._term()
        return TimetableRow(
            line=line,
            raw=tuple(as_shown(cell) for cell in self.cells),
            course=course,
            class_name=class_name,
            teacher_name=self._teacher(),
            slots=slots,
            room=plain(self._cell("room")),
            place=squeezed(self._cell("place")),
            capacity=capacity,
            term_starts=starts,
            term_ends=ends,
            doubts=tuple(self.doubts),
            fatal=self._fatal(class_name, slots, capacity),
        )

    def _fatal(self, class_name: str, slots: tuple[Slot, ...], capacity: int | None) -> str:
        if not class_name:
            return _("没有写班级，这一行不会导入。")
        if len(class_name) > LONGEST_NAME:
            return _("班级名太长，这一行不会导入。")
        if not slots:
            text = self._time_text()
            if not text:
                return _("没有写上课时间，这一行不会导入。")
            return _("上课时间“%(text)s”读不懂，请写成“周三 18:00-19:00”的样子。") % {"text": quote(text)}
        if capacity is None:
            shown = {"text": quote(self._cell("capacity"))}
            return _("人数上限“%(text)s”不是一个大于 0 的数，这一行不会导入。") % shown
        return ""

    def _doubt(self, code: str, name: str, message: str) -> None:
        self.doubts.append(Doubt(code, self.header.label(name), message))

    def _cell(self, name: str) -> Value:
        columns = self.header.columns[name]
        value = self.cells[columns[0]] if columns else None
        unusable = is_nothing(value) or is_ditto(value) or as_text(value) in ERROR_VALUES
        return None if unusable else value

    def _names(self) -> tuple[str, str]:
        course, class_name = squeezed(self._cell("course")), squeezed(self._cell("class_name"))
        if not self.header.has("class_name"):
            return course, course
        class_name = joined_class(course, class_name) if class_name else ""
        return course or class_key(class_name).stem, class_name

    def _teacher(self) -> str:
        name = re.sub(r"(?<=..)(?:老师|教师)$", "", person_name(self._cell("teacher")))
        if re.search(r"[、,;/\n]", name):
            self._doubt(
                "SEVERAL_TEACHERS", "teacher", _("写了几位老师“%(name)s”，请核对由谁任课。") % {"name": name}
            )
        return name

    def _time_text(self) -> str:
        return " ".join(plain(v) for v in (self._cell("weekday"), self._cell("time")) if v is not None)

    def _slots(self) -> tuple[Slot, ...]:
        slots = read_slots(self._time_text())
        if any(slot.starts < _EARLIEST or slot.ends > _LATEST for slot in slots):
            self._doubt(
                "ODD_TIME", "time", _("上课时间“%(text)s”太早或太晚，请核对。") % {"text": self._time_text()}
            )
        return slots

    def _capacity(self) -> int | None:
        match = _COUNT.fullmatch(squeezed(self._cell("capacity")))
        capacity = int(match[1]) if match else 0
        if capacity > MOST_LEARNERS:
            self._doubt(
                "BIG_CLASS", "capacity", _("人数上限 %(count)d 特别大，请核对。") % {"count": capacity}
            )
        return capacity or None

    def _term(self) -> tuple[date | None, date | None]:
        if self.header.has("starts") and self.header.has("ends"):
            return self._day("starts"), self._day("ends")
        value = self._cell("term")
        if value is None:
            return None, None
        term = read_term(as_text(value))
        if term is None:
            message = _("学期“%(text)s”没有写明起止日期，先留空，请在导入时选择学期。") % {
                "text": quote(value)
            }
            self._doubt("BAD_TERM", "term", message)
            return None, None
        return term

    def _day(self, name: str) -> date | None:
        value = self._cell(name)
        if isinstance(value, datetime):
            return value.date()
        day = read_day(as_text(value))
        if value is not None and day is None:
            self._doubt(
                "BAD_TERM", name, _("日期“%(text)s”读不懂，先留空，请核对。") % {"text": quote(value)}
            )
        return day

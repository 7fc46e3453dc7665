"""Verbs of the calendar: holidays and make-up working days, a year at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Protocol

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext as _

from centers.models import CalendarDay
from centers.rules import DayKind
from common.errors import DomainError, NotAllowed

_KINDS = {
    DayKind.HOLIDAY: DayKind.HOLIDAY,
    DayKind.MAKEUP_WORKDAY: DayKind.MAKEUP_WORKDAY,
    "放假": DayKind.HOLIDAY,
    "调休上班": DayKind.MAKEUP_WORKDAY,
    "上班": DayKind.MAKEUP_WORKDAY,
    "补班": DayKind.MAKEUP_WORKDAY,
}
_COLUMNS = {"日期": "day", "date": "day", "类型": "kind", "名称": "name", "节日": "name"}
_NAME_LENGTH = 20


class CalendarNotPublished(DomainError):
    """The package does not know that year."""

    code = "CALENDAR_NOT_PUBLISHED"


class CalendarFileUnread(DomainError):
    """A line of the file is no day; the message says which and why."""

    code = "CALENDAR_FILE_UNREAD"


class Keeper(Protocol):
    """Whoever may keep what all streets share; an account of people, which stands above this room."""

    def may_everywhere(self, verb: str) -> bool: ...


def _refuse_others(by: Keeper) -> None:
    """Refuses NOT_ALLOWED to whoever looks after a part of the tree only: the calendar is everybody's."""
    if not by.may_everywhere("centers.change"):
        raise NotAllowed(message=_("放假安排各街道共用，只有管全部地区的人能改。"))


def load_calendar(*, year: int, by: Keeper) -> list[CalendarDay]:
    """载入日历: the holidays and make-up working days of a year, from the chinesecalendar package.

    Replaces what was loaded of that year; doing it twice changes nothing. Refuses NOT_ALLOWED to
    whoever does not look after the whole tree, and CALENDAR_NOT_PUBLISHED for a year the package does not know: the State Council publishes a
    year's days the November before (全国年节及纪念日放假办法).
    """
    _refuse_others(by)
    sources = (
        (DayKind.HOLIDAY, chinese_calendar.holidays),
        (DayKind.MAKEUP_WORKDAY, chinese_calendar.workdays),
    )
    days = [
        CalendarDay(day=day, kind=kind, name=_holiday_name(english))
        for kind, source in sources
        for day, english in source.items()
        if day.year == year
    ]
    if not days:
        known = sorted({day.year for day in chinese_calendar.holidays})
        words = {"year": year, "first": known[0], "last": known[-1]}
        message = _(
            "程序里还没有 %(year)s 年的放假安排（现有 %(first)s–%(last)s 年）。"
            "国务院公布后，请从文件导入，或在“日历”里逐天填写。"
        )
        raise CalendarNotPublished(message=message % words)
    return _replace(days)


def load_calendar_file(*, content: bytes, by: Keeper) -> list[CalendarDay]:
    """导入日历: days from an office's own file, CSV or JSON, UTF-8 or GB 18030.

    CSV has the columns 日期, 类型 (放假 or 调休上班), 名称; JSON is a list of {"day", "kind",
    "name"}, or what holiday-cn publishes ({"days": [{"date", "isOffDay", "name"}]}). Replaces the
    years that the file names, all or nothing. Refuses NOT_ALLOWED to whoever does not look after
    the whole tree, and CALENDAR_FILE_UNREAD.
    """
    _refuse_others(by)
    text = _decoded(content).strip()
    try:
        rows = list(_json_rows(text) if text[:1] in {"[", "{"} else _csv_rows(text))
    except (json.JSONDecodeError, csv.Error) as error:
        raise CalendarFileUnread(message=_("文件读不出来：%(error)s") % {"error": error}) from error
    days = {row.day: row for row in (_day(number, row) for number, row in rows)}
    if not days:
        raise CalendarFileUnread(message=_("文件里没有日期。需要“日期、类型、名称”三列。"))
    return _replace(days.values())


@transaction.atomic
def _replace(days: Iterable[CalendarDay]) -> list[CalendarDay]:
    days = sorted(days, key=lambda day: day.day)
    for year in {day.day.year for day in days}:
        CalendarDay.objects.filter(day__year=year).delete()
    return CalendarDay.objects.bulk_create(days)


def _holiday_name(english: str) -> str:
    chinese = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    return str(chinese.get(english, english))[:_NAME_LENGTH]


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _json_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    data = json.loads(text)
    rows = data.get("days", []) if isinstance(data, dict) else data
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise CalendarFileUnread(message=_("第 %(n)s 项不是一天。") % {"n": number})
        kind = row.get("kind")
        if "isOffDay" in row:
            kind = DayKind.HOLIDAY if row["isOffDay"] else DayKind.MAKEUP_WORKDAY
        yield number, {"day": row.get("day") or row.get("date"), "kind": kind, "name": row.get("name")}


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        if any(row.values()):
            yield number, {_COLUMNS.get((key or "").strip(), (key or "").strip()): row[key] for key in row}


def _day(number: int, row: Mapping[str, Any]) -> CalendarDay:
    written, kind, name = (str(row.get(key) or "").strip() for key in ("day", "kind", "name"))
    try:
        day = date.fromisoformat(written.replace("/", "-").replace(".", "-"))
    except ValueError:
        words = {"n": number, "text": written}
        message = _("第 %(n)s 行的日期“%(text)s”看不懂，请写成 2027-01-01。")
        raise CalendarFileUnread(message=message % words) from None
    if kind not in _KINDS or not name:
        message = _("第 %(n)s 行请写明类型（放假或调休上班）和节日名称。")
        raise CalendarFileUnread(message=message % {"n": number})
    return CalendarDay(day=day, kind=_KINDS[kind], name=name[:_NAME_LENGTH])

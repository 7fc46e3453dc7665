"""Weekly times and terms as timetables write them: 每周二下午2:30-4:00, 2026.9.7—2027.1.15."""

import re
from datetime import date, time
from typing import NamedTuple

from common.sheets.text import plain

_WEEKDAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7} | {
    str(n): n for n in range(1, 8)
}
# A digit is a weekday only where no clock time starts with it.
_DAY = r"(?:[一二三四五六日天]|[1-7](?![\d:点时.\-]))"
_WEEK = "(?:周|星期|礼拜)"
_DAYS = re.compile(rf"{_WEEK}{_DAY}(?:[、,和及/ ]*{_WEEK}{_DAY}|[、,和及/]*{_DAY})*")
_DAY_RANGE = re.compile(rf"{_WEEK}([一二三四五六日天1-7])-{_WEEK}?({_DAY})")
_PART = "上午|早上|早晨|清晨|中午|下午|午后|傍晚|晚上|夜晚|夜间|晚"
_CLOCK = r"(?<!\d)(\d{1,2})(?!\d)(?:[:.](\d{2})|[点时](?:(\d{1,2})分?|(半))?)?"
_RANGE = re.compile(rf"({_PART})?\s*{_CLOCK}\s*-\s*({_PART})?\s*{_CLOCK}")
_FILLER = re.compile(r"每|的|上课|时间|[\s、,,;/:和及()\n]+")
_DASH = re.compile(r"\s*(?:[‐‑‒–—―−~～\-]|至|到)+\s*")
_MORNING = frozenset({"上午", "早上", "早晨", "清晨"})
_DATE = re.compile(r"(?<!\d)(?:(\d{4})[年./\-])?(\d{1,2})[月./\-](\d{1,2})(?!\d)[日号]?")
_SOLID_DATE = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")


class Slot(NamedTuple):
    """One weekly lesson in local time; Monday is 1."""

    weekday: int
    starts: time
    ends: time


def read_slots(text: str) -> tuple[Slot, ...]:
    """Read every weekly time, or nothing at all when any part of the text stays unread."""
    line = _DASH.sub("-", plain(text))
    ranges = list(_RANGE.finditer(line))
    slots: list[Slot] = []
    days: tuple[int, ...] = ()
    start = 0
    for index, match in enumerate(ranges):
        # With a single time its days may also stand behind it.
        around = line[start : match.start()] + (line[match.end() :] if index == len(ranges) - 1 else "")
        found, unread = _days(around)
        days = found or days
        hours = _hours(match)
        if unread or not days or hours is None:
            return ()
        slots += [Slot(day, *hours) for day in days]
        start = match.end()
    return tuple(sorted(set(slots)))


def _days(text: str) -> tuple[tuple[int, ...], bool]:
    """Return the weekdays, and whether anything else is left (单周, 隔周, a remark)."""
    days: list[int] = []

    def span(match: re.Match[str]) -> str:
        first, last = _WEEKDAYS[match[1]], _WEEKDAYS[match[2]]
        days.extend(range(first, last + 1))
        return ""

    def each(match: re.Match[str]) -> str:
        days.extend(_WEEKDAYS[day] for day in re.findall(_DAY, match.group()))
        return ""

    rest = _DAYS.sub(each, _DAY_RANGE.sub(span, text))
    return tuple(days), bool(_FILLER.sub("", rest))


def _hours(match: re.Match[str]) -> tuple[time, time] | None:
    part, h1, m1, n1, half1, part2, h2, m2, n2, half2 = match.groups()
    starts = _clock(part, h1, m1 or n1, half1)
    ends = _clock(part2 or part, h2, m2 or n2, half2)
    if ends and starts and ends <= starts and not part2 and part in _MORNING:
        return None
    return (starts, ends) if starts and ends and starts < ends else None


def _clock(part: str | None, hour: str, minute: str | None, half: str | None) -> time | None:
    h, m = int(hour), 30 if half else int(minute or 0)
    if h > 23 or m > 59:
        return None
    if part is None:
        # 2:30 without 上午 or 下午 is no lesson at night, and whether it is 14:30 is a guess.
        return time(h, m) if h >= 6 else None
    if part in _MORNING:
        return time(h, m) if h <= 12 else None
    if part == "中午":
        return time(h if h >= 10 else h + 12, m)
    return time(h + 12 if h < 12 else h, m)


def read_term(text: str) -> tuple[date, date] | None:
    """Read two full dates, the second perhaps without its year; None for anything vaguer."""
    line = _SOLID_DATE.sub(r"\1年\2月\3日", plain(text).replace(" ", ""))
    found = [tuple(int(part) if part else None for part in match) for match in _DATE.findall(line)]
    if len(found) != 2 or found[0][0] is None:
        return None
    try:
        starts = date(found[0][0], found[0][1] or 0, found[0][2] or 0)
        ends = date(found[1][0] or starts.year, found[1][1] or 0, found[1][2] or 0)
    except ValueError:
        return None
    return (starts, ends) if starts < ends else None


def read_day(text: str) -> date | None:
    """Read one full date."""
    line = _SOLID_DATE.sub(r"\1年\2月\3日", plain(text).replace(" ", "").removesuffix("00:00"))
    match = _DATE.fullmatch(line)
    if not match or not match[1]:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None

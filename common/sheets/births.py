"""Birth dates as registers hold them, with the precision they really have."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from common.sheets.text import Value, YearMonth, as_text, is_nothing, quote, squeezed

DAY, MONTH, YEAR = "DAY", "MONTH", "YEAR"
OLDEST = 120  # years; a date before that is a slip of the pen or Excel's zero
_SERIAL_EPOCH = date(1899, 12, 30)
_SERIALS = range(10_000, 60_000)  # 1927 to 2064

_SEPARATED = re.compile(r"(\d{4})[.\-/年,、](\d{1,2})(?:[.\-/月,、](\d{1,2})日?|月)?")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_YEAR_ONLY = re.compile(r"(\d{4})年?")
_SHORT_YEAR = re.compile(r"'?\d{2}[.\-/年]\d{1,2}(?:[.\-/月]\d{0,2}日?)?|\d{2}年")
_AGE = re.compile(r"\d{1,3}(?:周?岁|虚岁)?")
_LUNAR = re.compile("农历|阴历|古历|旧历|[正冬腊]月|初[一二三四五六七八九十]")
_TIME_OF_DAY = re.compile(r"[T ]?\d{1,2}:\d{2}(?::\d{2})?(?:\.0+)?$")


class Birth(NamedTuple):
    """`code` and `message` are '' when nothing is doubtful."""

    born_on: date | None = None
    precision: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class BirthColumn:
    """What the other cells of a column tell about one of them."""

    holds_dates: bool  # so a bare 20000 is a date that lost its format
    keeps_zeros: bool  # so 1947.1 is January and not October without its zero

    @classmethod
    def of(cls, values: Iterable[Value], *, typed: bool) -> "BirthColumn":
        """Look at a whole column once. `typed` is False where even numbers arrive as text (CSV)."""
        seen = [value for value in values if value is not None]
        dates = sum(isinstance(value, date | YearMonth) for value in seen)
        serials = sum(_is_serial(value) for value in seen)
        zeros = any(isinstance(v, str) and re.fullmatch(r"\d{4}\.10", v.strip()) for v in seen)
        return cls(holds_dates=dates > 0 and dates + serials == len(seen), keeps_zeros=typed or zeros)


def read_birth(value: Value, column: BirthColumn, *, today: date) -> Birth:
    """Read one cell; what is doubtful is left empty, or as coarse as it is certain."""
    if is_nothing(value):
        return Birth()
    if isinstance(value, YearMonth):
        return _checked(value.year, value.month, None, value, today)
    if isinstance(value, date):
        return _checked(value.year, value.month, value.day, value, today)
    if _is_serial(value):
        return _serial(value, column, today)
    if _lost_zero(value, column):
        return _january_or_october(value, today)
    return _read_text(value, today)


def _is_serial(value: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (isinstance(value, int) or value.is_integer()) and int(value) in _SERIALS


def _serial(value: Value, column: BirthColumn, today: date) -> Birth:
    day = _SERIAL_EPOCH + timedelta(days=int(as_text(value)))
    if column.holds_dates:
        return _checked(day.year, day.month, day.day, value, today)
    return Birth(
        code="BIRTH_SERIAL",
        message=_("出生日期“%(text)s”可能是没有设成日期格式的 %(day)s，先留空，请核对。")
        % {"text": quote(value), "day": day.isoformat()},
    )


def _lost_zero(value: Value, column: BirthColumn) -> bool:
    number = isinstance(value, float)
    return (number or not column.keeps_zeros) and bool(re.fullmatch(r"\d{4}\.1", as_text(value)))


def _january_or_october(value: Value, today: date) -> Birth:
    birth = _checked(int(as_text(value)[:4]), None, None, value, today)
    if birth.code:
        return birth
    return birth._replace(
        code="BIRTH_MONTH",
        message=_("出生年月“%(text)s”可能是 1 月，也可能是丢了 0 的 10 月，先只记年份，请核对。")
        % {"text": quote(value)},
    )


def _read_text(value: Value, today: date) -> Birth:
    text = _TIME_OF_DAY.sub("", squeezed(value)) if isinstance(value, str) else as_text(value)
    text = re.sub(r"(?:出生|生于|生|公历|阳历|\(\))", "", text).rstrip(".。")
    if doubt := _named_doubt(text, value):
        return doubt
    for shape in (_SEPARATED, _SOLID, _YEAR_ONLY):
        if match := shape.fullmatch(text):
            year, month, day = (*map(_number, match.groups()), None, None)[:3]
            return _checked(year or 0, month, day, value, today)
    return _unreadable(value)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _named_doubt(text: str, value: Value) -> Birth | None:
    shown = {"text": quote(value)}
    if _LUNAR.search(text):
        return Birth(
            code="BIRTH_LUNAR", message=_("出生日期“%(text)s”像是农历，先留空，请改成公历。") % shown
        )
    if _AGE.fullmatch(text):
        return Birth(code="AGE_ONLY", message=_("“%(text)s”像是年龄，不能当作出生日期，先留空。") % shown)
    # 520301 is 1 March 1952 to whoever wrote it; 195203 names its century itself.
    if _SHORT_YEAR.fullmatch(text) or (re.fullmatch(r"\d{6}", text) and text[:2] not in {"19", "20"}):
        return Birth(
            code="BIRTH_SHORT_YEAR",
            message=_("出生日期“%(text)s”的年份只有两位，先留空，请写全四位。") % shown,
        )
    return None


def _unreadable(value: Value) -> Birth:
    return Birth(
        code="BIRTH_UNREADABLE",
        message=_("出生日期“%(text)s”读不懂，先留空，请核对。") % {"text": quote(value)},
    )


def _checked(year: int, month: int | None, day: int | None, value: Value, today: date) -> Birth:
    precision = YEAR if month is None else MONTH if day is None else DAY
    try:
        born_on = date(year, month or 1, day or 1)
    except ValueError:
        return Birth(
            code="BIRTH_IMPOSSIBLE",
            message=_("出生日期“%(text)s”不存在，先留空，请核对。") % {"text": quote(value)},
        )
    if born_on > today or year < max(1900, today.year - OLDEST):
        return Birth(
            code="BIRTH_OUT_OF_RANGE",
            message=_("出生日期“%(text)s”太早或在今天以后，先留空，请核对。") % {"text": quote(value)},
        )
    return Birth(born_on, precision)


def agree(a: date, a_precision: str, b: date, b_precision: str) -> bool:
    """Could two birth dates, each as precise as it is, be the same day?"""
    if a.year != b.year or YEAR in {a_precision, b_precision}:
        return a.year == b.year
    return a.month == b.month and (MONTH in {a_precision, b_precision} or a.day == b.day)

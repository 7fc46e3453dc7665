"""A cell's value as text, and the few ways Chinese registers spell the same thing."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import NamedTuple


class YearMonth(NamedTuple):
    """A date cell that shows no day: Excel stores 1952-02-01 for what was typed as 1952-2."""

    year: int
    month: int


Value = str | int | float | bool | datetime | date | time | timedelta | YearMonth | None

SHOWN = 80  # how much of a cell the preview and its sentences show
ERROR_VALUES = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_NOTHING = frozenset(
    {"", "-", "--", "/", "\\", "无", "没有", "暂无", "空", "不详", "不清楚", "未填", "None", "none", "null"}
)
_DITTO = frozenset({"同上", '"', "″", "〃"})
_DOTS = re.compile("[•‧∙・･⋅●]")
_IDENTITY = re.compile(r"(\d{6})\d{8}(\d{3}[\dXx])")
_LATIN = re.compile("[A-Za-z]")


def as_text(value: Value) -> str:
    """Show a value the way the person sees it in the table."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, YearMonth):
        return f"{value.year}-{value.month:02}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(round(value, 6))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return str(value)


def shown(value: Value) -> str:
    """Return a cell's text short enough for the preview."""
    text = " ".join(as_text(value).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def quote(value: Value) -> str:
    """Return a cell's text for a sentence, where an identity number in the wrong column is masked."""
    return _IDENTITY.sub(r"\1********\2", shown(value))


def plain(value: Value) -> str:
    """NFKC, without invisible characters, runs of white space made one."""
    text = unicodedata.normalize("NFKC", as_text(value))
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def squeezed(value: Value) -> str:
    """Like `plain`, with no white space at all: Chinese is written without it."""
    return "".join(plain(value).split())


def is_nothing(value: Value) -> bool:
    """People fill empty cells with dashes and 无."""
    return squeezed(value) in _NOTHING


def is_ditto(value: Value) -> bool:
    """A ditto mark means the cell above; which cell that is after sorting nobody knows."""
    return squeezed(value) in _DITTO


def person_name(value: Value) -> str:
    """`文 颖` is 文颖, 阿依古丽•买买提 gets the one middle dot; a Latin name keeps its spaces."""
    text = _DOTS.sub("·", plain(value))
    return text if _LATIN.search(text) else "".join(text.split())


def odd_characters(name: str) -> str:
    """The characters no name is written with: digits, brackets, emoji, holes left by a lost font."""
    return "".join(c for c in name if not (unicodedata.category(c) in _NAME_CATEGORIES or c in "· .-'"))


# Letters and marks. Private use and unassigned code points are what a rare character becomes
# when the font or the code page that knew it is gone.
_NAME_CATEGORIES = frozenset({"Lo", "Lu", "Ll", "Lt", "Lm", "Mn", "Mc"})

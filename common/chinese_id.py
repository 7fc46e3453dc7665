"""Resident identity numbers (GB 11643): read as people write them, checked, and what they tell."""

import re
import unicodedata
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

_WRITTEN = re.compile(r"[0-9]{17}[0-9X]")


def read_id(text: str) -> str:
    """The 18 characters of a valid number, or "".

    Fine are spaces, full-width digits, a small x, hyphens, characters that do not show, and the
    apostrophe by which a spreadsheet is told that a number is text.

    The region is not asked for: divisions are renamed and merged faster than any table of them, and
    stdnum's stumbles over those of which it knows no more than the province.
    """
    number = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    number = "".join(number.split()).upper().lstrip("'").replace("-", "")
    if not _WRITTEN.fullmatch(number) or number[-1] != ric.calc_check_digit(number):
        return ""
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return ""
    return number


def born_on(number: str) -> date:
    """The birth date in a number that `read_id` gave."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex(number: str) -> str:
    """ "F" or "M", by the seventeenth digit."""
    return "FM"[int(number[16]) % 2]

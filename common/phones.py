"""Chinese phone numbers as people write them: found, told apart, and never completed by guessing."""

import re
import unicodedata
from typing import NamedTuple

# Separators people put inside one number; a newline or a comma always starts the next one.
_GAP = r"[ .\-]*"
_PREFIX = rf"(?:(?:\+|00)86{_GAP}|(?<!\d)86{_GAP}(?=1{_GAP}[3-9]))?"
_MOBILE = rf"(?P<mobile>1{_GAP}[3-9](?:{_GAP}\d){{9}})"
# 010 and 02x are the only three-digit area codes; a local number never starts with 0 or 1.
_AREA = r"(?P<area>010|02\d|0[3-9]\d\d)"
_LOCAL = rf"(?P<local>[2-9](?:{_GAP}\d){{6,7}})"
_EXTENSION = r"(?: ?(?:转|-|#|ext\.?) ?(?P<extension>\d{1,5}))?"
_NUMBER = re.compile(
    rf"(?<!\d){_PREFIX}(?:{_MOBILE}|\(?{_AREA}\)?{_GAP}{_LOCAL}{_EXTENSION})(?!\d)", re.IGNORECASE
)
# From abroad an area code loses its zero: +86 371 6525 1265.
_ABROAD = re.compile(rf"(?:\+|00)86{_GAP}(?P<area>10|2\d|[3-9]\d\d){_GAP}{_LOCAL}(?!\d)")
_SCIENTIFIC = re.compile(r"(?<![\d.])(\d)(?:\.(\d+))?E\+?(\d{1,2})(?!\d)", re.IGNORECASE)
_DASHES = re.compile("[‐‑‒–—―−－﹣ー]+")
_DIGITS = re.compile(r"\d+(?:[ .\-]*\d+)*")


class Phones(NamedTuple):
    """What a text holds: the numbers in order, the digits that are none, and the other words."""

    found: tuple[str, ...]
    unread: tuple[str, ...]
    words: str


def find_phones(text: str) -> Phones:
    """Read every number: a mobile as 11 digits, a landline as `0371-65251265` or `…-801`."""
    rest = _plain(text)
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        number = _written(match)
        if number not in found:
            found.append(number)
        return "\n"

    rest = _NUMBER.sub(take, _ABROAD.sub(take, rest))
    unread = tuple(match.group() for match in _DIGITS.finditer(rest))
    words = " ".join(_DIGITS.sub(" ", rest).split())
    return Phones(tuple(found), unread, words.strip(" ,，、/;；:：()|-+."))


def read_phone(text: str) -> str:
    """Return the one number that makes up the whole text, else ''."""
    phones = find_phones(text)
    if len(phones.found) == 1 and not phones.unread and not phones.words:
        return phones.found[0]
    return ""


def is_mobile(phone: str) -> bool:
    """Tell a mobile (a person's own) from a landline (often a household's or an office's)."""
    return re.fullmatch(r"1[3-9]\d{9}", phone) is not None


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    plain = _DASHES.sub("-", plain.replace("\t", " "))
    return _SCIENTIFIC.sub(_unfold, plain)


def _unfold(match: re.Match[str]) -> str:
    """`1.5100803706E+10` still holds every digit; `1.51E+10` has lost them and stays unreadable."""
    digits = match[1] + (match[2] or "")
    return digits if len(digits) == int(match[3]) + 1 else match[0]


def _written(match: re.Match[str]) -> str:
    parts = match.groupdict()
    if parts.get("mobile"):
        return re.sub(r"\D", "", parts["mobile"])
    area, local = parts["area"], re.sub(r"\D", "", parts["local"])
    number = f"{area if area.startswith('0') else '0' + area}-{local}"
    return f"{number}-{parts['extension']}" if parts.get("extension") else number

"""What a clerk types to find somebody, as a question to the register."""

import unicodedata

from django.db.models import Q

from common.chinese_id import read_id
from common.phones import phone_like, read_phone
from common.sealed import blind_index
from common.searches import is_number_of_somebody, row_numbers

TAIL = (3, 4)  # digits


def asked(text: str) -> Q | None:
    """A name, its pinyin or initials, the tail of a phone, #7; None for nothing.

    No whole number: those are guessed, so they have a question of their own, which is counted. Spelt
    names are asked of `spelt`, the pinyin without its spaces.
    """
    typed = _bare(text)
    if not typed or is_number_of_somebody(text):
        return None
    if numbers := row_numbers(typed):
        return Q(pk__in=numbers)
    if typed.isdigit():
        return phone_like(typed) if len(typed) in TAIL else None
    if not typed.isascii():
        return Q(full_name__contains=typed)
    return Q(initials__startswith=typed) | Q(spelt__startswith=typed)


def asked_by_number(text: str) -> Q | None:
    """A whole identity number or phone, also as it is written on paper: 0371-6525 1265, +86 160 0000 0001."""
    typed = _bare(text)
    if number := read_id(typed):
        return Q(document_index=blind_index(number))
    if typed.isdigit():
        return phone_like(typed)
    if number := read_phone(text):
        return Q(phone=number)
    return None


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()

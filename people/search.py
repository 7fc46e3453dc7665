"""What a clerk types to find somebody, as a question to the register."""

import unicodedata

from django.db.models import Q

from common.chinese_id import read_id
from common.phones import phone_like, read_phone
from common.sealed import blind_index
from common.searches import row_numbers


def asked(text: str) -> Q | None:
    """A name, its pinyin or initials, the tail of a phone, a whole ID number, #7; None for nothing.

    Spelt names are asked of `spelt`, the pinyin without its spaces.
    """
    typed = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    if not typed:
        return None
    if numbers := row_numbers(typed):
        return Q(pk__in=numbers)
    if number := read_id(typed):
        return Q(document_index=blind_index(number))
    if typed.isdigit():
        return phone_like(typed)
    if number := read_phone(text):  # as it is written on paper: 0371-6525 1265, +86 160 0000 0001
        return Q(phone=number)
    if not typed.isascii():
        return Q(full_name__contains=typed)
    return Q(initials__startswith=typed) | Q(spelt__startswith=typed)

"""Identity card numbers (GB 11643): checked, and read for birth date and sex."""

import re
from datetime import date

from courses.registers.text import squeezed

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def read_document(text: str) -> str:
    """Return the 18-character number when its date and check digit hold, else ''.

    The place code is not looked up: elders carry codes of counties abolished decades ago.
    """
    number = squeezed(text).upper().lstrip("'").replace("-", "")
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number, re.ASCII):
        return ""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    if _CHECKS[total % 11] != number[17]:
        return ""
    try:
        birth_of(number)
    except ValueError:
        return ""
    return number


def birth_of(number: str) -> date:
    """The birth date a valid number holds."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_of(number: str) -> str:
    """The sex a valid number holds: its seventeenth digit is odd for men."""
    return "M" if int(number[16]) % 2 else "F"

"""The code that proves who scans it stood before the screen: rotating, checked without a network.

A code is the number of its 30-second window and a keyed hash of shift and window. The key never
leaves the server. So a scan made offline can be checked days later: its window says when the code
was on the screen, and nobody can make one for another moment or another shift.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import Enum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WINDOW_SECONDS = 30
# The window before and after count too: clocks differ, and a page is drawn some seconds later.
SKEW = timedelta(seconds=WINDOW_SECONDS)
OFFLINE_FOR = timedelta(hours=72)
DOORS_OPEN = timedelta(minutes=30)
_MARK = 20


class CheckInKind(TextChoices):
    QR = "QR", _("扫码")
    KIOSK = "KIOSK", _("一体机")
    LIST = "LIST", _("名单")


class TokenFault(Enum):
    FOREIGN = 1  # not made for this shift, or not made by us
    STALE = 2  # made for another moment


def _window(at: datetime) -> int:
    return int(at.timestamp()) // WINDOW_SECONDS


def _mark(secret: str, shift_id: int, window: int) -> str:
    text = f"linli.check-in:{shift_id}:{window}".encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()[:_MARK]


def token_at(secret: str, shift_id: int, at: datetime) -> str:
    """The code on the screen of a shift at a moment."""
    window = _window(at)
    return f"{window}-{_mark(secret, shift_id, window)}"


def fault_of(secret: str, shift_id: int, token: str, at: datetime) -> TokenFault | None:
    """What is wrong with a code that was scanned at a moment; None if it fits."""
    number, _dash, mark = token.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 13 and mark.isascii()):
        return TokenFault.FOREIGN
    if not hmac.compare_digest(mark, _mark(secret, shift_id, int(number))):
        return TokenFault.FOREIGN
    return None if abs(int(number) - _window(at)) <= 1 else TokenFault.STALE


def seconds_left(at: datetime) -> int:
    """How long the code of this moment stays on the screen."""
    return WINDOW_SECONDS - int(at.timestamp()) % WINDOW_SECONDS

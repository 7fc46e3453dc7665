"""A household book read in: its life, what becomes of each of its households; pure decisions."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.moves import Machine, Step

# A book nobody confirmed is dropped after that; what a confirmed one said is kept no longer than it can be undone.
KEPT_UNCONFIRMED = timedelta(days=30)
CAN_BE_UNDONE = timedelta(days=90)


class BookState(TextChoices):
    READING = "READING", _("正在读")
    UNREADABLE = "UNREADABLE", _("读不了")
    PREVIEW = "PREVIEW", _("待确认")
    IMPORTING = "IMPORTING", _("正在登记")
    IMPORTED = "IMPORTED", _("已登记")
    UNDOING = "UNDOING", _("正在撤销")
    UNDONE = "UNDONE", _("已撤销")
    DROPPED = "DROPPED", _("没有要")


# The worker has something to do.
AT_WORK = (BookState.READING, BookState.IMPORTING, BookState.UNDOING)
# ... and the register is not as another book may read it.
WRITING = (BookState.IMPORTING, BookState.UNDOING)


class BookMove(TextChoices):
    """What may happen to a household book."""

    SHOW = "SHOW", _("读好了")
    GIVE_UP = "GIVE_UP", _("读不了")
    CONFIRM = "CONFIRM", _("确认登记")
    FINISH = "FINISH", _("做完了")
    UNDO = "UNDO", _("撤销")
    DROP = "DROP", _("不要了")


class BookHat(TextChoices):
    STAFF = "STAFF", _("工作人员")
    SYSTEM = "SYSTEM", _("系统")


_STAFF, _SYSTEM = frozenset({BookHat.STAFF}), frozenset({BookHat.SYSTEM})
BOOKS = Machine(
    noun="book",
    states=BookState,
    moves=BookMove,
    hats=BookHat,
    begins=frozenset({BookState.READING}),
    table={
        (BookState.READING, BookMove.SHOW): Step(BookState.PREVIEW, _SYSTEM),
        (BookState.READING, BookMove.GIVE_UP): Step(BookState.UNREADABLE, _SYSTEM),
        (BookState.PREVIEW, BookMove.CONFIRM): Step(BookState.IMPORTING, _STAFF),
        (BookState.PREVIEW, BookMove.DROP): Step(BookState.DROPPED, _STAFF | _SYSTEM),
        (BookState.IMPORTING, BookMove.FINISH): Step(BookState.IMPORTED, _SYSTEM),
        # In the middle too: what was written down so far is taken back.
        (BookState.IMPORTING, BookMove.UNDO): Step(BookState.UNDOING, _STAFF),
        (BookState.IMPORTED, BookMove.UNDO): Step(BookState.UNDOING, _STAFF),
        (BookState.UNDOING, BookMove.FINISH): Step(BookState.UNDONE, _SYSTEM),
    },
)


class RowFate(TextChoices):
    """What becomes of a household of a book."""

    GOOD = "GOOD", _("登记")
    DOUBTFUL = "DOUBTFUL", _("登记，有疑问")
    KNOWN = "KNOWN", _("已经登记过")
    REFUSED = "REFUSED", _("不能登记")
    LEFT_OUT = "LEFT_OUT", _("这一户不要")
    STAYED = "STAYED", _("没有撤销")


# A household that is written down when the book is confirmed.
TAKEN = (RowFate.GOOD, RowFate.DOUBTFUL)

"""A household book from the upload to the register, and back: what staff do, and the worker's passes.

What takes long is done by the worker, a piece a commit: whoever closes the page, or kills the worker, finds it
going on where it was.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable

from centers.models import Division
from centers.rules import DivisionKind
from common.background import after_commit
from common.days import day_of
from common.errors import DomainError
from common.sheets.sheet import refuse_size
from people.models import User
from visits.actions.books.look import look
from visits.actions.books.take_back import take_back, take_back_houses
from visits.actions.books.take_in import take_in
from visits.actions.steps import check_place, not_yours
from visits.models.books import BookFile, BookRow, HouseholdBook
from visits.rules.books import (
    BOOKS,
    CAN_BE_UNDONE,
    KEPT_UNCONFIRMED,
    TAKEN,
    WRITING,
    BookHat,
    BookMove,
    BookState,
    RowFate,
)

WORK = "visits.work_on_books"
PIECE = 100  # households a commit


@transaction.atomic
def send_book(*, division_id: int, data: bytes, file_name: str, by: User, now: datetime) -> HouseholdBook:
    """上传台账: keeps a household book of a grid or a community for the worker to read; nothing is written
    down yet.

    Refuses NOT_ALLOWED, NOT_A_PLACE (a street), NO_GRID, FILE_TOO_BIG, EMPTY_FILE. What cannot be read as a household
    book ends as UNREADABLE with the reason.
    """
    division = Division.objects.filter(pk=division_id).first()
    if division is None:
        raise not_yours()
    if division.kind not in {DivisionKind.GRID, DivisionKind.COMMUNITY}:
        check_place(by, division)
        raise DomainError("NOT_A_PLACE", _("台账按社区或网格导入，请选一个。"), about="division")
    # It is compared with everybody on record in the whole community.
    check_place(by, division.community)
    if not Division.objects.under(division).filter(kind=DivisionKind.GRID).exists():
        raise DomainError("NO_GRID", _("这个社区还没有网格，请先在后台建网格。"), about="division")
    refuse_size(data)
    book = HouseholdBook.objects.create(division=division, file_name=file_name[-120:], by=by, at=now)
    BookFile.objects.create(book=book, content=base64.b64encode(data).decode())
    after_commit(WORK)
    return book


def _lock(book_id: int, by: User) -> HouseholdBook:
    rows = HouseholdBook.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("division__parent", "by")
    book = rows.filter(pk=book_id).first()
    if book is None:
        raise not_yours()
    check_place(by, book.division.community)
    return book


def _moved(book: HouseholdBook, move: BookMove, hat: BookHat) -> bool:
    """Takes the step, where the table has one; the row is not saved yet."""
    found = BOOKS.next(book.state, move, {hat})
    if found is None:
        return False
    book.state = found[0].to
    return True


def _refuse_confirmed(book: HouseholdBook) -> None:
    if not book.is_preview:
        raise DomainError("NOT_PREVIEWED", _("这本台账已经确认或者撤销，请刷新看看。"))


@transaction.atomic
def place_buildings(*, book_id: int, grids: Mapping[str, int], by: User, now: datetime) -> HouseholdBook:
    """选网格: says of buildings that the register does not know in which grid they lie.

    Refuses NOT_ALLOWED (the book, or a grid of another place), NOT_PREVIEWED (it is confirmed, or not read yet),
    NO_SUCH_BUILDING.
    """
    book = _lock(book_id, by)
    here = Division.objects.under(book.division).filter(kind=DivisionKind.GRID)
    if not {*grids.values()} <= {*here.values_list("pk", flat=True)}:
        raise not_yours()
    _refuse_confirmed(book)
    if not {*grids} <= {*book.places}:
        raise DomainError("NO_SUCH_BUILDING", _("台账里没有这栋楼，请刷新看看。"))
    book.places = {**book.places, **grids}
    book.save(update_fields=["places"])
    return book


@transaction.atomic
def leave_out(*, row_id: int, out: bool, by: User, now: datetime) -> BookRow:
    """这一户不要: leaves a household of a preview out, or takes it in again. The same again changes nothing.

    Refuses NOT_ALLOWED, NOT_PREVIEWED, NOT_TAKEN (it would not be written down anyway).
    """
    known = BookRow.objects.filter(pk=row_id).values_list("book_id", flat=True).first()
    book = _lock(known or 0, by)
    _refuse_confirmed(book)
    row = BookRow.objects.select_for_update().get(pk=row_id)
    if row.fate not in (*TAKEN, RowFate.LEFT_OUT):
        raise DomainError("NOT_TAKEN", _("这一户本来就不会登记。"))
    fate = RowFate.LEFT_OUT if out else RowFate.DOUBTFUL
    if (row.fate == RowFate.LEFT_OUT) != out:
        row.fate = fate
        row.save(update_fields=["fate"])
    return row


@transaction.atomic
def confirm_book(*, book_id: int, by: User, now: datetime) -> HouseholdBook:
    """确认登记: lets the worker write down what the preview showed. Twice changes nothing.

    Refuses NOT_ALLOWED; NOT_PLACED while of a building nobody has said in which grid it lies; NOT_CONFIRMABLE
    once dropped or undone, or where another book of the place went in after this one was read: it may have
    brought the very households that this one still takes for new.
    """
    book = _lock(book_id, by)
    if book.state in (BookState.IMPORTING, BookState.IMPORTED):
        return book
    if BOOKS.next(book.state, BookMove.CONFIRM, {BookHat.STAFF}) is None:
        raise DomainError("NOT_CONFIRMABLE", _("这本台账现在不能确认，请刷新看看，或者重新上传。"))
    _refuse_unplaced(book)
    if _was_overtaken(book):
        told = _("您上传之后，这里又登记了别的台账，请重新上传，再看一遍。")
        raise DomainError("NOT_CONFIRMABLE", told)
    _moved(book, BookMove.CONFIRM, BookHat.STAFF)
    book.confirmed_by, book.confirmed_at = by, now
    book.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    after_commit(WORK)
    return book


def _refuse_unplaced(book: HouseholdBook) -> None:
    needed = set(book.rows.filter(fate__in=TAKEN, at=None).values_list("building", flat=True))
    missing = [name for name in book.unplaced() if name in needed]
    if missing:
        told = _("请先选好这些楼在哪个网格：%(names)s。") % {"names": _("、").join(missing[:5])}
        raise DomainError("NOT_PLACED", told)


def _was_overtaken(book: HouseholdBook) -> bool:
    """Whether what the preview said about who is new and what is known may no longer hold."""
    since = Q(confirmed_at__gte=book.read_at) | Q(undone_at__gte=book.read_at)
    return _others(book).filter(since | Q(state__in=WRITING)).exists()


def _others(book: HouseholdBook) -> QuerySet[HouseholdBook]:
    """The other books of the same community."""
    path = book.division.community.path
    return HouseholdBook.objects.exclude(pk=book.pk).filter(division__path__startswith=path)


@transaction.atomic
def drop_book(*, book_id: int, by: User, now: datetime) -> HouseholdBook:
    """不要了: drops a book that was not confirmed, and what it said. Twice changes nothing.

    Refuses NOT_ALLOWED, NOT_PREVIEWED (confirmed: it can be undone).
    """
    book = _lock(book_id, by)
    if book.state == BookState.DROPPED:
        return book
    _refuse_confirmed(book)
    _moved(book, BookMove.DROP, BookHat.STAFF)
    _dropped(book)
    return book


def _dropped(book: HouseholdBook) -> None:
    book.rows.all().delete()
    book.save(update_fields=["state"])


@transaction.atomic
def undo_book(*, book_id: int, by: User, now: datetime) -> HouseholdBook:
    """撤销台账: lets the worker take back what a book brought; what has been used since stays and says so.

    Twice changes nothing. Refuses NOT_ALLOWED, NOT_UNDOABLE (not confirmed; more than 90 days ago).
    """
    book = _lock(book_id, by)
    if book.state in (BookState.UNDOING, BookState.UNDONE):
        return book
    late = book.confirmed_at is not None and now - book.confirmed_at > CAN_BE_UNDONE
    if late or not _moved(book, BookMove.UNDO, BookHat.STAFF):
        raise DomainError("NOT_UNDOABLE", _("没有确认过的台账不用撤销；确认超过 90 天的不能再撤销。"))
    book.undone_by, book.undone_at = by, now
    book.save(update_fields=["state", "undone_by", "undone_at"])
    after_commit(WORK)
    return book


# --- The worker -----------------------------------------------------------------------------------


def work_on_books(*, now: datetime) -> int:
    """读、登记、撤销台账: reads, writes down and takes back what waits, one piece a commit, until nothing is left.

    Two workers at once do not wait for each other: each book is one worker's at a time. Gives the number of
    pieces.
    """
    pieces, wrong = 0, list[Exception]()
    for book_id in list(HouseholdBook.objects.at_work().values_list("pk", flat=True)):
        try:
            while _work(book_id, now):
                pieces += 1
        except Exception as error:
            if not isinstance(error.__cause__, LockNotAvailable):  # else somebody else is at it
                wrong.append(error)
    if wrong:
        raise wrong[0]
    return pieces


@transaction.atomic
def _work(book_id: int, now: datetime) -> bool:
    """One piece of a book; False where nothing is left of it."""
    rows = HouseholdBook.objects.select_for_update(no_key=True, of=("self",), nowait=True)
    book = (
        rows.select_related("division__parent", "by", "confirmed_by", "undone_by")
        .at_work()
        .filter(pk=book_id)
        .first()
    )
    if book is None:
        return False
    if book.state == BookState.READING and _others(book).filter(state__in=WRITING).exists():
        return False  # what it would be compared with is just being written
    {BookState.READING: _read, BookState.IMPORTING: _import, BookState.UNDOING: _undo}[BookState(book.state)](
        book, now
    )
    return True


def _read(book: HouseholdBook, now: datetime) -> None:
    content = base64.b64decode(book.file.content)
    try:
        found = look(book, content, day_of(now))
    except DomainError as refused:  # it is no household book, or whoever sent it has no post any more
        book.notes = [str(refused)]
        _moved(book, BookMove.GIVE_UP, BookHat.SYSTEM)
    else:
        BookRow.objects.bulk_create(found, batch_size=1000)
        _moved(book, BookMove.SHOW, BookHat.SYSTEM)
    book.read_at = now
    book.save(update_fields=["state", "notes", "places", "read_at"])
    book.file.delete()


def _import(book: HouseholdBook, now: datetime) -> None:
    piece = list(book.rows.to_take()[:PIECE])
    if piece:
        take_in(book, piece, now)
        return
    _moved(book, BookMove.FINISH, BookHat.SYSTEM)
    book.save(update_fields=["state"])


def _undo(book: HouseholdBook, now: datetime) -> None:
    piece = list(book.rows.to_take_back()[:PIECE])
    if piece:
        take_back(book, piece)
        return
    take_back_houses(book)
    _moved(book, BookMove.FINISH, BookHat.SYSTEM)
    book.save(update_fields=["state"])


def forget_books(*, now: datetime) -> int:
    """清掉旧台账: drops books that nobody confirmed in 30 days, and the lines of those that can no longer be undone."""
    old = HouseholdBook.objects.filter(state=BookState.PREVIEW, at__lt=now - KEPT_UNCONFIRMED)
    dropped = 0
    for book_id in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            book = HouseholdBook.objects.select_for_update(no_key=True).get(pk=book_id)
            if _moved(book, BookMove.DROP, BookHat.SYSTEM):
                _dropped(book)
                dropped += 1
    with transaction.atomic():
        ended = HouseholdBook.objects.filter(state__in=[BookState.IMPORTED, BookState.UNDONE])
        over = ended.filter(confirmed_at__lt=now - CAN_BE_UNDONE, rows__isnull=False).distinct()
        held = HouseholdBook.objects.filter(pk__in=over.values("pk")).order_by("pk")
        gone, _rows = BookRow.objects.filter(book__in=list(held.select_for_update(no_key=True))).delete()
    return dropped + gone

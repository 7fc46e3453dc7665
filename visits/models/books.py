"""Household books read in: the book, its file while it is being read, its households."""

from __future__ import annotations

import json
from typing import TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from centers.rules import DivisionKind
from common.guards import guards
from common.reach import covered
from common.sealed import SealedTextField
from people.models import User
from visits.registers.households import MemberLine
from visits.rules.books import AT_WORK, BOOKS, TAKEN, BookMove, BookState, RowFate


class HouseholdBookQuerySet(models.QuerySet["HouseholdBook"]):
    def visible_to(self, user: User | AnonymousUser) -> HouseholdBookQuerySet:
        """Those of the communities where she keeps the register."""
        if not isinstance(user, User):
            return self.none()
        reach = user.reach("visits.register")
        whole = Q(division__kind=DivisionKind.COMMUNITY) & covered("division", reach)
        return self.filter(whole | covered("division__parent", reach))

    def at_work(self) -> HouseholdBookQuerySet:
        """Those for which the worker has something to do, the oldest first."""
        return self.filter(state__in=AT_WORK).order_by("pk")


class HouseholdBook(models.Model):
    """台账: a household book of a grid or a community that was sent in: read, looked at, confirmed, perhaps undone."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("哪里的"))
    file_name = models.CharField(_("文件"), max_length=120)
    state = models.CharField(
        _("状态"), max_length=10, choices=BookState, default=BookState.READING, editable=False
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("谁上传的"))
    at = models.DateTimeField(_("上传时间"))
    read_at = models.DateTimeField(_("读好的时间"), null=True)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("谁确认的")
    )
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    undone_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("谁撤销的")
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    # Sentences about the book as a whole; why it could not be read.
    notes: models.JSONField[list[str], list[str]] = models.JSONField(_("说明"), default=list)
    # Of each building that the register does not know, the grid it lies in; None: nobody has said yet.
    places: models.JSONField[dict[str, int | None], dict[str, int | None]] = models.JSONField(default=dict)

    objects = HouseholdBookQuerySet.as_manager()

    class Meta:
        triggers = guards(BOOKS)
        verbose_name = verbose_name_plural = _("台账")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def is_preview(self) -> bool:
        """Whether what becomes of it is still somebody's to say."""
        return BOOKS.step(self.state, BookMove.CONFIRM) is not None

    def progress(self) -> tuple[int, int]:
        """How many households are done, and of how many; (0, 0) while it is being read."""
        rows = self.rows.filter(fate__in=[*TAKEN, RowFate.STAYED])
        total, left = (
            rows.count(),
            self.rows.to_take_back() if self.state == BookState.UNDOING else self.rows.to_take(),
        )
        return total - left.count(), total

    def unplaced(self) -> list[str]:
        """The buildings of which nobody has said in which grid they lie."""
        return [name for name, grid in self.places.items() if grid is None]


class BookFile(models.Model):
    """台账文件: what was sent in, until it has been read."""

    book = models.OneToOneField(HouseholdBook, models.CASCADE, related_name="file")
    content = SealedTextField()  # base64

    class Meta:
        verbose_name = verbose_name_plural = _("台账文件")

    def __str__(self) -> str:
        return f"{self.book_id}"


class BookMember(MemberLine):
    """Somebody of a household of a book: what her line says, who on record she is, why she is left out."""

    line: int
    person: int | None
    out: str


class Said(TypedDict):
    """What a book says of a household; `doubts` are sentences, those about somebody with her name before them."""

    floor: int | None
    members: list[BookMember]
    doubts: list[str]


class Moved(TypedDict):
    """Somebody who moved in by a line: her residence and how she belongs there, whether her record is new, and
    the place that she had before."""

    residence: int
    person: int
    relation: str
    line: int
    new: bool
    home: int | None


class Made(TypedDict, total=False):
    """What confirming a household made, for undoing."""

    household: int
    moves: list[Moved]


class BookRowQuerySet(models.QuerySet["BookRow"]):
    def to_take(self) -> BookRowQuerySet:
        """Those that are still to be written down."""
        return self.filter(fate__in=TAKEN, done=False).order_by("pk")

    def to_take_back(self) -> BookRowQuerySet:
        """Those that were written down."""
        return self.filter(done=True).exclude(fate=RowFate.STAYED).order_by("pk")


class BookRow(models.Model):
    """台账里的一户: what a book says of one door, what becomes of it, and why."""

    book = models.ForeignKey(HouseholdBook, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("行"))
    # The building on record; None: one that is new, in the grid that the book's `places` say.
    at = models.ForeignKey("visits.Building", models.SET_NULL, null=True, related_name="+")
    building = models.CharField(_("楼栋"), max_length=40, blank=True)
    unit = models.CharField(_("单元或排"), max_length=20, blank=True)
    room = models.CharField(_("房号"), max_length=20, blank=True)
    fate = models.CharField(_("会怎样"), max_length=8, choices=RowFate)
    said = SealedTextField(_("原文"), blank=True, default="")  # JSON: Said
    # How many people would be written down.
    people = models.PositiveSmallIntegerField(_("人数"), default=0)
    # Who on record stands in it, or may; whoever was new as well, once she is written down.
    known: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    done = models.BooleanField(default=False)
    made: models.JSONField[Made, Made] = models.JSONField(default=dict)

    objects = BookRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("台账里的一户")
        ordering = ("id",)
        indexes = [models.Index(fields=["book", "fate", "done"], name="row_of_book")]

    def __str__(self) -> str:
        return f"{self.line}"

    @property
    def told(self) -> Said:
        """What it says; nothing where that was forgotten."""
        found: Said = json.loads(self.said) if self.said else {"floor": None, "members": [], "doubts": []}
        return found

    @property
    def is_taken(self) -> bool:
        """Whether it is written down when the book is confirmed."""
        return self.fate in TAKEN

    @property
    def may_be_left_out(self) -> bool:
        """Whether somebody may say that it is, or is not."""
        return self.book.is_preview and self.fate in (*TAKEN, RowFate.LEFT_OUT)

"""Registers kept by hand and read in: timetables and rosters."""

from __future__ import annotations

from typing import TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.guards import guards
from common.sealed import SealedTextField
from courses.models.catalogue import Term
from courses.rules import REGISTERS, RegisterState
from people.models import User


class RegisterKind(TextChoices):
    ROSTER = "ROSTER", _("花名册")
    TIMETABLE = "TIMETABLE", _("课程表")


class RowVerdict(TextChoices):
    GOOD = "GOOD", _("导入")
    DOUBTFUL = "DOUBTFUL", _("导入，有疑问")
    KNOWN = "KNOWN", _("已经在册")
    REFUSED = "REFUSED", _("不能导入")
    SKIPPED = "SKIPPED", _("不是数据行")


class RegisterImportQuerySet(models.QuerySet["RegisterImport"]):
    def visible_to(self, user: User | AnonymousUser) -> RegisterImportQuerySet:
        if not isinstance(user, User):
            return self.none()
        reach = Q(pk__in=[])
        for path in user.reach("courses.import"):
            reach |= Q(division__path__startswith=path)
        return self.filter(reach)


class RegisterImport(models.Model):
    """导入: one register that was uploaded: looked at, confirmed, perhaps undone."""

    kind = models.CharField(_("类型"), max_length=9, choices=RegisterKind)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("区划"))
    term = models.ForeignKey(Term, models.PROTECT, null=True, related_name="+", verbose_name=_("学期"))
    file_name = models.CharField(_("文件"), max_length=120)
    state = models.CharField(_("状态"), max_length=9, choices=RegisterState, default=RegisterState.PREVIEW)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人"))
    at = models.DateTimeField(_("上传时间"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    # Sentences about the register as a whole.
    notes: models.JSONField[list[str], list[str]] = models.JSONField(_("说明"), default=list)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        triggers = guards(REGISTERS)
        verbose_name = verbose_name_plural = _("名册导入")
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.file_name


class PersonLine(TypedDict):
    """What a line of a roster says, `raw` of RegisterRow; days are ISO or "", `person` is who is on record."""

    person: int | None
    full_name: str
    sex: str
    born_on: str
    born_precision: str
    phone: str
    home: str
    contact_name: str
    contact_phone: str
    remark: str
    document_no: str
    classes: list[str]


class ClassLine(TypedDict):
    """What a line of a timetable says, `raw` of RegisterRow; days are ISO or "".

    Of each slot the weekday, and from when until when.
    """

    course: str
    name: str
    teacher: str
    slots: list[tuple[int, str, str]]
    room: str
    place: str
    capacity: int
    starts: str
    ends: str


# What confirming a line made, for undoing: somebody with her seats, or a class with places that were not
# on record; "known" is who was on record already.
Made = TypedDict(
    "Made",
    {
        "person": int | None,
        "known": int | None,
        "enrolments": list[int],
        "class": int,
        "division": int,
        "center": int,
        "room": int,
    },
    total=False,
)


class RegisterRow(models.Model):
    """导入行: one line of a register: what it said, what became of it, and why."""

    register = models.ForeignKey(RegisterImport, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("行"))
    label = models.CharField(_("姓名或班级"), max_length=60, blank=True)
    raw = SealedTextField(_("原文"), blank=True, default="")  # JSON: PersonLine or ClassLine, or {}
    verdict = models.CharField(_("结果"), max_length=8, choices=RowVerdict)
    doubts: models.JSONField[list[str], list[str]] = models.JSONField(_("疑问"), default=list)  # sentences
    made: models.JSONField[Made, Made] = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("导入行")
        ordering = ("line", "id")

    def __str__(self) -> str:
        return f"{self.line}"

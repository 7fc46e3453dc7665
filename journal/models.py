"""One log of what staff did that an auditor asks about: appended, chained, without a name in it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.reach import within
from journal.rules import Happened


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: Any) -> EntryQuerySet:
        """Those of the places that her posts for `journal.view` cover."""
        reach = getattr(user, "reach", None)
        within_reach: EntryQuerySet = within(self, "division", reach("journal.view") if reach else [])  # type: ignore[assignment]
        return within_reach


class Entry(models.Model):
    """日志: one line. Accounts and residents are told by number, so closing a record leaves it whole."""

    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("事项"), max_length=20, choices=Happened)
    account = models.BigIntegerField(_("账号编号"), null=True)
    # Where the account has its post; of a look at somebody, where she lives.
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, related_name="+", verbose_name=_("地区")
    )
    person = models.BigIntegerField(_("居民编号"), null=True)
    what = models.CharField(_("内容"), max_length=160, blank=True, default="")
    code = models.CharField(_("原因代码"), max_length=40, blank=True, default="")
    # Written by the database as the transaction commits (migrations/chain.sql).
    number = models.BigIntegerField(_("序号"), null=True, unique=True, editable=False)
    digest = models.CharField(_("摘要"), max_length=64, blank=True, default="", editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("日志")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_kind_display()}"

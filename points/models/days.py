"""The ledger of a day, and the digest that proves it was not changed."""

from __future__ import annotations

from datetime import date

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


def ledger_of_day(*, day: date, previous: str) -> str:
    """The ledger of a day as text, the digest of the day before in its first line.

    `sha256sum` of exactly this text is the digest of the day: whoever keeps the files can prove
    years later, without us, that nothing in them was changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_day(%s)", [day])
        lines: str = cursor.fetchone()[0]
    return f"{day} {previous or '-'}\n{lines}\n"


class DayHash(models.Model):
    """日结: the ledger of one day, hashed together with the day before; kept elsewhere as well."""

    day = models.DateField(_("日期"), unique=True)
    previous = models.CharField(_("上一日摘要"), max_length=64, blank=True)
    postings = models.PositiveIntegerField(_("笔数"))
    digest = models.CharField(_("摘要"), max_length=64)
    closed_at = models.DateTimeField(_("结账时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("日结")
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:12]}"

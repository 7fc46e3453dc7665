"""Pictures of a ticket: rows here, files outside the database (common/stored.py)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grievances.models.tickets import Ticket
from grievances.rules.pictures import MOST_PICTURES
from people.models import User

# As long as her words stand her pictures stand beside them; both go when her record is closed.
_KEEP_SQL = """
    IF EXISTS (SELECT 1 FROM grievances_ticket WHERE id = OLD.ticket_id AND title <> '') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'picture_goes_with_the_words',
            MESSAGE = 'a picture goes when the words of its ticket go';
    END IF;
    RETURN OLD;
"""


class TicketPicture(models.Model):
    """图片: one picture of a ticket, made anew; whoever sees the ticket's words sees it, and its teller."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="pictures", verbose_name=_("诉求"))
    position = models.PositiveSmallIntegerField(_("第几张"))
    key = models.CharField(max_length=32, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(_("字节"))
    width = models.PositiveIntegerField(_("宽"))
    height = models.PositiveIntegerField(_("高"))
    # Nobody, where it came from whoever told it: her account would say who told it in confidence.
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )
    added_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("图片")
        ordering = ("ticket", "position")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "position"], name="picture_has_its_place"),
            models.UniqueConstraint(fields=["ticket", "sha256"], name="picture_of_a_ticket_once"),
            models.CheckConstraint(condition=Q(position__lt=MOST_PICTURES), name="picture_has_a_place"),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_picture", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="picture_goes_with_words",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_KEEP_SQL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} · {self.number}"

    @property
    def number(self) -> int:
        """As people count: the first is 1."""
        return self.position + 1

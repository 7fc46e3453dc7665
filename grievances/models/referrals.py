"""Whom else a ticket was shown to, while it stays where it is."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grievances.models.tickets import Ticket
from grievances.rules.tickets import Adviser
from people.models import User

_ONCE_SQL = """
    IF OLD.answered_at IS NOT NULL
       OR (NEW.ticket_id, NEW.adviser, NEW.made_at) IS DISTINCT FROM (OLD.ticket_id, OLD.adviser, OLD.made_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_is_answered_once',
            MESSAGE = 'a referral is answered once, and not rewritten';
    END IF;
    RETURN NEW;
"""


class Referral(models.Model):
    """转介: somebody else looks at it as well; who has it in hand has it still. Its words: Transition."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="referrals", verbose_name=_("诉求"))
    adviser = models.CharField(_("请谁看"), max_length=10, choices=Adviser)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("转介人"))
    made_at = models.DateTimeField(_("转介时间"))
    answered_at = models.DateTimeField(_("回音时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("转介")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "adviser"], condition=Q(answered_at=None), name="one_open_referral_to_each"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("made_at")),
                name="referral_answered_after_it_was_made",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_referral", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="guard_referral", when=pgtrigger.Before, operation=pgtrigger.Update, func=_ONCE_SQL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.get_adviser_display()}"

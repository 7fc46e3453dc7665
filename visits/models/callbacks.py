"""Call-backs: of some visits somebody else asks whether anybody came. Drawn by a secret, not chosen by anyone."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.reach import within
from people.models import User, Words
from visits.models.visits import HomeVisit
from visits.rules.callbacks import ASKED_WITHIN, FINAL, Answer

# What somebody answered stands; who was not reached may be rung again.
_ANSWERED_SQL = """
    IF NEW.visit_id <> OLD.visit_id OR OLD.answer IN ('CAME', 'DID_NOT') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'callback_stands',
            MESSAGE = 'what somebody answered is not rewritten';
    END IF;
    RETURN NEW;
"""


class VisitCallbackQuerySet(models.QuerySet["VisitCallback"]):
    def visible_to(self, user: User | AnonymousUser) -> VisitCallbackQuerySet:
        """Those of the grids where she looks after care, but of no visit of her own."""
        if not isinstance(user, User):
            return self.none()
        reach = user.reach("visits.care")
        seen = within(self, "visit__household__building__grid", reach).values("pk")
        return self.filter(pk__in=seen).exclude(visit__by=user)

    def waiting(self, now: datetime) -> VisitCallbackQuerySet:
        """Those still to be asked about: of visits that stand, and were not written down too long ago."""
        asked = Q(visit__received_at__gte=now - ASKED_WITHIN, visit__corrected_by=None)
        return self.filter(asked).exclude(answer__in=FINAL)


class VisitCallback(models.Model):
    """走访回访: a visit of which somebody else is to ask whether anybody came, and what the household said."""

    visit = models.OneToOneField(HomeVisit, models.PROTECT, related_name="callback", verbose_name=_("走访"))
    answer = models.CharField(_("怎么说"), max_length=9, choices=Answer, blank=True)
    words = models.OneToOneField(
        Words, models.PROTECT, null=True, related_name="+", verbose_name=_("说了什么")
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("谁打的"))
    at = models.DateTimeField(_("什么时候打的"), null=True)

    objects = VisitCallbackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("走访回访")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", by=None, at=None)
                | (~Q(answer="") & Q(by__isnull=False, at__isnull=False)),
                name="callback_by_whom_it_was_asked",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="callback_stands", when=pgtrigger.Before, operation=pgtrigger.Update, func=_ANSWERED_SQL
            ),
            pgtrigger.Protect(name="keep_callback", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.get_answer_display()}"

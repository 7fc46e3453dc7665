"""Call-backs of visits: how many are drawn, what may be answered; pure decisions."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LONGEST_WORDS = 200
# Of which share of visits somebody else asks.
SHARE = 0.03
# Later nobody remembers which day it was.
ASKED_WITHIN = timedelta(days=14)


class Answer(TextChoices):
    """What the household said. It says nothing of how well somebody works."""

    CAME = "CAME", _("来过")
    DID_NOT = "DID_NOT", _("没有来过")
    UNREACHED = "UNREACHED", _("没有打通")


# Whoever was not reached is rung again.
FINAL = (Answer.CAME, Answer.DID_NOT)

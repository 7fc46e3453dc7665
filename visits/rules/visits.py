"""A visit: how it was made, what came of it for each person; pure decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.moves import Need

LONGEST_TEXT = 500
WHAT_MATTERS = Need("text", _("请写一句有什么情况。"), least=2)
# A page without a network may bring a visit later; of longer ago nobody remembers the day.
OLDEST = timedelta(days=30)
EARLY = timedelta(minutes=10)  # the clock of a phone may be that much ahead


class Way(TextChoices):
    """How she was in touch."""

    DOOR = "DOOR", _("上门")
    PHONE = "PHONE", _("打电话")


class Result(TextChoices):
    """What came of it for one person. No more than that is asked of anybody."""

    FINE = "FINE", _("一切正常")
    MATTER = "MATTER", _("有情况")
    NOT_HOME = "NOT_HOME", _("没有人在家")
    AWAY = "AWAY", _("外出或住院")
    DECLINED = "DECLINED", _("这次不愿意")


class FindingKind(TextChoices):
    """What something that is the matter becomes, with nothing typed again."""

    TICKET = "TICKET", _("反映上去（说事）")
    WISH = "WISH", _("微心愿")
    ERRAND = "ERRAND", _("请人跑腿")


# Somebody spoke with her. Whoever was not met is still to be visited.
MET = frozenset({Result.FINE, Result.MATTER})


def is_dated(visited_at: datetime, now: datetime) -> bool:
    """Whether a visit may bear this moment: not of tomorrow, not of longer ago than anybody remembers."""
    return now - OLDEST <= visited_at <= now + EARLY


def may_be_corrected(received_at: datetime, now: datetime) -> bool:
    """Whether a visit may still be put right: later it has been counted and read."""
    return now - received_at <= OLDEST


def content_of(
    household_id: int, way: str, when: str, results: Mapping[int, str], text: str, finding: object = None
) -> str:
    """What one visit says as one text, to tell a mark that comes twice with the same from one with another."""
    told = [household_id, way, when, sorted(results.items()), text.strip(), finding]
    return json.dumps(told, ensure_ascii=False)

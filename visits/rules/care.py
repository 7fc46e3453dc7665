"""Who is visited regularly, how often, and when next; pure decisions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.moves import Need
from common.workdays import Workdays

LONGEST_REASON = 100
LONGEST_PAUSE = timedelta(days=90)
# Of an area that is visited more often: at most so many days, then somebody decides anew.
LONGEST_TIGHT = 92
WHY_TIGHT = Need("reason", _("请写一句为什么，例如“高温预警”。"), least=2)
WHY_PAUSED = Need("reason", _("请写一句为什么，例如“住女儿家”。"), least=2)


class Group(TextChoices):
    """The state's own list, and nothing finer: no diagnosis, no degree of danger."""

    LIVES_ALONE = "LIVES_ALONE", _("独居老人")
    EMPTY_NEST = "EMPTY_NEST", _("空巢老人")
    OLD_PARTY_MEMBER = "OLD_PARTY_MEMBER", _("老党员")
    DISABLED = "DISABLED", _("残疾人")
    MENTAL = "MENTAL", _("精神障碍患者")
    DESTITUTE = "DESTITUTE", _("困难家庭")
    LEFT_BEHIND_CHILD = "LEFT_BEHIND_CHILD", _("留守儿童")
    OTHER = "OTHER", _("其他需要关心的")


class Level(TextChoices):
    """How closely."""

    WEEKLY = "WEEKLY", _("每周")
    MONTHLY = "MONTHLY", _("每月")
    QUARTERLY = "QUARTERLY", _("每季度")


class PauseKind(TextChoices):
    """What somebody who is visited asked for."""

    PHONE_ONLY = "PHONE_ONLY", _("只打电话")
    NOT_NOW = "NOT_NOW", _("这段时间不要来")


class Tight(NamedTuple):
    """An area, by the path of its division, in which everybody is visited within so many days, since when."""

    path: str
    days: int
    since: date


def due_on(counted_from: date, days: int, free_from: date | None, calendar: Workdays) -> date:
    """The last day for the next visit: so many days after the last one, or after the day on which it may
    be again; on a day off the working day before, as nobody waits longer for a holiday.

    `calendar` knows every year (common.law_days.assumed).
    """
    first = max(counted_from, free_from - timedelta(days=1)) if free_from else counted_from
    day = max(counted_from + timedelta(days=days), first + timedelta(days=1))
    while not calendar.is_workday(day) and day - timedelta(days=1) > first:
        day -= timedelta(days=1)
    return day

"""Who serves: volunteers, teams, units, shops."""

from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VolunteerState(TextChoices):
    ACTIVE = "ACTIVE", _("在册")
    PAUSED = "PAUSED", _("暂停")
    LEFT = "LEFT", _("已退出")


class TeamKind(TextChoices):
    TEAM = "TEAM", _("志愿服务队")
    CLUB = "CLUB", _("群团组织")
    PARTY_UNIT = "PARTY_UNIT", _("党组织")


class Trade(TextChoices):
    """What a shop of the neighbourhood deals in."""

    FOOD = "FOOD", _("餐饮食品")
    HAIR = "HAIR", _("理发")
    REPAIR = "REPAIR", _("维修")
    HEALTH = "HEALTH", _("药店诊所")
    LAUNDRY = "LAUNDRY", _("洗衣缝补")
    GOODS = "GOODS", _("日用百货")
    OTHER = "OTHER", _("其他")


def insured_on(insured_until: date | None, day: date) -> bool:
    """Whether the accident insurance covers a day, the last one included.

    志愿服务条例 art. 17: nobody is sent into dangerous work without it.
    """
    return insured_until is not None and day <= insured_until

"""The letters of this app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Letter(TextChoices):
    """What is told; the words are in templates/volunteers/letters/<kind>.txt."""

    SHIFT_SIGNED = "SHIFT_SIGNED", _("志愿报名成功")
    SHIFT_WAITING = "SHIFT_WAITING", _("已排志愿候补")
    SHIFT_PROMOTED = "SHIFT_PROMOTED", _("志愿候补递补")
    SHIFT_WITHDRAWN = "SHIFT_WITHDRAWN", _("已退出志愿活动")
    SHIFT_REMOVED = "SHIFT_REMOVED", _("已移出志愿名单")
    SHIFT_CANCELLED = "SHIFT_CANCELLED", _("志愿活动取消")
    SHIFT_MOVED = "SHIFT_MOVED", _("志愿活动改期")
    SHIFT_REMINDER = "SHIFT_REMINDER", _("明天有志愿活动")
    SERVICE_REFUSED = "SERVICE_REFUSED", _("服务记录未认定")


# Who has no account and no one acting for her is phoned about these; about the rest she is not.
PHONED = frozenset({Letter.SHIFT_PROMOTED, Letter.SHIFT_CANCELLED, Letter.SHIFT_MOVED})

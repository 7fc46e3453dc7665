"""The letters of this app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Letter(TextChoices):
    """What is told; the words are in templates/orders/letters/<kind>.txt."""

    ORDER_RECEIVED = "ORDER_RECEIVED", _("服务单收到了")
    ORDER_REFUSED = "ORDER_REFUSED", _("服务单不能办")
    ORDER_OFFERED = "ORDER_OFFERED", _("有一单请您接")
    ORDER_TAKEN = "ORDER_TAKEN", _("服务单有人接了")
    ORDER_DONE = "ORDER_DONE", _("服务做完了，请确认")
    ORDER_CONFIRMED = "ORDER_CONFIRMED", _("服务单已确认")
    ORDER_REDO = "ORDER_REDO", _("服务单请再做一次")
    ORDER_CANCELLED = "ORDER_CANCELLED", _("服务单取消了")
    ORDER_LATE = "ORDER_LATE", _("服务单超时没有答复")
    STALL_BOOKED = "STALL_BOOKED", _("市集约好了")
    STALL_CANCELLED = "STALL_CANCELLED", _("市集预约取消了")
    MARKET_REMINDER = "MARKET_REMINDER", _("明天有市集")


# Who has no account and no one acting for her is phoned about these; about the rest she is not.
PHONED = frozenset(
    {
        Letter.ORDER_REFUSED,
        Letter.ORDER_OFFERED,
        Letter.ORDER_TAKEN,
        Letter.ORDER_REDO,
        Letter.ORDER_CANCELLED,
        Letter.STALL_CANCELLED,
    }
)

"""Kinds of notices, quiet hours: pure decisions."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUIET_FROM, QUIET_TO = time(21, 0), time(8, 0)


class Kind(TextChoices):
    """Every letter the portal sends. Its words are in templates/notices/<kind>.txt."""

    ENROLLED = "ENROLLED", _("报名成功")
    WAITING = "WAITING", _("已排候补")
    OFFERED = "OFFERED", _("候补有名额了")
    OFFER_LAPSED = "OFFER_LAPSED", _("候补名额已过期")
    WITHDRAWN = "WITHDRAWN", _("已退课")
    REMOVED = "REMOVED", _("已移出名单")
    SEAT_MOVED = "SEAT_MOVED", _("已调班")
    REMINDER_24H = "REMINDER_24H", _("明天有课")
    REMINDER_2H = "REMINDER_2H", _("马上上课")
    SESSION_CANCELLED = "SESSION_CANCELLED", _("停课通知")
    SESSION_MOVED = "SESSION_MOVED", _("改期通知")
    CLASS_CANCELLED = "CLASS_CANCELLED", _("班级取消")
    CLASS_MESSAGE = "CLASS_MESSAGE", _("班级通知")
    SERVICE_APPROVED = "SERVICE_APPROVED", _("服务已认定")
    GIFT_RESERVED = "GIFT_RESERVED", _("礼品已留好")
    GIFT_RETURNED = "GIFT_RETURNED", _("礼品超时未取")
    POINTS_EXPIRING = "POINTS_EXPIRING", _("积分快到期")
    SHIFT_SIGNED = "SHIFT_SIGNED", _("志愿报名成功")
    SHIFT_WAITING = "SHIFT_WAITING", _("已排志愿候补")
    SHIFT_PROMOTED = "SHIFT_PROMOTED", _("志愿候补递补")
    SHIFT_WITHDRAWN = "SHIFT_WITHDRAWN", _("已退出志愿活动")
    SHIFT_REMOVED = "SHIFT_REMOVED", _("已移出志愿名单")
    SHIFT_CANCELLED = "SHIFT_CANCELLED", _("志愿活动取消")
    SHIFT_MOVED = "SHIFT_MOVED", _("志愿活动改期")
    SHIFT_REMINDER = "SHIFT_REMINDER", _("明天有志愿活动")
    SERVICE_REFUSED = "SERVICE_REFUSED", _("服务记录未认定")
    ORDER_RECEIVED = "ORDER_RECEIVED", _("服务单收到了")
    ORDER_REFUSED = "ORDER_REFUSED", _("服务单不能办")
    ORDER_OFFERED = "ORDER_OFFERED", _("有一单请您接")
    ORDER_TAKEN = "ORDER_TAKEN", _("服务单有人接了")
    ORDER_DONE = "ORDER_DONE", _("服务做完了，请确认")
    ORDER_CONFIRMED = "ORDER_CONFIRMED", _("服务单已确认")
    ORDER_REDO = "ORDER_REDO", _("服务单请再做一次")
    ORDER_CANCELLED = "ORDER_CANCELLED", _("服务单取消了")
    ORDER_LATE = "ORDER_LATE", _("服务单超时没有答复")
    PITCH_STEP = "PITCH_STEP", _("创投项目有进展")
    REPORT_DUE = "REPORT_DUE", _("创投报告快到期")
    EXPERT_ASKED = "EXPERT_ASKED", _("请您评审")
    STALL_BOOKED = "STALL_BOOKED", _("市集约好了")
    STALL_CANCELLED = "STALL_CANCELLED", _("市集预约取消了")
    MARKET_REMINDER = "MARKET_REMINDER", _("明天有市集")


# Who has no account and no one acting for her is phoned about these; about the rest she is not.
PHONED = frozenset(
    {
        Kind.OFFERED,
        Kind.SESSION_CANCELLED,
        Kind.SESSION_MOVED,
        Kind.CLASS_CANCELLED,
        Kind.CLASS_MESSAGE,
        Kind.SHIFT_PROMOTED,
        Kind.SHIFT_CANCELLED,
        Kind.SHIFT_MOVED,
        Kind.ORDER_REFUSED,
        Kind.ORDER_OFFERED,
        Kind.ORDER_TAKEN,
        Kind.ORDER_REDO,
        Kind.ORDER_CANCELLED,
        Kind.STALL_CANCELLED,
    }
)


class Channel(TextChoices):
    INBOX = "INBOX", _("站内")
    CALL_LIST = "CALL_LIST", _("电话名单")


class DeliveryState(TextChoices):
    OPEN = "OPEN", _("待打电话")
    SENT = "SENT", _("已送达")


def after_quiet_hours(at: datetime) -> datetime:
    """The moment itself, or 08:00 Shanghai time after it if it falls in 21:00-08:00."""
    local = at.astimezone(SHANGHAI)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return at
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_TO, SHANGHAI)

"""What the pages of orders share: who may open them, what a button does, the clock in words."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.moments import moment
from orders.models.orders import ServiceOrder
from orders.rules.orders import OrderState
from people.doors import staff_page, staff_post

S = OrderState
# Words for how something stands in time, and their colour: hot, wait, ok or "".
Clock = tuple[str, str]

dispatch_page = staff_page("orders.dispatch")
dispatch_post = staff_post("orders.dispatch")


def span(seconds: float) -> str:
    """ "2 小时 5 分", "3 天"; for how long something is late."""
    minutes = int(seconds // 60)
    if minutes >= 24 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days}
    return _("%(hours)s 小时 %(minutes)s 分") % {"hours": minutes // 60, "minutes": minutes % 60}


def clock(order: ServiceOrder, now: datetime, until: datetime | None = None) -> Clock:
    """Words and colour for how an order stands in time; `until`: how long its offer waits."""
    if order.state == S.REQUESTED and order.answer_due_at <= now:
        return _("超时 %(span)s") % {"span": span((now - order.answer_due_at).total_seconds())}, "hot"
    if order.state == S.REQUESTED:
        return _("%(at)s前答复") % {"at": moment(order.answer_due_at, now)}, "wait"
    if order.state == S.OFFERED and until is not None:
        return _("等回音到%(at)s") % {"at": moment(until, now)}, "wait"
    if order.state == S.DONE and order.done_at is not None:
        return _("%(at)s做完") % {"at": moment(order.done_at, now)}, "ok"
    return "", ""


def cost(order: ServiceOrder) -> str:
    """What became of the points that it costs, in words; "" where it is free."""
    if not order.points:
        return ""
    if order.state == S.CONFIRMED:
        words = _("用了 %(n)s 积分。")
    elif order.state in {S.REFUSED, S.CANCELLED}:
        words = _("留出的 %(n)s 积分已经退回。")
    else:
        words = _("留出了 %(n)s 积分，确认做好才扣，取消就退。")
    return words % {"n": order.points}


def wanted(order: ServiceOrder) -> str:
    """When it is wanted, in words."""
    day = date_format(order.wanted_on, _("n月j日 D")) if order.wanted_on else ""
    return " ".join(filter(None, [day, order.wanted_words])) or _("时间再约")

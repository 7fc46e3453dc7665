"""The one order engine: kinds, states, who may do what when, the clock; pure decisions."""

import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.moves import Machine, Need, Step
from common.workdays import CalendarUnknown, Workdays
from volunteers.rules.takers import TakerKind

# 志愿服务条例 art. 13: who asks is answered promptly. Working time, 9-12 and 14-18.
ANSWER_TIME = timedelta(hours=4)
ANSWER_TIME_WITHOUT_CALENDAR = timedelta(hours=24)
OFFER_TIME = timedelta(hours=24)
SILENCE = timedelta(days=7)
CALLBACK_SHARE = 0.1
LONGEST_REASON = 200
A_DAY = 24 * 60
A_YEAR = 366 * 24 * 60
MOST_POINTS = 10_000  # of one service
_LONG_NUMBER = re.compile(r"\d{7,}")


class OrderKind(TextChoices):
    SERVICE = "SERVICE", _("点单")
    WISH = "WISH", _("微心愿")
    ERRAND = "ERRAND", _("帮办代办")
    PROJECT = "PROJECT", _("认领项目")
    SHOP_CARD = "SHOP_CARD", _("爱心服务卡")
    GRANT = "GRANT", _("公益创投")


class OrderState(TextChoices):
    REQUESTED = "REQUESTED", _("待答复")
    REFUSED = "REFUSED", _("不能办")
    ACCEPTED_FOR_DISPATCH = "ACCEPTED_FOR_DISPATCH", _("待派单")
    OFFERED = "OFFERED", _("待接单")
    TAKEN = "TAKEN", _("已接单")
    DONE = "DONE", _("待确认")
    CONFIRMED = "CONFIRMED", _("已完成")
    DISPUTED = "DISPUTED", _("没有做好")
    CANCELLED = "CANCELLED", _("已取消")


class OrderMove(TextChoices):
    """What may happen to an order."""

    REQUEST = "REQUEST", _("下单")
    ACCEPT = "ACCEPT", _("受理")
    REFUSE = "REFUSE", _("不受理")
    OFFER = "OFFER", _("派单")
    WITHDRAW = "WITHDRAW", _("收回派单")
    EXPIRE = "EXPIRE", _("派单超时")
    DECLINE = "DECLINE", _("不接")
    TAKE = "TAKE", _("接单")
    RELEASE = "RELEASE", _("退回")
    FINISH = "FINISH", _("做完")
    CONFIRM = "CONFIRM", _("确认")
    DISPUTE = "DISPUTE", _("提出没有做好")
    REDO = "REDO", _("返工")
    REDISPATCH = "REDISPATCH", _("换人重做")
    UPHOLD = "UPHOLD", _("回访认定做好")
    CANCEL = "CANCEL", _("取消")


class OrderParty(TextChoices):
    """In what capacity somebody acts on an order."""

    REQUESTER = "REQUESTER", _("本人或代办人")
    TAKER = "TAKER", _("接单人")
    STAFF = "STAFF", _("工作人员")
    SYSTEM = "SYSTEM", _("系统")


class OfferAnswer(TextChoices):
    PENDING = "PENDING", _("等回音")
    TAKEN = "TAKEN", _("接了")
    DECLINED = "DECLINED", _("没有接")
    EXPIRED = "EXPIRED", _("没有回音")
    WITHDRAWN = "WITHDRAWN", _("已收回")


class ConfirmedBy(TextChoices):
    RECIPIENT = "RECIPIENT", _("本人")
    HELPER = "HELPER", _("代办人")
    CALLBACK = "CALLBACK", _("电话回访")
    REPORT = "REPORT", _("结项报告")


class CallBackWhy(TextChoices):
    DRAWN = "DRAWN", _("抽中回访")
    SILENT = "SILENT", _("七天没有确认")


class CallBackAnswer(TextChoices):
    GOOD = "GOOD", _("说做好了")
    BAD = "BAD", _("说没有做好")
    UNREACHED = "UNREACHED", _("没有联系上")


S, M = OrderState, OrderMove
_P = OrderParty
_STAFF = frozenset({_P.STAFF})
_ASKER = frozenset({_P.REQUESTER, _P.STAFF})
_HELPER = frozenset({_P.TAKER, _P.STAFF})
WHY_NOT = Need("reason", _("请写明为什么不能办，居民会看到。"), least=2)
WHAT_IS_WRONG = Need("reason", _("请写一句哪里没有做好，工作人员会处理。"), least=2)
HOW_SETTLED = Need("reason", _("请写明怎么处理的，双方都会看到。"), least=2)
# Of staff only, so it stands in no line of the table: who asked, and who helps, need not say why.
WHY_CANCELLED = Need("reason", _("请写明为什么取消，居民会看到。"), least=2)
WHY_RELEASED = Need("reason", _("请写明为什么退回，接单人会看到。"), least=2)
WHAT_SHE_SAID = Need("note", _("请写一句哪里没有做好。"), least=2)
ORDERS = Machine(
    noun="order",
    states=OrderState,
    moves=OrderMove,
    hats=OrderParty,
    # A project of staff needs no answer; a card is used, and a grant contracted, with who does it.
    begins=frozenset({S.REQUESTED, S.ACCEPTED_FOR_DISPATCH, S.TAKEN}),
    table={
        (S.REQUESTED, M.ACCEPT): Step(S.ACCEPTED_FOR_DISPATCH, _STAFF),
        (S.REQUESTED, M.REFUSE): Step(S.REFUSED, _STAFF, (WHY_NOT,)),
        (S.REQUESTED, M.OFFER): Step(S.OFFERED, _STAFF),
        (S.ACCEPTED_FOR_DISPATCH, M.OFFER): Step(S.OFFERED, _STAFF),
        # Straight from the public list: the verb asks whether the kind allows it.
        (S.ACCEPTED_FOR_DISPATCH, M.TAKE): Step(S.TAKEN, frozenset({_P.TAKER})),
        # Staff note an answer given by phone.
        (S.OFFERED, M.TAKE): Step(S.TAKEN, _HELPER),
        (S.OFFERED, M.DECLINE): Step(S.ACCEPTED_FOR_DISPATCH, _HELPER),
        (S.OFFERED, M.WITHDRAW): Step(S.ACCEPTED_FOR_DISPATCH, _STAFF),
        (S.OFFERED, M.EXPIRE): Step(S.ACCEPTED_FOR_DISPATCH, frozenset({_P.SYSTEM})),
        # 志愿服务条例 art. 25, 40: nobody is forced, not even afterwards. Why is asked of staff
        # only, so the verbs ask it: of giving back and of calling off.
        (S.TAKEN, M.RELEASE): Step(S.ACCEPTED_FOR_DISPATCH, _HELPER),
        # Minutes are asked by the verb: a grant's order is done without.
        (S.TAKEN, M.FINISH): Step(S.DONE, _HELPER),
        (S.DONE, M.CONFIRM): Step(S.CONFIRMED, _ASKER),
        (S.DONE, M.DISPUTE): Step(S.DISPUTED, _ASKER, (WHAT_IS_WRONG,)),
        (S.DISPUTED, M.REDO): Step(S.TAKEN, _STAFF, (HOW_SETTLED,)),
        (S.DISPUTED, M.REDISPATCH): Step(S.ACCEPTED_FOR_DISPATCH, _STAFF, (HOW_SETTLED,)),
        (S.DISPUTED, M.UPHOLD): Step(S.CONFIRMED, _STAFF, (HOW_SETTLED,)),
        (S.DISPUTED, M.CANCEL): Step(S.CANCELLED, _STAFF, (HOW_SETTLED,)),
        (S.REQUESTED, M.CANCEL): Step(S.CANCELLED, _ASKER),
        (S.ACCEPTED_FOR_DISPATCH, M.CANCEL): Step(S.CANCELLED, _ASKER),
        (S.OFFERED, M.CANCEL): Step(S.CANCELLED, _ASKER),
        (S.TAKEN, M.CANCEL): Step(S.CANCELLED, _ASKER),
    },
)
# A use of a card is of one shop: who gives it back ends it, and it waits at no desk for another.
OF_A_CARD = (S.TAKEN, S.DONE, S.CONFIRMED, S.DISPUTED, S.CANCELLED)
_CARD_WAYS = {
    (frm, move): step for (frm, move), step in ORDERS.table.items() if {frm, step.to} <= {*OF_A_CARD}
}
CARD_USES = replace(
    ORDERS,
    noun="card_use",
    begins=frozenset({S.TAKEN}),
    table={**_CARD_WAYS, (S.TAKEN, M.RELEASE): Step(S.CANCELLED, _HELPER)},
)


def machine_of(kind: str) -> Machine[OrderState, OrderMove, OrderParty]:
    """The table by which an order of this kind moves."""
    return CARD_USES if kind == OrderKind.SHOP_CARD else ORDERS


# What a settled dispute may lead to.
SETTLEMENTS = (M.REDO, M.REDISPATCH, M.UPHOLD, M.CANCEL)
IN_HAND = (S.TAKEN, S.DONE, S.CONFIRMED, S.DISPUTED)  # somebody has it
FINISHED = (S.DONE, S.CONFIRMED, S.DISPUTED)  # somebody says that it was done
OPEN = (S.REQUESTED, S.ACCEPTED_FOR_DISPATCH, S.OFFERED, S.TAKEN, S.DONE, S.DISPUTED)
OVER = (S.REFUSED, S.CONFIRMED, S.CANCELLED)
# Kinds without one person who asked: the community's own.
FOR_ALL = (OrderKind.PROJECT, OrderKind.GRANT)
# Kinds that stand on a public list, from which whoever likes takes them.
ADOPTED_BY = {
    OrderKind.WISH: frozenset({TakerKind.VOLUNTEER, TakerKind.TEAM, TakerKind.UNIT, TakerKind.SHOP}),
    OrderKind.PROJECT: frozenset({TakerKind.UNIT, TakerKind.TEAM}),
}
_LETTERS = {
    OrderKind.SERVICE: "S",
    OrderKind.WISH: "W",
    OrderKind.ERRAND: "E",
    OrderKind.PROJECT: "P",
    OrderKind.SHOP_CARD: "C",
    OrderKind.GRANT: "G",
}


def reference_of(kind: str, pk: int) -> str:
    """What people say on the phone: "S000123"."""
    return f"{_LETTERS[OrderKind(kind)]}{pk:06d}"


def number_of(reference: str) -> int | None:
    """The order's number in a reference, whatever was typed around it; None if there is none."""
    digits = re.sub(r"\D", "", reference)
    return int(digits) if digits and len(digits) < 19 else None


def answer_due(at: datetime, calendar: Workdays) -> datetime:
    """Until when a request is answered: four working hours, or a day where holidays are not loaded."""
    try:
        return calendar.after_office_time(at.astimezone(SHANGHAI), ANSWER_TIME)
    except CalendarUnknown:
        return at + ANSWER_TIME_WITHOUT_CALENDAR


def is_drawn(order_id: int, done_on: date, share: float, secret: str) -> bool:
    """Whether an order is called back: the same answer every time, and nobody outside can tell it.

    Ratings are worth nothing (99.9 % praise); a sample that neither helper nor recipient can
    foresee is worth something.
    """
    asked = f"callback:{done_on:%Y-%m}:{order_id}".encode()
    digest = hmac.new(secret.encode(), asked, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def tells_who(text: str, names: Collection[str]) -> bool:
    """Whether a text for the public wall names somebody or holds a number to call."""
    return any(name and name in text for name in names) or bool(_LONG_NUMBER.search(text))


def most_minutes(taker: TakerKind | None) -> int:
    """How long a service may have taken: a person's at most a day, a team's project up to a year."""
    return A_DAY if taker == TakerKind.VOLUNTEER else A_YEAR

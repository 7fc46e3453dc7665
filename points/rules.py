"""Hours and points: units, accounts, postings, what an hour is worth."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.moves import Machine, Need, Step

PICK_UP_DAYS = 7
# Points that come back after their last day stay good a little longer (also in migrations/ledger.sql).
GRACE_DAYS = 30
CODE_TRIES = 5


class Unit(TextChoices):
    """HOURS are minutes of service, a record that is never spent; POINTS are."""

    HOURS = "HOURS", _("时长")
    POINTS = "POINTS", _("积分")


class AccountKind(TextChoices):
    PERSON = "PERSON", _("个人")
    DEBT = "DEBT", _("待还")
    BUDGET = "BUDGET", _("预算")
    SERVICE = "SERVICE", _("服务")
    SHOP = "SHOP", _("商户")
    DONATION = "DONATION", _("捐赠")
    REDEEMED = "REDEEMED", _("已兑换")
    EXPIRED = "EXPIRED", _("已过期")


class PostingKind(TextChoices):
    EARN = "EARN", _("服务所得")
    OPENING = "OPENING", _("旧账转入")
    REDEEM = "REDEEM", _("兑换")
    DONATE = "DONATE", _("捐出")
    AWARD = "AWARD", _("受赠")
    TRANSFER = "TRANSFER", _("转给家人")
    INHERIT = "INHERIT", _("继承")
    EXPIRE = "EXPIRE", _("到期")
    REVERSAL = "REVERSAL", _("冲正")


class HoldOutcome(TextChoices):
    COMMITTED = "COMMITTED", _("已兑换")
    RELEASED = "RELEASED", _("已取消")
    EXPIRED = "EXPIRED", _("超时未取")


class RedemptionState(TextChoices):
    """How a gift that was set aside stands: what its hold says, and in no column of its own."""

    WAITING = "WAITING", _("等着取")
    COMMITTED = HoldOutcome.COMMITTED.value, HoldOutcome.COMMITTED.label
    RELEASED = HoldOutcome.RELEASED.value, HoldOutcome.RELEASED.label
    EXPIRED = HoldOutcome.EXPIRED.value, HoldOutcome.EXPIRED.label


class RedemptionMove(TextChoices):
    """What may happen to a gift that was set aside."""

    HAND_OUT = "HAND_OUT", _("发放")
    RENEW = "RENEW", _("重发领取码")
    CANCEL = "CANCEL", _("取消兑换")
    EXPIRE = "EXPIRE", _("超时退回")


class RedemptionParty(TextChoices):
    """In what capacity somebody acts on a gift that was set aside."""

    OWNER = "OWNER", _("本人或代办人")
    DESK = "DESK", _("服务台")
    SYSTEM = "SYSTEM", _("系统")


_DESK = frozenset({RedemptionParty.DESK})
REDEMPTIONS = Machine(
    noun="redemption",
    states=RedemptionState,
    moves=RedemptionMove,
    hats=RedemptionParty,
    begins=frozenset({RedemptionState.WAITING}),
    table={
        (RedemptionState.WAITING, RedemptionMove.HAND_OUT): Step(RedemptionState.COMMITTED, _DESK),
        (RedemptionState.WAITING, RedemptionMove.RENEW): Step(RedemptionState.WAITING, _DESK),
        (RedemptionState.WAITING, RedemptionMove.CANCEL): Step(
            RedemptionState.RELEASED, _DESK | {RedemptionParty.OWNER}
        ),
        (RedemptionState.WAITING, RedemptionMove.EXPIRE): Step(
            RedemptionState.EXPIRED, frozenset({RedemptionParty.SYSTEM})
        ),
    },
)


class TransferKind(TextChoices):
    FAMILY = "FAMILY", _("转给家人")
    INHERIT = "INHERIT", _("继承")


class TransferState(TextChoices):
    ASKED = "ASKED", _("待初审")
    SECONDED = "SECONDED", _("待复审")
    DONE = "DONE", _("已转")
    REFUSED = "REFUSED", _("不予办理")


class TransferMove(TextChoices):
    """What may happen to a transfer."""

    SECOND = "SECOND", _("初审")
    COMPLETE = "COMPLETE", _("复审")
    REFUSE = "REFUSE", _("不予办理")


class TransferParty(TextChoices):
    """In what capacity staff act on a transfer; that they are three people is a constraint."""

    APPROVER = "APPROVER", _("审核人")
    KEEPER = "KEEPER", _("管账的人")


_APPROVER, _KEEPER = frozenset({TransferParty.APPROVER}), frozenset({TransferParty.KEEPER})
_WHY_NOT = Need("reason", _("请写明原因，双方都会看到。"), least=2)
TRANSFERS = Machine(
    noun="transfer",
    states=TransferState,
    moves=TransferMove,
    hats=TransferParty,
    begins=frozenset({TransferState.ASKED}),
    table={
        (TransferState.ASKED, TransferMove.SECOND): Step(TransferState.SECONDED, _APPROVER),
        (TransferState.ASKED, TransferMove.REFUSE): Step(TransferState.REFUSED, _APPROVER, (_WHY_NOT,)),
        (TransferState.SECONDED, TransferMove.COMPLETE): Step(TransferState.DONE, _KEEPER),
        (TransferState.SECONDED, TransferMove.REFUSE): Step(TransferState.REFUSED, _APPROVER, (_WHY_NOT,)),
    },
)


class VoucherState(TextChoices):
    ASKED = "ASKED", _("待审批")
    DONE = "DONE", _("已入账")
    REFUSED = "REFUSED", _("不予入账")


class VoucherMove(TextChoices):
    """What may happen to a voucher."""

    APPROVE = "APPROVE", _("同意入账")
    REFUSE = "REFUSE", _("不予入账")


class VoucherParty(TextChoices):
    """In what capacity staff act on a voucher; that they are two people is a constraint."""

    KEEPER = "KEEPER", _("管账的人")
    ASKER = "ASKER", _("申请人")


VOUCHERS = Machine(
    noun="voucher",
    states=VoucherState,
    moves=VoucherMove,
    hats=VoucherParty,
    begins=frozenset({VoucherState.ASKED}),
    table={
        (VoucherState.ASKED, VoucherMove.APPROVE): Step(VoucherState.DONE, frozenset({VoucherParty.KEEPER})),
        (VoucherState.ASKED, VoucherMove.REFUSE): Step(
            VoucherState.REFUSED,
            frozenset(VoucherParty),
            (Need("reason", _("请写明不予入账的原因，申请人会看到。"), least=2),),
        ),
    },
)


@dataclass(frozen=True)
class LegDraft:
    """One side of a posting: minutes or points into (+) or out of (-) an account.

    `expires_on` is the last day on which points that come in are good; None: for ever.
    """

    account_id: int
    amount: int
    expires_on: date | None = None


def request_hash(kind: str, legs: Sequence[LegDraft], evidence: Mapping[str, Any]) -> str:
    """What a posting asks for, as 64 hex digits: the same key must always ask for the same."""
    told = {
        "kind": kind,
        "legs": sorted((leg.account_id, leg.amount, str(leg.expires_on or "")) for leg in legs),
        "evidence": evidence,
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def balances(legs: Sequence[LegDraft], units: Mapping[int, str]) -> bool:
    """Whether the legs are at least two and sum to nothing in each unit (`units` by account)."""
    totals: dict[str, int] = {}
    for leg in legs:
        unit = units.get(leg.account_id)
        if unit is None or not leg.amount:
            return False
        totals[unit] = totals.get(unit, 0) + leg.amount
    return len(legs) >= 2 and not any(totals.values())


@dataclass(frozen=True)
class Earned:
    """What has been earned already, as far as caps ask: points that day, points ever, and minutes
    for the same beneficiary in that month."""

    on_day: int = 0
    ever: int = 0
    for_pair: int = 0


def points_for(
    minutes: int,
    earned: Earned,
    *,
    points_per_hour: int,
    daily_cap: int | None,
    total_cap: int | None,
    pair_minutes_cap: int | None,
) -> int:
    """Points for a service, whole ones, never more than the caps leave; hours are not capped."""
    if pair_minutes_cap is not None:
        minutes = min(minutes, max(0, pair_minutes_cap - earned.for_pair))
    points = minutes * points_per_hour // 60
    for cap, had in ((daily_cap, earned.on_day), (total_cap, earned.ever)):
        if cap is not None:
            points = min(points, max(0, cap - had))
    return points


class Letter(TextChoices):
    """What is told; the words are in templates/points/letters/<kind>.txt."""

    SERVICE_APPROVED = "SERVICE_APPROVED", _("服务已认定")
    GIFT_RESERVED = "GIFT_RESERVED", _("礼品已留好")
    GIFT_RETURNED = "GIFT_RETURNED", _("礼品超时未取")
    POINTS_EXPIRING = "POINTS_EXPIRING", _("积分快到期")

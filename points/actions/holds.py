"""Verbs of a hold, and of points that run out: hold, commit, release, expire."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import NotAllowed
from notices.actions import Draft, queue, queue_all
from people.models import User
from points.actions.ledger import HoldEnded, check_same, in_words, insert_once, lock_accounts, post
from points.models.ledger import Account, Hold, HoldEnd, Lot, Posting
from points.models.policy import Policy
from points.models.redemptions import Redemption
from points.rules import GRACE_DAYS, AccountKind, HoldOutcome, LegDraft, Letter, PostingKind, request_hash


@transaction.atomic
def hold(
    *,
    key: str,
    account_id: int,
    amount: int,
    gift_id: int | None,
    until: datetime | None,
    by: User,
    now: datetime,
    policy: Policy | None = None,
    principal_id: int | None = None,
) -> Hold:
    """预留: sets points aside, and one piece of a gift with them, until `until`; None: while the
    order is open that they pay for.

    The lots that expire first are taken first and remembered. `principal_id` is the person for whom
    `by` acts. The same key with the same request gives the first hold. Refuses KEY_REUSED, OVERSPEND (points that are still good), NO_STOCK,
    IN_DEBT, NOT_POSTABLE.
    """
    told = request_hash("HOLD", [LegDraft(account_id, -amount)], {"gift": gift_id})
    with in_words():
        made = insert_once(
            Hold,
            {
                "key": key,
                "request_hash": told,
                "account_id": account_id,
                "amount": amount,
                "gift_id": gift_id,
                "until": until,
                "policy_id": policy.pk if policy else None,
                "by_id": by.pk,
                "principal": principal_id,
                "at": now,
            },
        )
    return check_same(Hold.objects.get(key=key), told) if made is None else made


def _locked(hold_id: int) -> tuple[Hold, HoldEnd | None]:
    found = Hold.objects.select_for_update(no_key=True).filter(pk=hold_id).first()
    if found is None:
        raise NotAllowed(message=_("没有找到这笔预留。"))
    return found, HoldEnd.objects.select_related("posting").filter(hold=found).first()


@transaction.atomic
def commit_hold(
    *, hold_id: int, by: User, now: datetime, to_account_id: int | None = None, memo: str = ""
) -> Posting:
    """兑现预留: spends the points that were held, under the policy they were held by.

    They go to REDEEMED, or to the shop's account that is named. Twice gives the first posting.
    Refuses HOLD_ENDED (released, or past its time even if the sweep has not come by).
    """
    held, end = _locked(hold_id)
    if end is not None and end.posting is not None:
        return end.posting
    if end is not None or (held.until is not None and held.until < now):
        raise HoldEnded(message=_("这笔预留已经取消或过期，积分已退回，请重新兑换。"))
    to = to_account_id or Account.objects.opened(AccountKind.REDEEMED).pk
    return post(
        key=f"hold:{held.pk}",
        legs=[LegDraft(held.account_id, -held.amount), LegDraft(to, held.amount)],
        kind=PostingKind.REDEEM,
        by=by,
        now=now,
        memo=memo,
        policy=held.policy,
        principal_id=held.principal,
        commits=held,
    )


@transaction.atomic
def release_hold(*, hold_id: int, by: User, now: datetime) -> HoldEnd:
    """取消预留: the points go back to the lots they came from, the gift back on the shelf.

    Twice changes nothing. Refuses HOLD_ENDED once the points are spent.
    """
    held, end = _locked(hold_id)
    if end is not None and end.posting_id is not None:
        raise HoldEnded(message=_("礼品已经领走，这笔兑换不能再取消。"))
    return end or _end(held, HoldOutcome.RELEASED, by, now)


def _end(held: Hold, outcome: HoldOutcome, by: User, now: datetime) -> HoldEnd:
    return HoldEnd.objects.create(hold=held, outcome=outcome, by=by, at=now)


def expire_holds(*, now: datetime) -> int:
    """One pass: what was not picked up in time goes back; returns how many holds that were."""
    due = Hold.objects.filter(until__lt=now, end=None).order_by("until")
    return sum(_expire(pk, now) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _expire(hold_id: int, now: datetime) -> bool:
    held, end = _locked(hold_id)
    if end is not None or held.until is None or held.until >= now:
        return False
    _end(held, HoldOutcome.EXPIRED, User.objects.system(), now)
    redemption = Redemption.objects.select_related("person", "gift").filter(hold=held).first()
    if redemption is not None:
        queue(
            kind=Letter.GIFT_RETURNED,
            key=f"gift_returned:{redemption.pk}",
            recipient=redemption.person,
            about=("redemption", redemption.pk),
            due_at=now,
            now=now,
            quiet=True,
            person=redemption.person.full_name,
            gift=redemption.gift.name,
            points=held.amount,
            until=str(day_of(held.until)),
        )
    return True


def expire_lots(*, now: datetime) -> int:
    """One pass: points past their last day leave the accounts; returns how many points.

    Held ones are left alone: a lot that expired while held gets days of grace when it comes back.
    """
    day = day_of(now)
    stale = Lot.objects.filter(left__gt=0, expires_on__lt=day).order_by("account")
    accounts = stale.values_list("account", flat=True).distinct()
    return sum(_expire_lots(account_id, now) for account_id in list(accounts))


@transaction.atomic
def _expire_lots(account_id: int, now: datetime) -> int:
    day = day_of(now)
    expired = Account.objects.opened(AccountKind.EXPIRED)
    lock_accounts([account_id])
    stale = Lot.objects.filter(account=account_id, left__gt=0, expires_on__lt=day)
    points = stale.aggregate(points=Sum("left"))["points"] or 0
    if not points:
        return 0
    runs = Posting.objects.filter(kind=PostingKind.EXPIRE, legs__account=account_id).count()
    post(
        key=f"expire:{account_id}:{day}:{runs}",
        legs=[LegDraft(account_id, -points), LegDraft(expired.pk, points)],
        kind=PostingKind.EXPIRE,
        by=User.objects.system(),
        now=now,
        memo=_("积分到期"),
    )
    return points


def warn_expiring(*, now: datetime) -> int:
    """One pass: tells whose points have their last day within thirty days, once a lot; how many.

    Points expire only where a place decides so, and never without a word before.
    """
    day = day_of(now)
    soon = Lot.objects.filter(left__gt=0, expires_on__range=(day, day + timedelta(days=GRACE_DAYS)))
    lots = soon.select_related("account__person").order_by("pk")
    drafts = [
        Draft(
            kind=Letter.POINTS_EXPIRING,
            key=f"points_expiring:{lot.pk}",
            recipient_id=lot.account.person_id,
            about=("lot", lot.pk),
            due_at=now,
            quiet=True,
            data={
                "person": lot.account.person.full_name,
                "points": lot.left,
                "until": str(lot.expires_on),
            },
        )
        for lot in lots
        if lot.account.person is not None and lot.account.person_id is not None
    ]
    queue_all(drafts=drafts, now=now)
    return len(drafts)

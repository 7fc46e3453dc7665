"""Verbs of vouchers: a paper book carried over and a posting taken back take two people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError, NotAllowed
from common.steps import refuse_lacking
from people.authority import may_act, refuse_own
from people.models import Person, User
from points.actions.ledger import MERGED, NoCover, NotPostable, check_same_row, post, take_back
from points.models.ledger import Account, HoldEnd, Posting
from points.models.policy import Budget
from points.models.vouchers import Voucher
from points.rules import (
    VOUCHERS,
    AccountKind,
    LegDraft,
    PostingKind,
    Unit,
    VoucherMove,
    VoucherParty,
    VoucherState,
)
from volunteers.actions.service import step_record
from volunteers.models.service import ServiceRecord
from volunteers.rules.service import RecordMove, RecordParty

LONGEST_WORDS = 200
# Whoever serves residents at the desk may ask, and so may who keeps the ledger; only she approves.
ASKING = ("points.gifts", "points.ledger")


class VoucherRefused(DomainError):
    code = "VOUCHER_REFUSED"


@transaction.atomic
def ask_carry_over(
    *, person_id: int, points: int, minutes: int, paper: str, key: str, by: User, now: datetime
) -> Voucher:
    """申请旧账转入: the hours and points of a paper passbook, once per key. Nothing is posted yet.

    `paper` names the passbook and page. Refuses NOT_ALLOWED, SAME_PERSON (oneself and one's own),
    BAD_AMOUNT, SOURCE_NEEDED, KEY_REUSED.
    """
    person = Person.objects.select_related("home").filter(pk=person_id, merged_into=None).first()
    if person is None or not any(may_act(by=by, verb=verb, person=person) for verb in ASKING):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    refuse_own(by, person)
    if points < 0 or minutes < 0 or not points + minutes or points > 100_000 or minutes > 1_000_000:
        raise DomainError("BAD_AMOUNT", _("请填旧账上的积分和分钟，至少一项，不能是负数。"))
    if len(paper.strip()) < 2:
        raise DomainError("SOURCE_NEEDED", _("请写明是哪本旧账、第几页。"))
    told: dict[str, object] = {"person_id": person.pk, "points": points, "minutes": minutes}
    told["grounds"] = paper.strip()[:LONGEST_WORDS]
    asked = {"kind": PostingKind.OPENING, "asked_by": by, "asked_at": now}
    found, _made = Voucher.objects.get_or_create(key=f"opening:{key}", defaults={**told, **asked})
    return check_same_row(found, told)


@transaction.atomic
def ask_reversal(*, posting_id: int, reason: str, by: User, now: datetime) -> Voucher:
    """申请冲正: that a posting be taken back. Nothing is posted yet; twice gives the first voucher.

    Refuses NOT_ALLOWED, SAME_PERSON (points of one's own), REASON_NEEDED, NOT_POSTABLE (a reversal,
    points merged, a gift that was handed out).
    """
    posting = _reversible(posting_id, by, ASKING)
    if len(reason.strip()) < 2:
        raise DomainError("REASON_NEEDED", _("请写明冲正的原因，本人会看到。"))
    asked = {"kind": PostingKind.REVERSAL, "asked_by": by, "asked_at": now}
    told = {"key": f"reversal:{uuid4().hex}", "grounds": reason.strip()[:LONGEST_WORDS], **asked}
    alive = [VoucherState.ASKED, VoucherState.DONE]
    return Voucher.objects.get_or_create(reverses=posting, state__in=alive, defaults=told)[0]


@transaction.atomic
def approve_voucher(*, voucher_id: int, by: User, now: datetime) -> Posting:
    """同意入账: another who keeps the ledger posts what somebody asked for; twice gives the posting.

    Points carried over take cover from the nearest budget like all others. A posting is taken back
    by its mirror image, and the first one stays in the ledger: points already spent become a debt,
    which is paid first by what is earned next. The service record of an earning becomes REVERSED.

    Refuses NOT_ALLOWED, SAME_PERSON (who asked, and oneself and one's own), VOUCHER_REFUSED (refused
    before), NO_COVER, NOT_POSTABLE.
    """
    voucher = _locked(voucher_id)
    reverses = None
    if voucher.reverses_id is not None:
        reverses = _reversible(voucher.reverses_id, by, ["points.ledger"])
    elif not _may(by, voucher.person, ["points.ledger"]):
        raise NotAllowed(message=_("这份记账单不在您负责的范围内。"))
    if voucher.posting is not None:
        return voucher.posting
    if by.pk == voucher.asked_by_id:
        raise DomainError("SAME_PERSON", _("申请人不能审批，请另一位管账的工作人员或街道来办。"))
    if VOUCHERS.step(voucher.state, VoucherMove.APPROVE) is None:
        raise VoucherRefused(message=_("这份记账单已经不予入账，要办请重新申请。"))
    if reverses is None:
        posting = _carry_over(voucher, by, now)
    else:
        if reverses.kind == PostingKind.EARN and reverses.record_id:
            _take_back_record(reverses.record_id, voucher.grounds)
        posting = take_back(reverses, by, now)
    _step(voucher, VoucherMove.APPROVE, VoucherParty.KEEPER, decided_by=by, posting=posting)
    return posting


@transaction.atomic
def refuse_voucher(*, voucher_id: int, reason: str, by: User, now: datetime) -> Voucher:
    """不予入账: by who keeps the ledger, or taken back by who asked. Twice changes nothing.

    Refuses NOT_ALLOWED, REASON_NEEDED, VOUCHER_REFUSED once it is posted.
    """
    voucher = _locked(voucher_id)
    keeps = _keeps(by, voucher)
    if not keeps and by.pk != voucher.asked_by_id:
        raise NotAllowed(message=_("这份记账单不在您负责的范围内。"))
    if voucher.state == VoucherState.REFUSED:
        return voucher
    if VOUCHERS.step(voucher.state, VoucherMove.REFUSE) is None:
        raise VoucherRefused(message=_("已经入账了，要收回请申请冲正那一笔。"))
    party = VoucherParty.KEEPER if keeps else VoucherParty.ASKER
    _step(voucher, VoucherMove.REFUSE, party, reason=reason, decided_by=by)
    return voucher


def _locked(voucher_id: int) -> Voucher:
    # Nothing is joined: what a row that was waited for points at by now is read afterwards.
    found = Voucher.objects.select_for_update(no_key=True).filter(pk=voucher_id).first()
    if found is None:
        raise NotAllowed(message=_("没有找到这份记账单。"))
    return found


def _step(
    voucher: Voucher, move: VoucherMove, party: VoucherParty, *, reason: str = "", **fields: Any
) -> None:
    """Moves a locked voucher, of which the table was asked before, and writes it with `fields`."""
    found = VOUCHERS.next(voucher.state, move, {party})
    if found is None:
        raise NotAllowed(message=_("这份记账单不在您负责的范围内。"))
    refuse_lacking(found[0], reason=reason)
    voucher.state, voucher.why_not = found[0].to, reason.strip()[:LONGEST_WORDS]
    for name, value in fields.items():
        setattr(voucher, name, value)
    voucher.save(update_fields=["state", "why_not", *fields])


def _may(by: User, person: Person | None, verbs: Collection[str]) -> bool:
    return person is not None and any(may_act(by=by, verb=verb, person=person) for verb in verbs)


def _keeps(by: User, voucher: Voucher) -> bool:
    if voucher.reverses is None:
        return _may(by, voucher.person, ["points.ledger"])
    return _may_reverse(voucher.reverses, by, "points.ledger")


def _carry_over(voucher: Voucher, by: User, now: datetime) -> Posting:
    person = voucher.person
    assert person is not None  # noqa: S101 - a constraint of the voucher
    refuse_own(by, person)
    legs = []
    if voucher.minutes:
        service = Account.objects.opened(AccountKind.SERVICE, Unit.HOURS)
        hours = Account.objects.opened(AccountKind.PERSON, Unit.HOURS, person=person)
        legs += [LegDraft(service.pk, -voucher.minutes), LegDraft(hours.pk, voucher.minutes)]
    if voucher.points:
        budget = Budget.objects.nearest(person.home) if person.home else None
        if budget is None:
            raise NoCover(message=_("这里还没有积分预算，请先建立预算并注入积分，再转入。"))
        source = Account.objects.opened(AccountKind.BUDGET, budget=budget)
        account = Account.objects.opened(AccountKind.PERSON, person=person)
        legs += [LegDraft(source.pk, -voucher.points), LegDraft(account.pk, voucher.points)]
    return post(
        key=f"voucher:{voucher.pk}",
        legs=legs,
        kind=PostingKind.OPENING,
        by=by,
        now=now,
        memo=_("旧账转入"),
        evidence={"voucher": voucher.pk},
    )


def _reversible(posting_id: int, by: User, verbs: Collection[str]) -> Posting:
    """A posting that `by` may have taken back, else NOT_ALLOWED, SAME_PERSON or NOT_POSTABLE."""
    posting = Posting.objects.select_related("record__division").filter(pk=posting_id).first()
    if posting is None or not any(_may_reverse(posting, by, verb) for verb in verbs):
        raise NotAllowed(message=_("这一笔账不在您负责的范围内。"))
    refuse_own(by, *Person.objects.filter(accounts__legs__posting=posting))
    if posting.kind == PostingKind.REVERSAL:
        raise NotPostable(message=_("冲正不能再冲正，请重新记一笔。"))
    if posting.key.startswith(MERGED):
        raise NotPostable(message=_("这笔积分是合并档案并过来的，要退回请到“合并记录”里撤销合并。"))
    if HoldEnd.objects.filter(posting=posting, hold__gift__isnull=False).exists():
        raise NotPostable(message=_("礼品已经领走，不能退成积分；东西有问题请换一件。"))
    return posting


def _may_reverse(posting: Posting, by: User, verb: str) -> bool:
    if posting.record is not None:
        return may_act(by=by, verb=verb, row=posting.record.division)
    homes = list(Division.objects.filter(residents__accounts__legs__posting=posting).distinct())
    if not homes:  # a budget's own
        return may_act(by=by, verb=verb)
    return all(may_act(by=by, verb=verb, row=home) for home in homes)


def _take_back_record(record_id: int, reason: str) -> None:
    record = ServiceRecord.objects.select_for_update(no_key=True).get(pk=record_id)
    refused = NotPostable(message=_("这条服务记录没有认定，没有什么要冲正。"))
    step_record(record, RecordMove.REVERSE, RecordParty.KEEPER, refused, reason=reason)

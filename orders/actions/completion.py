"""Verbs of an order that was served: done, confirmed, disputed, settled; and the calls afterwards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from orders.actions.letters import tell
from orders.actions.steps import go, hats, is_taker, lock_order, lock_order_and_card, need_reason, not_yours
from orders.models.dispatch import CallBack
from orders.models.orders import ServiceOrder
from orders.rules.letters import Letter
from orders.rules.orders import (
    CALLBACK_SHARE,
    LONGEST_REASON,
    SETTLEMENTS,
    SILENCE,
    WHAT_SHE_SAID,
    CallBackAnswer,
    CallBackWhy,
    ConfirmedBy,
    OrderMove,
    OrderParty,
    OrderState,
    is_drawn,
    most_minutes,
)
from people.authority import may_act, refuse_own
from people.models import User
from volunteers.actions.service import write_record
from volunteers.rules.service import OWN_EVIDENCE, EvidenceDraft, EvidenceKind

DRAWN_WITHIN = 4 * SILENCE
_NOT_DONE: dict[str, Any] = {
    "done_at": None,
    "done_minutes": None,
    "done_by": None,
    "done_note": "",
    "done_evidence": [],
}


@transaction.atomic
def mark_done(
    *,
    order_id: int,
    minutes: int,
    by: User,
    now: datetime,
    note: str = "",
    evidence: Collection[str] = (),
) -> ServiceOrder:
    """做完: who has it, or staff, say that it was done and how many minutes it took.

    `evidence` are kinds that the helper can show (PAPER, PHOTO, WITNESS, LIST); none is needed.
    Whom it was for is asked to confirm. Twice with the same minutes changes nothing. Refuses
    NOT_ALLOWED, MOVE_REFUSED, MINUTES (a volunteer's at most a day), EVIDENCE.
    """
    order = lock_order(order_id)
    worn = hats(by, order)
    if order.state == OrderState.DONE and order.done_minutes == minutes and order.done_by_id == by.pk:
        return order
    taker = order.taker
    if not 1 <= minutes <= most_minutes(taker.kind if taker else None):
        raise DomainError("MINUTES", _("请写用了多少分钟；一位志愿者一次不超过 24 小时。"), about="minutes")
    kinds = {EvidenceKind(one) for one in evidence}
    if not kinds <= OWN_EVIDENCE:
        raise DomainError("EVIDENCE", _("这种凭据不能由接单人自己填，请只选签字、照片、证明人或名单。"))
    go(
        order,
        OrderMove.FINISH,
        worn,
        by=by,
        now=now,
        done_at=now,
        done_minutes=minutes,
        done_by=by,
        done_note=note.strip()[:LONGEST_REASON],
        done_evidence=sorted(kinds),
    )
    tell(order, Letter.ORDER_DONE, order.for_person, now)
    return order


def _independent(order: ServiceOrder, by: User) -> None:
    """A call-back is made by somebody who neither served nor said that it was done."""
    if order.done_by_id == by.pk or is_taker(by, order):
        raise DomainError("NOT_INDEPENDENT", _("登记做完的人不能自己回访，请另一位工作人员来打电话。"))
    refuse_own(by, order.for_person, order.taker_person)


def _in_what_way(order: ServiceOrder, kind: ConfirmedBy, worn: set[OrderParty], by: User) -> ConfirmedBy:
    """How it is confirmed, as things are and not as the caller says; refuses who may not."""
    if is_taker(by, order):
        raise NotAllowed(message=_("接单的人不能替对方确认，请等对方确认或工作人员回访。"))
    if kind == ConfirmedBy.CALLBACK:
        if OrderParty.STAFF not in worn:
            raise not_yours()
        _independent(order, by)
        return kind
    if OrderParty.REQUESTER not in worn or order.for_person is None:
        raise not_yours()
    return ConfirmedBy.RECIPIENT if order.for_person.user_id == by.pk else ConfirmedBy.HELPER


@transaction.atomic
def confirm(
    *, order_id: int, by: User, now: datetime, kind: ConfirmedBy = ConfirmedBy.RECIPIENT
) -> ServiceOrder:
    """确认: the recipient, or who acts for her, says that it was done well; or staff, who phoned her.

    A volunteer's service is then written down with its evidence; the recorder is whoever confirms,
    never the volunteer. Twice changes nothing. Refuses NOT_ALLOWED (the taker among others),
    MOVE_REFUSED, NOT_INDEPENDENT (a call-back by who said that it was done).
    """
    order = lock_order(order_id)
    worn = hats(by, order)
    if order.state == OrderState.CONFIRMED:
        return order
    how = _in_what_way(order, kind, worn, by)
    hat = OrderParty.STAFF if how == ConfirmedBy.CALLBACK else OrderParty.REQUESTER
    return _confirmed(order, OrderMove.CONFIRM, how, hat, by, now)


def _confirmed(
    order: ServiceOrder,
    move: OrderMove,
    how: ConfirmedBy,
    hat: OrderParty,
    by: User,
    now: datetime,
    reason: str = "",
) -> ServiceOrder:
    # The record before the step, which pays: approving it takes record and accounts in that order too.
    _write_record(order, how, by, now)
    go(order, move, {hat}, by=by, now=now, reason=reason, confirmed_at=now, confirmed_by_kind=how)
    tell(order, Letter.ORDER_CONFIRMED, order.taker_person, now)
    return order


def _write_record(order: ServiceOrder, how: ConfirmedBy, by: User, now: datetime) -> None:
    if order.volunteer is None or order.done_at is None or order.done_minutes is None:
        return
    asked = EvidenceKind.CALLBACK if how == ConfirmedBy.CALLBACK else EvidenceKind.RECIPIENT
    drafts = [
        EvidenceDraft(EvidenceKind.ORDER, order.reference, order.done_at, order.done_by_id),
        EvidenceDraft(asked, str(how.label), now),
        *(
            EvidenceDraft(EvidenceKind(one), order.done_note, order.done_at, order.done_by_id)
            for one in order.done_evidence
        ),
    ]
    write_record(
        order.volunteer,
        source_key=f"order:{order.pk}",
        minutes=order.done_minutes,
        evidence=drafts,
        by=by,
        now=now,
        title=order.title,
        division=order.division,
        served_on=timezone.localtime(order.done_at).date(),
        beneficiary_id=order.for_person_id,
    )


@transaction.atomic
def dispute(*, order_id: int, reason: str, by: User, now: datetime) -> ServiceOrder:
    """没有做好: the recipient, who acts for her, or staff who phoned her, say what is wrong.

    Twice changes nothing. Refuses NOT_ALLOWED (the taker among others), MOVE_REFUSED,
    REASON_NEEDED.
    """
    order = lock_order(order_id)
    worn = hats(by, order)
    if order.state == OrderState.DISPUTED:
        return order
    if is_taker(by, order):
        raise NotAllowed(message=_("接单的人做不完请点“退回”，不用点“没有做好”。"))
    go(order, OrderMove.DISPUTE, worn, by=by, now=now, reason=reason.strip())
    return order


@transaction.atomic
def settle(*, order_id: int, outcome: OrderMove, reason: str, by: User, now: datetime) -> ServiceOrder:
    """处理: staff end a dispute: REDO (the same taker), REDISPATCH (another), UPHOLD (it was done,
    by call-back) or CANCEL.

    Those concerned are told, with the reason. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED,
    SAME_PERSON (an order of one's own), NOT_INDEPENDENT (UPHOLD by who said that it was done),
    OUTCOME (none of the four).
    """
    order = lock_order_and_card(order_id)
    if OrderParty.STAFF not in hats(by, order):
        raise not_yours()
    if outcome not in SETTLEMENTS:
        raise DomainError("OUTCOME", _("请选怎么处理：返工、换人、认定做好，或取消。"))
    refuse_own(by, order.for_person, order.taker_person)
    why = reason.strip()[:LONGEST_REASON]
    if outcome == OrderMove.UPHOLD:
        _independent(order, by)
        return _confirmed(order, outcome, ConfirmedBy.CALLBACK, OrderParty.STAFF, by, now, why)
    helper = order.taker_person
    if outcome == OrderMove.REDISPATCH:
        order.give_to(None)
    go(order, outcome, {OrderParty.STAFF}, by=by, now=now, reason=why, **_NOT_DONE)
    tell(
        order,
        Letter.ORDER_REDO if outcome == OrderMove.REDO else Letter.ORDER_CANCELLED,
        helper,
        now,
        reason=why,
    )
    if outcome == OrderMove.CANCEL:
        tell(order, Letter.ORDER_CANCELLED, order.for_person, now, reason=why)
    return order


def draw_callbacks(*, now: datetime, share: float = CALLBACK_SHARE) -> int:
    """抽取回访: one pass: which finished orders are called back; returns how many were added.

    A random share of what was done in the last four weeks, which nobody outside can foresee and
    which does not change when drawn again; and everything that nobody confirmed within seven days.
    """
    served = ServiceOrder.objects.filter(for_person__isnull=False, done_at__gt=now - DRAWN_WITHIN)
    finished = served.filter(state__in=[OrderState.DONE, OrderState.CONFIRMED])
    fresh = finished.exclude(callbacks__why=CallBackWhy.DRAWN).values_list("pk", "done_at")
    drawn = [
        pk
        for pk, done_at in fresh
        if is_drawn(pk, timezone.localtime(done_at).date(), share, settings.SECRET_KEY)
    ]
    silent = (
        ServiceOrder.objects.filter(state=OrderState.DONE, done_at__lte=now - SILENCE)
        .exclude(callbacks__why=CallBackWhy.SILENT)
        .values_list("pk", flat=True)
    )
    rows = [CallBack(order_id=pk, why=CallBackWhy.DRAWN, at=now) for pk in drawn]
    rows += [CallBack(order_id=pk, why=CallBackWhy.SILENT, at=now) for pk in silent]
    return len([row for row in rows if _added(row)])


def _added(row: CallBack) -> bool:
    return CallBack.objects.get_or_create(order_id=row.order_id, why=row.why, defaults={"at": row.at})[1]


@transaction.atomic
def record_callback(
    *, callback_id: int, answer: CallBackAnswer, by: User, now: datetime, note: str = ""
) -> CallBack:
    """回访: staff write down what she said on the phone; one call answers all calls about the order.

    GOOD confirms an order that waits for it, BAD disputes it; of an order already confirmed either
    is only noted. UNREACHED leaves it on the list. Twice the same changes nothing. Refuses
    NOT_ALLOWED, NOT_INDEPENDENT, REASON_NEEDED (BAD without a word), CALLBACK_OVER.
    """
    found = CallBack.objects.filter(pk=callback_id).values_list("order_id", flat=True).first()
    order = lock_order(found or 0)
    if not may_act(by=by, verb="orders.dispatch", row=order.division):
        raise not_yours()
    callback = CallBack.objects.select_for_update(no_key=True).get(pk=callback_id)
    if callback.answer == answer:
        return callback
    if callback.answer in {CallBackAnswer.GOOD, CallBackAnswer.BAD}:
        raise DomainError("CALLBACK_OVER", _("这次回访已经有结果，不用再打。"))
    _independent(order, by)
    words = need_reason(note, WHAT_SHE_SAID) if answer == CallBackAnswer.BAD else note.strip()
    fields = {"answer": answer, "note": words[:LONGEST_REASON], "by": by, "answered_at": now}
    CallBack.objects.filter(order=order).to_make().update(**fields)
    if order.state == OrderState.DONE and answer == CallBackAnswer.GOOD:
        confirm(order_id=order.pk, by=by, now=now, kind=ConfirmedBy.CALLBACK)
    elif order.state == OrderState.DONE and answer == CallBackAnswer.BAD:
        dispute(order_id=order.pk, reason=words, by=by, now=now)
    callback.refresh_from_db()
    return callback

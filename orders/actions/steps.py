"""What all verbs of an order share: lock it, ask who acts, take the step, write it down, tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from common.moves import Need
from common.steps import refuse_lacking
from notices.actions import withdraw
from orders.actions.payment import settle_points
from orders.models.dispatch import OrderEvent, OrderOffer, ServiceCard
from orders.models.orders import ServiceOrder
from orders.rules.letters import Letter
from orders.rules.orders import (
    LONGEST_REASON,
    OfferAnswer,
    OrderKind,
    OrderMove,
    OrderParty,
    OrderState,
    machine_of,
)
from people.actions import words
from people.authority import may_act
from people.models import User, acts_for
from volunteers.models.takers import WITH_TAKER


class MoveRefused(DomainError):
    code = "MOVE_REFUSED"


def not_yours() -> NotAllowed:
    return NotAllowed(message=_("没有找到这张服务单，或者它不归您办。"))


def lock_order(order_id: int) -> ServiceOrder:
    """The order, locked, with everybody whom the verbs ask about."""
    rows = ServiceOrder.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "division", "item__skill", "for_person", "requester"
    )
    order: ServiceOrder | None = rows.prefetch_related(*WITH_TAKER).filter(pk=order_id).first()
    if order is None:
        raise not_yours()
    return order


def lock_order_and_card(order_id: int) -> ServiceOrder:
    """The order, where it may come to nothing: the card whose use it is, first."""
    ServiceCard.objects.select_for_update(no_key=True, of=("self",)).filter(uses=order_id).first()
    return lock_order(order_id)


def pending_offer(order: ServiceOrder) -> OrderOffer | None:
    """What the locked order is held out to; only who holds the order changes its offers."""
    return order.offers.pending().prefetch_related(*WITH_TAKER).first() if order.pk else None


def is_taker(by: User, order: ServiceOrder) -> bool:
    return ServiceOrder.objects.had_by(by).filter(pk=order.pk).exists()


def hats(by: User, order: ServiceOrder) -> set[OrderParty]:
    """In what capacities somebody may act on an order; refuses NOT_ALLOWED where in none.

    An order of a grant has no buttons of its own: GRANT_ORDER.
    """
    if order.kind == OrderKind.GRANT and may_act(by=by, verb="orders.dispatch", row=order.division):
        raise DomainError("GRANT_ORDER", _("公益创投的单跟着项目走，请到创投项目页面办理。"))
    if order.kind == OrderKind.GRANT:
        raise not_yours()
    worn = set()
    if order.for_person_id and acts_for(by).filter(pk=order.for_person_id).exists():
        worn.add(OrderParty.REQUESTER)
    if is_taker(by, order) or OrderOffer.objects.asked_of(by).filter(order=order).exists():
        worn.add(OrderParty.TAKER)
    if may_act(by=by, verb="orders.dispatch", row=order.division):
        worn.add(OrderParty.STAFF)
    if not worn:
        raise not_yours()
    return worn


def go(
    order: ServiceOrder,
    move: OrderMove,
    worn: Iterable[OrderParty],
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    **fields: Any,
) -> OrderParty:
    """Moves a locked order along its table, saves it with `fields`, appends the history; the points
    that it costs, and the use of a card, go where the new state sends them.

    Refuses MOVE_REFUSED where the state forbids it, NOT_ALLOWED where only somebody else may, and
    REASON_NEEDED where the table asks for one.
    """
    machine = machine_of(order.kind)
    found = machine.next(order.state, move, set(worn))
    if found is None:
        if machine.step(order.state, move) is not None:
            raise not_yours()
        told = {"state": order.get_state_display(), "move": move.label}
        raise MoveRefused(message=_("这一单现在是“%(state)s”，不能%(move)s，请刷新看看。") % told)
    step, party = found
    refuse_lacking(step, reason=reason)
    frm, order.state = order.state, step.to
    for name, value in fields.items():
        setattr(order, name, value)
    order.save()
    settle_points(order, by or User.objects.system(), now)
    if order.card_id is not None and order.state == OrderState.CANCELLED:
        ServiceCard.objects.filter(pk=order.card_id).update(uses_left=F("uses_left") + 1)
    write_event(order, move, frm, party=party, by=by, now=now, reason=reason)
    return party


def write_event(
    order: ServiceOrder,
    move: OrderMove,
    frm: str,
    *,
    party: OrderParty,
    by: User | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Appends one step to the history."""
    OrderEvent.objects.create(
        order=order,
        event=move,
        frm=frm,
        to=order.state,
        party=party,
        by=by,
        words=words.keep(reason[:LONGEST_REASON]),
        at=now,
    )


def close_offer(order: ServiceOrder, answer: OfferAnswer, now: datetime) -> None:
    """Ends the pending offer of a locked order, if there is one; nobody is rung about it any more."""
    if order.offers.pending().update(answer=answer, answered_at=now):
        withdraw(about=("order", order.pk), kinds=[Letter.ORDER_OFFERED], now=now)


def need_reason(reason: str, need: Need) -> str:
    """The reason, stripped; refuses REASON_NEEDED."""
    if not need.is_met_by(reason):
        raise DomainError("REASON_NEEDED", str(need.words), about=need.name)
    return reason.strip()[:LONGEST_REASON]

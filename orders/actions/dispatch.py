"""Verbs between the desk and whoever helps: offer, take, decline, withdraw, give back, expire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from common.letters import when
from orders.actions.letters import tell
from orders.actions.steps import (
    close_offer,
    go,
    hats,
    is_taker,
    lock_order,
    lock_order_and_card,
    need_reason,
    not_yours,
    pending_offer,
)
from orders.models.dispatch import OrderOffer
from orders.models.orders import ServiceOrder
from orders.rules.letters import Letter
from orders.rules.orders import (
    ADOPTED_BY,
    OFFER_TIME,
    WHY_RELEASED,
    OfferAnswer,
    OrderKind,
    OrderMove,
    OrderParty,
    OrderState,
)
from people.authority import is_own, may_act
from people.models import Guardianship, User, acts_for
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team, Volunteer
from volunteers.rules.roll import VolunteerState
from volunteers.rules.takers import Taker, TakerKind

_GROUPS: dict[TakerKind, Any] = {
    TakerKind.TEAM: Team,
    TakerKind.UNIT: PartnerUnit,
    TakerKind.SHOP: PartnerShop,
}


class TakerRefused(DomainError):
    """Why this one cannot take it; the code says which gate."""


class OfferGone(DomainError):
    code = "OFFER_GONE"


def check_taker(order: ServiceOrder, taker: Taker, now: datetime) -> None:
    """The gates before an offer and before a taking; the volunteer's row is locked meanwhile.

    志愿服务条例 art. 15-17: fit to skill and health, insured before dangerous work.
    """
    day = order.day(timezone.localtime(now).date())
    if taker.kind == TakerKind.VOLUNTEER:
        _check_volunteer(order, taker.pk, day)
    elif (found := _GROUPS[taker.kind]._default_manager.filter(pk=taker.pk).first()) is None:
        raise TakerRefused("NO_SUCH_TAKER", _("没有找到接单的队伍、单位或商户，请重新选。"))
    elif taker.kind == TakerKind.TEAM and order.item and order.item.dangerous:
        raise TakerRefused("NOT_INSURED", _("有危险的项目要派给有保险的志愿者本人，请选一位队员。"))
    elif (
        isinstance(found, PartnerShop) and found.keeper is not None and is_own(found.keeper, order.for_person)
    ):
        # What the order costs goes to the shop.
        raise TakerRefused("OWN_ORDER", _("%(name)s不能接店主家人的单，请另选一家。") % {"name": found})


def _check_volunteer(order: ServiceOrder, volunteer_id: int, day: date) -> None:
    volunteer = (
        Volunteer.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person")
        .filter(pk=volunteer_id)
        .first()
    )
    if volunteer is None:
        raise TakerRefused("NO_SUCH_TAKER", _("没有找到这位志愿者，请重新选。"))
    words = {"name": volunteer.person.full_name}
    served = {order.for_person_id, order.requester_id}
    if volunteer.person_id in served or Guardianship.objects.between(volunteer.person_id, served).exists():
        raise TakerRefused("OWN_ORDER", _("%(name)s不能接自己或家人的单，请选别的志愿者。") % words)
    if volunteer.state != VolunteerState.ACTIVE:
        raise TakerRefused("NOT_ACTIVE", _("%(name)s现在不在册，请选别的志愿者。") % words)
    item = order.item
    if item and item.dangerous and not volunteer.insured_on(day):
        raise TakerRefused(
            "NOT_INSURED", _("%(name)s那天没有意外险，这个项目有危险，请先买保险或换人。") % words
        )
    if item and item.skill_id and not volunteer.skills.filter(pk=item.skill_id).exists():
        words = {**words, "skill": str(item.skill)}
        raise TakerRefused("NO_SKILL", _("这个项目要会%(skill)s，%(name)s没有登记这项特长。") % words)


def _may_ask(by: User, order: ServiceOrder, taker: Taker) -> bool:
    """Whether the taker is of the dispatcher's reach, or serves the place of the order.

    A volunteer whom she only sees, by another post or as one of hers, is not of her reach.
    """
    if taker.kind == TakerKind.VOLUNTEER:
        one = Volunteer.objects.select_related("person__home").filter(pk=taker.pk).first()
        return one is not None and may_act(by=by, verb="orders.dispatch", person=one.person)
    found = _GROUPS[taker.kind]._default_manager.select_related("division").filter(pk=taker.pk).first()
    return found is None or (
        found.division.contains(order.division) or may_act(by=by, verb="orders.dispatch", row=found.division)
    )


@transaction.atomic
def offer_order(*, order_id: int, taker: Taker, by: User, now: datetime) -> ServiceOrder:
    """派单: holds the order out to a volunteer, a team, a unit or a shop, for 24 hours.

    An offer, never an assignment (志愿服务条例 art. 25, 40). Offering a request is also its answer.
    To the same taker twice is once. Refuses NOT_ALLOWED, MOVE_REFUSED, NO_SUCH_TAKER, OWN_ORDER,
    NOT_ACTIVE, NOT_INSURED, NO_SKILL.
    """
    order = lock_order(order_id)
    worn, offer = hats(by, order), pending_offer(order)
    if offer is not None and offer.taker == taker and OrderParty.STAFF in worn:
        return order
    if OrderParty.STAFF not in worn or not _may_ask(by, order, taker):
        raise NotAllowed(message=_("这张服务单或接单人不在您负责的范围内。"))
    check_taker(order, taker, now)
    go(
        order,
        OrderMove.OFFER,
        {OrderParty.STAFF},
        by=by,
        now=now,
        answered_at=order.answered_at or now,
    )
    offer = OrderOffer(order=order, offered_by=by, at=now, until=now + OFFER_TIME)
    offer.give_to(taker)
    offer.save()
    tell(order, Letter.ORDER_OFFERED, offer.taker_person, now, until=when(offer.until))
    return order


@transaction.atomic
def withdraw_offer(*, order_id: int, by: User, now: datetime) -> ServiceOrder:
    """收回派单: staff take an unanswered offer back. Twice changes nothing.

    Refuses NOT_ALLOWED, MOVE_REFUSED.
    """
    order = lock_order(order_id)
    worn = hats(by, order)
    if order.state == OrderState.ACCEPTED_FOR_DISPATCH and OrderParty.STAFF in worn:
        return order
    go(order, OrderMove.WITHDRAW, worn, by=by, now=now)
    close_offer(order, OfferAnswer.WITHDRAWN, now)
    return order


@transaction.atomic
def take_order(*, order_id: int, by: User, now: datetime, taker: Taker | None = None) -> ServiceOrder:
    """接单: whom it was offered to says yes; staff note a yes given by phone.

    Wishes and projects are also adopted straight from the public list: then `taker` says as whom.
    Taking twice is taking once. Refuses NOT_ALLOWED, MOVE_REFUSED, OFFER_GONE (over 24 hours, even
    if the pass has not come by), NO_SUCH_TAKER, OWN_ORDER, NOT_ACTIVE, NOT_INSURED, NO_SKILL.
    """
    order = lock_order(order_id)
    if order.state == OrderState.TAKEN and is_taker(by, order):
        return order
    if order.state == OrderState.ACCEPTED_FOR_DISPATCH and taker is not None:
        worn = _adopter(order, taker, by)
    else:
        worn, taker = _offered(order, by, now)
    check_taker(order, taker, now)
    order.give_to(taker)
    go(order, OrderMove.TAKE, worn, by=by, now=now, taken_at=now)
    close_offer(order, OfferAnswer.TAKEN, now)
    tell(order, Letter.ORDER_TAKEN, order.for_person, now)
    return order


def _offered(order: ServiceOrder, by: User, now: datetime) -> tuple[set[OrderParty], Taker]:
    worn, offer = hats(by, order), pending_offer(order)
    if offer is None or offer.taker is None:
        raise OfferGone(message=_("这一单已经不等您回音了，请看看别的单。"))
    if offer.until <= now:
        raise OfferGone(message=_("回音的时间过了，这一单要另找人。想接请联系服务台。"))
    return worn, offer.taker


def _adopter(order: ServiceOrder, taker: Taker, by: User) -> set[OrderParty]:
    """Who may adopt from the list: a volunteer herself, a unit's contact, a team's leader, a shop's keeper."""
    kinds = ADOPTED_BY.get(OrderKind(order.kind), frozenset())
    if taker.kind not in kinds or not order.public_text:
        raise TakerRefused("NOT_ON_LIST", _("这一单不在公开的名单上，请等工作人员派单。"))
    if not _answers_for(by, taker):
        raise not_yours()
    return {OrderParty.TAKER}


def _answers_for(by: User, taker: Taker) -> bool:
    """Whether an account speaks for a taker."""
    if taker.kind == TakerKind.VOLUNTEER:
        people = acts_for(by).values("pk")
        return Volunteer.objects.filter(pk=taker.pk, person__in=people).exists()
    column = {
        TakerKind.TEAM: "leader__person__user",
        TakerKind.UNIT: "contact",
        TakerKind.SHOP: "keeper",
    }[taker.kind]
    return bool(_GROUPS[taker.kind]._default_manager.filter(pk=taker.pk, **{column: by}).exists())


@transaction.atomic
def decline_order(*, order_id: int, by: User, now: datetime) -> ServiceOrder:
    """不接: whom it was offered to says no, without a reason; it is counted nowhere.

    Staff note a no given by phone. Saying no to what is no longer offered changes nothing. Refuses
    NOT_ALLOWED, MOVE_REFUSED once taken (then it is given back).
    """
    order = lock_order(order_id)
    said = OrderOffer.objects.filter(order=order, answer=OfferAnswer.DECLINED)
    if order.state == OrderState.ACCEPTED_FOR_DISPATCH and said.exists():
        return order
    go(order, OrderMove.DECLINE, hats(by, order), by=by, now=now)
    close_offer(order, OfferAnswer.DECLINED, now)
    return order


@transaction.atomic
def release_order(*, order_id: int, by: User, now: datetime, reason: str = "") -> ServiceOrder:
    """退回: who took it cannot do it after all; it costs nothing and goes back to the desk.

    A use of a card is over with it, and goes back on the card. Staff give a reason. Refuses NOT_ALLOWED, MOVE_REFUSED, REASON_NEEDED (staff).
    """
    order = lock_order_and_card(order_id)
    worn = hats(by, order)
    own = OrderParty.TAKER in worn
    why = reason.strip()
    if not own and OrderParty.STAFF in worn:
        why = need_reason(reason, WHY_RELEASED)
    helper = order.taker_person
    if order.kind == OrderKind.SHOP_CARD:
        go(order, OrderMove.RELEASE, worn, by=by, now=now, reason=why)
        tell(order, Letter.ORDER_CANCELLED, order.for_person, now, reason=why)
    else:
        order.give_to(None)
        go(order, OrderMove.RELEASE, worn, by=by, now=now, reason=why, taken_at=None)
    if not own:
        tell(order, Letter.ORDER_CANCELLED, helper, now, reason=why)
    return order


def expire_offers(*, now: datetime) -> int:
    """派单超时: one pass: offers without an answer for 24 hours go back to the desk; returns how many.

    Each is its own transaction and is looked at again under its lock: a yes that came in between
    wins.
    """
    stale = OrderOffer.objects.pending().filter(until__lte=now).order_by("until")
    return sum(_expire(order_id, now) for order_id in list(stale.values_list("order_id", flat=True)))


@transaction.atomic
def _expire(order_id: int, now: datetime) -> bool:
    order = lock_order(order_id)
    offer = pending_offer(order)
    if offer is None or offer.until > now:
        return False
    go(order, OrderMove.EXPIRE, {OrderParty.SYSTEM}, by=None, now=now)
    close_offer(order, OfferAnswer.EXPIRED, now)
    return True

"""Verbs of a shop card: issue, use, stop. Services only: no money, no turnover."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from orders.actions.letters import tell
from orders.actions.steps import write_event
from orders.models.dispatch import ServiceCard
from orders.models.orders import ServiceOrder
from orders.rules.letters import Letter
from orders.rules.orders import OrderKind, OrderMove, OrderParty, OrderState
from people.authority import is_own, may_act, refuse_own
from people.models import Person, User
from volunteers.models.partners import PartnerShop
from volunteers.rules.roll import Trade

MOST_USES = 99


class CardRefused(DomainError):
    code = "CARD_REFUSED"


@transaction.atomic
def issue_card(
    *, person_id: int, trades: Collection[str], uses: int, valid_until: date, by: User, now: datetime
) -> ServiceCard:
    """发卡: gives a resident of one's reach a card for so many services of shops of these trades.

    Refuses NOT_ALLOWED, SAME_PERSON (oneself and one's own), CARD_REFUSED (no trade, not 1 to 99
    uses, a day already past).
    """
    person = Person.objects.select_related("home").filter(pk=person_id, merged_into=None).first()
    if person is None or person.home is None or not may_act(by=by, verb="orders.dispatch", person=person):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    refuse_own(by, person)
    kinds = [Trade(one) for one in trades]
    if not kinds or not 1 <= uses <= MOST_USES or valid_until < timezone.localtime(now).date():
        raise CardRefused(message=_("请选至少一个行业，次数 1 到 99，有效期在今天以后。"))
    return ServiceCard.objects.create(
        number=f"{secrets.randbelow(9 * 10**7) + 10**7}",
        person=person,
        trades=kinds,
        issued_by=by,
        issued_at=now,
        valid_until=valid_until,
        uses_left=uses,
    )


@transaction.atomic
def stop_card(*, card_id: int, by: User, now: datetime) -> ServiceCard:
    """停卡: a lost card, or one no longer needed, serves no more. Twice changes nothing.

    Refuses NOT_ALLOWED.
    """
    card = _locked(pk=card_id)
    home = card.person.home if card else None
    if card is None or home is None or not may_act(by=by, verb="orders.dispatch", row=home):
        raise NotAllowed(message=_("没有找到这张卡，或者它不在您负责的范围内。"))
    if card.stopped_at is None:
        card.stopped_at = now
        card.save(update_fields=["stopped_at"])
    return card


def _locked(**which: object) -> ServiceCard | None:
    found: ServiceCard | None = (
        ServiceCard.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person__home")
        .filter(**which)
        .first()
    )
    return found


@transaction.atomic
def use_card(
    *, number: str, shop_id: int, by: User, now: datetime, text: str = "", key: str = ""
) -> ServiceOrder:
    """用卡: the shop takes one use off the card; the order is its own at once.

    By the shop's keeper, or staff of its place. The same `key` again gives back the first order.
    Refuses NOT_ALLOWED, CARD_REFUSED (unknown, stopped, used up, out of date, another trade),
    OWN_ORDER (the keeper's own card).
    """
    shop = PartnerShop.objects.select_related("division", "keeper").filter(pk=shop_id).first()
    if shop is None or (
        shop.keeper_id != by.pk and not may_act(by=by, verb="orders.dispatch", row=shop.division)
    ):
        raise NotAllowed(message=_("请由这家商户的店主或工作人员来用卡。"))
    card = _locked(number=number.strip())
    if key and (first := ServiceOrder.objects.filter(key=key, shop=shop).first()):
        return first
    if card is None or not card.good_on(timezone.localtime(now).date()):
        raise CardRefused(message=_("这张卡不能用：卡号不对、次数用完、过期或已停用，请看一下卡。"))
    if shop.trade not in card.trades:
        raise CardRefused(message=_("这张卡只能用在%(trades)s。") % {"trades": card.trades_words})
    if shop.keeper is not None and is_own(shop.keeper, card.person):
        raise DomainError("OWN_ORDER", _("店主不能在自己店里用自己或家人的卡。"))
    return _use(card, shop, by, now, text, key)


def _use(card: ServiceCard, shop: PartnerShop, by: User, now: datetime, text: str, key: str) -> ServiceOrder:
    card.uses_left -= 1
    card.save(update_fields=["uses_left"])
    order = ServiceOrder.objects.create(
        kind=OrderKind.SHOP_CARD,
        requester=card.person,
        for_person=card.person,
        title=_("%(trade)s服务") % {"trade": shop.get_trade_display()},
        text=text.strip()[:500],
        division=card.person.home or shop.division,
        state=OrderState.TAKEN,
        shop=shop,
        card=card,
        key=key,
        requested_at=now,
        answer_due_at=now,
        answered_at=now,
        taken_at=now,
    )
    write_event(order, OrderMove.REQUEST, "", party=OrderParty.TAKER, by=by, now=now)
    tell(order, Letter.ORDER_TAKEN, card.person, now)
    return order

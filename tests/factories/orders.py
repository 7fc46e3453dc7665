"""Things to order, and orders in any state, made by the verbs themselves."""

from datetime import datetime, timedelta
from itertools import count

from centers.models import Division
from people.models import Person, User
from volunteers import actions
from volunteers.models import (
    CallBack,
    PartnerShop,
    PartnerUnit,
    ServiceItem,
    ServiceOrder,
    Skill,
    Team,
    Volunteer,
)
from volunteers.rules import OrderKind, OrderState, Taker, TakerKind, Trade

_numbers = count(1)
S = OrderState


def item(division: Division, name: str = "", *, skill: str = "", **fields) -> ServiceItem:
    found = Skill.objects.get_or_create(name=skill)[0] if skill else None
    return ServiceItem.objects.create(
        division=division, name=name or f"理发{next(_numbers)}", skill=found, **fields
    )


def unit(division: Division, contact: User | None = None, name: str = "") -> PartnerUnit:
    return PartnerUnit.objects.create(
        division=division, name=name or f"单位{next(_numbers)}", contact=contact
    )


def shop(division: Division, keeper: User | None = None, trade: str = Trade.HAIR) -> PartnerShop:
    return PartnerShop.objects.create(
        division=division, name=f"小店{next(_numbers)}", keeper=keeper, trade=trade
    )


def team(division: Division, leader: Volunteer | None = None) -> Team:
    return Team.objects.create(division=division, name=f"服务队{next(_numbers)}", leader=leader)


def taker_of(row) -> Taker:
    """How the verbs name a volunteer, a team, a unit, a shop."""
    kinds = {
        Volunteer: TakerKind.VOLUNTEER,
        Team: TakerKind.TEAM,
        PartnerUnit: TakerKind.UNIT,
        PartnerShop: TakerKind.SHOP,
    }
    return Taker(kinds[type(row)], row.pk)


def asked(
    person: Person, now: datetime, by: User | None = None, kind: str = OrderKind.ERRAND, **fields
) -> ServiceOrder:
    told = {"title": "取药", **fields}
    return actions.request_order(
        kind=OrderKind(kind), for_person_id=person.pk, by=by or person.user, now=now, **told
    )


def brought_to(state: str, order: ServiceOrder, taker, staff: User, now: datetime) -> ServiceOrder:
    """Takes a fresh request as far as `state`, along the shortest way."""
    one = {"order_id": order.pk, "now": now}
    hand = taker_of(taker)
    steps = {
        S.REFUSED: [lambda: actions.refuse_order(**one, by=staff, reason="没有这项服务")],
        S.CANCELLED: [lambda: actions.cancel_order(**one, by=staff, reason="不需要了")],
        S.ACCEPTED_FOR_DISPATCH: [
            lambda: actions.accept_order(**one, by=staff, public_text="一位长辈想要一副老花镜")
        ],
        S.OFFERED: [lambda: actions.offer_order(**one, by=staff, taker=hand)],
    }
    steps[S.TAKEN] = [*steps[S.OFFERED], lambda: actions.take_order(**one, by=staff)]
    helper = getattr(getattr(taker, "person", None), "user", None) or staff
    steps[S.DONE] = [*steps[S.TAKEN], lambda: actions.mark_done(**one, by=helper, minutes=45)]
    owner = order.for_person.user if order.for_person else None
    steps[S.CONFIRMED] = [*steps[S.DONE], lambda: actions.confirm(**one, by=owner)]
    steps[S.DISPUTED] = [*steps[S.DONE], lambda: actions.dispute(**one, by=owner, reason="没有来")]
    for step in steps.get(S(state), []):
        step()
    order.refresh_from_db()
    assert order.state == state
    return order


def callback(order: ServiceOrder, now: datetime, why: str = "DRAWN") -> CallBack:
    return CallBack.objects.create(order=order, why=why, at=now)


def project(division: Division, by: User, now: datetime) -> ServiceOrder:
    return actions.post_project(
        division_id=division.pk, title="楼道粉刷", public_text="给 3 个楼道粉刷墙面", by=by, now=now
    )


def later(now: datetime, **span) -> datetime:
    return now + timedelta(**span)


def card(person: Person, by: User, now: datetime, *, uses: int = 2, trades: tuple[str, ...] = ("HAIR",)):
    """A shop card that is good for a month."""
    until = now.date() + timedelta(days=30)
    return actions.issue_card(
        person_id=person.pk, trades=trades, uses=uses, valid_until=until, by=by, now=now
    )

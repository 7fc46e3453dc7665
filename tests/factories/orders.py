"""Things to order, and orders in any state, made by the verbs themselves."""

from datetime import datetime, timedelta
from itertools import count

from centers.models import Division
from grants.actions.pitches import make_pitch, open_call
from orders.actions.cards import issue_card
from orders.actions.completion import confirm, dispute, mark_done
from orders.actions.dispatch import offer_order, take_order
from orders.actions.market import add_stall, announce_market, book_stall
from orders.actions.orders import accept_order, cancel_order, post_project, refuse_order, request_order
from orders.models.dispatch import CallBack
from orders.models.orders import ServiceItem, ServiceOrder
from orders.rules.orders import OrderKind, OrderState
from people.models import Person, User
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Skill, Team, Volunteer
from volunteers.rules.roll import Trade
from volunteers.rules.takers import Taker, TakerKind

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
    return request_order(kind=OrderKind(kind), for_person_id=person.pk, by=by or person.user, now=now, **told)


def brought_to(state: str, order: ServiceOrder, taker, staff: User, now: datetime) -> ServiceOrder:
    """Takes a fresh request as far as `state`, along the shortest way."""
    one = {"order_id": order.pk, "now": now}
    hand = taker_of(taker)
    steps = {
        S.REFUSED: [lambda: refuse_order(**one, by=staff, reason="没有这项服务")],
        S.CANCELLED: [lambda: cancel_order(**one, by=staff, reason="不需要了")],
        S.ACCEPTED_FOR_DISPATCH: [
            lambda: accept_order(**one, by=staff, public_text="一位长辈想要一副老花镜")
        ],
        S.OFFERED: [lambda: offer_order(**one, by=staff, taker=hand)],
    }
    steps[S.TAKEN] = [*steps[S.OFFERED], lambda: take_order(**one, by=staff)]
    helper = getattr(getattr(taker, "person", None), "user", None) or staff
    steps[S.DONE] = [*steps[S.TAKEN], lambda: mark_done(**one, by=helper, minutes=45)]
    owner = order.for_person.user if order.for_person else None
    steps[S.CONFIRMED] = [*steps[S.DONE], lambda: confirm(**one, by=owner)]
    steps[S.DISPUTED] = [*steps[S.DONE], lambda: dispute(**one, by=owner, reason="没有来")]
    for step in steps.get(S(state), []):
        step()
    order.refresh_from_db()
    assert order.state == state
    return order


def callback(order: ServiceOrder, now: datetime, why: str = "DRAWN") -> CallBack:
    return CallBack.objects.create(order=order, why=why, at=now)


def project(division: Division, by: User, now: datetime) -> ServiceOrder:
    return post_project(
        division_id=division.pk, title="楼道粉刷", public_text="给 3 个楼道粉刷墙面", by=by, now=now
    )


def later(now: datetime, **span) -> datetime:
    return now + timedelta(**span)


def card(person: Person, by: User, now: datetime, *, uses: int = 2, trades: tuple[str, ...] = ("HAIR",)):
    """A shop card that is good for a month."""
    until = now.date() + timedelta(days=30)
    return issue_card(person_id=person.pk, trades=trades, uses=uses, valid_until=until, by=by, now=now)


def market(cast, now: datetime):
    """A market day of the community with one stall, where 王桂兰 has booked a time."""
    opens = now + timedelta(days=3)
    made = announce_market(
        division_id=cast.city["community"].pk,
        title="周六市集",
        place="小广场",
        opens_at=opens,
        closes_at=opens + timedelta(hours=1),
        by=cast.worker,
        now=now,
    )
    stall = add_stall(
        market_id=made.pk,
        keeper=taker_of(shop(cast.city["community"])),
        offers="理发",
        places=2,
        slot_minutes=20,
        by=cast.worker,
        now=now,
    )
    person = cast.guilan
    return stall, book_stall(stall_id=stall.pk, person_id=person.pk, starts_at=opens, by=person.user, now=now)


def pitch(cast, now: datetime):
    """A call of the street, and what a unit pitched for it."""
    call = open_call(
        division_id=cast.city["street"].pk,
        title="冬季创投",
        text="给独居长辈的服务",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=20),
        by=cast.officer,
        now=now,
    )
    speaker = cast.stranger.user
    made = unit(cast.city["street"], speaker, name="阳光社工站")
    return make_pitch(
        call_id=call.pk, title="暖冬陪伴", text="每周上门一次", unit_id=made.pk, by=speaker, now=now
    )

"""Verbs of a market day: announce, put up a stall, book a time, give it back, call off."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError, NotAllowed
from common.steps import move_all
from orders.actions.market_letters import tell_booked, tell_cancelled, unremind
from orders.models.market import MarketDay, Stall, StallBooking
from orders.rules.market import (
    BOOKINGS,
    MARKETS,
    BookingMove,
    MarketMove,
    MarketParty,
    MarketState,
    slots,
)
from people.authority import may_act
from people.models import Person, User, acts_for
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team
from volunteers.rules.takers import Taker, TakerKind

_KEEPERS = {TakerKind.SHOP: PartnerShop, TakerKind.TEAM: Team, TakerKind.UNIT: PartnerUnit}
_KEEPER_ROWS = ("stall__shop", "stall__team", "stall__unit")


class StallFull(DomainError):
    code = "STALL_FULL"


class MarketRefused(DomainError):
    code = "MARKET_REFUSED"


@transaction.atomic
def announce_market(
    *,
    division_id: int,
    title: str,
    place: str,
    opens_at: datetime,
    closes_at: datetime,
    by: User,
    now: datetime,
) -> MarketDay:
    """公布市集: a day on which neighbours' free services stand side by side.

    Refuses NOT_ALLOWED, MARKET_REFUSED (no words, ends before it begins, already over).
    """
    division = Division.objects.filter(pk=division_id).first()
    if division is None or not may_act(by=by, verb="orders.dispatch", row=division):
        raise NotAllowed(message=_("这个地方不在您负责的范围内。"))
    if len(title.strip()) < 2 or not place.strip() or closes_at <= max(opens_at, now):
        raise MarketRefused(message=_("请写明名称和地点，结束时间要在开始和现在之后。"))
    return MarketDay.objects.create(
        division=division,
        title=title.strip()[:40],
        place=place.strip()[:60],
        opens_at=opens_at,
        closes_at=closes_at,
    )


def _market(market_id: int, by: User) -> MarketDay:
    market: MarketDay | None = (
        MarketDay.objects.select_for_update(no_key=True, of=("self",))
        .select_related("division")
        .filter(pk=market_id)
        .first()
    )
    if market is None or not may_act(by=by, verb="orders.dispatch", row=market.division):
        raise NotAllowed(message=_("没有找到这次市集，或者它不在您负责的范围内。"))
    return market


@transaction.atomic
def add_stall(
    *,
    market_id: int,
    keeper: Taker,
    offers: str,
    places: int,
    slot_minutes: int,
    by: User,
    now: datetime,
) -> Stall:
    """设摊位: a shop, a team or a unit serves so many people at a time, so many minutes each.

    Refuses NOT_ALLOWED, MARKET_REFUSED (called off, nobody, no words, 1-50 places, 5-240 minutes,
    the same offer twice).
    """
    market = _market(market_id, by)
    model = _KEEPERS.get(keeper.kind)
    wrong = not (1 <= places <= 50 and 5 <= slot_minutes <= 240) or len(offers.strip()) < 2
    if market.state != MarketState.ANNOUNCED or wrong or model is None:
        raise MarketRefused(message=_("请写明摊位提供什么，同时 1 到 50 位，每位 5 到 240 分钟。"))
    if not model._default_manager.filter(pk=keeper.pk).exists():
        raise MarketRefused(message=_("没有找到这家商户、队伍或单位。"))
    stall = Stall(market=market, offers=offers.strip()[:40], slots=places, slot_minutes=slot_minutes)
    setattr(stall, f"{keeper.kind.value}_id", keeper.pk)
    try:
        with transaction.atomic():
            stall.save(force_insert=True)
    except IntegrityError as error:
        if "stall_once" not in str(error):
            raise
        raise MarketRefused(message=_("这次市集已经有这个摊位，请换个说法。")) from None
    return stall


def _booker(person_id: int, stall: Stall, by: User) -> Person:
    """Who is to come, locked: two stalls at once would wait for each other where one excludes the other."""
    rows = Person.objects.select_for_update(no_key=True, of=("self",)).select_related("home")
    person = rows.filter(pk=person_id, merged_into=None).first()
    own = person is not None and acts_for(by).filter(pk=person.pk).exists()
    here = stall.market.division
    if person is None or not (own or may_act(by=by, verb="orders.dispatch", person=person, row=here)):
        raise NotAllowed(message=_("您不能替这位居民预约，请先到服务台登记代办关系。"))
    return person


@transaction.atomic
def book_stall(
    *, stall_id: int, person_id: int, starts_at: datetime, by: User, now: datetime
) -> StallBooking:
    """预约摊位: a time at a stall for oneself, for whom one acts, or by staff for their residents.

    One live booking a person and stall: the same time again gives back the first. Refuses
    NOT_ALLOWED, MARKET_REFUSED (called off, over, no such time), STALL_FULL, ALREADY_BOOKED,
    CLASHES (the same person is at another stall then).
    """
    stall: Stall | None = (
        Stall.objects.select_for_update(no_key=True, of=("self",))
        .select_related("market__division")
        .filter(pk=stall_id)
        .first()
    )
    if stall is None:
        raise NotAllowed(message=_("没有找到这个摊位。"))
    person, live = _booker(person_id, stall, by), stall.bookings.live()
    if first := live.filter(person=person).first():
        if first.starts_at == starts_at:
            return first
        raise DomainError("ALREADY_BOOKED", _("这个摊位已经约过，要换时间请先取消原来的。"))
    market = stall.market
    times = slots(market.opens_at, market.closes_at, stall.slot_minutes, stall.slots, {})
    off = market.state != MarketState.ANNOUNCED or stall.called_off_at is not None
    if off or starts_at <= now or starts_at not in {t.starts_at for t in times}:
        raise MarketRefused(message=_("这个时间约不了，请在页面上另选一个。"))
    taken = set(live.filter(starts_at=starts_at).values_list("place", flat=True))
    place = next((n for n in range(1, stall.slots + 1) if n not in taken), None)
    if place is None:
        raise StallFull(message=_("这个时间约满了，请另选一个时间。"))
    booking = StallBooking(stall=stall, person=person, starts_at=starts_at, place=place, by=by, at=now)
    try:
        with transaction.atomic():
            booking.save(force_insert=True)
    except IntegrityError as error:
        if "booking_in_one_place" not in str(error):
            raise
        sentence = _("%(person)s这个时间已经约了别的摊位，请另选一个时间。") % {"person": person.full_name}
        raise DomainError("CLASHES", sentence) from None
    tell_booked(booking, now)
    return booking


@transaction.atomic
def cancel_booking(*, booking_id: int, by: User, now: datetime) -> StallBooking:
    """取消预约: the place is free again at once; who did not cancel it herself is told.

    Twice changes nothing. Refuses NOT_ALLOWED.
    """
    booking: StallBooking | None = (
        StallBooking.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person", "stall__market__division", *_KEEPER_ROWS)
        .filter(pk=booking_id)
        .first()
    )
    own = booking is not None and acts_for(by).filter(pk=booking.person_id).exists()
    if booking is None or not (
        own or may_act(by=by, verb="orders.dispatch", row=booking.stall.market.division)
    ):
        raise NotAllowed(message=_("没有找到这个预约，或者它不是您的。"))
    party = MarketParty.BOOKER if own else MarketParty.STAFF
    if found := BOOKINGS.next(booking.state, BookingMove.CANCEL, {party}):
        booking.state = found[0].to
        booking.save(update_fields=["state"])
        if own:
            unremind([booking], now)
        else:
            tell_cancelled([booking], now)
    return booking


@transaction.atomic
def cancel_market(*, market_id: int, by: User, now: datetime) -> MarketDay:
    """取消市集: it is off, and so are its bookings; who booked is told. Twice changes nothing.

    Refuses NOT_ALLOWED.
    """
    market = _market(market_id, by)
    if found := MARKETS.next(market.state, MarketMove.CANCEL, {MarketParty.STAFF}):
        market.state = found[0].to
        market.save(update_fields=["state"])
    stalls = list(Stall.objects.select_for_update(no_key=True).filter(market=market).order_by("pk"))
    _free(stalls, now, called_off="market")
    return market


@transaction.atomic
def cancel_stall(*, stall_id: int, by: User, now: datetime) -> Stall:
    """取消摊位: its keeper does not come; its bookings are off, and who booked is told.

    Twice changes nothing. Refuses NOT_ALLOWED.
    """
    stall: Stall | None = (
        Stall.objects.select_for_update(no_key=True, of=("self",))
        .select_related("market__division")
        .filter(pk=stall_id)
        .first()
    )
    if stall is None or not may_act(by=by, verb="orders.dispatch", row=stall.market.division):
        raise NotAllowed(message=_("没有找到这个摊位，或者它不在您负责的范围内。"))
    if stall.called_off_at is None:
        stall.called_off_at = now
        stall.save(update_fields=["called_off_at"])
        _free([stall], now, called_off="stall")
    return stall


def _free(stalls: list[Stall], now: datetime, *, called_off: str) -> None:
    """Ends all live bookings of these locked stalls, and tells who booked."""
    rows = StallBooking.objects.live().select_for_update(no_key=True, of=("self",)).filter(stall__in=stalls)
    live = list(rows.select_related("person", "stall__market__division", *_KEEPER_ROWS).order_by("pk"))
    freed = StallBooking.objects.filter(pk__in=[one.pk for one in live])
    move_all(freed, BOOKINGS, BookingMove.CANCEL, MarketParty.STAFF)
    tell_cancelled(live, now, called_off=called_off)

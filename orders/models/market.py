"""爱心市集: a day, its stalls, who comes when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.guards import guards
from common.reach import within
from orders.rules.market import BOOKINGS, MARKETS, BookingState, MarketState, Slot, slots
from people.models import Person, User, acts_for
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team

# A place that the stall has, at a time that the stall serves; how long it takes is the stall's to say.
_PLACE_SQL = """
    SELECT s.slots, s.slot_minutes, s.called_off_at, m.opens_at, m.closes_at INTO found
    FROM orders_stall s JOIN orders_marketday m ON m.id = s.market_id WHERE s.id = NEW.stall_id;
    NEW.during := tstzrange(NEW.starts_at, NEW.starts_at + make_interval(mins => found.slot_minutes));
    IF NEW.state = 'BOOKED' AND (
        found.called_off_at IS NOT NULL OR NEW.place < 1 OR NEW.place > found.slots
        OR NEW.starts_at < found.opens_at
        OR NEW.starts_at + make_interval(mins => found.slot_minutes) > found.closes_at
        OR mod(extract(epoch FROM NEW.starts_at - found.opens_at)::int, found.slot_minutes * 60) <> 0
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_within_stall',
            MESSAGE = 'the stall has no such place at that time';
    END IF;
    RETURN NEW;
"""


class MarketDayQuerySet(models.QuerySet["MarketDay"]):
    def visible_to(self, user: User | AnonymousUser) -> MarketDayQuerySet:
        """Staff: the markets of their reach; the public list shows all that are announced."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(pk__in=within(self, "division", user.reach("volunteers.view")).values("pk"))

    def coming(self, now: datetime) -> MarketDayQuerySet:
        return (
            self.filter(state=MarketState.ANNOUNCED, closes_at__gt=now)
            .select_related("division")
            .order_by("opens_at", "pk")
        )


class MarketDay(models.Model):
    """爱心市集: free services side by side, on one day: haircuts, repairs, advice."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="markets", verbose_name=_("所属区划"))
    title = models.CharField(_("名称"), max_length=40)
    place = models.CharField(_("地点"), max_length=60)
    opens_at = models.DateTimeField(_("开始"))
    closes_at = models.DateTimeField(_("结束"))
    state = models.CharField(_("状态"), max_length=9, choices=MarketState, default=MarketState.ANNOUNCED)

    objects = MarketDayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("爱心市集")
        ordering = ("-opens_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="market_opens_before_close"
            ),
        ]
        triggers = guards(MARKETS)

    def __str__(self) -> str:
        return self.title


class StallQuerySet(models.QuerySet["Stall"]):
    def with_times(self) -> StallQuerySet:
        """For showing what is free: who keeps it, and as `bookings.all()` its live ones."""
        live = models.Prefetch("bookings", StallBooking.objects.live())
        return self.select_related("market__division", "shop", "team", "unit").prefetch_related(live)


class Stall(models.Model):
    """摊位: what one shop, team or unit offers on a market day, so many at a time."""

    market = models.ForeignKey(MarketDay, models.PROTECT, related_name="stalls", verbose_name=_("市集"))
    shop = models.ForeignKey(
        PartnerShop, models.PROTECT, null=True, blank=True, related_name="stalls", verbose_name=_("商户")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="stalls", verbose_name=_("队伍")
    )
    unit = models.ForeignKey(
        PartnerUnit, models.PROTECT, null=True, blank=True, related_name="stalls", verbose_name=_("单位")
    )
    offers = models.CharField(_("提供什么"), max_length=40)
    slots = models.PositiveSmallIntegerField(_("同时几位"), default=1)
    slot_minutes = models.PositiveSmallIntegerField(_("每位几分钟"), default=20)
    called_off_at = models.DateTimeField(_("取消时间"), null=True, blank=True, editable=False)

    objects = StallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("摊位")
        ordering = ("market", "id")
        constraints = [
            models.UniqueConstraint(fields=["market", "offers"], name="stall_once"),
            models.CheckConstraint(
                condition=Q(shop__isnull=False, team=None, unit=None)
                | Q(shop=None, team__isnull=False, unit=None)
                | Q(shop=None, team=None, unit__isnull=False),
                name="stall_of_one",
            ),
            models.CheckConstraint(
                condition=Q(slots__range=(1, 50), slot_minutes__range=(5, 240)), name="stall_slots"
            ),
        ]

    def __str__(self) -> str:
        return self.offers

    @property
    def keeper(self) -> str:
        return str(self.shop or self.team or self.unit)

    def times(self, booked: Iterable[StallBooking]) -> list[Slot]:
        """Its times with the places that its live bookings leave; none once it was called off."""
        if self.called_off_at is not None:
            return []
        taken: dict[datetime, int] = {}
        for one in booked:
            taken[one.starts_at] = taken.get(one.starts_at, 0) + 1
        market = self.market
        return list(slots(market.opens_at, market.closes_at, self.slot_minutes, self.slots, taken))


class StallBookingQuerySet(models.QuerySet["StallBooking"]):
    def live(self) -> StallBookingQuerySet:
        return self.filter(state=BookingState.BOOKED)

    def booked_by(self, user: User) -> StallBookingQuerySet:
        """Bookings of the people whom this account acts for."""
        return self.filter(person__in=acts_for(user).values("pk"))

    def visible_to(self, user: User | AnonymousUser) -> StallBookingQuerySet:
        """Staff: those of markets in their reach; everybody: their own."""
        if not isinstance(user, User):
            return self.none()
        near = within(self, "stall__market__division", user.reach("orders.dispatch"))
        own = Q(pk__in=self.booked_by(user).values("pk"))
        return self.filter(Q(pk__in=near.values("pk")) | own)


class StallBooking(models.Model):
    """市集预约: one person at one stall at one time; a place of the stall is hers."""

    stall = models.ForeignKey(Stall, models.PROTECT, related_name="bookings", verbose_name=_("摊位"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("居民"))
    starts_at = models.DateTimeField(_("几点"))
    # Written by the trigger, from the stall's minutes.
    during = DateTimeRangeField(editable=False)
    # Which of the stall's places: two cannot have the same one at the same time.
    place = models.PositiveSmallIntegerField(_("第几个位置"))
    state = models.CharField(_("状态"), max_length=9, choices=BookingState, default=BookingState.BOOKED)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    at = models.DateTimeField(_("预约时间"))

    objects = StallBookingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("市集预约")
        ordering = ("starts_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["stall", "starts_at", "place"],
                condition=Q(state=BookingState.BOOKED),
                name="one_booking_a_place",
            ),
            models.UniqueConstraint(
                fields=["stall", "person"],
                condition=Q(state=BookingState.BOOKED),
                name="one_live_booking_a_stall",
            ),
            ExclusionConstraint(
                name="booking_in_one_place",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                    ("stall", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(state=BookingState.BOOKED),
            ),
        ]
        triggers = [
            *guards(BOOKINGS),
            pgtrigger.Trigger(
                name="guard_booking",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("found", "record")],
                func=_PLACE_SQL,
            ),
            pgtrigger.Protect(name="keep_booking", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.stall} {timezone.localtime(self.starts_at):%H:%M}"

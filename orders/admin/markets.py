"""Market days in the back office: announced and called off by verbs; stalls and bookings read-only."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.admin import ReadOnlyAdmin, ScopedInline, Verb, VerbAdmin, VerbForm, reach
from common.days import SHANGHAI
from common.fields import PlaceField
from common.forms import set_rows
from common.reach import within
from orders.actions.market import add_stall, announce_market, cancel_booking, cancel_market, cancel_stall
from orders.forms.markets import keeper_of, keepers_near
from orders.models.market import MarketDay, Stall, StallBooking
from orders.rules.market import BOOKINGS, MARKETS, BookingMove, MarketMove
from people.models import User

RUNS = "orders.dispatch"


class AnnounceForm(VerbForm):
    """A new market day."""

    title = forms.CharField(label=_("名称"), max_length=40)
    division = PlaceField(label=_("在哪里"))
    where = forms.CharField(label=_("地点"), max_length=60)
    day = forms.DateField(label=_("哪天"), help_text=_("例如 2026-12-02"))
    opens = forms.TimeField(label=_("几点开始"), help_text=_("例如 18:00"))
    closes = forms.TimeField(label=_("几点结束"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "division", within(Division.objects.order_by("path"), "", self.user.reach(RUNS)))


class StallForm(VerbForm):
    """A stall of the market day `row`."""

    keeper = forms.ChoiceField(label=_("谁来摆"))
    offers = forms.CharField(label=_("提供什么"), max_length=40)
    places = forms.IntegerField(label=_("同时几位"), min_value=1, max_value=50, initial=1)
    slot_minutes = forms.IntegerField(label=_("每位几分钟"), min_value=5, max_value=240, initial=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keeper = self.fields["keeper"]
        assert isinstance(keeper, forms.ChoiceField)  # noqa: S101 - declared above
        keeper.choices = [("", _("请选一个")), *keepers_near(self.row.division)]


def _announce(
    _row: None,
    *,
    by: User,
    now: datetime,
    title: str,
    division: Division,
    where: str,
    day: date,
    opens: time,
    closes: time,
) -> str:
    announce_market(
        division_id=division.pk,
        title=title,
        place=where,
        opens_at=datetime.combine(day, opens, SHANGHAI),
        closes_at=datetime.combine(day, closes, SHANGHAI),
        by=by,
        now=now,
    )
    return _t("市集公布了，接着设摊位。")


def _stall(market: MarketDay, *, by: User, now: datetime, keeper: str, **told: Any) -> str:
    add_stall(market_id=market.pk, keeper=keeper_of(keeper), by=by, now=now, **told)
    return _t("摊位设好了。")


def _call_off(market: MarketDay, *, by: User, now: datetime) -> str:
    cancel_market(market_id=market.pk, by=by, now=now)
    return _t("市集取消了，约过的人会收到通知；没有账号的在待打电话名单里。")


# Stalls are put up as long as the day may be called off.
_announced = MARKETS.offers(MarketMove.CANCEL)


class StallInline(ScopedInline):
    model = Stall
    fields = readonly_fields = ("offers", "keeper_name", "slots", "slot_minutes")
    max_num = 0
    can_delete = False
    hide_title = True
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("shop", "team", "unit")

    @admin.display(description=_("谁来摆"))
    def keeper_name(self, stall: Stall) -> str:
        return stall.keeper


@admin.register(MarketDay)
class MarketDayAdmin(ReadOnlyAdmin, VerbAdmin):
    see, place = "volunteers.view", "division"
    list_display = ("title", "division", "place", "opens_at", "closes_at", "state")
    list_filter = ("state",)
    list_select_related = ("division",)
    search_fields = ("title", "place")
    ordering = ("-opens_at", "-id")
    fields = (("title", "division"), "place", ("opens_at", "closes_at"), "state")
    inlines = (StallInline,)
    verbs = (
        Verb("announce", _("公布市集"), _announce, RUNS, form=AnnounceForm, style="primary", whole_list=True),
        Verb("stall", _("设摊位"), _stall, RUNS, form=StallForm, style="primary", offered=_announced),
        Verb(
            "cancel",
            _("取消市集"),
            _call_off,
            RUNS,
            confirm=_("取消整个市集？预约也会取消。"),
            style="danger",
            offered=_announced,
        ),
    )


class StallBookingInline(ScopedInline):
    model = StallBooking
    fields = readonly_fields = ("starts_at", "person", "place", "state", "by", "at")
    max_num = 0
    can_delete = False
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who comes is for those who run markets, not for all who may see one."""
        return bool(reach(request, RUNS))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("stall", "person", "by")


def _no_stall(stall: Stall, *, by: User, now: datetime) -> str:
    cancel_stall(stall_id=stall.pk, by=by, now=now)
    return _t("摊位取消了，约过的人会收到通知；没有账号的在待打电话名单里。")


@admin.register(Stall)
class StallAdmin(ReadOnlyAdmin, VerbAdmin):
    see, place = "volunteers.view", "market__division"
    list_display = ("offers", "keeper_name", "market", "slots", "slot_minutes")
    list_select_related = ("market", "shop", "team", "unit")
    search_fields = ("offers", "market__title")
    ordering = ("-market__opens_at", "id")
    fields = (("market", "keeper_name"), "offers", ("slots", "slot_minutes"), "called_off_at")
    readonly_fields = ("keeper_name", "called_off_at")
    inlines = (StallBookingInline,)
    verbs = (
        Verb(
            "cancel",
            _("取消摊位"),
            _no_stall,
            RUNS,
            confirm=_("取消这个摊位？预约也会取消。"),
            style="danger",
            offered=lambda stall: stall.called_off_at is None,
        ),
    )

    @admin.display(description=_("谁来摆"))
    def keeper_name(self, stall: Stall) -> str:
        return stall.keeper


def _give_back(booking: StallBooking, *, by: User, now: datetime) -> str:
    cancel_booking(booking_id=booking.pk, by=by, now=now)
    return _t("已取消，位置给别人了。")


@admin.register(StallBooking)
class StallBookingAdmin(ReadOnlyAdmin, VerbAdmin):
    """Booked by residents, or for them on the page of the stall."""

    see, place = RUNS, "stall__market__division"
    list_display = ("starts_at", "person", "stall", "market", "state")
    list_filter = ("state",)
    list_select_related = ("person", "stall__market")
    search_fields = ("person__full_name", "person__initials", "stall__offers")
    ordering = ("-starts_at", "-id")
    fields = ("stall", ("person", "starts_at"), ("place", "state"), ("by", "at"))
    verbs = (
        Verb(
            "cancel",
            _("取消预约"),
            _give_back,
            RUNS,
            confirm=_("取消这个预约？位置马上给别人。"),
            style="danger",
            offered=BOOKINGS.offers(BookingMove.CANCEL),
        ),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: the clerk's own bookings belong on her own page."""
        return within(rows, "stall__market__division", reach(request, self.see))

    @admin.display(description=_("市集"))
    def market(self, booking: StallBooking) -> str:
        return str(booking.stall.market)

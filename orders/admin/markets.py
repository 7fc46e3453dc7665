"""Market days in the back office: looked at; they are announced, filled and called off at the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin, ScopedInline, VerbAdmin, WorkPage, reach
from common.reach import within
from orders.models.market import MarketDay, Stall, StallBooking

RUNS = "orders.dispatch"


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
    work_page = WorkPage("orders:staff_market", RUNS)


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


@admin.register(Stall)
class StallAdmin(ReadOnlyAdmin):
    see, place = "volunteers.view", "market__division"
    list_display = ("offers", "keeper_name", "market", "slots", "slot_minutes")
    list_select_related = ("market", "shop", "team", "unit")
    search_fields = ("offers", "market__title")
    ordering = ("-market__opens_at", "id")
    fields = (("market", "keeper_name"), "offers", ("slots", "slot_minutes"), "called_off_at")
    readonly_fields = ("keeper_name", "called_off_at")
    inlines = (StallBookingInline,)

    @admin.display(description=_("谁来摆"))
    def keeper_name(self, stall: Stall) -> str:
        return stall.keeper


@admin.register(StallBooking)
class StallBookingAdmin(ReadOnlyAdmin):
    """Booked by residents, or for them on the page of the stall."""

    see, place = RUNS, "stall__market__division"
    list_display = ("starts_at", "person", "stall", "market", "state")
    list_filter = ("state",)
    list_select_related = ("person", "stall__market")
    search_fields = ("person__full_name", "person__initials", "stall__offers")
    ordering = ("-starts_at", "-id")
    fields = ("stall", ("person", "starts_at"), ("place", "state"), ("by", "at"))

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: the clerk's own bookings belong on her own page."""
        return within(rows, "stall__market__division", reach(request, self.see))

    @admin.display(description=_("市集"))
    def market(self, booking: StallBooking) -> str:
        return str(booking.stall.market)

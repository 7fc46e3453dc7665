"""Partner units and shops of the neighbourhood."""

from django.contrib import admin

from common.admin import ScopedAdmin
from volunteers.models import PartnerShop, PartnerUnit


class _PartnerAdmin(ScopedAdmin):
    see, write = "volunteers.view", "volunteers.change"
    place = "division"
    choice_places = {"division": ""}
    list_select_related = ("division",)
    search_fields = ("name",)


@admin.register(PartnerUnit)
class PartnerUnitAdmin(_PartnerAdmin):
    list_display = ("name", "division", "is_member", "contact_name", "contact_phone")
    list_filter = ("is_member",)
    fields = (("name", "division"), "is_member", ("contact_name", "contact_phone"), "about")


@admin.register(PartnerShop)
class PartnerShopAdmin(_PartnerAdmin):
    list_display = ("name", "trade", "division", "address", "phone")
    list_filter = ("trade",)
    fields = (("name", "trade"), ("division", "address"), "phone", "about")

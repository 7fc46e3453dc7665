"""Partner units and shops of the neighbourhood."""

from datetime import datetime

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.admin import Verb, VerbAdmin, VerbForm
from people.models import User
from volunteers.actions.partners import answer_for
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.rules.takers import Taker, TakerKind


class AccountForm(VerbForm):
    """Whose account; nobody's if left empty."""

    phone = forms.CharField(
        label=_("账号的手机号"), max_length=20, required=False, help_text=_("留空就是没有人。")
    )


def _answer(partner: PartnerUnit | PartnerShop, *, by: User, now: datetime, phone: str) -> str:
    kind = TakerKind.UNIT if isinstance(partner, PartnerUnit) else TakerKind.SHOP
    answer_for(partner=Taker(kind, partner.pk), phone=phone, by=by, now=now)
    return _t("账号登记好了。")


class _PartnerAdmin(VerbAdmin):
    see, write = "volunteers.view", "volunteers.change"
    place = "division"
    choice_places = {"division": ""}
    search_fields = ("name",)
    verbs = (Verb("account", _("登记账号"), _answer, "volunteers.change", form=AccountForm),)


@admin.register(PartnerUnit)
class PartnerUnitAdmin(_PartnerAdmin):
    list_display = ("name", "division", "is_member", "contact", "contact_name", "contact_phone")
    list_filter = ("is_member",)
    list_select_related = ("division", "contact")
    fields = (("name", "division"), "is_member", "contact", ("contact_name", "contact_phone"), "about")
    readonly_fields = ("contact",)


@admin.register(PartnerShop)
class PartnerShopAdmin(_PartnerAdmin):
    list_display = ("name", "trade", "division", "keeper", "address", "phone")
    list_filter = ("trade",)
    list_select_related = ("division", "keeper")
    fields = (("name", "trade"), ("division", "keeper"), ("address", "phone"), "about")
    readonly_fields = ("keeper",)

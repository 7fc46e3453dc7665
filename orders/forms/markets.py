"""What people type about market days: shape and wording only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.days import SHANGHAI
from common.fields import TypedDateField, TypedTimeField
from common.forms import PlacedForm, PlainForm, set_choices
from orders.forms.takers import Choice, TakerField, choice
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Team
from volunteers.rules.takers import TakerKind

KEEPERS: tuple[tuple[TakerKind, Any], ...] = (
    (TakerKind.SHOP, PartnerShop),
    (TakerKind.TEAM, Team),
    (TakerKind.UNIT, PartnerUnit),
)


class MarketTold(TypedDict):
    """What `orders.actions.market.announce_market` wants to know."""

    division_id: int
    title: str
    place: str
    opens_at: datetime
    closes_at: datetime


class MarketForm(PlacedForm):
    """A market day."""

    title = forms.CharField(label=_("名称"), max_length=40)
    place = forms.CharField(label=_("地点"), max_length=60)
    day = TypedDateField(label=_("哪天"), example="2026-12-05")
    opens = TypedTimeField(label=_("几点开始"), example="09:00")
    closes = TypedTimeField(label=_("几点结束"), example="11:30")
    field_order = ["title", "division", "place", "day", "opens", "closes"]

    def told(self) -> MarketTold:
        data = self.cleaned_data
        return {
            "division_id": data["division"].pk,
            "title": data["title"],
            "place": data["place"],
            "opens_at": datetime.combine(data["day"], data["opens"], SHANGHAI),
            "closes_at": datetime.combine(data["day"], data["closes"], SHANGHAI),
        }


def keepers_near(division: Division) -> list[Choice]:
    """Who may keep a stall of a place: its shops, teams and units, and those of the places above it."""
    above = division.with_above
    return [
        choice(kind, row, f"{kind.label} · {row}")
        for kind, model in KEEPERS
        for row in model._default_manager.filter(division__in=above)
    ]


class StallForm(PlainForm):
    """A stall of a market."""

    keeper = TakerField(words=_("请选一个。"), label=_("谁来摆"))
    offers = forms.CharField(label=_("提供什么"), max_length=40)
    places = forms.IntegerField(label=_("同时几位"), min_value=1, max_value=50, initial=1)
    slot_minutes = forms.IntegerField(label=_("每位几分钟"), min_value=5, max_value=240, initial=20)

    def __init__(self, *args: Any, keepers: Iterable[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "keeper", [("", _("请选一个")), *keepers])


class BookingForm(PlainForm):
    """Who comes to a stall, and when."""

    person = forms.TypedChoiceField(label=_("给谁约"), coerce=int, widget=forms.RadioSelect)
    starts_at = forms.TypedChoiceField(
        label=_("几点来"), coerce=datetime.fromisoformat, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[tuple[int, str]],
        times: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "person", people, first=True)
        set_choices(self, "starts_at", times, first=True)

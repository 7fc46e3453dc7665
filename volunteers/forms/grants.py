"""What people type about grants and markets: shape and wording only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.fields import TypedDateField, TypedTimeField
from common.forms import PlainForm
from common.reach import tree_label
from notices.rules import SHANGHAI
from volunteers.models import PartnerShop, PartnerUnit, Team
from volunteers.rules import Taker, TakerKind, TrancheDraft

KEEPERS: tuple[tuple[TakerKind, Any], ...] = (
    (TakerKind.SHOP, PartnerShop),
    (TakerKind.TEAM, Team),
    (TakerKind.UNIT, PartnerUnit),
)


class _Placed(PlainForm):
    """Something of a place in reach."""

    division = forms.ModelChoiceField(
        Division.objects.none(), label=_("在哪里"), empty_label=_("请选街道或社区")
    )

    def __init__(self, *args: Any, places: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["division"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = places
        field.label_from_instance = tree_label  # type: ignore[method-assign,assignment]


class CallForm(_Placed):
    """A call for projects."""

    title = forms.CharField(label=_("名称"), max_length=40)
    text = forms.CharField(label=_("征集什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    opens_on = TypedDateField(label=_("哪天开始"), example="2026-12-01")
    closes_on = TypedDateField(label=_("收到哪天（含）"), example="2026-12-31")
    field_order = ["title", "division", "text", "opens_on", "closes_on"]

    def told(self) -> dict[str, Any]:
        """What `volunteers.actions.open_call` wants to know."""
        data = self.cleaned_data
        return {
            "division_id": data["division"].pk,
            "title": data["title"],
            "text": data["text"],
            "opens_at": datetime.combine(data["opens_on"], time(), SHANGHAI),
            "closes_at": datetime.combine(data["closes_on"], time(23, 59), SHANGHAI),
        }


class PitchForm(PlainForm):
    """What a team or a unit offers to do."""

    voice = forms.ChoiceField(label=_("以谁的名义"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("项目名称"), max_length=40)
    text = forms.CharField(
        label=_("做什么、给谁做、怎么做"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, voices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(voices)
        voice = self.fields["voice"]
        assert isinstance(voice, forms.ChoiceField)  # noqa: S101 - declared above
        voice.choices = choices
        voice.initial = choices[0][0] if choices else None

    def told(self) -> dict[str, Any]:
        """What `volunteers.actions.make_pitch` wants to know."""
        which, _dash, pk = self.cleaned_data["voice"].partition("-")
        return {
            "title": self.cleaned_data["title"],
            "text": self.cleaned_data["text"],
            f"{which}_id": int(pk),
        }


class ContractFields(forms.Form):
    """What a contract says, for the desk and the back office: its number, three parts in percent, two
    reports. Amounts stay on paper.
    """

    contract_no = forms.CharField(label=_("协议编号"), max_length=40)
    share_1 = forms.IntegerField(label=_("第一期占百分之几"), min_value=1, max_value=98, initial=40)
    due_1 = TypedDateField(label=_("第一期日期"), example="2026-12-15")
    share_2 = forms.IntegerField(label=_("第二期占百分之几"), min_value=1, max_value=98, initial=40)
    due_2 = TypedDateField(label=_("第二期日期"), example="2027-03-15")
    share_3 = forms.IntegerField(
        label=_("最后一期占百分之几"),
        min_value=1,
        max_value=98,
        initial=20,
        help_text=_("结项报告通过以后放行。"),
    )
    due_3 = TypedDateField(label=_("最后一期日期"), example="2027-06-30")
    midterm_on = TypedDateField(label=_("中期报告哪天交"), example="2027-03-01")
    closing_on = TypedDateField(label=_("结项报告哪天交"), example="2027-06-15")

    @staticmethod
    def told_of(data: dict[str, Any]) -> dict[str, Any]:
        """The answers as `volunteers.actions.contract_pitch` wants them."""
        parts = [TrancheDraft(data[f"share_{n}"], data[f"due_{n}"]) for n in (1, 2, 3)]
        days = {"midterm_on": data["midterm_on"], "closing_on": data["closing_on"]}
        return {"contract_no": data["contract_no"], "tranches": parts, **days}


class ContractForm(ContractFields, PlainForm):
    """A contract, at the desk."""

    def told(self) -> dict[str, Any]:
        """What `volunteers.actions.contract_pitch` wants to know."""
        return self.told_of(self.cleaned_data)


class MarketForm(_Placed):
    """A market day."""

    title = forms.CharField(label=_("名称"), max_length=40)
    place = forms.CharField(label=_("地点"), max_length=60)
    day = TypedDateField(label=_("哪天"), example="2026-12-05")
    opens = TypedTimeField(label=_("几点开始"), example="09:00")
    closes = TypedTimeField(label=_("几点结束"), example="11:30")
    field_order = ["title", "division", "place", "day", "opens", "closes"]

    def told(self) -> dict[str, Any]:
        """What `volunteers.actions.announce_market` wants to know."""
        data = self.cleaned_data
        return {
            "division_id": data["division"].pk,
            "title": data["title"],
            "place": data["place"],
            "opens_at": datetime.combine(data["day"], data["opens"], SHANGHAI),
            "closes_at": datetime.combine(data["day"], data["closes"], SHANGHAI),
        }


def keepers_near(division: Division) -> list[tuple[str, str]]:
    """Who may keep a stall of a place: its shops, teams and units, and those of the places above it."""
    above = [int(pk) for pk in division.path.split("/") if pk]
    return [
        (f"{kind.value}-{row.pk}", f"{kind.label} · {row}")
        for kind, model in KEEPERS
        for row in model._default_manager.filter(division__in=above)
    ]


def keeper_of(word: str) -> Taker:
    """ "shop-7" as the verbs name it."""
    which, _dash, pk = word.partition("-")
    return Taker(TakerKind(which), int(pk))


class StallForm(PlainForm):
    """A stall of a market."""

    keeper = forms.ChoiceField(label=_("谁来摆"))
    offers = forms.CharField(label=_("提供什么"), max_length=40)
    places = forms.IntegerField(label=_("同时几位"), min_value=1, max_value=50, initial=1)
    slot_minutes = forms.IntegerField(label=_("每位几分钟"), min_value=5, max_value=240, initial=20)

    def __init__(self, *args: Any, keepers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keeper = self.fields["keeper"]
        assert isinstance(keeper, forms.ChoiceField)  # noqa: S101 - declared above
        keeper.choices = [("", _("请选一个")), *keepers]

    def told(self) -> dict[str, Any]:
        """What `volunteers.actions.add_stall` wants to know."""
        return {**self.cleaned_data, "keeper": keeper_of(self.cleaned_data["keeper"])}


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
        for name, choices in (("person", list(people)), ("starts_at", list(times))):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
            field.choices = choices
            field.initial = choices[0][0] if choices else None

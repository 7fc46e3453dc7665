"""What people type about grants and markets: shape and wording only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.fields import TypedDateField
from common.forms import PlacedForm, PlainForm
from grants.rules import TrancheDraft


class CallForm(PlacedForm):
    """A call for projects."""

    title = forms.CharField(label=_("名称"), max_length=40)
    text = forms.CharField(label=_("征集什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    opens_on = TypedDateField(label=_("哪天开始"), example="2026-12-01")
    closes_on = TypedDateField(label=_("收到哪天（含）"), example="2026-12-31")
    field_order = ["title", "division", "text", "opens_on", "closes_on"]

    def told(self) -> dict[str, Any]:
        """What `grants.actions.pitches.open_call` wants to know."""
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
        """What `grants.actions.pitches.make_pitch` wants to know."""
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
        """The answers as `grants.actions.contracts.contract_pitch` wants them."""
        parts = [TrancheDraft(data[f"share_{n}"], data[f"due_{n}"]) for n in (1, 2, 3)]
        days = {"midterm_on": data["midterm_on"], "closing_on": data["closing_on"]}
        return {"contract_no": data["contract_no"], "tranches": parts, **days}


class ContractForm(ContractFields, PlainForm):
    """A contract, at the desk."""

    def told(self) -> dict[str, Any]:
        """What `grants.actions.contracts.contract_pitch` wants to know."""
        return self.told_of(self.cleaned_data)

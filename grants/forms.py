"""What people type about grants: shape and wording only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI, midnight
from common.fields import ReasonField, TypedDateField
from common.forms import PlacedForm, PlainForm, RowForm, set_choices
from common.phones import read_phone
from grants.models import Pitch, PitchReport
from grants.rules import WHY_EXCUSED, WHY_NOT, PitchMove, TrancheDraft
from people.models import User


class CallTold(TypedDict):
    """What `grants.actions.pitches.open_call` wants to know."""

    division_id: int
    title: str
    text: str
    opens_at: datetime
    closes_at: datetime


class PitchTold(TypedDict):
    """What `grants.actions.pitches.make_pitch` wants to know; one of the two speaks."""

    title: str
    text: str
    team_id: int | None
    unit_id: int | None


class ContractTold(TypedDict):
    """What `grants.actions.contracts.contract_pitch` wants to know."""

    contract_no: str
    tranches: list[TrancheDraft]
    midterm_on: date
    closing_on: date


class VoteTold(TypedDict):
    """What `grants.actions.pitches.vote` wants to know."""

    person_id: int
    needed: bool


class CallForm(PlacedForm):
    """A call for projects."""

    title = forms.CharField(label=_("名称"), max_length=40)
    text = forms.CharField(label=_("征集什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    opens_on = TypedDateField(label=_("哪天开始"), example="2026-12-01")
    closes_on = TypedDateField(label=_("收到哪天（含）"), example="2026-12-31")
    field_order = ["title", "division", "text", "opens_on", "closes_on"]

    def told(self) -> CallTold:
        data = self.cleaned_data
        return {
            "division_id": data["division"].pk,
            "title": data["title"],
            "text": data["text"],
            "opens_at": midnight(data["opens_on"]),
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
        set_choices(self, "voice", voices, first=True)

    def told(self) -> PitchTold:
        which, _dash, pk = self.cleaned_data["voice"].partition("-")
        return {
            "title": self.cleaned_data["title"],
            "text": self.cleaned_data["text"],
            "team_id": int(pk) if which == "team" else None,
            "unit_id": int(pk) if which == "unit" else None,
        }


class ContractForm(PlainForm):
    """What a contract says: its number, three parts in percent, two reports. Amounts stay on paper."""

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

    def told(self) -> ContractTold:
        data = self.cleaned_data
        return {
            "contract_no": data["contract_no"],
            "tranches": [TrancheDraft(data[f"share_{n}"], data[f"due_{n}"]) for n in (1, 2, 3)],
            "midterm_on": data["midterm_on"],
            "closing_on": data["closing_on"],
        }


# --- What the verbs of a pitch ask ------------------------------------------------------------


class VoteForm(RowForm[Pitch]):
    """For whom, and whether it is needed; the answers are two buttons."""

    verb = "vote"
    person = forms.TypedChoiceField(
        label=_("替谁回答"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("请选替谁回答。")),
    )
    needed = forms.TypedChoiceField(
        choices=[("yes", _("需要")), ("no", _("不需要"))],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("请选需要或不需要。")),
    )

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "person", people, first=True)

    def told(self) -> VoteTold:
        return {"person_id": self.cleaned_data["person"], "needed": self.cleaned_data["needed"]}


_OUT_OF_RANGE = _("每项请写 0 到 100 的整数。")


def _figure(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _OUT_OF_RANGE),
    )


class ScoreForm(RowForm[Pitch]):
    """An expert's three figures."""

    verb = "score"
    need = _figure(_("居民需要（0–100）"))
    plan = _figure(_("做法可行（0–100）"))
    means = _figure(_("人手和经验（0–100）"))
    note = forms.CharField(label=_("意见（可不填）"), max_length=200, required=False)


class ReportForm(RowForm[PitchReport]):
    """What was done; as it stands, if it was handed in before."""

    verb = "report"
    services = forms.IntegerField(label=_("做了几场"), min_value=0)
    attendances = forms.IntegerField(label=_("多少人次"), min_value=0)
    text = forms.CharField(label=_("做了什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, row: PitchReport, **kwargs: Any) -> None:
        said = {name: getattr(row, name) for name in ("services", "attendances", "text")}
        super().__init__(*args, row=row, initial=said, **kwargs)


class ExcuseForm(RowForm[PitchReport]):
    """Why a late report may pass."""

    verb = "excuse"
    reason = ReasonField(label=_("迟交仍放行下一期：理由"), need=WHY_EXCUSED)


# The steps that staff take by a button; others ask something.
STEPS = [
    (m.value, m.label) for m in (PitchMove.SURVEY, PitchMove.SHORTLIST, PitchMove.SCORE, PitchMove.START)
]


class AdvanceForm(PlainForm):
    """Which step a pitch takes, of those that need no words."""

    move = forms.TypedChoiceField(choices=STEPS, coerce=PitchMove, widget=forms.HiddenInput)


class RejectForm(RowForm[Pitch]):
    """Why it was not chosen."""

    verb = "reject"
    reason = ReasonField(label=_("为什么没有入选，申报方会看到"), need=WHY_NOT)


class ExpertForm(RowForm[Pitch]):
    """Whose account; experts sign up themselves."""

    verb = "expert"
    phone = forms.CharField(
        label=_("请一位专家：账号的手机号"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def clean_phone(self) -> User:
        """The account with this number."""
        found = User.objects.filter(phone=read_phone(self.cleaned_data["phone"]) or "-").first()
        if found is None:
            raise forms.ValidationError(_("没有找到这个账号，请专家先注册。"))
        return found

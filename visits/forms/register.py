"""What the verbs of the register ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import KeysField, ReasonField, TypedDateField
from common.forms import PlainForm, RowForm, set_choices
from people.models import Person
from visits.models.register import Building, Household, Residence
from visits.rules.register import (
    LONGEST_DOOR,
    LONGEST_NAME,
    LONGEST_NOTE,
    WHAT_CALLED,
    WHICH_ROOM,
    Relation,
)

KNOWN = [("", _("不知道")), ("yes", _("有")), ("no", _("没有"))]


class KnownField(forms.TypedChoiceField):
    """Yes, no, or that nobody has looked yet."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=KNOWN, coerce=lambda said: said == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class NewBuildingForm(PlainForm):
    name = ReasonField(label=_("楼栋叫什么"), max_length=LONGEST_NAME, need=WHAT_CALLED)


class BuildingForm(RowForm[Building]):
    verb = "describe"
    name = ReasonField(label=_("楼栋叫什么"), max_length=LONGEST_NAME, need=WHAT_CALLED)
    floors = forms.IntegerField(label=_("几层"), min_value=1, max_value=200, required=False)
    lift = KnownField(label=_("有电梯吗"), required=False)
    step_free = KnownField(label=_("有没有不用上台阶的门"), required=False)

    def __init__(self, *args: Any, row: Building, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(row, name) for name in ("name", "floors", "lift", "step_free")}
        super().__init__(*args, row=row, **kwargs)


class OrderForm(PlainForm):
    """Buildings in the order in which they are walked."""

    building_ids = KeysField()


class NewHouseholdForm(RowForm[Building]):
    verb = "household"
    unit = forms.CharField(
        label=_("单元或排（没有就不填）"),
        max_length=LONGEST_DOOR,
        required=False,
        help_text=_("例如 2，或“第二排”"),
    )
    floor = forms.IntegerField(label=_("几楼（可不填）"), min_value=-9, max_value=200, required=False)
    room = ReasonField(
        label=_("房号"), max_length=LONGEST_DOOR, need=WHICH_ROOM, help_text=_("例如 501，或“东户”")
    )


class NoteForm(RowForm[Household]):
    verb = "note"
    note = forms.CharField(
        label=_("敲门的人要知道什么"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如“耳背，要大声敲”。不写病情、信仰、民族。"),
    )

    def __init__(self, *args: Any, row: Household, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"note": row.note}, **kwargs)


class MoveInForm(PlainForm):
    """Who, found as at the desk; where several are found, which of them."""

    who = forms.CharField(
        label=_("谁住进来"), max_length=60, help_text=_("姓名、拼音首字母、电话尾号或身份证号")
    )
    person_id = forms.TypedChoiceField(
        label=_("是哪一位"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )
    relation = forms.ChoiceField(label=_("与户主的关系"), choices=Relation)
    since = TypedDateField(label=_("哪天住进来的"), example="2026-11-01")

    found: Sequence[Person] = ()

    def offer(self, found: Sequence[Person]) -> None:
        """Those among whom to choose; of whom nothing is said but what the desk shows."""
        self.found = found
        set_choices(
            self, "person_id", [(one.pk, f"{one.full_name} {one.phone_masked}".strip()) for one in found]
        )

    @property
    def helper(self) -> FormHelper:
        """Nothing is asked of which one until there are several."""
        helper = super().helper
        names = [name for name in self.fields if name != "person_id" or len(self.found) > 1]
        helper.layout = Layout(*names)
        return helper


class MoveOutForm(RowForm[Residence]):
    verb = "out"
    until = TypedDateField(label=_("哪天搬走的"), example="2026-11-01")


class RelationForm(RowForm[Residence]):
    verb = "relation"
    relation = forms.ChoiceField(label=_("与户主的关系"), choices=Relation)

    def __init__(self, *args: Any, row: Residence, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"relation": row.relation}, **kwargs)

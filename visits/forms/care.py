"""What the verbs of regular visits ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.fields import ReasonField, TypedDateField
from common.forms import PlainForm, RowForm, set_choices
from common.reach import tree_label
from visits.models.care import CareCase
from visits.models.register import Household, Residence
from visits.rules.care import LONGEST_REASON, WHY_PAUSED, WHY_TIGHT, Group, Level, PauseKind


class CareForm(RowForm[Household]):
    """Whom, as one of which group, how often."""

    verb = "care"
    person_id = forms.TypedChoiceField(label=_("谁"), coerce=int, widget=forms.RadioSelect)
    group = forms.ChoiceField(label=_("哪一类（加密保存）"), choices=Group)
    level = forms.ChoiceField(label=_("多久去一次"), choices=Level, initial=Level.MONTHLY)

    def __init__(self, *args: Any, lives: Iterable[Residence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(one.person_id, one.person.full_name) for one in lives]
        set_choices(self, "person_id", people, first=True)


class TightenForm(PlainForm):
    """An area, how often, until when, why."""

    division_id = forms.TypedChoiceField(
        label=_("哪里"), coerce=int, error_messages={"required": _("请选一个地方。")}
    )
    days = forms.IntegerField(label=_("几天去一次"), min_value=1, max_value=30)
    until = TypedDateField(label=_("到哪天"), example="2026-12-31")
    reason = ReasonField(label=_("为什么（大家都看得到）"), max_length=LONGEST_REASON, need=WHY_TIGHT)

    def __init__(self, *args: Any, places: Sequence[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "division_id", [(place.pk, tree_label(place)) for place in places])


class CaseForm(RowForm[CareCase]):
    """A verb of one case."""


class LevelForm(CaseForm):
    verb = "level"
    level = forms.ChoiceField(label=_("多久去一次"), choices=Level)

    def __init__(self, *args: Any, row: CareCase, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"level": row.level}, **kwargs)


class PauseForm(CaseForm):
    verb = "pause"
    kind = forms.ChoiceField(label=_("她希望"), choices=PauseKind, widget=forms.RadioSelect)
    until = TypedDateField(label=_("到哪天"), example="2026-12-31")
    reason = ReasonField(label=_("为什么"), max_length=LONGEST_REASON, need=WHY_PAUSED)

"""What the verbs of regular visits ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import ReasonField, TypedDateField
from common.forms import RowForm, set_choices
from visits.models.care import CareCase
from visits.models.register import Household, Residence
from visits.rules.care import LONGEST_REASON, WHY_PAUSED, Group, Level, PauseKind


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

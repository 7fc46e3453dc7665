"""What is asked of a call-back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RowForm
from visits.models.callbacks import VisitCallback
from visits.rules.callbacks import LONGEST_WORDS, Answer


class CallbackForm(RowForm[VisitCallback]):
    verb = "callback"
    answer = forms.ChoiceField(
        label=_("那天有人来过吗"),
        choices=Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    text = forms.CharField(label=_("说了什么（可不填）"), max_length=LONGEST_WORDS, required=False)

"""What is asked where a grid is handed over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import TypedDateField
from common.forms import PlainForm, set_choices
from people.models import User


class HandoverForm(PlainForm):
    from_id = forms.TypedChoiceField(
        label=_("谁的网格"), coerce=int, error_messages={"required": _("请选是谁的网格。")}
    )
    to_id = forms.TypedChoiceField(
        label=_("谁接手"), coerce=int, error_messages={"required": _("请选谁接手。")}
    )
    until = TypedDateField(label=_("临时接手的，到哪天（可不填）"), required=False, example="2026-12-31")
    leaving = forms.BooleanField(label=_("原来的网格员不再回来，从今天起没有这个岗位"), required=False)

    def __init__(self, *args: Any, workers: Iterable[User], others: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "from_id", [(one.pk, str(one)) for one in workers], first=True)
        set_choices(self, "to_id", [("", "---------"), *((one.pk, str(one)) for one in others)])

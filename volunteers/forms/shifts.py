"""What staff type about a shift: shape and wording only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from volunteers.models import Shift
from volunteers.rules import SHANGHAI

DATE_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]
TIME_FORMATS = ["%H:%M", "%H：%M", "%H.%M", "%H%M"]


class StaffForm(forms.Form):
    """A form whose page writes its own <form> tag, errors and button."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        return helper


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        input_formats=TIME_FORMATS,
        widget=forms.TimeInput(format="%H:%M", attrs={"placeholder": "18:00"}),
        error_messages={"invalid": _("请写成 18:00 这样的时间。")},
    )


class ReasonForm(StaffForm):
    """Why a shift is called off, or somebody is taken off the list."""

    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("志愿者会看到。"))


class PlacesForm(StaffForm):
    """How many people are wanted."""

    places = forms.IntegerField(label=_("人数"), min_value=1, max_value=2000)

    def __init__(self, *args: Any, shift: Shift, **kwargs: Any) -> None:
        kwargs["initial"] = {"places": shift.places}
        super().__init__(*args, **kwargs)


class MoveShiftForm(StaffForm):
    """When a shift takes place instead."""

    day = forms.DateField(
        label=_("改到哪天"),
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"inputmode": "numeric", "placeholder": "2026-12-02"}
        ),
        error_messages={"invalid": _("请写成 2026-12-02 这样的日期。")},
    )
    starts = _clock(_("几点开始"))
    ends = _clock(_("几点结束"))
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("志愿者会看到。"))

    def __init__(self, *args: Any, shift: Shift, **kwargs: Any) -> None:
        starts, ends = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
        kwargs["initial"] = {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
        super().__init__(*args, **kwargs)

    def answers(self) -> dict[str, Any]:
        """What `volunteers.actions.move_shift` wants to know."""
        data = self.cleaned_data
        return {
            "starts_at": datetime.combine(data["day"], data["starts"], SHANGHAI),
            "ends_at": datetime.combine(data["day"], data["ends"], SHANGHAI),
            "reason": data["reason"],
        }

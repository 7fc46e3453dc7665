"""What staff type about a shift: shape and wording only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.fields import TypedDateField, TypedTimeField
from common.forms import PlainForm
from volunteers.models.shifts import Shift


class PlacesForm(PlainForm):
    """How many people are wanted."""

    places = forms.IntegerField(label=_("人数"), min_value=1, max_value=2000)

    def __init__(self, *args: Any, shift: Shift, **kwargs: Any) -> None:
        kwargs["initial"] = {"places": shift.places}
        super().__init__(*args, **kwargs)


class MoveShiftForm(PlainForm):
    """When a shift takes place instead."""

    day = TypedDateField(label=_("改到哪天"), example="2026-12-02", help_text="")
    starts = TypedTimeField(label=_("几点开始"))
    ends = TypedTimeField(label=_("几点结束"))
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

"""What staff type about a shift: shape and wording only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.fields import KeyField, TypedDateField, TypedTimeField
from common.forms import PlainForm, set_choices
from volunteers.models.roll import Skill
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup


class SignUpForm(PlainForm):
    """Who takes a place in a shift."""

    volunteer = KeyField(lost=_("请选一下给谁报名。"))


class TickForm(PlainForm):
    """Who is there, or goes: the button beside a name."""

    volunteer = KeyField()


class UndoForm(PlainForm):
    """Whose tick was wrong."""

    signup = KeyField()


class JoinForm(PlainForm):
    """Who becomes a volunteer, and what she can do."""

    person = KeyField(lost=_("请选一下谁来做志愿者。"))
    skill = forms.ModelMultipleChoiceField(Skill.objects.all(), required=False)


class EnlistForm(PlainForm):
    """Who becomes a volunteer at the desk; `q` is what she was found by."""

    person = KeyField()
    q = forms.CharField(required=False, max_length=60)


class CloseForm(PlainForm):
    """Whom the organiser confirms to have been there."""

    confirmed = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, roster: Iterable[ShiftSignup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "confirmed", [(one.pk, one.volunteer.person.full_name) for one in roster])


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

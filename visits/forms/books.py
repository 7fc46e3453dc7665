"""What the verbs of household books ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.forms import PlainForm, set_choices
from common.reach import tree_label


class BookForm(PlainForm):
    """A household book to be read in."""

    division = forms.TypedChoiceField(
        label=_("哪里的台账"), coerce=int, error_messages={"required": _("请选是哪个社区或网格的台账。")}
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel（.xlsx）或 CSV，列的顺序和叫法随意；上传后先预览，不会马上登记。"),
        error_messages={"required": _("请选一个文件。"), "empty": _("这个文件是空的，请换一个。")},
    )

    def __init__(self, *args: Any, places: Sequence[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "division", [(place.pk, tree_label(place)) for place in places])


class PlaceForm(PlainForm):
    """In which grid a building lies."""

    building = forms.CharField(max_length=40)
    grid_id = forms.TypedChoiceField(
        label=_("在哪个网格"), coerce=int, error_messages={"required": _("请选一个网格。")}
    )

    def __init__(self, *args: Any, grids: Sequence[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "grid_id", [("", _("请选网格")), *((grid.pk, str(grid)) for grid in grids)])


class LeaveOutForm(PlainForm):
    """Whether a household is left out."""

    out = forms.BooleanField(required=False)

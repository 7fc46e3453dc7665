"""What the verbs of household books ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class PlacesForm(PlainForm):
    """In which grid each of these buildings lies; what is not chosen stays as it is."""

    def __init__(
        self, *args: Any, buildings: Mapping[str, int | None], grids: Sequence[Division], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("请选网格")), *((grid.pk, str(grid)) for grid in grids)]
        for name, grid in buildings.items():  # each by its own name: others may come and go meanwhile
            self.fields[f"grid {name}"] = forms.TypedChoiceField(
                label=name, choices=choices, coerce=int, empty_value=None, required=False, initial=grid or ""
            )
        self.names = list(buildings)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        given = {name: told.get(f"grid {name}") for name in self.names}
        return {"grids": {name: grid for name, grid in given.items() if grid}}


class LeaveOutForm(PlainForm):
    """Whether a household is left out."""

    out = forms.BooleanField(required=False)

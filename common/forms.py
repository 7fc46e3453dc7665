"""What the forms of every app are made of."""

from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.fields import OnceKeyField, PlaceField, ReasonField

Row = TypeVar("Row", bound=Model)


def show_refusal(form: forms.Form, refusal: DomainError) -> None:
    """Puts what a verb refused where it is to be changed: at the field that it is about, else on top."""
    field = refusal.about if refusal.about in form.fields else None
    form.add_error(field, ValidationError(str(refusal), code=refusal.code))


def set_choices(
    form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]], *, first: bool = False
) -> None:
    """Says what a field offers; with `first`, the first of it is chosen already."""
    field, listed = form.fields[name], [*choices]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so by the form
    field.choices = listed
    if first and listed:
        field.initial = listed[0][0]


def set_rows(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Says which rows a field offers."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so by the form
    field.queryset = rows


class PlainForm(forms.Form):
    """A form whose page writes its own <form> tag, errors and button."""

    @property
    def refusal(self) -> ValidationError | None:
        """The first thing that is wrong, with the code of the verb that refused it; None where all is well."""
        return next((one for found in self.errors.as_data().values() for one in found), None)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        return helper


class RowForm(PlainForm, Generic[Row]):
    """What a verb asks about one row. Several stand on a page, so the ids of their fields begin with
    `verb`, by which the page knows the form, and with the number of the row."""

    verb: ClassVar[str]

    def __init__(self, *args: Any, row: Row, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"{self.verb}-{row.pk}-%s"
        super().__init__(*args, **kwargs)
        self.row = row


class KeyedForm(PlainForm):
    """`key` stays the same however often the button is pressed: its verb does the thing once."""

    key = OnceKeyField()


class ReasonForm(PlainForm):
    """Why. A verb whose reason is asked in words of its own has a form of its own."""

    reason = ReasonField(help_text=_("有关的人会看到。"))


class PlacedForm(PlainForm):
    """Something of a place in reach; `places` are the divisions to choose from, ordered by path."""

    division = PlaceField(label=_("在哪里"), empty_label=_("请选街道或社区"))

    def __init__(self, *args: Any, places: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "division", places)

"""What the forms of every app are made of."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.fields import OnceKeyField
from common.reach import tree_label


class PlainForm(forms.Form):
    """A form whose page writes its own <form> tag, errors and button."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        return helper


class KeyedForm(PlainForm):
    """`key` stays the same however often the button is pressed: its verb does the thing once."""

    key = OnceKeyField()


class PlacedForm(PlainForm):
    """Something of a place in reach; `places` are the divisions to choose from, ordered by path."""

    division: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label=_("在哪里"), empty_label=_("请选街道或社区")
    )

    def __init__(self, *args: Any, places: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["division"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = places
        field.label_from_instance = tree_label  # type: ignore[method-assign,assignment]

"""What the forms of every app are made of."""

from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from django import forms


class PlainForm(forms.Form):
    """A form whose page writes its own <form> tag, errors and button."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        return helper


class KeyedForm(PlainForm):
    """`key` stays the same however often the button is pressed: its verb does the thing once."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid4().hex)


class OnceForm(KeyedForm):
    """For a verb that knows no key: the page that asks (`common.pages.ask`) acts once for each key."""

"""What the forms of every app are made of."""

from crispy_forms.helper import FormHelper
from django import forms

from common.fields import OnceKeyField


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

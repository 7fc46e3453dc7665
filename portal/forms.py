"""What staff type at the desk: shape and wording only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.fields import KeysField, PersonNameField, PlaceField, TypedDateField
from common.forms import PlainForm, set_rows
from common.veils import unveiled
from people.rules import Sex


class PrintForm(PlainForm):
    """The calls of a page that is taken along on paper."""

    call = KeysField(required=False)


class ElsewhereForm(PlainForm):
    """Somebody to be found beyond one's reach: what was typed, sealed, and why."""

    text = forms.CharField(widget=forms.HiddenInput, max_length=1000)
    reason = forms.CharField(
        label=_("为什么要找这位居民"),
        max_length=200,
        help_text=_("例如：在路上摔倒了，要联系家人。居民本人会看到是谁、为什么找的。"),
    )

    def clean_text(self) -> str:
        """What was typed; what this page did not seal is nothing."""
        return unveiled(self.cleaned_data["text"])

    @property
    def typed(self) -> str:
        """The same for the page, whether the form is right or not."""
        return unveiled(self.data.get("text", ""))


class RelativeForm(PlainForm):
    """Which of the numbers of her family."""

    whose = forms.IntegerField(min_value=1)
    field = forms.CharField(max_length=40)


class ResidentForm(PlainForm):
    """A resident who is not on file: her name, and where she lives."""

    full_name = PersonNameField()
    phone = forms.CharField(
        label=_("电话（没有可不填）"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    home = PlaceField(label=_("住在哪里"), empty_label=_("请选社区或网格"))
    born_on = TypedDateField(
        label=_("出生日期（可不填）"),
        example="2026-12-02",
        required=False,
        help_text=_("班级有年龄要求的要填。"),
    )
    sex = forms.ChoiceField(
        label=_("性别（可不填）"), choices=[("", _("不填")), *Sex.choices], required=False
    )

    def __init__(self, *args: Any, homes: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "home", homes)

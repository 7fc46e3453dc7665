"""Form fields that take what people type: spaces, full-width characters, rare names."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.moves import Need
from common.phones import is_mobile, read_phone
from common.reach import tree_label

NAME_LENGTH = 60
BIGGEST = 2**63 - 1  # of a primary key
_LOST = _("没有找到，请再选一次。")
# Letters of any script (rare characters of GB 18030 included) and the dot of foreign names.
_NAME = re.compile(r"[^\W\d_]+(·[^\W\d_]+)*")


def _new_key() -> str:
    return uuid4().hex


def _is_key(text: str) -> bool:
    """Whether this can be the number of a row; longer ones Python would not even read."""
    return text.isdecimal() and len(text) < 20 and 0 < int(text) <= BIGGEST


class OnceKeyField(forms.CharField):
    """A hidden key, new with each fresh page: however often the button is pressed, it is one act."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.HiddenInput, initial=_new_key, **kwargs)


class KeyField(forms.IntegerField):
    """The number of a row that a button or a hidden box carries; `lost` is said where it carries none."""

    def __init__(self, *, lost: Any = _LOST, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, **kwargs)
        self.error_messages |= dict.fromkeys(("required", "invalid"), lost)
        self.validators += [MinValueValidator(1, lost), MaxValueValidator(BIGGEST, lost)]


class KeysField(forms.TypedMultipleChoiceField):
    """The numbers of rows that were ticked; the verb asks of each whether it is in reach."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, **kwargs)

    def valid_value(self, value: str) -> bool:
        return _is_key(value)


class ReasonField(forms.CharField):
    """Why; `need` is the line of the table of moves that asks for it: how long, and what whoever writes
    less is told."""

    def __init__(self, *, need: Need | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("原因"))
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)
        if need is not None:
            words = format_lazy("{}", need.words)
            self.error_messages["required"] = words
            self.validators.append(MinLengthValidator(need.least, words))


class MobileField(forms.CharField):
    """A Chinese mobile number; gives eleven digits. "138 1234 5678" and full-width digits are fine."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("手机号"))
        kwargs["label"] = _("手机号")
        kwargs.setdefault("max_length", 40)
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": "username"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        phone = read_phone(super().clean(value))
        if not phone and not self.required:
            return ""
        if not is_mobile(phone):
            raise forms.ValidationError(_("手机号是 11 位数字，以 1 开头，请检查一下。"), code="phone")
        return phone


class TypedDateField(forms.DateField):
    """A date typed by hand: 2018-05-06, 2018/5/6, 2018年5月6日, 20180506, full-width digits too."""

    FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")

    def __init__(self, *, example: str = "2018-05-06", **kwargs: Any) -> None:
        kwargs.setdefault("help_text", format_lazy(_("例如 {example}"), example=example))
        # No placeholder: a grey date in the box looks like one that is filled in already.
        box = forms.DateInput(format="%Y-%m-%d", attrs={"inputmode": "numeric"})
        super().__init__(input_formats=self.FORMATS, widget=box, **kwargs)
        self.error_messages["invalid"] = format_lazy(_("请写成 {example} 这样的日期。"), example=example)

    def to_python(self, value: Any) -> date | None:
        return super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value)


class TypedTimeField(forms.TimeField):
    """A time of day typed by hand: 18:00, 18.00, 1800, full-width digits and colon too."""

    FORMATS = ("%H:%M", "%H.%M", "%H%M")

    def __init__(self, *, example: str = "18:00", **kwargs: Any) -> None:
        kwargs.setdefault("help_text", format_lazy(_("例如 {example}"), example=example))
        box = forms.TimeInput(format="%H:%M")
        super().__init__(input_formats=self.FORMATS, widget=box, **kwargs)
        self.error_messages["invalid"] = format_lazy(_("请写成 {example} 这样的时间。"), example=example)

    def to_python(self, value: Any) -> time | None:
        typed = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
        if isinstance(typed, str) and re.fullmatch(r"\s*\d{1,2}\s*", typed):  # "18" is not eight past one
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(typed)


class PersonNameField(forms.CharField):
    """A person's name: spaces inside and around are dropped, "•" becomes "·"."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("姓名"))
        kwargs.setdefault("max_length", NAME_LENGTH)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().clean(value) or "")
        text = re.sub(r"\s+", "", text)
        text = re.sub("[•‧∙・]", "·", text)
        if self.max_length and len(text) > self.max_length:  # one sign may be many once it is read
            raise forms.ValidationError(
                _("姓名最多 %(most)s 个字。") % {"most": self.max_length}, code="name"
            )
        if text and not _NAME.fullmatch(text):
            raise forms.ValidationError(_("姓名只写文字，不写数字和符号。"), code="name")
        return text


class RowField(forms.ModelChoiceField[Any]):
    """A row, called by `words` where its own name would not do; the form says which ones (`set_rows`).

    What is no number of a row is refused unread, and not looked for again when the form is shown.
    """

    def __init__(
        self, queryset: QuerySet[Any] | None = None, *, words: Callable[[Any], str] = str, **kwargs: Any
    ) -> None:
        self.words = words
        super().__init__(queryset, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return self.words(obj)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value and not _is_key(value):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        shown = super().prepare_value(value)
        return None if isinstance(shown, str) and not _is_key(shown) else shown


class PlaceField(RowField):
    """A division, shown by where it lies in the tree."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(words=tree_label, **kwargs)

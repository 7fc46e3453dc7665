"""What is said to everybody is read again where it seems to say who somebody is."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from common.redaction import blacken, find


class PublicWords(PlainForm):
    """A verb that says something to everybody; `public` are its fields for that.

    Where a text seems to say who somebody is it comes back once with that blackened, to be read again;
    whoever ticks `as_is` publishes what stands there.
    """

    public: ClassVar[tuple[str, ...]] = ()
    as_is = forms.BooleanField(label=_("我看过了，就这样公开"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "as_is"), "as_is"])

    def clean(self) -> None:
        super().clean()
        if not self.cleaned_data.pop("as_is", False):
            self.look_again()

    def look_again(self) -> None:
        """What seems to say who somebody is comes back blackened."""
        for name in self.public:
            self._propose(name, str(self.cleaned_data.get(name, "")))

    def _propose(self, name: str, words: str) -> None:
        found = find(words)
        if not found:
            return
        self.data = {**dict(self.data.items()), self.add_prefix(name): blacken(words)}
        self.fields["as_is"].widget = forms.CheckboxInput()
        kinds = "、".join(dict.fromkeys(str(one.kind.label) for one in found))
        told = _("好像写了%(kinds)s，已经替您涂黑，请看一遍再点。要是不该涂，改回来，勾选“就这样公开”。")
        self.add_error(name, forms.ValidationError(told, params={"kinds": kinds}))

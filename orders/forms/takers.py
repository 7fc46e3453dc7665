"""Who takes, keeps or adopts something, as one of several to choose: "shop-7" on the page."""

from __future__ import annotations

from typing import Any

from django import forms

from volunteers.rules.takers import Taker, TakerKind

Choice = tuple[str, str]


def choice(kind: TakerKind, row: Any, label: str = "") -> Choice:
    """A row as one of the choices."""
    return f"{kind.value}-{row.pk}", label or str(row)


def _taker(value: str) -> Taker:
    which, _dash, pk = value.partition("-")
    return Taker(TakerKind(which), int(pk))


class TakerField(forms.TypedChoiceField):
    """One of those offered, as the verbs name her; `words` is what whoever chose none is told."""

    def __init__(self, *, words: Any, **kwargs: Any) -> None:
        super().__init__(coerce=_taker, **kwargs)
        self.error_messages |= {"required": words, "invalid_choice": words}

"""What is asked of whoever tells something: three screens, and the same on one page for the desk."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypedDict

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.fields import MobileField, PersonNameField, PlaceField
from common.forms import KeyedForm, PlainForm, set_choices, set_rows
from grievances.models.categories import Category
from grievances.rules.tickets import (
    LONGEST_PLACE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_NOTES,
    Kind,
    Privacy,
    Source,
)


class GroupedCategoryField(forms.ModelChoiceField[Category]):
    """The categories, under those above them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Category.objects.none(),
            label=_("哪一类"),
            empty_label=_("请选一类"),
            error_messages={
                "required": _("请选一个类别；不知道就选“其他的事”。"),
                "invalid_choice": _("请选一个类别。"),
            },
            **kwargs,
        )

    def offer(self, kept: Category | None = None, *, without: str = "") -> None:
        """Says which there are, `without` those of a kind; where they stand under others these head their
        groups. `kept` is offered although it is in use no more: what was told under it stays what it is."""
        rows = Category.objects.offered().exclude(kind=without)
        if kept is not None:
            known = Q(pk__in=Category.objects.in_use().values("pk")) | Q(pk=kept.pk)
            rows = Category.objects.filter(known).exclude(kind=without).in_order()
        self.queryset = rows

        @cache  # asked where it is shown, and once
        def groups() -> list[tuple[str, Any]]:
            found: dict[str, list[tuple[int, str]]] = {}
            for one in rows:
                found.setdefault(str(one.parent or ""), []).append((one.pk, one.name))
            return [("", self.empty_label), *found.items()]

        self.choices = groups


class WhatForm(KeyedForm):
    """First screen: what."""

    category = GroupedCategoryField()
    title = forms.CharField(
        label=_("什么事"),
        max_length=LONGEST_TITLE,
        help_text=_("一句话就行，例如：南门的路灯不亮"),
        error_messages={"required": _("请用几个字写明是什么事。")},
    )
    text = forms.CharField(
        label=_("还想说的（可不填）"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("什么时候开始的，影响到谁。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, GroupedCategoryField)  # noqa: S101 - declared so above
        field.offer()


class WhereForm(PlainForm):
    """Second screen: where."""

    division = PlaceField(label=_("哪个社区"), empty_label=_("请选社区"))
    place = forms.CharField(
        label=_("具体在哪里（可不填）"),
        max_length=LONGEST_PLACE,
        required=False,
        help_text=_("例如：3 号楼 2 单元门口，或小广场东边"),
    )

    def __init__(self, *args: Any, places: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "division", places)


class WhoForm(PlainForm):
    """Third screen: how to be reached. `people` are whom she acts for; without any she leaves a number."""

    privacy = forms.ChoiceField(
        label=_("要不要留名"), choices=Privacy, widget=forms.RadioSelect, initial=Privacy.NAMED
    )
    person = forms.TypedChoiceField(
        label=_("谁反映的"), coerce=int, widget=forms.RadioSelect, required=False, empty_value=None
    )
    contact_name = PersonNameField(label=_("怎么称呼您（可不填）"), required=False, max_length=20)
    contact_phone = MobileField(required=False)

    def __init__(
        self, *args: Any, people: Iterable[tuple[int, str]], kind: str = Kind.ORDINARY, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        listed = list(people)
        if kind == Kind.EVENT:  # nobody's name is kept, so nobody is asked for it
            for name in tuple(self.fields):
                del self.fields[name]
        elif listed:
            set_choices(self, "person", listed, first=True)
            del self.fields["contact_name"], self.fields["contact_phone"]
        else:
            del self.fields["person"]


class DeskForm(WhatForm, WhereForm):
    """The whole on one page, for who came, rang, or pinned a note to the wall."""

    source = forms.ChoiceField(
        label=_("怎么来的"),
        choices=[(one.value, one.label) for one in (Source.COUNTER, Source.HOTLINE, Source.WALL)],
        widget=forms.RadioSelect,
        initial=Source.COUNTER,
    )
    privacy = forms.ChoiceField(
        label=_("要不要留名"), choices=Privacy, widget=forms.RadioSelect, initial=Privacy.NAMED
    )
    contact_name = PersonNameField(label=_("怎么称呼（可不填）"), required=False, max_length=20)
    contact_phone = MobileField(required=False)
    field_order = ("source", "category", "title", "text", "division", "place", "privacy")

    def __init__(self, *args: Any, places: QuerySet[Division], known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, places=places, **kwargs)
        if known:
            del self.fields["contact_name"], self.fields["contact_phone"]


class WallForm(KeyedForm):
    """Notes of the problem wall, one a line; the desk puts right of what kind each is when it takes it on."""

    division = PlaceField(label=_("哪里的墙"), empty_label=_("请选社区"))
    category = GroupedCategoryField()
    notes = forms.CharField(
        label=_("纸条上写的，一行一张"),
        max_length=MOST_NOTES * LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("一次最多五十张。不抄姓名、电话。"),
        error_messages={"required": _("请至少抄一张，一行一张。")},
    )

    def __init__(self, *args: Any, places: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "division", places)
        field = self.fields["category"]
        assert isinstance(field, GroupedCategoryField)  # noqa: S101 - declared so above
        field.offer()

    def clean_notes(self) -> list[str]:
        """The lines that say something; a line too long for a ticket is refused, not cut off."""
        lines = [line.strip() for line in self.cleaned_data["notes"].splitlines() if line.strip()]
        long = next((number for number, line in enumerate(lines, 1) if len(line) > LONGEST_TEXT), None)
        if long is not None:
            raise forms.ValidationError(_("第 %(number)s 行太长了，请分成几行。"), params={"number": long})
        return lines


class Told(TypedDict):
    """What the forms of telling read, under the names of grievances.actions.tickets.Word."""

    category: Category
    division: Division
    title: str
    text: str
    place: str
    privacy: Privacy
    contact_name: str
    contact_phone: str


def told_in(*read: PlainForm) -> Told:
    """What these forms read, together, but for whose word it is; of a screen that was not asked nothing."""
    given: dict[str, Any] = {}
    for form in read:
        given |= form.cleaned_data
    return {
        "category": given["category"],
        "division": given["division"],
        "title": given["title"],
        "text": given.get("text", ""),
        "place": given.get("place", ""),
        "privacy": Privacy(given.get("privacy") or Privacy.ANONYMOUS),
        "contact_name": given.get("contact_name", ""),
        "contact_phone": given.get("contact_phone", ""),
    }


class CodeForm(PlainForm):
    """The code of somebody who left no name."""

    code = forms.CharField(
        label=_("查询码"),
        max_length=20,
        help_text=_("交上去的时候给您的那一串，例如 7K4M-2QX-8RT"),
        error_messages={"required": _("请输入查询码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

"""What people type about an order: shape and wording only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.fields import PlaceField, TypedDateField
from common.forms import KeyedForm, PlainForm, set_choices, set_rows
from orders.models.orders import ServiceItem
from orders.rules.orders import OrderKind
from volunteers.models.partners import PartnerShop
from volunteers.rules.roll import Trade


def _text(rows: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class Answer(TypedDict):
    """One thing that was asked, and what was answered."""

    label: str
    value: Any


class OrderForm(KeyedForm):
    """For whom, when, what to know. `people` are (number, words) pairs; one of them is chosen already."""

    person = forms.TypedChoiceField(label=_("给谁办"), coerce=int, widget=forms.RadioSelect)
    title = forms.CharField(label=_("要办什么"), max_length=40, help_text=_("几个字就行，例如：去医院取药"))
    wanted_on = TypedDateField(label=_("希望哪天（可不填）"), example="2026-12-02", required=False)
    wanted_words = forms.CharField(
        label=_("什么时间方便（可不填）"),
        max_length=60,
        required=False,
        help_text=_("例如：上午都行"),
    )
    text = _text(4, label=_("还要我们知道什么（可不填）"), max_length=500, required=False)
    place = forms.CharField(
        label=_("在哪里办（可不填）"),
        max_length=100,
        required=False,
        help_text=_("只有工作人员和接单的人看得到。"),
    )

    # What each kind does not ask.
    LEFT_OUT = {
        OrderKind.SERVICE: ("title",),
        OrderKind.WISH: ("wanted_on", "wanted_words", "place"),
        OrderKind.ERRAND: (),
    }

    def __init__(self, *args: Any, kind: OrderKind, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = dict(people)
        set_choices(self, "person", self._people.items(), first=True)
        for name in self.LEFT_OUT[kind]:
            del self.fields[name]
        if kind == OrderKind.WISH:
            self.fields["title"].label = _("想要什么")
            self.fields["title"].help_text = _("一件小东西，或一件小事，例如：一副老花镜")
            self.fields["text"].help_text = _("上墙时不写您的姓名和住址，由工作人员改写。")

    def answers(self) -> list[Answer]:
        """What the check page shows of everything that was asked."""
        rows: list[Answer] = []
        for field in self.visible_fields():
            value = self.cleaned_data[field.name]
            if field.name == "person":
                value = self._people[value]
            rows.append({"label": str(field.label).split("（")[0], "value": value or _("没有填")})
        return rows


def _with_points(item: ServiceItem) -> str:
    if not item.points:
        return item.name
    return str(_("%(name)s（%(n)s 积分）") % {"name": item.name, "n": item.points})


class OrderTold(TypedDict):
    """What `orders.actions.orders.request_order` wants to know, but for whom it is."""

    kind: OrderKind
    item_id: int | None
    requester_id: int
    title: str
    wanted_on: date | None
    wanted_words: str
    text: str
    place: str
    key: str


class DeskOrderForm(OrderForm):
    """The same at the desk: what is ordered is chosen too, and who came for her."""

    what = forms.ChoiceField(label=_("办什么"), help_text=_("菜单上的项目，或微心愿、帮办代办。"))
    field_order = ["what", "title", "person", "wanted_on", "wanted_words", "text", "place"]
    LEFT_OUT = {OrderKind.ERRAND: ()}

    def __init__(self, *args: Any, items: Iterable[ServiceItem], **kwargs: Any) -> None:
        super().__init__(*args, kind=OrderKind.ERRAND, **kwargs)
        others = [(str(kind), kind.label) for kind in (OrderKind.ERRAND, OrderKind.WISH)]
        listed = ((str(item.pk), _with_points(item)) for item in items)
        set_choices(self, "what", [("", _("请选一项")), *listed, *others])
        self.fields["person"].label = _("谁来说的")
        self.fields["title"].required = False
        self.fields["title"].label = _("要办什么（菜单上的项目不用填）")

    def told(self) -> OrderTold:
        data = self.cleaned_data
        item = int(data["what"]) if data["what"].isdecimal() else None
        return {
            "kind": OrderKind(data["what"]) if item is None else OrderKind.SERVICE,
            "item_id": item,
            "requester_id": data["person"],
            "title": data["title"],
            "wanted_on": data["wanted_on"],
            "wanted_words": data["wanted_words"],
            "text": data["text"],
            "place": data["place"],
            "key": data["key"],
        }


class ProjectForm(KeyedForm):
    """What the community needs: units and teams read it."""

    title = forms.CharField(label=_("项目名称"), max_length=40)
    public_text = _text(4, label=_("要做什么"), max_length=200, help_text=_("共建单位和居民都会看到。"))
    division = PlaceField(label=_("在哪里"), empty_label=_("请选社区或网格"))
    wanted_words = forms.CharField(label=_("什么时候（可不填）"), max_length=60, required=False)

    def __init__(self, *args: Any, places: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "division", places)


class UseCardForm(KeyedForm):
    """A card in a shop."""

    number = forms.CharField(
        label=_("卡号"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    shop = forms.ModelChoiceField(PartnerShop.objects.none(), label=_("在哪家店"), empty_label=None)
    text = forms.CharField(label=_("做什么（可不填）"), max_length=200, required=False)

    def __init__(self, *args: Any, shops: QuerySet[PartnerShop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "shop", shops)


class CardForm(PlainForm):
    """A new card."""

    trades = forms.MultipleChoiceField(
        label=_("可用的行业"), choices=Trade.choices, widget=forms.CheckboxSelectMultiple
    )
    uses = forms.IntegerField(label=_("能用几次"), min_value=1, max_value=99, initial=6)
    valid_until = TypedDateField(label=_("有效期至"), example="2027-12-31")

"""What people type about points: shape and wording only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.fields import KeyField, KeysField, TypedDateField
from common.forms import KeyedForm, PlainForm, set_rows
from people.models import Person
from points.models.policy import Budget
from points.rules import TransferKind


def _points(label: Any, **kwargs: Any) -> forms.IntegerField:
    box = forms.TextInput(attrs={"inputmode": "numeric"})
    wrong = {"invalid": _("请填一个整数。")}
    return forms.IntegerField(label=label, widget=box, error_messages=wrong, **kwargs)


def _people(people: Sequence[Person]) -> list[tuple[int, str]]:
    return [(person.pk, person.full_name) for person in people]


class RedeemForm(KeyedForm):
    """Whose points a gift costs."""

    person = KeyField()


class DeskRedeemForm(KeyedForm):
    """Which gift a resident takes at the desk."""

    gift = KeyField()


class CodeForm(PlainForm):
    """What opens a gift that was set aside."""

    code = forms.CharField(max_length=40, error_messages={"required": _("请本人报出 6 位数字。")})


class ApproveForm(PlainForm):
    """Records to approve: those that are ticked, or the one whose button was pressed."""

    record = KeysField(required=False)
    only = KeyField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.chosen():
            raise forms.ValidationError(_("请先勾选要认定的记录。"))
        return data

    def chosen(self) -> list[int]:
        """The numbers of the records."""
        only = self.cleaned_data["only"]
        return [only] if only else self.cleaned_data["record"]


class HonourForm(PlainForm):
    """Whether a name stands on the wall of honour."""

    agree = forms.ChoiceField(choices=[("yes", _("同意写上")), ("no", _("从榜上撤下"))])


class DonateForm(PlainForm):
    """Whose points, and how many."""

    person = forms.TypedChoiceField(label=_("谁的积分"), coerce=int, widget=forms.RadioSelect)
    points = _points(_("捐多少积分"), min_value=1, max_value=1_000_000)

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = _people(people)
        if people:
            self.initial.setdefault("person", people[0].pk)


class DonateNowForm(KeyedForm, DonateForm):
    """The same once it was checked: sent twice it is one donation."""


class FamilyForm(PlainForm):
    """Points for a relative among those one acts for."""

    giver = forms.TypedChoiceField(label=_("谁转出"), coerce=int, widget=forms.RadioSelect)
    taker = forms.TypedChoiceField(label=_("转给谁"), coerce=int, widget=forms.RadioSelect)
    points = _points(_("转多少积分"), min_value=1, max_value=1_000_000)
    relation = forms.CharField(
        label=_("两人的关系，凭什么证明"), max_length=100, help_text=_("例如：祖孙，户口本")
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("giver", "taker"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
            field.choices = _people(people)


class DeskTransferForm(PlainForm):
    """Points of a resident for another one, found a moment ago."""

    kind = forms.ChoiceField(label=_("哪一种"), choices=TransferKind.choices, widget=forms.RadioSelect)
    taker = forms.TypedChoiceField(label=_("转给谁"), coerce=int, widget=forms.RadioSelect)
    points = _points(_("转多少积分"), min_value=1, max_value=1_000_000)
    relation = forms.CharField(
        label=_("两人的关系，凭什么证明"), max_length=100, help_text=_("例如：夫妻，结婚证；父子，公证书")
    )

    def __init__(self, *args: Any, takers: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["taker"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [(p.pk, f"{p.full_name} {p.phone_masked}".strip()) for p in takers]


class CarryOverForm(KeyedForm):
    """The last line of a paper passbook."""

    points = _points(_("旧账上的积分"), min_value=0, max_value=100_000, initial=0)
    hours = _points(_("旧账上的服务时长：小时"), min_value=0, max_value=16_000, initial=0)
    minutes = _points(_("再加分钟"), min_value=0, max_value=59, initial=0)
    paper = forms.CharField(
        label=_("哪本旧账、第几页"), max_length=200, help_text=_("例如：2025 年积分本第 12 页")
    )


class AwardForm(KeyedForm):
    """Points out of the pool of donations."""

    points = _points(_("给多少积分"), min_value=1, max_value=1_000_000)
    reason = forms.CharField(label=_("为什么给这位居民"), max_length=200)


class FundForm(KeyedForm):
    """More points that an office stands for."""

    points = _points(_("注入多少积分"), min_value=1, max_value=10_000_000)
    source = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("文件、捐赠协议或采购单的名称和编号")
    )


class IntakeForm(KeyedForm):
    """Gifts that came in, or broke."""

    units = _points(_("几件"), help_text=_("报损填负数，例如 -2；报损不退预算的积分。录错了请管账的人更正。"))
    budget = forms.ModelChoiceField(Budget.objects.none(), label=_("从哪个预算"), empty_label=_("请选预算"))
    note = forms.CharField(label=_("说明（可不填）"), max_length=100, required=False)

    def __init__(self, *args: Any, place: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "budget", Budget.objects.paying(place))


class CertificateForm(PlainForm):
    """The fields that a certificate must have (2015 joint opinion on records of volunteering)."""

    since = TypedDateField(label=_("从哪天"), example="2026-01-01")
    until = TypedDateField(label=_("到哪天"), example="2026-12-31")
    issuer = forms.CharField(label=_("开具单位"), max_length=60)
    in_charge = forms.CharField(label=_("负责人"), max_length=30)
    handler = forms.CharField(label=_("经办人"), max_length=30)
    contact = forms.CharField(label=_("联系电话"), max_length=30)
    noticed_from = TypedDateField(
        label=_("公示从哪天开始"), example="2026-11-01", help_text=_("开具前要在单位内公示满 7 天。")
    )
    note = forms.CharField(label=_("备注（可不填）"), max_length=200, required=False)

"""What the verbs of an order ask, a form each; several stand on the page of an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import ReasonField, TypedDateField
from common.forms import PlainForm, RowForm, set_choices
from orders.forms.takers import Choice, TakerField
from orders.models.dispatch import CallBack
from orders.models.orders import ServiceOrder
from orders.rules.orders import (
    HOW_SETTLED,
    LONGEST_REASON,
    SETTLEMENTS,
    WHAT_IS_WRONG,
    WHY_CANCELLED,
    WHY_NOT,
    WHY_RELEASED,
    CallBackAnswer,
    OrderKind,
    OrderMove,
    OrderState,
    machine_of,
)
from volunteers.rules.service import EvidenceKind

# What a helper can show; the verb takes lists of names too, which only programs send.
EVIDENCE = [
    (kind.value, kind.label) for kind in (EvidenceKind.PAPER, EvidenceKind.WITNESS, EvidenceKind.PHOTO)
]


def _note(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_REASON, required=False)


class OrderVerbForm(RowForm[ServiceOrder]):
    """A verb of one order."""


class AcceptForm(OrderVerbForm):
    """What the wall shows of a wish; of anything else nothing is asked."""

    verb = "accept"
    public_text = forms.CharField(
        label=_("上墙的话（不写姓名、电话、住址）"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句上心愿墙的话，不写姓名、电话和住址。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row.kind != OrderKind.WISH:
            del self.fields["public_text"]


class RefuseForm(OrderVerbForm):
    verb = "refuse"
    reason = ReasonField(label=_("不能办：原因，居民会看到"), need=WHY_NOT)


class OfferForm(OrderVerbForm):
    """Whom to ask: `people` each have a button, `groups` stand in a box."""

    verb = "offer"
    taker = TakerField(words=_("请选派给谁。"), label=_("队伍、单位、商户"))

    def __init__(self, *args: Any, people: Sequence[Choice], groups: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = groups
        set_choices(self, "taker", [*people, *groups])


class ReleaseForm(OrderVerbForm):
    verb = "release"
    reason = ReasonField(label=_("退回的原因，接单人会看到"), need=WHY_RELEASED)


class CancelForm(OrderVerbForm):
    verb = "cancel"
    reason = ReasonField(label=_("取消的原因，双方都会看到"), need=WHY_CANCELLED)


class DoneForm(OrderVerbForm):
    """How long it took, and how it went."""

    verb = "done"
    minutes = forms.IntegerField(
        label=_("用了多少分钟"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid"), _("请写用了多少分钟。")),
    )
    note = _note(_("做得怎样（可不填）"))

    def __init__(self, *args: Any, row: ServiceOrder, **kwargs: Any) -> None:
        usual = {"minutes": row.item.minutes} if row.item else {}
        super().__init__(*args, row=row, initial=usual, **kwargs)


class OwnDoneForm(DoneForm):
    """The same by who did it, with what she can show for it."""

    evidence = forms.MultipleChoiceField(
        label=_("能出示什么"),
        choices=EVIDENCE,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class DisputeForm(OrderVerbForm):
    """What is wrong, by whom it was done for."""

    verb = "dispute"
    reason = ReasonField(
        label=_("没有做好？写一句哪里不好"), need=WHAT_IS_WRONG, widget=forms.Textarea(attrs={"rows": 2})
    )


class ToldDisputeForm(OrderVerbForm):
    """The same, as she told it on the phone."""

    verb = "dispute"
    reason = ReasonField(label=_("没有做好：哪里不好"), need=WHAT_IS_WRONG)


class SettleForm(OrderVerbForm):
    """How a dispute ends."""

    verb = "settle"
    outcome = forms.TypedChoiceField(
        label=_("怎么处理"),
        choices=[(move.value, move.label) for move in SETTLEMENTS],
        coerce=OrderMove,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选怎么处理：返工、换人、认定做好，或取消。")},
    )
    reason = ReasonField(label=_("怎么谈的，双方都会看到"), need=HOW_SETTLED)

    def __init__(self, *args: Any, row: ServiceOrder, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        moves = [move for move in SETTLEMENTS if machine_of(row.kind).step(OrderState.DISPUTED, move)]
        set_choices(self, "outcome", [(move.value, str(move.label)) for move in moves])


class AgreementForm(OrderVerbForm):
    """The paper behind an adopted project."""

    verb = "agreement"
    agreement_no = forms.CharField(label=_("协议编号"), max_length=40)
    agreement_until = TypedDateField(label=_("到期日"), example="2027-06-30")

    def __init__(self, *args: Any, row: ServiceOrder, **kwargs: Any) -> None:
        signed = {"agreement_no": row.agreement_no, "agreement_until": row.agreement_until}
        super().__init__(*args, row=row, initial=signed, **kwargs)


class CallBackForm(RowForm[CallBack]):
    """What she said on the phone; the answers are three buttons."""

    verb = "call"
    note = _note(_("她/他说的（没有做好要写一句）"))
    answer = forms.TypedChoiceField(
        choices=CallBackAnswer.choices,
        coerce=CallBackAnswer,
        widget=forms.HiddenInput,
        error_messages={"required": _("请选一个结果：做好了、没有做好，或没有联系上。")},
    )


class AdoptForm(PlainForm):
    """As whom: oneself, one's team, unit or shop."""

    taker = TakerField(words=_("请选一下以谁的名义认领。"), label=_("以谁的名义"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, voices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "taker", voices, first=True)

"""What the verbs of a ticket ask, a form each; several stand on one page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import ReasonField, TypedDateField
from common.forms import RowForm, set_choices
from common.letters import when
from grievances.forms.public import PublicWords
from grievances.forms.telling import GroupedCategoryField
from grievances.models.meetings import Meeting
from grievances.models.tickets import Ticket
from grievances.rules import tickets as rules
from grievances.rules.commitments import EVIDENCE, LONGEST_PROMISE
from grievances.rules.meetings import LONGEST_ITEM
from grievances.rules.tickets import Adviser, TicketMove, TicketState


class TicketForm(RowForm[Ticket]):
    """A verb of one ticket."""


class PublicForm(PublicWords, TicketForm):
    """A verb that says something of a ticket to everybody."""


class WordsField(ReasonField):
    """Words that take more than a line."""

    def __init__(self, **kwargs: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 3})
        super().__init__(max_length=rules.LONGEST_WORDS, widget=rows, **kwargs)


class AcceptForm(PublicForm):
    """The right category, and what the problem wall may show."""

    verb = "accept"
    public = ("public_text",)
    category_id = GroupedCategoryField()
    public_text = forms.CharField(
        label=_("问题墙上的话（可不填）"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不写姓名、电话、门牌。不填就不上墙。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category_id"]
        assert isinstance(field, GroupedCategoryField)  # noqa: S101 - declared so above
        field.offer(kept=self.row.category)
        field.initial = self.row.category_id

    def clean_category_id(self) -> int:
        return int(self.cleaned_data["category_id"].pk)


class AssignForm(TicketForm):
    verb = "assign"
    handler_id = forms.TypedChoiceField(
        label=_("派给谁"),
        coerce=int,
        error_messages={"required": _("请选派给谁。"), "invalid_choice": _("请选派给谁。")},
    )

    def __init__(self, *args: Any, handlers: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "handler_id", [("", _("请选一位")), *handlers])
        self.fields["handler_id"].initial = self.row.handler_id


class ObjectForm(TicketForm):
    verb = "object"
    reason = WordsField(label=_("为什么不该我办"), need=rules.WHY_OBJECT)


class DecideForm(TicketForm):
    verb = "decide"
    upheld = forms.TypedChoiceField(
        label=_("异议成立吗"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("成立，重派")), ("no", _("不成立，接着办"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选成立还是不成立。")},
    )
    reason = WordsField(label=_("理由，承办人会看到"), need=rules.WHY_SO)


class AskForm(TicketForm):
    verb = "ask"
    reason = WordsField(label=_("请居民补充什么（只能问一次）"), need=rules.WHAT_LACKS)


class AdviserField(forms.TypedChoiceField):
    """One of those who may be asked."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = dict.fromkeys(("required", "invalid_choice"), _("请选一个。"))
        super().__init__(coerce=Adviser, choices=Adviser, error_messages=wrong, **kwargs)


class ReferForm(TicketForm):
    verb = "refer"
    adviser = AdviserField(label=_("请谁一起看"))
    reason = WordsField(label=_("要请他们看什么"), need=rules.WHAT_TO_ASK)


class AdviseForm(TicketForm):
    """Whom one waits for is offered alone."""

    verb = "advise"
    adviser = AdviserField(label=_("谁的回音"))
    reason = WordsField(label=_("他们怎么说"), need=rules.WHAT_THEY_SAID)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waited = self.row.referrals.filter(answered_at=None)
        set_choices(self, "adviser", [(one.adviser, one.get_adviser_display()) for one in waited])


class PutOnAgendaForm(PublicForm):
    """Which meeting, in which words; of what was told in confidence, that she agrees."""

    verb = "put_on_agenda"
    public = ("reason",)
    meeting_id = forms.TypedChoiceField(
        label=_("哪一次会"),
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("请选这个社区还没有开的一次会。")),
    )
    reason = ReasonField(
        label=_("要议什么；大家都会看到，不写姓名"), need=rules.WHAT_TO_DISCUSS, max_length=LONGEST_ITEM
    )
    agreed = forms.BooleanField(label=_("问过反映人，同意上会"), required=False)

    def __init__(self, *args: Any, meetings: Iterable[Meeting] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(one.pk, f"{one.body} {when(one.starts_at)}") for one in meetings]
        set_choices(self, "meeting_id", listed, first=True)
        self.initial = {**self.initial, "reason": self.row.public_text[:LONGEST_ITEM]}
        if self.row.privacy != rules.Privacy.CONFIDENTIAL:
            del self.fields["agreed"]


class ReplyForm(TicketForm):
    verb = "reply"
    reason = WordsField(label=_("补充的情况"), need=rules.WHAT_MORE)


class AnswerForm(PublicForm):
    verb = "answer"
    public = ("evidence",)
    reason = WordsField(label=_("办了什么，结果怎样；居民会看到"), need=rules.WHAT_WAS_DONE)
    evidence = ReasonField(
        label=_("答应的做到了什么；大家都会看到，不写姓名"), need=EVIDENCE, max_length=LONGEST_PROMISE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row.state != TicketState.COMMITTED:
            del self.fields["evidence"]


class CommitForm(PublicForm):
    verb = "commit"
    public = ("what",)
    what = ReasonField(
        label=_("答应办成什么；大家都会看到，不写姓名"),
        need=rules.WHAT_IS_PROMISED,
        max_length=LONGEST_PROMISE,
    )
    due_on = TypedDateField(label=_("哪天以前"), example="2026-12-18")


class PostponeForm(TicketForm):
    verb = "postpone"
    due_on = TypedDateField(label=_("改到哪天（只能改一次）"), example="2027-01-15")
    reason = WordsField(label=_("为什么要改期；居民会看到"), need=rules.WHY_LATER)


class PartlyForm(TicketForm):
    verb = "confirm_partly"
    reason = WordsField(label=_("还差什么"), need=rules.WHAT_IS_LEFT)


class DisputeForm(TicketForm):
    verb = "dispute"
    reason = WordsField(label=_("哪里没有解决"), need=rules.WHAT_IS_WRONG)


class ProposeRefusalForm(TicketForm):
    verb = "propose_refusal"
    reason = WordsField(label=_("为什么不能办，可以找谁；居民会看到"), need=rules.WHY_NOT)


class ReturnForm(TicketForm):
    verb = "return"
    reason = WordsField(label=_("为什么要受理"), need=rules.WHY_RETURN)


class AppealForm(TicketForm):
    verb = "appeal"
    reason = WordsField(label=_("为什么还是应该办"), need=rules.WHY_AGAIN)


class ProposeParkingForm(TicketForm):
    verb = "propose_parking"
    reason = WordsField(label=_("为什么现在办不了；居民会看到"), need=rules.WHY_PARK)
    review_on = TypedDateField(label=_("哪天再看"), example="2027-02-26")


class DecideParkingForm(TicketForm):
    verb = "decide_parking"
    agreed = forms.TypedChoiceField(
        label=_("同意暂缓吗"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("同意")), ("no", _("不同意，接着办"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选同意还是不同意。")},
    )
    reason = forms.CharField(label=_("不同意的理由，承办人会看到"), max_length=200, required=False)


class MergeForm(TicketForm):
    verb = "merge"
    into_id = forms.CharField(
        label=_("并到哪一张（编号）"), max_length=20, error_messages={"required": _("请写明并到哪一张单。")}
    )

    def clean_into_id(self) -> int:
        return rules.number_of(self.cleaned_data["into_id"]) or 0


# Which form a move has on a page; what is not here is a button, or two moves of one form.
ASKED: dict[TicketMove, type[TicketForm]] = {
    TicketMove.ACCEPT: AcceptForm,
    TicketMove.ASSIGN: AssignForm,
    TicketMove.OBJECT: ObjectForm,
    TicketMove.UPHOLD_OBJECTION: DecideForm,
    TicketMove.ASK_RESIDENT: AskForm,
    TicketMove.REPLY: ReplyForm,
    TicketMove.ANSWER: AnswerForm,
    TicketMove.REFER: ReferForm,
    TicketMove.ADVISE: AdviseForm,
    TicketMove.COMMIT: CommitForm,
    TicketMove.POSTPONE: PostponeForm,
    TicketMove.CONFIRM_PARTLY: PartlyForm,
    TicketMove.DISPUTE: DisputeForm,
    TicketMove.PROPOSE_REFUSAL: ProposeRefusalForm,
    TicketMove.RETURN: ReturnForm,
    TicketMove.APPEAL: AppealForm,
    TicketMove.PROPOSE_PARKING: ProposeParkingForm,
    TicketMove.PARK: DecideParkingForm,
    TicketMove.MERGE: MergeForm,
}


def forms_of(ticket: Ticket, moves: Iterable[TicketMove]) -> dict[str, TicketForm]:
    """A form for each of these moves that asks something, by its verb."""
    return {form.verb: form(row=ticket) for move in moves if (form := ASKED.get(move))}

"""What is asked about a meeting: when and where, what is said at it, what is wrong in its minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI
from common.fields import KeyField, KeysField, ReasonField, RowField, TypedDateField, TypedTimeField
from common.forms import PlainForm, RowForm, set_choices, set_rows
from common.redaction import find
from grievances.forms.public import PublicWords
from grievances.forms.telling import GroupedCategoryField
from grievances.models.bodies import Body
from grievances.models.meetings import AgendaItem, Correction, Meeting
from grievances.rules import meetings as rules
from grievances.rules import tickets
from grievances.rules.meetings import LONGEST_DECISION, LONGEST_ITEM, RecordKind, Wait
from people.models import User


class WhenForm(PublicWords):
    """The day, the hour, the place; one moment for the verb. Everybody reads where it is held."""

    public: ClassVar[tuple[str, ...]] = ("place",)

    day = TypedDateField(label=_("哪一天"), example="2026-12-18")
    at = TypedTimeField(label=_("几点"), example="15:00")
    place = ReasonField(label=_("在哪里"), max_length=40)

    def clean(self) -> None:
        super().clean()
        told = self.cleaned_data
        if "day" in told and "at" in told:
            told["starts_at"] = datetime.combine(told.pop("day"), told.pop("at"), SHANGHAI)


class CallForm(WhenForm):
    body = RowField(label=_("哪个议事会"), empty_label=None)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["body", "day", "at", "place", "as_is"])
        set_rows(self, "body", Body.objects.visible_to(user).filter(active=True))

    def clean(self) -> None:
        super().clean()
        if body := self.cleaned_data.pop("body", None):
            self.cleaned_data["body_id"] = body.pk


class MeetingForm(RowForm[Meeting]):
    """A verb of one meeting."""


class RescheduleForm(WhenForm, MeetingForm):
    verb = "reschedule"
    public = ("place", "reason")
    reason = ReasonField(label=_("为什么改时间"), need=rules.WHY_MOVED, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = timezone.localtime(self.row.starts_at)
        self.initial = {**self.initial, "day": at.date(), "at": at.time(), "place": self.row.place}


class CancelForm(PublicWords, MeetingForm):
    verb = "cancel"
    public = ("reason",)
    reason = ReasonField(label=_("为什么不开了"), need=rules.WHY_CANCELLED, max_length=100)


class CloseForm(PublicWords, MeetingForm):
    verb = "close"
    public = ("reason",)
    reason = forms.CharField(label=_("到会的人不够的，写明原因"), max_length=100, required=False)


class PublishForm(PublicWords, MeetingForm):
    """All that was written so far is looked at once more; it is changed where it stands."""

    verb = "publish"

    def look_again(self) -> None:
        named = [one.title for one in self.row.items.all() if find(f"{one.title}\n{one.words}")]
        named += [words for words in (self.row.place, self.row.reason) if find(words)]
        if named:
            self.fields["as_is"].widget = forms.CheckboxInput()
            told = _("这几条好像写了姓名、电话或门牌：%(items)s。请改一改，不用改的勾选“就这样公开”。")
            self.add_error(None, forms.ValidationError(told, params={"items": "、".join(named)}))


# --- What is said on the day ----------------------------------------------------------------


class RecordForm(PlainForm):
    """One thing to be written down; `told` is what the verb gets."""

    kind_of: ClassVar[RecordKind]
    button: ClassVar[Any]
    op_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("这一页旧了，请刷新再记。")),
    )
    item_id = KeyField(required=False)

    @property
    def way(self) -> str:
        """Its kind as an address writes it."""
        return self.kind_of.lower()

    @property
    def told(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"op_id", "item_id"}}


class HandlerField(forms.TypedChoiceField):
    """Who will have it in hand."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = dict.fromkeys(("required", "invalid_choice"), _("请点由谁来办。"))
        super().__init__(
            label=_("由谁"), coerce=int, widget=forms.RadioSelect, error_messages=wrong, **kwargs
        )


class HandledForm(RecordForm):
    """What somebody will have in hand."""

    handler_id = HandlerField()

    def __init__(self, *args: Any, handlers: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "handler_id", handlers)


class PresentForm(RecordForm):
    kind_of = RecordKind.PRESENT
    button = _("记下到会")
    members = KeysField(
        label=_("到会的成员"),
        error_messages={"required": _("请点到会的成员。")},
    )
    guests = forms.IntegerField(
        label=_("列席几人"), min_value=0, max_value=rules.MOST_GUESTS, required=False, initial=0
    )


class RaiseForm(PublicWords, RecordForm):
    kind_of = RecordKind.RAISE
    button = _("加上")
    public = ("title",)
    title = ReasonField(label=_("什么事；不写姓名"), need=tickets.WHAT_TO_DISCUSS, max_length=LONGEST_ITEM)
    category_id = GroupedCategoryField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category_id"]
        assert isinstance(field, GroupedCategoryField)  # noqa: S101 - declared so above
        field.offer(without=tickets.Kind.EVENT)

    def clean_category_id(self) -> int:
        return int(self.cleaned_data["category_id"].pk)


class PromiseForm(PublicWords, HandledForm):
    kind_of = RecordKind.PROMISE
    button = _("答应下来")
    public = ("words",)
    wait = forms.TypedChoiceField(
        label=_("多久"),
        coerce=int,
        choices=Wait,
        widget=forms.RadioSelect,
        error_messages={"required": _("请点多久以内。"), "invalid_choice": _("请点多久以内。")},
    )
    words = forms.CharField(label=_("答应办成什么"), max_length=100, required=False)
    field_order = ("handler_id", "wait", "words", "as_is")


class AnswerForm(PublicWords, HandledForm):
    kind_of = RecordKind.ANSWER
    button = _("记下答复")
    public = ("words",)
    words = ReasonField(
        label=_("办了什么，结果怎样"), need=tickets.WHAT_WAS_DONE, max_length=LONGEST_DECISION
    )
    field_order = ("words", "handler_id", "as_is")


class HandForm(PublicWords, HandledForm):
    kind_of = RecordKind.HAND
    button = _("交给她/他")
    public = ("words",)
    words = forms.CharField(label=_("交代一句（可不填）"), max_length=LONGEST_DECISION, required=False)


class NoteForm(PublicWords, RecordForm):
    kind_of = RecordKind.NOTE
    button = _("记下")
    public = ("words",)
    words = ReasonField(label=_("议得怎样"), need=rules.WHAT_WAS_SAID, max_length=LONGEST_DECISION)


class DeferForm(PublicWords, RecordForm):
    kind_of = RecordKind.DEFER
    button = _("下次再评")
    public = ("words",)
    words = ReasonField(
        label=_("为什么下次再评（只能一次）"), need=rules.WHY_DEFERRED, max_length=LONGEST_DECISION
    )


class VoicesField(forms.IntegerField):
    """So many voices; none where nothing is written."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.NumberInput(attrs={"inputmode": "numeric"})
        super().__init__(min_value=0, max_value=9999, required=False, widget=box, **kwargs)

    def clean(self, value: Any) -> int:
        return super().clean(value) or 0


SECRET = _("有人要求无记名（发票、投豆都行），只记票数")


class VoteForm(PublicWords, RecordForm):
    kind_of = RecordKind.VOTE
    button = _("记下票数")
    public = ("question",)
    question = forms.CharField(label=_("表决什么"), max_length=LONGEST_ITEM, required=False)
    yes = VoicesField(label=_("赞成"))
    no = VoicesField(label=_("反对"))
    abstained = VoicesField(label=_("弃权"))
    secret = forms.BooleanField(label=SECRET, required=False)


class JudgeForm(PublicWords, RecordForm):
    kind_of = RecordKind.JUDGE
    button = _("记下大家怎么评")
    public = ("words",)
    done = VoicesField(label=_("说做到了"))
    partly = VoicesField(label=_("说做到一部分"))
    not_done = VoicesField(label=_("说没有做到"))
    secret = forms.BooleanField(label=SECRET, required=False)
    words = forms.CharField(label=_("怎么说的（可不填）"), max_length=LONGEST_DECISION, required=False)


RECORDS: dict[str, type[RecordForm]] = {
    form.kind_of: form
    for form in (
        PresentForm,
        RaiseForm,
        AnswerForm,
        PromiseForm,
        HandForm,
        NoteForm,
        VoteForm,
        JudgeForm,
        DeferForm,
    )
}


# --- The minutes ----------------------------------------------------------------------------


class RewordForm(PublicWords, RowForm[AgendaItem]):
    verb = "reword"
    public = ("title", "words")
    title = ReasonField(label=_("什么事；不写姓名"), need=tickets.WHAT_TO_DISCUSS, max_length=LONGEST_ITEM)
    words = forms.CharField(label=_("纪要里写"), max_length=LONGEST_DECISION, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "title": self.row.title, "words": self.row.words}


class CorrectForm(RowForm[AgendaItem]):
    verb = "correct"
    text = forms.CharField(
        label=_("应该怎么写"),
        max_length=LONGEST_DECISION,
        error_messages={"required": _("请写明应该怎么写。")},
    )


class SettleForm(PublicWords, RowForm[Correction]):
    verb = "settle"
    public = ("words",)
    taken = forms.TypedChoiceField(
        label=_("改不改"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("改")), ("no", _("不改"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选改还是不改。")},
    )
    words = forms.CharField(label=_("改成"), max_length=LONGEST_DECISION, required=False)
    answer = forms.CharField(label=_("不改的，为什么"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["words"] = self.row.text

    def look_again(self) -> None:
        if self.cleaned_data.get("taken"):
            super().look_again()

"""What staff type about a class: shape and wording only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.models import Room
from common.days import SHANGHAI
from common.fields import KeyField, PersonNameField, RowField, TypedDateField, TypedTimeField
from common.forms import KeyedForm, PlainForm, set_rows
from courses.models.catalogue import ClassGroup, Term
from courses.models.enrolment import Enrolment
from courses.models.register import RegisterKind
from courses.models.session import Session
from courses.rules import Mark
from people.rules import Sex


class EnrolForm(PlainForm):
    """Who takes a seat, at which session where seats are taken by session, and whether a clash is meant."""

    person = KeyField(lost=_("请选一下给谁报名。"))
    session = KeyField(required=False)
    clash = forms.BooleanField(required=False)


class DeskEnrolForm(EnrolForm):
    """The same on a roster; `q` is what the resident was found by."""

    q = forms.CharField(required=False, max_length=60)


class JoinForm(PlainForm):
    """Which class a resident joins who stands at the desk; `c` is what the class was found by."""

    class_id = KeyField()
    c = forms.CharField(required=False, max_length=40)
    clash = forms.BooleanField(required=False)


class AttendanceForm(PlainForm):
    """A mark for each learner who is `expected`; `all` marks the rest as there."""

    all = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, expected: Sequence[Enrolment], known: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        for one in expected:
            self.fields[f"mark-{one.pk}"] = forms.ChoiceField(
                choices=Mark.choices,
                required=False,
                initial=known.get(one.pk, ""),
                label=one.person.full_name,
            )

    def lines(self) -> list[tuple[Enrolment, BoundField]]:
        """Each learner with her box."""
        return [(one, self[f"mark-{one.pk}"]) for one in self.expected]

    def clean(self) -> dict[str, Any]:
        """Nothing chosen is nothing to keep."""
        data = super().clean() or {}
        if not self.errors and not self.marks():
            raise forms.ValidationError(_("还没有选，请给来的人选“到”，或按“其余全部到”。"))
        return data

    def marks(self) -> dict[int, Mark]:
        """What `courses.actions.attendance.mark_attendance` wants to know."""
        rest = Mark.PRESENT if self.cleaned_data["all"] else ""
        chosen = {one.pk: self.cleaned_data[f"mark-{one.pk}"] or rest for one in self.expected}
        return {pk: Mark(mark) for pk, mark in chosen.items() if mark}


class NewcomerForm(PlainForm):
    """Someone who is not on file: three things are enough."""

    full_name = PersonNameField()
    phone = forms.CharField(
        label=_("电话（没有可不填）"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    born_on = TypedDateField(
        label=_("出生日期（可不填）"),
        example="2026-12-02",
        required=False,
        help_text=_("班级有年龄要求的要填。"),
    )
    sex = forms.ChoiceField(
        label=_("性别（可不填）"), choices=[("", _("不填")), *Sex.choices], required=False
    )


class RevealForm(PlainForm):
    """Why the full phones of a class are wanted."""

    reason = forms.CharField(
        label=_("为什么要完整电话"), max_length=200, help_text=_("每位学员都会在自己的查阅记录里看到。")
    )


class MessageForm(KeyedForm):
    """A letter to a class."""

    text = forms.CharField(
        label=_("通知内容"),
        max_length=500,
        help_text=_("最多 500 字。"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class CapacityForm(PlainForm):
    """How many seats, and how long the line."""

    capacity = forms.IntegerField(label=_("名额"), min_value=1, max_value=2000)
    waiting_limit = forms.IntegerField(label=_("候补上限"), min_value=0, max_value=2000)

    def __init__(self, *args: Any, group: ClassGroup, **kwargs: Any) -> None:
        kwargs["initial"] = {"capacity": group.capacity, "waiting_limit": group.waiting_limit}
        super().__init__(*args, **kwargs)


class MoveTold(TypedDict):
    """What `courses.actions.sessions.move_session` wants to know."""

    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    reason: str


class MoveSessionForm(PlainForm):
    """When and where a session takes place instead."""

    day = TypedDateField(label=_("改到哪天"), example="2026-12-02", help_text="")
    starts = TypedTimeField(label=_("几点开始"))
    ends = TypedTimeField(label=_("几点结束"))
    room = forms.ModelChoiceField(Room.objects.none(), label=_("教室"), required=False, empty_label=_("不换"))
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("学员会看到。"))

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
        kwargs["initial"] = {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
        super().__init__(*args, **kwargs)
        set_rows(self, "room", Room.objects.filter(center=session.class_group.center_id))

    def answers(self) -> MoveTold:
        data = self.cleaned_data
        return {
            "starts_at": datetime.combine(data["day"], data["starts"], SHANGHAI),
            "ends_at": datetime.combine(data["day"], data["ends"], SHANGHAI),
            "room_id": data["room"].pk if data["room"] else None,
            "reason": data["reason"],
        }


def _with_seats(group: ClassGroup) -> str:
    return f"{group.name}（{group.seats_taken}/{group.capacity}）"


class MoveSeatForm(PlainForm):
    """Which parallel class to move to: of the same course, in the same reach, still going."""

    to_class = RowField(words=_with_seats, label=_("调到哪个班"), empty_label=_("请选一个班"))

    def __init__(self, *args: Any, enrolment: Enrolment, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group = enrolment.class_group
        parallel = ClassGroup.objects.visible_to(user).current().filter(course=group.course_id)
        set_rows(self, "to_class", parallel.filter(enrol_by=group.enrol_by).exclude(pk=group.pk))


class RegisterForm(PlainForm):
    """A register to be read in."""

    kind = forms.ChoiceField(label=_("是什么"), choices=RegisterKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel（.xlsx）或 CSV，列的顺序和叫法随意；上传后先预览，不会马上导入。"),
        error_messages={"required": _("请选一个文件。"), "empty": _("这个文件是空的，请换一个。")},
    )
    term = forms.ModelChoiceField(
        Term.objects.none(),
        label=_("学期（可不填）"),
        required=False,
        help_text=_("花名册的标题里写了学期的，不用选。"),
    )

    def __init__(self, *args: Any, terms: list[Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_rows(self, "term", Term.objects.filter(pk__in=[one.pk for one in terms]))
        self.fields["kind"].initial = RegisterKind.ROSTER

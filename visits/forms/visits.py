"""What is asked of a visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.days import SHANGHAI, day_of
from common.fields import TypedDateField
from common.forms import RowForm, set_choices
from grievances.models.categories import Category
from grievances.rules.tickets import Kind
from visits.actions.visits import Draft, Found
from visits.models.register import Household, Residence
from visits.models.visits import HomeVisit
from visits.rules.visits import LONGEST_TEXT, FindingKind, Result, Way

NOON = time(12)


class OpField(forms.UUIDField):
    """The mark of this page: however often it is sent, it is one visit."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, initial=uuid4)
        self.error_messages |= dict.fromkeys(("required", "invalid"), _("这一页过期了，请刷新再记一次。"))


class FineForm(RowForm[Household]):
    """一切正常: everybody of the household, in one tap."""

    verb = "fine"
    op_id = OpField()

    def __init__(self, *args: Any, lives: Iterable[Residence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lives = list(lives)

    def draft(self) -> Draft:
        """What the verb is handed."""
        return Draft(self.row.pk, Way.DOOR, {one.person_id: Result.FINE for one in self.lives})

    def op(self) -> UUID:
        found: UUID = self.cleaned_data["op_id"]
        return found


class VisitForm(FineForm):
    """What came of it for each, and a word about it."""

    verb = "visit"
    way = forms.ChoiceField(label=_("怎样联系的"), choices=Way, initial=Way.DOOR, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("说一句（有情况时要写）"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不写病情、信仰、民族。"),
    )
    finding = forms.ChoiceField(
        label=_("要办成什么"),
        choices=[("", _("不用办，只记下")), *FindingKind.choices],
        help_text=_("用她的名字登记，她和替她代办的人都看得到上面写的话。"),
        required=False,
        widget=forms.RadioSelect,
    )
    category_id = forms.TypedChoiceField(
        label=_("反映哪一类（反映上去才选）"), coerce=int, required=False, empty_value=None
    )
    day = TypedDateField(label=_("哪天（今天不用填）"), required=False, example="2026-11-01")

    def __init__(self, *args: Any, today: date, before: HomeVisit | None = None, **kwargs: Any) -> None:
        """`before`: the visit that is put right, whose words and results stand in the form at first."""
        super().__init__(*args, initial=_told(before) if before else None, **kwargs)
        self.today, self.before = today, before
        set_choices(self, "category_id", [("", _t("请选一类")), *_categories()])
        if before is not None:  # what came of it stands
            del self.fields["finding"], self.fields["category_id"]
        for one in self.lives:
            self.fields[f"result_{one.person_id}"] = forms.ChoiceField(
                label=one.person.full_name,
                choices=[*Result.choices, ("", _t("这次不记"))],
                required=False,
                widget=forms.RadioSelect,
            )
        results = (f"result_{one.person_id}" for one in self.lives)
        self.order_fields(["op_id", "way", *results, "text", "finding", "category_id", "day"])

    def draft(self) -> Draft:
        told = self.cleaned_data
        results = {one.person_id: told.get(f"result_{one.person_id}", "") for one in self.lives}
        said = {pk: Result(result) for pk, result in results.items() if result}
        return Draft(self.row.pk, Way(told["way"]), said, told["text"], self._moment(), self._finding(said))

    def _finding(self, said: Mapping[int, Result]) -> Found | None:
        """For whom something is the matter, else for the first of whom anything is said."""
        kind = self.cleaned_data.get("finding")
        if not kind or not said:
            return None
        about = next((pk for pk, result in said.items() if result == Result.MATTER), next(iter(said)))
        return Found(FindingKind(kind), about, self.cleaned_data.get("category_id"))

    def _moment(self) -> datetime | None:
        """Noon of a day before; of today it is when it arrives; what is put right keeps its own."""
        day: date | None = self.cleaned_data["day"]
        if self.before is not None and day in {None, day_of(self.before.visited_at)}:
            return self.before.visited_at
        return datetime.combine(day, NOON, SHANGHAI) if day and day != self.today else None


def _categories() -> list[tuple[int, str]]:
    """What a ticket may be about, the six that go first before the others; no event about somebody."""
    offered = Category.objects.offered().exclude(kind=Kind.EVENT)
    rows = sorted(offered, key=lambda one: one.kind != Kind.HAZARD)
    return [(one.pk, str(one)) for one in rows]


def _told(visit: HomeVisit) -> dict[str, Any]:
    results = {f"result_{one.person_id}": one.result for one in visit.people.all()}
    return {**results, "way": visit.way, "text": visit.text, "day": day_of(visit.visited_at)}

"""How often somebody is visited: dated rows, with the ground on which they stand and who set them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin
from visits.models.care import CarePolicy


class CarePolicyForm(forms.ModelForm[CarePolicy]):
    """From tomorrow on at the earliest: days that were reckoned until today stay right."""

    def clean_valid_from(self) -> Any:
        day = self.cleaned_data["valid_from"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_t("最早从明天起；今天以前的日子已经按原来的算过。"))
        return day


@admin.register(CarePolicy)
class CarePolicyAdmin(ScopedAdmin):
    """A change is a new row with its own first day, for all places; days follow it in the night before."""

    see = write = "visits.policy"
    shared = True
    form = CarePolicyForm
    list_display = ("level", "days", "valid_from", "holds", "basis", "by")
    list_select_related = ("by",)
    list_filter = ("level",)
    ordering = ("level", "-valid_from", "-id")
    fields = (("level", "days"), "valid_from", "basis")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.covers(request, self.write, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.by = request.user
        super().save_model(request, obj, form, change)

    def written(self, row: Any, form: Any) -> list[str]:
        changed = super().written(row, form)
        return [*changed, "by"] if changed else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        ruling = CarePolicy.objects.ruling(timezone.localdate())
        holds = Case(When(pk__in=ruling, then=Value(True)), default=Value(False))  # noqa: FBT003
        rows: QuerySet[Any] = super().get_queryset(request).annotate(holds=holds)
        return rows

    @admin.display(description=_("现在照这条"), boolean=True)
    def holds(self, policy: Any) -> bool:
        return bool(policy.holds)

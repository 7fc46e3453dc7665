"""Bodies and their members: settings with what they were; meetings are kept on the pages of the portal."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from centers.rules import DivisionKind
from common.admin import ScopedInline
from common.reach import tree_label
from grievances.admin.categories import FormerInline, SignedAdmin
from grievances.models.bodies import Body, BodyMember


class BodyMemberForm(forms.ModelForm[BodyMember]):
    """A term that stands ends; another office, or another person, is another term."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("person", "office", "since"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        person, since, until = told.get("person"), told.get("since"), told.get("until")
        if person is not None and since is not None and self.instance.body_id:
            others = BodyMember.objects.filter(body=self.instance.body_id, person=person)
            others = others.exclude(pk=self.instance.pk).filter(Q(until=None) | Q(until__gte=since))
            if (others.filter(since__lte=until) if until else others).exists():
                self.add_error("person", _("这一位在这段时间里已经是成员了。"))
        return told


class BodyMemberInline(ScopedInline):
    """Terms: ended with a day, never taken away."""

    model = BodyMember
    form = BodyMemberForm
    fields = ("person", "office", "since", "until")
    autocomplete_fields = ("person",)
    extra = 1
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("person")


class FormerBodyInline(FormerInline):
    model = apps.get_model("grievances", "BodyEvent")
    fields = readonly_fields = ("name", "quorum", "active", "by", "until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by")


@admin.register(Body)
class BodyAdmin(SignedAdmin):
    """Kept by who keeps its meetings; a body that meets no more is switched off."""

    see = write = "grievances.meetings"
    place = "division"
    list_display = ("name", "kind", "division", "quorum", "active")
    list_select_related = ("division",)
    list_filter = ("kind", "active")
    search_fields = ("name",)
    ordering = ("division__path", "kind", "id")
    choice_places = {"division": ""}
    choice_labels = {"division": tree_label}
    fields = ("name", "kind", "division", "quorum", "active")
    inlines = (BodyMemberInline, FormerBodyInline)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return (BodyMemberInline, FormerBodyInline) if obj else (BodyMemberInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("kind", "division") if obj else ()

    def choices(self, request: HttpRequest, field: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        if field == "division":
            rows = rows.filter(kind=DivisionKind.COMMUNITY)
        return super().choices(request, field, rows)

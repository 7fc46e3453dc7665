"""The back office: staff see what they reach, records are kept here, work goes through verbs.

Staff hold no Django permissions. What they may do follows from `user.reach(verb)`: the paths of
the divisions where a role of theirs allows a verb; "" means everywhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.contrib import messages
from django.contrib.admin.filters import FieldListFilter, SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold import widgets

from common.errors import DomainError
from common.fields import ReasonField, RowField
from common.forms import show_refusal
from common.office_log import NumberedLog
from common.reach import within
from common.searches import lead_to, row_numbers

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline
else:
    from unfold.admin import TabularInline

Words = str | Promise


def reach(request: HttpRequest, verb: str) -> list[str]:
    """Where the signed-in user may do `verb`; an empty verb is for superusers only."""
    user: Any = request.user
    if not verb:
        return [""] if user.is_superuser and user.is_active else []
    return list(user.reach(verb)) if hasattr(user, "reach") else []


class ScopedAdmin(NumberedLog):
    """Records inside the reach of whoever looks.

    `see` and `write` are verbs of people.rules.MAY; "" is for superusers only. `place` is the
    lookup from a row to its division ("" if it is one), None where rows belong to no place.
    """

    see: str = ""
    write: str = ""
    place: str | None = None
    # Rows that all streets use: whoever may `write` somewhere adds to them, who may everywhere changes them.
    shared = False
    # Foreign keys whose choices must lie inside the reach of `write`: field -> lookup to a division.
    choice_places: Mapping[str, str] = {}
    # What a select box calls its rows, where their own names do not tell them apart.
    choice_labels: Mapping[str, Callable[[Any], str]] = {}
    # Rows that may be deleted; what has history is protected by the database and says so.
    erasable = False
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of these rows, those the user may look at."""
        if hasattr(rows, "visible_to"):
            visible: QuerySet[Any] = rows.visible_to(request.user)
            return visible
        return rows if self.place is None else within(rows, self.place, reach(request, self.see))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scope(request, super().get_queryset(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; what is posted from its box of search stands in the address where it may."""
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return lead_to(request, SEARCH_VAR, lambda typed: self.numbered(request, typed))
        return super().changelist_view(request, extra_context)

    def numbered(self, request: HttpRequest, typed: str) -> Iterable[int]:
        """The rows that the number of somebody finds."""
        rows, _twice = self.get_search_results(request, self.get_queryset(request), typed)
        return rows.values_list("pk", flat=True)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the fields that the page names, or "#12 #15"."""
        if numbers := row_numbers(search_term):
            return queryset.filter(pk__in=numbers), False
        return super().get_search_results(request, queryset, search_term)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the page's own filters write into the address.

        Anything else is a question put to the database: `?phone__startswith=1381` tells a masked
        number digit by digit, `?term__…` any column of whatever a row leads to.
        """
        is_day = self.date_hierarchy and lookup.startswith(f"{self.date_hierarchy}__")
        if is_day and not (value.isdecimal() and len(value) <= len("2026")):
            return False
        return request is not None and lookup in self._written_by_filters(request)

    def _written_by_filters(self, request: HttpRequest) -> set[str | None]:
        names: set[str | None] = set()
        if self.date_hierarchy:
            names |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        for entry in self.get_list_filter(request):
            # Django also takes fields here, and names of classes; we write neither.
            one: Any = entry
            if isinstance(one, type) and issubclass(one, SimpleListFilter):
                names.add(one.parameter_name)
                continue
            path, make = one if isinstance(one, tuple) else (one, FieldListFilter.create)
            field = get_fields_from_path(self.model, path)[-1]
            names |= {*make(field, request, {}, self.model, self, field_path=path).expected_parameters()}
        return names

    def covers(self, request: HttpRequest, verb: str, row: Any) -> bool:
        """Whether the user may do `verb` to a row (None: to any row at all)."""
        if self.shared:
            user: Any = request.user
            return bool(user.may_everywhere(verb))
        paths = reach(request, verb)
        if row is None or self.place is None:
            return bool(paths)
        for step in filter(None, self.place.split("__")):
            row = getattr(row, step)
            if row is None:
                return "" in paths
        return any(row.path.startswith(prefix) for prefix in paths)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(reach(request, self.see))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(reach(request, self.see))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(reach(request, self.write))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.covers(request, self.write, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.erasable and obj is not None and self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Writes only what was changed: a verb may have changed the rest meanwhile."""
        if not change:
            super().save_model(request, obj, form, change)
        elif written := self.written(obj, form):
            obj.save(update_fields=written)

    def written(self, row: Any, form: Any) -> list[str]:
        """The columns to save of a changed row; links to many rows are written after it."""
        many = {field.name for field in row._meta.many_to_many}
        return [name for name in form.changed_data if name in form._meta.fields and name not in many]

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """A select box offers only what the user reaches; the form refuses anything else."""
        if "queryset" not in kwargs:
            rows = db_field.related_model._default_manager.all()
            kwargs["queryset"] = self.choices(request, db_field.name, rows)
        words = self.choice_labels.get(db_field.name, str)
        kwargs.setdefault("form_class", partial(RowField, words=words))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def choices(self, request: HttpRequest, field: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What the foreign key `field` may point at."""
        if field in self.choice_places:
            return within(rows, self.choice_places[field], reach(request, self.write))
        related = self.admin_site._registry.get(rows.model)
        return related.scope(request, rows) if isinstance(related, ScopedAdmin) else rows


class ScopedInline(TabularInline[Any, Any]):
    """Parts of a record: whoever may change the record may change them."""

    extra = 0

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **{"form_class": RowField, **kwargs})

    def _whole(self) -> Any:
        return self.admin_site._registry[self.parent_model]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self._whole().has_view_permission(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self._whole().has_change_permission(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self._whole().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self._whole().has_change_permission(request, obj))


class ReadOnlyAdmin(ScopedAdmin):
    """Logs and histories: looked at, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VerbForm(forms.Form):
    """What a verb wants to know besides its row. `user` and `row` narrow what it offers."""

    def __init__(self, *args: Any, row: Any, user: Any, **kwargs: Any) -> None:
        self.row, self.user = row, user
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _dress(field)


class ReasonForm(VerbForm):
    """Why: the one form of the back office for it, as common.forms.ReasonForm is of pages."""

    reason = ReasonField(help_text=_("有关的人会看到。"))


def _dress(field: forms.Field) -> None:
    """Gives a plain form field the look of the back office."""
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        field.widget = widgets.UnfoldAdminSelectWidget(choices=field.choices)
    elif isinstance(field.widget, forms.Textarea):
        field.widget.attrs["class"] = " ".join(widgets.TEXTAREA_CLASSES)
    else:
        field.widget.attrs["class"] = " ".join(widgets.INPUT_CLASSES)


@dataclass(frozen=True)
class Verb:
    """A button for one verb.

    `call(row, by=, now=, **answers of the form)` runs one action and returns the sentence to show,
    or a whole page. A DomainError it raises becomes a message. `needs` is the verb of
    people.rules.MAY without which the button is hidden; `offered` hides it for rows it makes no
    sense for. `whole_list` puts it above the list: `row` is None then. A verb that has a staff page
    has no button here; `why_twice` says why this one has both (tests/test_doors.py).
    """

    name: str
    label: Words
    call: Callable[..., Words | HttpResponse]
    needs: str
    form: type[VerbForm] | None = None
    confirm: Words = ""
    style: Literal["primary", "default", "danger"] = "default"
    offered: Callable[[Any], bool] = lambda _row: True
    whole_list: bool = False
    why_twice: str = ""


@dataclass(frozen=True)
class WorkPage:
    """The staff page on which a record is worked on: its address, and the verb without which it is shut."""

    name: str
    needs: str


class VerbAdmin(ScopedAdmin):
    """Records with a button per verb, each a POST form of its own outside the record's form, and a
    link to the page where the work on them is done."""

    verbs: Sequence[Verb] = ()
    work_page: WorkPage | None = None
    change_form_outer_before_template = "admin/verbs.html"
    list_before_template = "admin/verbs.html"

    def get_urls(self) -> list[URLPattern]:
        run = self.admin_site.admin_view(require_POST(self.run_verb))
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"
        return [
            path("verb/<slug:verb_name>/", run, name=f"{name}_list"),
            path("<path:object_id>/verb/<slug:verb_name>/", run, name=name),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["verbs"] = self.buttons(request, obj) if obj is not None else []
        if obj is not None and self.work_page and self.covers(request, self.work_page.needs, obj):
            url = reverse(self.work_page.name, args=[obj.pk])
            context["links"] = [{"url": url, "label": _("到工作页面办理")}, *context.get("links", ())]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "verbs": self.buttons(request, None)}
        return super().changelist_view(request, context)

    def buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """The verbs that make sense here and now, with their empty forms."""
        return [
            {"verb": verb, "url": self._verb_url(verb, row), "form": self._form(verb, request, row)}
            for verb in self.verbs
            if self._may(request, verb, row)
        ]

    def _may(self, request: HttpRequest, verb: Verb, row: Any) -> bool:
        if verb.whole_list != (row is None):
            return False
        return self.covers(request, verb.needs, row) and (row is None or verb.offered(row))

    def _verb_url(self, verb: Verb, row: Any) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_verb"
        return (
            reverse(f"{name}_list", args=[verb.name])
            if row is None
            else reverse(name, args=[row.pk, verb.name])
        )

    def _form(self, verb: Verb, request: HttpRequest, row: Any, *, bound: bool = False) -> VerbForm | None:
        if verb.form is None:
            return None
        typed = (request.POST, request.FILES) if bound else ()
        return verb.form(*typed, row=row, user=request.user, auto_id=f"{verb.name}-%s")

    def run_verb(self, request: HttpRequest, verb_name: str, object_id: str | None = None) -> HttpResponse:
        """Runs one verb; a refusal is a message, or the form again with what was typed."""
        row = None if object_id is None else self._row(request, object_id)
        verb = next((verb for verb in self.verbs if verb.name == verb_name), None)
        if verb is None or verb.whole_list != (row is None):
            raise Http404
        if not self.has_view_permission(request, row) or not self.covers(request, verb.needs, row):
            raise PermissionDenied
        form = self._form(verb, request, row, bound=True)
        if form is not None and not form.is_valid():
            return self._again(request, verb, row, form, 422)
        try:
            answer = verb.call(
                row, by=request.user, now=timezone.now(), **(form.cleaned_data if form else {})
            )
        except DomainError as refusal:
            if form is not None:
                show_refusal(form, refusal)
                return self._again(request, verb, row, form, refusal.status)
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self._back(request, object_id))
        if row is not None:
            self.log_change(request, row, str(verb.label))
        if isinstance(answer, HttpResponse):
            return answer
        messages.success(request, str(answer))
        return HttpResponseRedirect(self._back(request, object_id))

    def _row(self, request: HttpRequest, object_id: str) -> Model:
        row: Model | None = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def _back(self, request: HttpRequest, object_id: str | None) -> str:
        """The row's page, or the list once the row is out of sight (erased, merged)."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        if object_id is not None and self.get_object(request, unquote(object_id)) is not None:
            return reverse(f"{name}_change", args=[object_id])
        return reverse(f"{name}_changelist")

    def _again(self, request: HttpRequest, verb: Verb, row: Any, form: VerbForm, status: int) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "title": verb.label,
            "subtitle": str(row) if row is not None else None,
            "button": {"verb": verb, "url": self._verb_url(verb, row), "form": form},
            "back": self._back(request, None if row is None else str(row.pk)),
        }
        return TemplateResponse(request, "admin/verb.html", context, status=status)

"""What may be told, who gets it where, and how long that may take: settings, with what they were before."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import Case, Prefetch, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin, ScopedInline, reach
from common.reach import tree_label
from grievances.actions.tickets import may_handle
from grievances.models.categories import Category, ClockPolicy, Route
from grievances.rules.clocks import UNTIL_A_DAY, ClockKind, lasts
from people.models import Membership, User


class SignedAdmin(ScopedAdmin):
    """Settings that say who set them so."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.by = request.user
        super().save_model(request, obj, form, change)

    def written(self, row: Any, form: Any) -> list[str]:
        changed = super().written(row, form)
        return [*changed, "by"] if changed else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A new setting was nothing before."""
        return super().get_inlines(request, obj) if obj else []


class FormerInline(ScopedInline):
    """从前: what a setting was, who had set it so, and until when; appended by the database."""

    fk_name = "pgh_obj"
    hide_title = True
    can_delete = False
    ordering = ("-pgh_id",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("到何时"))
    def until(self, event: Any) -> str:
        return f"{timezone.localtime(event.pgh_created_at):%Y-%m-%d %H:%M}"


def _called(category: Category) -> str:
    """A category in a box, after the one above it."""
    return f"{category.parent} · {category}" if category.parent else str(category)


class CategoryForm(forms.ModelForm[Category]):
    """Two levels: what others lie under lies under none."""

    def clean_parent(self) -> Category | None:
        parent: Category | None = self.cleaned_data["parent"]
        mine = self.instance
        if parent is not None and mine.pk and (parent == mine or mine.children.exists()):
            raise forms.ValidationError(_t("它下面还有类别，不能放到别的类别下面；也不能放到自己下面。"))
        return parent


class FormerCategoryInline(FormerInline):
    model = apps.get_model("grievances", "CategoryEvent")
    fields = readonly_fields = ("name", "parent", "place", "active", "by", "until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("parent", "by")


@admin.register(Category)
class CategoryAdmin(SignedAdmin):
    """One list for all streets; what was used once is closed, never deleted."""

    see = write = "grievances.routes"
    shared = True
    erasable = True
    form = CategoryForm
    list_display = ("name", "parent", "kind", "place", "active")
    list_select_related = ("parent",)
    list_filter = ("active", "kind")
    search_fields = ("name", "parent__name")
    ordering = ("parent__place", "parent__name", "place", "id")
    fields = (("name", "parent"), "kind", ("place", "active"))
    inlines = (FormerCategoryInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and Category.objects.unused().filter(pk=obj.pk).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("kind",) if obj else ()

    def choices(self, request: HttpRequest, field: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        """What may lie above: the first level."""
        return rows.filter(parent=None)


class RouteForm(forms.ModelForm[Route]):
    """A rule names who deals with things there: the same that the desk may give a ticket to."""

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        handler, division = told.get("handler"), told.get("division")
        if handler is not None and division is not None and not may_handle(handler, division):
            self.add_error("handler", _t("这位工作人员在这个地方不办诉求，请另选一位。"))
        return told


class FormerRouteInline(FormerInline):
    model = apps.get_model("grievances", "RouteEvent")
    fields = readonly_fields = ("division", "category", "handler", "by", "until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("division", "category", "handler", "by")


def _working(user: User) -> str:
    """A colleague in a box, with where she works."""
    places = [post.division.name for post in user.memberships.all()]
    return f"{user}（{'、'.join(places)}）"


@admin.register(Route)
class RouteAdmin(SignedAdmin):
    """Kept by who runs the place; a rule is changed, never deleted: it may name nobody."""

    see = write = "grievances.routes"
    place = "division"
    form = RouteForm
    list_display = ("division", "category", "handler")
    list_select_related = ("division", "category", "handler")
    list_filter = (("handler", admin.EmptyFieldListFilter),)
    search_fields = ("division__name", "category__name", "handler__name")
    ordering = ("division__path", "category__place", "id")
    choice_places = {"division": ""}
    choice_labels = {"division": tree_label, "category": _called, "handler": _working}
    fields = ("division", "category", "handler")
    inlines = (FormerRouteInline,)

    def choices(self, request: HttpRequest, field: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        if field == "category":
            return rows.filter(active=True).select_related("parent").order_by("parent__place", "place", "pk")
        if field == "handler":
            return self._colleagues(request, rows)
        return super().choices(request, field, rows)

    def _colleagues(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Who deals with things in her reach, or in what it lies in."""
        near = Q(pk__in=[])
        for path in reach(request, self.write):
            around = [int(pk) for pk in path.split("/") if pk]
            near |= Q(division__path__startswith=path) | Q(division__in=around)
        posts = Membership.objects.allowing("grievances.handle", timezone.localdate()).filter(near)
        found = rows.filter(pk__in=posts.values("user"))
        hers = Prefetch("memberships", posts.select_related("division"))
        return found.prefetch_related(hers).order_by("name", "pk")


class ClockPolicyForm(forms.ModelForm[ClockPolicy]):
    """From tomorrow on at the earliest: what has begun is not rewritten."""

    def clean_valid_from(self) -> Any:
        day = self.cleaned_data["valid_from"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_t("最早从明天起；已经开始算的不改。"))
        return day


@admin.register(ClockPolicy)
class ClockPolicyAdmin(SignedAdmin):
    """A change is a new row with its own first day, for all streets."""

    see = write = "grievances.routes"
    shared = True
    form = ClockPolicyForm
    list_display = ("clock", "hazard", "lasts", "valid_from", "holds", "by")
    list_select_related = ("by",)
    list_filter = ("clock", "hazard")
    ordering = ("clock", "hazard", "-valid_from", "-id")
    fields = ("clock", "hazard", ("minutes", "unit"), "valid_from")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.covers(request, self.write, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        ruling = ClockPolicy.objects.ruling(timezone.localdate()).values("pk")
        holds = Case(When(pk__in=ruling, then=Value(True)), default=Value(False))  # noqa: FBT003
        rows: QuerySet[Any] = super().get_queryset(request).annotate(holds=holds)
        return rows

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Of clocks that run until a day that somebody chooses there is no policy."""
        if db_field.name == "clock":
            kwargs["choices"] = [one for one in ClockKind.choices if one[0] not in UNTIL_A_DAY]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @admin.display(description=_("多久"))
    def lasts(self, policy: ClockPolicy) -> str:
        return lasts(policy.minutes, policy.unit)

    @admin.display(description=_("现在照这条"), boolean=True)
    def holds(self, policy: Any) -> bool:
        return bool(policy.holds)

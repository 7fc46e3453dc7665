"""Policies, budgets and gifts are kept here; what follows from them is read, and done by verbs."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin, ScopedAdmin, ScopedInline, Verb, VerbAdmin, VerbForm, WorkPage
from common.fields import ReasonField
from common.reach import tree_label, within
from people.models import User
from points.actions.gifts import correct_intake
from points.models.certificates import Certificate
from points.models.gifts import Gift, StockIntake
from points.models.policy import Budget, Funding, Policy
from points.models.redemptions import Redemption
from points.models.transfers import Transfer


@admin.register(Policy)
class PolicyAdmin(ScopedAdmin):
    """A policy that is in force is not edited: a change is a new row with its own first day."""

    see, write, place = "volunteers.view", "points.ledger", "division"
    list_display = ("division", "valid_from", "points_per_hour", "daily_cap", "expires_after_days", "source")
    list_select_related = ("division",)
    list_filter = ("valid_from",)
    search_fields = ("division__name", "source")
    choice_places = {"division": ""}
    choice_labels = {"division": tree_label}
    exclude = ("by",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.by = request.user
        super().save_model(request, obj, form, change)


class FundingInline(ScopedInline):
    model = Funding
    fields = ("at", "points", "source", "by")
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by")


@admin.register(Budget)
class BudgetAdmin(VerbAdmin):
    see, write, place = "volunteers.view", "points.ledger", "division"
    work_page = WorkPage("points:staff_fund", needs="points.ledger")
    list_display = ("name", "division", "closed_on")
    list_select_related = ("division",)
    search_fields = ("name",)
    choice_places = {"division": ""}
    choice_labels = {"division": tree_label}
    fields = ("name", "division", "closed_on")
    inlines = (FundingInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("division",) if obj else ()


@admin.register(Funding)
class FundingAdmin(ReadOnlyAdmin):
    """Every promise, with the paper it rests on."""

    see, place = "volunteers.view", "budget__division"
    list_display = ("at", "budget", "points", "source", "by")
    list_select_related = ("budget", "by")
    search_fields = ("source", "budget__name")


@admin.register(Gift)
class GiftAdmin(VerbAdmin):
    see, write, place = "volunteers.view", "points.gifts", "center__division"
    work_page = WorkPage("points:staff_intake", needs="points.gifts")
    list_display = ("name", "center", "points", "on_offer", "stock", "reserved", "handed")
    list_select_related = ("center__division",)
    list_filter = ("on_offer",)
    search_fields = ("name",)
    choice_places = {"center": "division"}
    fields = ("name", "center", "about", "points", "on_offer", ("stock", "reserved", "handed"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The price stays once pieces were bought at it: cover is counted by it."""
        fixed = ("points", "center") if obj and obj.intakes.exists() else ()
        return ("stock", "reserved", "handed", *fixed)


class CorrectIntakeForm(VerbForm):
    """How many there really were, and what was typed wrongly."""

    really = forms.IntegerField(
        label=_("实际几件"), min_value=0, help_text=_("不能比原来录的多；整笔录错填 0。报损也填正数。")
    )
    reason = ReasonField(label=_("哪里录错了"))


def _correct(intake: StockIntake, *, by: User, now: datetime, really: int, reason: str) -> str:
    correct_intake(intake_id=intake.pk, really=really, reason=reason, by=by, now=now)
    return _t("已更正，库存和预算都跟着改了。")


@admin.register(StockIntake)
class StockIntakeAdmin(VerbAdmin):
    see, place = "volunteers.view", "gift__center__division"
    list_display = ("at", "gift", "units", "budget", "note", "corrects", "by")
    list_select_related = ("gift__center__division", "budget", "by", "corrects__gift")
    search_fields = ("gift__name", "note")
    verbs = (
        Verb(
            "correct",
            _("更正"),
            _correct,
            needs="points.ledger",
            form=CorrectIntakeForm,
            offered=lambda intake: intake.corrects_id is None,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Redemption)
class RedemptionAdmin(ReadOnlyAdmin):
    """What was asked for; handing out is done at the desk, against the code."""

    see, place = "points.gifts", "gift__center__division"
    list_display = ("id", "person", "gift", "told", "wrong_codes")
    list_select_related = ("person", "gift", "hold__end")
    search_fields = ("person__full_name", "person__initials", "gift__name")
    fields = ("person", "gift", "told", "wrong_codes")
    readonly_fields = ("told",)

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: the clerk's own gifts belong on her own page."""
        return within(rows, "gift__center__division", self._reach(request))

    def _reach(self, request: HttpRequest) -> list[str]:
        return request.user.reach("points.gifts") if isinstance(request.user, User) else []

    @admin.display(description=_("结果"))
    def told(self, redemption: Redemption) -> str:
        return redemption.hold.end.get_outcome_display() if redemption.outcome else _t("等着取")


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    see, place = "volunteers.view", "giver__home"
    list_display = ("id", "giver", "taker", "points", "kind", "state", "asked_by", "asked_at")
    list_select_related = ("giver__home", "taker", "asked_by")
    list_filter = ("state", "kind")
    search_fields = ("giver__full_name", "taker__full_name")
    fields = (
        ("giver", "taker", "points"),
        ("kind", "relation"),
        ("state", "reason"),
        ("asked_by", "asked_at"),
        ("first_by", "second_by"),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        reach = request.user.reach("volunteers.view") if isinstance(request.user, User) else []
        return within(rows, "giver__home", reach)


@admin.register(Certificate)
class CertificateAdmin(VerbAdmin, ReadOnlyAdmin):
    see, place = "volunteers.view", "division"
    work_page = WorkPage("points:staff_revoke", needs="volunteers.approve")
    list_display = ("number", "volunteer", "since", "until", "issuer", "issued_at", "revoked_at")
    list_select_related = ("volunteer__person",)
    search_fields = ("number", "volunteer__person__full_name")
    fields = (
        "number",
        "volunteer",
        ("since", "until", "minutes"),
        ("issuer", "in_charge", "handler", "contact"),
        ("noticed_from", "note"),
        ("issued_by", "issued_at"),
        ("revoked_at", "revoked_by", "revoke_reason"),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: one's own certificates are on one's own page."""
        reach = request.user.reach("volunteers.view") if isinstance(request.user, User) else []
        return within(rows, "division", reach)

"""The ledger in the back office: looked at, never edited; what is wrong is taken back by a reversal."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin, ScopedInline
from common.reach import within
from people.models import User
from points.models.days import DayHash
from points.models.ledger import Account, Leg, Posting
from points.models.vouchers import Voucher


def _reach(request: HttpRequest) -> list[str]:
    return request.user.reach("volunteers.view") if isinstance(request.user, User) else []


class LegInline(ScopedInline):
    model = Leg
    fields = ("account", "amount", "balance", "expires_on")
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        owners = ("account__person", "account__budget", "account__shop", "account__division")
        return super().get_queryset(request).select_related(*owners)


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    """Entries that touch a resident in the reach."""

    see = "volunteers.view"
    list_display = ("id", "at", "kind", "what", "by")
    list_select_related = ("by", "record")
    list_filter = ("kind",)
    search_fields = ("memo", "key")
    ordering = ("-id",)
    fields = (
        ("kind", "what"),
        "said",
        ("at", "by"),
        ("record", "policy"),
        ("reverses", "key"),
        "evidence",
        "sealed_at",
    )
    readonly_fields = ("what", "said", "sealed_at")
    inlines = (LegInline,)

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        mine = within(Leg.objects.filter(posting=OuterRef("pk")), "account__person__home", _reach(request))
        return rows.filter(Exists(mine))

    @admin.display(description=_("摘要"))
    def what(self, posting: Posting) -> str:
        return posting.title or "-"

    @admin.display(description=_("说明"))
    def said(self, posting: Posting) -> str:
        return posting.words.text if posting.words else "-"


@admin.register(Voucher)
class VoucherAdmin(ReadOnlyAdmin):
    """Who asked and who approved; answered on the desk of points."""

    see = "volunteers.view"
    list_display = ("id", "kind", "points", "minutes", "state", "asked_by", "decided_by", "asked_at")
    list_select_related = ("asked_by", "decided_by")
    list_filter = ("state", "kind")
    ordering = ("-id",)
    fields = (
        ("kind", "person", "reverses"),
        ("points", "minutes"),
        "grounds",
        ("asked_by", "asked_at"),
        ("state", "decided_by", "why_not"),
        "posting",
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return Voucher.objects.filter(pk__in=rows.values("pk")).near(_reach(request))


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Balances, kept by the database."""

    see = "volunteers.view"
    list_display = ("__str__", "kind", "unit", "posted", "held")
    list_select_related = ("person", "budget", "shop", "division")
    list_filter = ("kind", "unit")
    search_fields = ("person__full_name", "person__initials")
    ordering = ("-id",)
    fields = (("kind", "unit"), "person", "budget", "shop", "division", ("posted", "held"))
    readonly_fields = ("posted", "held")

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Accounts of residents, budgets, shops and pools in the reach."""
        reach = _reach(request)
        owners = ("person__home", "budget__division", "shop__division", "division")
        found = within(rows, owners[0], reach)
        for owner in owners[1:]:
            found |= within(rows, owner, reach)
        return found


@admin.register(DayHash)
class DayHashAdmin(ReadOnlyAdmin):
    """日结: the digest of every closed day; keep the file of the day beside it."""

    see = "volunteers.view"
    list_display = ("day", "postings", "digest", "closed_at")
    ordering = ("-day",)
    fields = ("day", "previous", "postings", "digest", "closed_at")

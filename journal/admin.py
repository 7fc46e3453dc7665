"""The journal in the back office: read by auditors, written by nobody."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnlyAdmin
from journal.models import Entry


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Names are looked up for the page; the rows hold none."""

    see = "journal.view"
    list_display = ("at", "kind", "who", "division", "person", "what", "code")
    list_filter = ("kind",)
    list_select_related = ("division",)
    date_hierarchy = "at"
    fields = ("at", "kind", "account", "division", "person", "what", "code", "number", "digest")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        self._names = dict(get_user_model()._default_manager.filter(is_staff=True).values_list("pk", "name"))
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("账号"))
    def who(self, entry: Entry) -> str:
        return f"#{entry.account} {self._names.get(entry.account or 0, '')}"

"""The log of the back office: who changed which row. It calls rows by their numbers and names nobody,
for a name in it would outlive the closing of a record.
"""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
else:
    from unfold.admin import ModelAdmin


class NumberedLog(ModelAdmin[Any]):
    """Django's log says `str(row)`."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self._log(request, [obj], ADDITION, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self._log(request, [obj], CHANGE, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return self._log(request, queryset, DELETION)

    def _log(self, request: HttpRequest, rows: Iterable[Any], flag: int, message: Any = "") -> list[LogEntry]:
        user: Any = request.user
        return [
            LogEntry.objects.create(
                user_id=user.pk,
                content_type=ContentType.objects.get_for_model(row, for_concrete_model=False),
                object_id=row.pk,
                object_repr=f"{row._meta.verbose_name} {row.pk}",
                action_flag=flag,
                change_message=json.dumps(message) if isinstance(message, list) else message,
            )
            for row in rows
        ]

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> list[dict[str, Any]]:
        """Which fields and which parts were changed; the parts by their numbers too."""
        said: list[dict[str, Any]] = super().construct_change_message(request, form, formsets, add)
        parts = (told for one in said for told in one.values() if "object" in told)
        for told, row in zip(parts, _in_order(formsets or ()), strict=True):
            told["object"] = str(row.pk or "")
        return said


def _in_order(formsets: Iterable[Any]) -> Iterator[Any]:
    """The parts of a record in the order in which Django tells of them."""
    for parts in formsets:
        yield from parts.new_objects
        yield from (row for row, _fields in parts.changed_objects)
        yield from parts.deleted_objects

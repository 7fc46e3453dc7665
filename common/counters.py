"""Columns that the database counts and nobody else writes."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models


class Counted(models.Model):
    """Saving never writes COUNTERS: a form that was open for an hour would put back an old count."""

    COUNTERS: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None and not self._state.adding:
            columns = [field.name for field in self._meta.concrete_fields if not field.primary_key]
            update_fields = [name for name in columns if name not in self.COUNTERS]
        super().save(*args, update_fields=update_fields, **kwargs)

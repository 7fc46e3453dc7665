"""Rows as plain data, for the copy that a person takes away: each value under the words of its column."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

# A column by its name, or what is no column by its name and words.
Column = str | tuple[str, str]


def copies(rows: Iterable[Model], *columns: Column) -> list[dict[str, Any]]:
    """Rows with these columns; sealed words are opened, for they are hers."""
    return [copy_of(row, *columns) for row in rows]


def copy_of(row: Model, *columns: Column) -> dict[str, Any]:
    """One row: choices in words, moments in Shanghai time, other rows by their names."""
    named = [(one, words_of(row, one)) if isinstance(one, str) else one for one in columns]
    return {words: _value(row, name) for name, words in named}


def words_of(row: Model, column: str) -> str:
    """What people call a column."""
    columns = {field.name: field for field in (*row._meta.fields, *row._meta.many_to_many)}
    return str(columns[column].verbose_name)


def _value(row: Model, name: str) -> Any:
    shown = getattr(row, f"get_{name}_display", None)
    value = shown() if shown else getattr(row, name)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value) if isinstance(value, Model) else value

"""Rows that point at a row, in any app: found by asking the models."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.db import models

Rows = TypeVar("Rows", bound=models.QuerySet[Any])
# Rows that were made to point elsewhere: their model, their column, their ids.
Moved = tuple[str, str, list[int]]


def pointers_at(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """Every foreign key to a model, whether it has a name backwards or not; histories are left out."""
    relations = model._meta.get_fields(include_hidden=True)
    fields = [one.field for one in relations if isinstance(one, models.ManyToOneRel)]
    return [
        field
        for field in fields
        if isinstance(field, models.ForeignKey)
        and not field.model._meta.auto_created
        and not field.model.__name__.endswith("Event")
    ]


def unused(rows: Rows) -> Rows:
    """Those of these rows at which nothing anywhere points, so that they can be taken back."""
    for field in pointers_at(rows.model):
        if getattr(field, "db_constraint", False):
            pointing = field.model._default_manager.filter(**{field.name: models.OuterRef("pk")})
            rows = rows.exclude(models.Exists(pointing))
    return rows


def repoint(field: models.ForeignKey[Any, Any], frm: int, to: int, *, but: Collection[int] = ()) -> Moved:
    """Lets what points at one row point at another, `but` some; returns what that was."""
    rows = field.model._default_manager.filter(**{field.attname: frm}).exclude(pk__in=but)
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        field.model._default_manager.filter(pk__in=ids).update(**{field.attname: to})
    return field.model._meta.label_lower, field.attname, ids

"""Histories that the database keeps: what a row was, beside the row."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db.models import Model
from django.utils.functional import Promise

OneModel = TypeVar("OneModel", bound=type[Model])


def remembers(
    *trackers: pghistory.RowEvent, fields: Sequence[str], model_name: str, words: Promise
) -> Callable[[OneModel], OneModel]:
    """A class decorator: these columns of its rows are kept in a model of that name.

    Who and when are columns of ours among them, so the library's own context is not kept.
    """
    decorator: Callable[[OneModel], OneModel] = pghistory.track(
        *trackers,
        fields=list(fields),
        context_field=None,  # type: ignore[arg-type] # the library takes None and does not say so
        model_name=model_name,
        meta={"verbose_name": words, "verbose_name_plural": words},
    )
    return decorator

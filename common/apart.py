"""Moves what was typed out of histories, which nobody can change, into rows that can be emptied."""

from collections.abc import Callable
from typing import Any

import pgtrigger


def words_of(app: str, model: str, column: str, trigger: str) -> Callable[[Any, Any], None]:
    """For RunPython: a row of `Words` for each text in `column`, past the trigger that keeps the history."""

    def move(apps: Any, schema_editor: Any) -> None:
        rows, words = apps.get_model(app, model).objects, apps.get_model("people", "Words").objects
        with pgtrigger.ignore(f"{app}.{model}:{trigger}"):
            for row in rows.exclude(**{column: ""}).iterator():
                rows.filter(pk=row.pk).update(words=words.create(text=getattr(row, column)))
        # The column goes next, which waits for nothing that is still to be checked.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return move

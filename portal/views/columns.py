"""How the sections that apps name are laid on a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from people.parts import Section


class Columns(TypedDict):
    """Sections by where they stand, for the pages that show them."""

    top: list[Section]
    main: list[Section]
    side: list[Section]
    end: list[Section]


def columns(sections: Iterable[Section]) -> Columns:
    """Lays each section where its app wants it."""
    found = list(sections)
    return {
        "top": [one for one in found if one.at == "top"],
        "main": [one for one in found if one.at == "main"],
        "side": [one for one in found if one.at == "side"],
        "end": [one for one in found if one.at == "end"],
    }

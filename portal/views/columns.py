"""How the sections that apps name are laid on a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from people.parts import Section


def columns(sections: Iterable[Section]) -> dict[str, Any]:
    """The sections by where they stand: context of portal/_columns.html and its pages."""
    found = list(sections)
    return {
        "top": [one for one in found if one.at == "top"],
        "main": [one for one in found if one.at == "main"],
        "side": [one for one in found if one.at == "side"],
        "end": [one for one in found if one.at == "end"],
    }

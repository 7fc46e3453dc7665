"""Reads the demo's JSON files."""

import json
from datetime import time
from pathlib import Path
from typing import Any, NamedTuple


class ClassRow(NamedTuple):
    """One line of a timetable in classes.json."""

    course: str
    name: str
    teacher: str
    weekday: int
    starts: time
    ends: time
    room: str
    community: str
    capacity: int
    learners: int


def read(name: str) -> dict[str, Any]:
    """The content of portal/demo/<name>.json."""
    content: dict[str, Any] = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    return content


def timetable(part: str) -> list[ClassRow]:
    """One of the timetables: senior, night, children, elsewhere."""
    return [_class_row(*row) for row in read("classes")[part]]


def _class_row(
    course: str, name: str, teacher: str, weekday: int, starts: str, ends: str, *place: Any
) -> ClassRow:
    clock = time.fromisoformat
    return ClassRow(course, name, teacher, weekday, clock(starts), clock(ends), *place)

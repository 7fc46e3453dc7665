"""What the reader says besides values: a refused file, a doubtful cell, a skipped line."""

from dataclasses import dataclass

from common.errors import DomainError


class SheetRefused(DomainError):
    """The file cannot be read; the message says what to do about it."""

    status = 422


@dataclass(frozen=True, slots=True)
class Doubt:
    """One sentence for the preview: what is doubtful in a column, and what will happen."""

    code: str
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that holds no entry, with the reason people read."""

    line: int
    text: str
    reason: str

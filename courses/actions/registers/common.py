"""What both kinds of register share: the drafted line, the street, the term."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.errors import DomainError
from common.sheets.sheet import Sheet
from courses.models.catalogue import Term
from courses.models.register import ClassLine, PersonLine, RowVerdict

_TITLE_ROWS = 4
_STREET = re.compile(r"([\u4e00-\u9fff]{2,8}?(?:街道|镇|乡))")
_TERM = re.compile(r"(\d{4}) ?年? ?(春|夏|秋|冬|上半年|下半年)(季|学期|季学期)?")


@dataclass
class Line:
    """One line of the preview: what will happen to a register's line, and why."""

    line: int
    label: str
    verdict: RowVerdict
    doubts: list[str] = field(default_factory=list)
    raw: PersonLine | ClassLine | None = None  # None: there is nothing to import


class RegisterUnclear(DomainError):
    """The register does not say which street or term it is for, and nobody else did."""

    code = "REGISTER_UNCLEAR"
    status = 422


def heading(sheet: Sheet) -> str:
    """What stands above a register's header: lines of one cell near the top, and the sheet's name."""
    words = [page.title for page in sheet.pages]
    for page in sheet.pages:
        for row in page.rows[:_TITLE_ROWS]:
            cells = [cell for cell in row if isinstance(cell, str) and cell.strip()]
            words += cells if len(cells) == 1 else []
    return " ".join([*words[::-1], sheet.filename])


def street_for(title: str) -> Division:
    """The street that a register's title names, or the only one on record.

    A portal without any street yet gets the one in the title: an office may begin with its
    timetable. Refuses REGISTER_UNCLEAR rather than guess between several.
    """
    streets = Division.objects.filter(kind=DivisionKind.STREET)
    named = _STREET.search(title)
    if named and (found := streets.filter(name=named.group(1)).first()):
        return found
    if named and not streets.exists():
        return Division.objects.create(kind=DivisionKind.STREET, name=named.group(1))
    if not named and streets.count() == 1:
        return streets.get()
    raise RegisterUnclear(message=_("表头没有写清是哪个街道，请选好街道再上传。"))


def term_name(title: str, starts: date | None) -> str:
    """ "2026年秋季", from the title, else from the first day of class."""
    if found := _TERM.search(title):
        season = found.group(2) if found.group(2).endswith("年") else f"{found.group(2)}季"
        return f"{found.group(1)}年{season}"
    if starts is not None:
        return f"{starts.year}年{'春季' if starts.month < 7 else '秋季'}"
    return ""


def terms_of(division: Division) -> Iterable[Term]:
    """Terms of a division, of what it lies in and of what lies in it, the latest first."""
    above = [int(pk) for pk in division.path.strip("/").split("/")]
    reach = Q(division__path__startswith=division.path) | Q(division_id__in=above)
    return Term.objects.filter(reach).order_by("-starts_on", "-pk")

"""What the pages of grants share: who may open them, and both reports of a pitch."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from grants.models import Pitch, PitchReport
from grants.rules import PITCHES, PitchMove, ReportKind
from people.doors import staff_page, staff_post

grants_page = staff_page("grants.change")
grants_post = staff_post("grants.change")


class ReportLine(TypedDict):
    """A report, and what is to be said of it."""

    report: PitchReport
    late: bool
    waits: bool


def report_lines(pitch: Pitch, now: datetime) -> list[ReportLine]:
    """Both reports; the closing one waits for the midterm one."""
    rows = list(pitch.reports.all())
    running = PITCHES.offers(PitchMove.CLOSE)(pitch)
    begun = any(one.kind == ReportKind.MIDTERM and one.handed_in_at for one in rows)
    return [
        {
            "report": one,
            "late": one.late_at(now),
            "waits": one.kind == ReportKind.CLOSING and not begun and running,
        }
        for one in rows
    ]

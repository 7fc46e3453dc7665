"""Calendar files that phones subscribe to (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Line


@dataclass(frozen=True)
class Event:
    """One line of a calendar; `uid` stays the same for ever, so that a change finds its line."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    name: str
    place: str
    note: str = ""


def calendar_file(events: Iterable[Event], file_name: str) -> HttpResponse:
    """The events as a file that a calendar program reads."""
    calendar = Calendar()
    calendar.add("prodid", "-//Linli//zh-Hans//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("邻里：我的安排"))
    for event in events:
        calendar.add_component(_line(event))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _line(event: Event) -> Line:
    line = Line()
    line.add("uid", f"{event.uid}@linli")
    line.add("dtstamp", event.starts_at)
    line.add("dtstart", event.starts_at)
    line.add("dtend", event.ends_at)
    line.add("summary", event.name)
    line.add("location", event.place)
    if event.note:
        line.add("description", event.note)
    return line

"""Reads a calendar file as a calendar program does."""

from typing import Any

from django.http import HttpResponse
from icalendar import Calendar


def read(response: HttpResponse) -> list[Any]:
    """The events of an answer, by number of the session, as a calendar program reads them."""
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
    events: list[Any] = calendar.walk("VEVENT")
    return events

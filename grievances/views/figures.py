"""Figures of tickets for staff: by category and week, how long it took, what residents said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from centers.models import Division
from common.days import day_of, midnight, mondays
from grievances.models import figures
from grievances.models.figures import Times
from grievances.rules.commitments import FEW, share_of
from grievances.rules.tickets import TicketMove
from people.doors import signed_in, staff_page

READ_BY = ("grievances.intake", "grievances.supervise", "grievances.street")
PERIODS = {13: _t("最近一季"), 26: _t("最近半年"), 52: _t("最近一年")}  # in weeks
USUAL = 26


class Week(TypedDict):
    """One week of the first chart: its Monday, how many of each category, how many in all."""

    monday: date
    counts: list[int]
    all: int


class Month(TypedDict):
    """One month of the second chart: days until the first answer and until closing."""

    month: date
    first: Times
    closed: Times


class Said(TypedDict):
    """What residents said in the end: how many, and in percent of those who said something."""

    label: str
    count: int
    share: int | None


class FiguresPage(TypedDict):
    """What templates/grievances/staff/figures.html shows."""

    places: list[Division]
    place: Division
    periods: list[tuple[int, str]]
    weeks: int
    categories: list[str]
    by_week: list[Week]
    by_month: list[Month]
    said: list[Said]
    answered: int
    judged: int
    few: int


@staff_page(*READ_BY)
def ticket_figures(request: HttpRequest) -> HttpResponse:
    """What ?at= (a place of hers) adds up to in the last ?weeks= weeks, this one among them."""
    user = signed_in(request)
    places = Division.objects.looked_over(path for verb in READ_BY for path in user.reach(verb))
    place = next((one for one in places if f"{one.pk}" == request.GET.get("at")), places[0])
    weeks = next((one for one in PERIODS if f"{one}" == request.GET.get("weeks")), USUAL)
    days = mondays(day_of(timezone.now()), weeks)
    since, until = midnight(days[0]), midnight(days[-1] + timedelta(weeks=1))
    told = figures.told_within(place, since, until)
    counts = figures.by_week(told)
    categories = sorted({name for _monday, name in counts})
    words = figures.last_words(told)
    judged = sum(n for word, n in words.items() if word)
    first, closed = figures.first_answers(told), figures.closings(told)
    none = Times(0, 0, None, None)
    page: FiguresPage = {
        "places": places,
        "place": place,
        "periods": [(weeks, str(label)) for weeks, label in PERIODS.items()],
        "weeks": weeks,
        "categories": categories,
        "by_week": [_week(monday, counts, categories) for monday in days],
        "by_month": [
            {"month": month, "first": first.get(month, none), "closed": closed[month]}
            for month in sorted(closed)
        ],
        "said": _said(words, judged),
        "answered": sum(words.values()),
        "judged": judged,
        "few": FEW,
    }
    return render(request, "grievances/staff/figures.html", page)


def _week(monday: date, counts: dict[tuple[date, str], int], categories: list[str]) -> Week:
    found = [counts.get((monday, name), 0) for name in categories]
    return {"monday": monday, "counts": found, "all": sum(found)}


def _said(words: dict[str, int], judged: int) -> list[Said]:
    """Their words, the good first; a share only where enough of them spoke for it to say something."""
    labels = {
        TicketMove.CONFIRM: _("解决了"),
        TicketMove.CONFIRM_PARTLY: _("解决了一部分"),
        TicketMove.DISPUTE: _("没有解决"),
    }
    return [
        {
            "label": label,
            "count": words.get(word, 0),
            "share": share_of(words.get(word, 0), judged),
        }
        for word, label in labels.items()
    ]

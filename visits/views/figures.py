"""Figures of visits for staff: where somebody has been, who waits, what came of it; of places, never of people."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from centers.models import Division
from common.days import midnight, mondays
from people.doors import signed_in
from visits.models import figures
from visits.models.figures import CameUp, Cared, Homes
from visits.rules.care import Group
from visits.rules.visits import FindingKind, Result
from visits.views.page import visits_page

WEEKS = 13


class Week(TypedDict):
    """One week: its Monday, for how many people it ended how, how many in all."""

    monday: date
    counts: list[int]
    all: int


class FiguresPage(TypedDict):
    """What templates/visits/figures.html shows; `groups` is empty for whoever may open no group."""

    places: list[Division]
    place: Division
    homes: list[Homes]
    all_homes: int
    never: int
    cared: list[Cared]
    groups: list[tuple[str, int]]
    fewest: int
    results: list[str]
    weeks: list[Week]
    came_up: list[CameUp]


@visits_page
def visit_figures(request: HttpRequest) -> HttpResponse:
    """What visits of ?at= (a place of hers) add up to, in the last thirteen weeks."""
    user, today = signed_in(request), timezone.localdate()
    places = Division.objects.looked_over(user.reach("visits.view"))
    place = next((one for one in places if f"{one.pk}" == request.GET.get("at")), places[0])
    days = mondays(today, WEEKS)
    since = midnight(days[0])
    counts = figures.results_by_week(place, since)
    homes = figures.homes_by_grid(place, today)
    groups = figures.care_by_group(place) if user.may("visits.care", place) else {}
    kinds = {str(kind): str(kind.label) for kind in FindingKind}
    page: FiguresPage = {
        "places": places,
        "place": place,
        "homes": homes,
        "all_homes": sum(one.all for one in homes),
        "never": sum(one.never for one in homes),
        "cared": figures.care_by_grid(place, today),
        "groups": [(str(Group(group).label), groups[group]) for group in Group if group in groups],
        "fewest": figures.FEWEST,
        "results": [str(result.label) for result in Result],
        "weeks": [_week(monday, counts) for monday in days],
        "came_up": [one._replace(kind=kinds[one.kind]) for one in figures.came_up(place, since)],
    }
    return render(request, "visits/figures.html", page)


def _week(monday: date, counts: dict[tuple[date, str], int]) -> Week:
    found = [counts.get((monday, result), 0) for result in Result]
    return {"monday": monday, "counts": found, "all": sum(found)}

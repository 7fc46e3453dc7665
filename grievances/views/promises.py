"""说到做到: what was promised to everybody, by when, and what became of it."""

from __future__ import annotations

from typing import TypedDict

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from centers.models import Division
from centers.rules import DivisionKind
from common.days import day_of
from common.pages import long_page, public_page
from grievances.models.commitments import Commitment, Sums
from grievances.rules.commitments import FEW, share_of

PER_PAGE = 20


class Promise(TypedDict):
    """One promise as the page shows it; `tone` colours its tag, `late`: its day has passed."""

    promise: Commitment
    place: str
    tone: str
    late: bool


class PromisesPage(TypedDict):
    """What templates/grievances/promises.html shows. `share`: of what residents spoke of, in percent;
    None where they spoke of too few for it to say anything."""

    places: list[Division]
    place: Division | None
    sums: Sums
    share: int | None
    few: int
    page_obj: Page[Commitment]
    rows: list[Promise]


TONES = {"DONE": "ok", "PARTLY": "wait", "NOT_DONE": "hot", "CLAIMED": "wait"}


@public_page
def promises(request: HttpRequest) -> HttpResponse:
    """Made, due, kept, broken, with words and dates; ?at= of one community."""
    today = day_of(timezone.now())
    places = list(Division.objects.filter(kind=DivisionKind.COMMUNITY).order_by("path"))
    place = next((one for one in places if f"{one.pk}" == request.GET.get("at")), None)
    found = Commitment.objects.within(place) if place else Commitment.objects.all()
    sums = found.sums(today)
    rows = found.select_related("division__parent")
    listed = long_page(rows, PER_PAGE, request.GET.get("page"), count=sums["made"])
    page: PromisesPage = {
        "places": places,
        "place": place,
        "sums": sums,
        "share": share_of(sums["done"], sums["judged"]),
        "few": FEW,
        "page_obj": listed,
        "rows": [_row(one, late=one.is_late(today)) for one in listed],
    }
    return render(request, "grievances/promises.html", page)


def _row(promise: Commitment, *, late: bool) -> Promise:
    tone = "hot" if late else TONES.get(promise.state, "off")
    return {"promise": promise, "place": promise.division.community_name, "tone": tone, "late": late}

"""What visits of a place add up to: of grids, groups and weeks, never of a worker. Nothing here is kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncWeek

from centers.models import Division
from centers.rules import DivisionKind
from common.days import SHANGHAI, midnight
from grievances.rules.tickets import CLOSED
from orders.rules.orders import OrderState
from visits.models.care import CareCase
from visits.models.register import Household, Residence
from visits.models.visits import Finding, HomeVisit, Visited
from visits.rules.visits import MET

# How long ago a household may have been visited and still count as such: a season.
LATELY = timedelta(days=90)
# Of fewer people in a group no number is told: it would say who is one of it.
FEWEST = 5


class Homes(NamedTuple):
    """Households of a grid in which somebody lives: somebody was met there lately, longer ago, or never."""

    grid: Division
    lately: int
    before: int
    never: int

    @property
    def all(self) -> int:
        return self.lately + self.before + self.never


class Cared(NamedTuple):
    """People of a grid who are visited regularly: how many, and how many of them are waiting."""

    name: str
    all: int
    late: int

    @property
    def in_time(self) -> int:
        return self.all - self.late


class CameUp(NamedTuple):
    """What came up and became something: how much of it is done."""

    kind: str
    all: int
    done: int

    @property
    def open(self) -> int:
        return self.all - self.done


def homes_by_grid(place: Division, today: date) -> list[Homes]:
    """Grids with homes, in the order of the tree; a visit counts where it found somebody of the household."""
    lives = Residence.objects.now().filter(household=OuterRef("pk"))
    lived = Household.objects.filter(Exists(lives), building__grid__path__startswith=place.path)
    met = Q(visits__people__result__in=MET, visits__corrected_by=None)
    last = lived.annotate(met_at=Max("visits__visited_at", filter=met))
    since, counted = midnight(today) - LATELY, Counter[tuple[int, str]]()
    for grid_id, met_at in last.order_by().values_list("building__grid", "met_at"):
        counted[grid_id, "never" if met_at is None else "lately" if met_at >= since else "before"] += 1
    grids = Division.objects.filter(pk__in={grid for grid, _kind in counted}).order_by("path")
    return [
        Homes(grid, *(counted[grid.pk, kind] for kind in ("lately", "before", "never"))) for grid in grids
    ]


def care_by_grid(place: Division, today: date) -> list[Cared]:
    """How many are visited regularly where, and how many of them wait, in the order of the tree."""
    late = Count("person", filter=Q(next_due_on__lt=today), distinct=True)
    rows = _open_cases(place).values("person__home__name", "person__home__path")
    counted = rows.annotate(many=Count("person", distinct=True), late=late).order_by("person__home__path")
    return [Cared(row["person__home__name"], row["many"], row["late"]) for row in counted]


def care_by_group(place: Division) -> dict[str, int]:
    """Of a community how many are visited as one of which group; of a group of fewer than five nothing is told,
    nor of one beside which there are fewer than five others, nor of a place that could be taken from another."""
    if place.kind != DivisionKind.COMMUNITY:
        return {}
    hers: dict[str, set[int]] = defaultdict(set)
    for case in _open_cases(place).only("group_name", "person_id"):
        hers[case.group_name].add(case.person_id)
    everybody = set[int]().union(*hers.values())
    return {
        name: len(people)
        for name, people in hers.items()
        if len(people) >= FEWEST and len(everybody - people) >= FEWEST
    }


def _open_cases(place: Division) -> QuerySet[CareCase]:
    return CareCase.objects.open().filter(person__home__path__startswith=place.path).order_by()


def results_by_week(place: Division, since: datetime) -> dict[tuple[date, str], int]:
    """By Monday and result: for how many people a visit or a call ended so."""
    rows = Visited.objects.filter(
        visit__household__building__grid__path__startswith=place.path,
        visit__visited_at__gte=since,
        visit__corrected_by=None,
    )
    week = TruncWeek("visit__visited_at", tzinfo=SHANGHAI)
    counted = rows.order_by().values_list(week, "result").annotate(many=Count("pk"))
    return {(monday.date(), result): many for monday, result, many in counted}


def came_up(place: Division, since: datetime) -> list[CameUp]:
    """What visits since then became, by kind; what was withdrawn or refused is done as well."""
    visits = HomeVisit.objects.filter(
        household__building__grid__path__startswith=place.path, visited_at__gte=since
    )
    over = [OrderState.DONE, OrderState.CONFIRMED, OrderState.CANCELLED, OrderState.REFUSED]
    done = Q(ticket__state__in=[*CLOSED, "MERGED"]) | Q(order__state__in=over)
    rows = Finding.objects.filter(visit__in=visits).order_by().values_list("kind")
    counted = rows.annotate(many=Count("pk"), done=Count("pk", filter=done)).order_by("kind")
    return [CameUp(kind, many, done) for kind, many, done in counted]

"""Her walk: the buildings of a grid in her order, and the doors of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.forms import PlainForm
from common.pages import ask, number
from common.reach import within
from people.doors import signed_in
from people.models import User
from visits.actions import register
from visits.forms.register import BuildingForm, NewBuildingForm, NewHouseholdForm, OrderForm
from visits.models.register import Building, Household
from visits.models.visits import HomeVisit, last_at
from visits.views.page import register_page, register_post, the_building, visits_page

SOON = timedelta(days=7)


class WalkPage(TypedDict):
    """What templates/visits/walk.html shows; `buildings` with their homes, how many of them nobody has ever
    been at, in how many somebody is to be visited these days (`due`), and should have been (`late`)."""

    grids: Sequence[Division]
    grid: Division | None
    buildings: QuerySet[Building] | list[Building]
    may_register: bool
    may_import: bool
    may_hand_over: bool


def grids_of(user: User, verb: str) -> list[Division]:
    """The grids where a post of hers allows it."""
    every = Division.objects.filter(kind=DivisionKind.GRID).select_related("parent")
    return list(within(every, "", user.reach(verb)).order_by("path"))


@visits_page
def walk(request: HttpRequest) -> HttpResponse:
    """走访: the buildings of one of her grids, in the order in which she walks them."""
    user = signed_in(request)
    grids = grids_of(user, "visits.view")
    asked = number(request.GET.get("grid"))
    grid = next((one for one in grids if one.pk == asked), grids[0] if grids else None)
    page: WalkPage = {
        "grids": grids,
        "grid": grid,
        "buildings": _counted(grid, timezone.localdate()) if grid else [],
        "may_register": grid is not None and user.may("visits.register", grid),
        "may_hand_over": grid is not None and user.may("people.staff", grid),
        "may_import": grid is not None and user.may("visits.register", grid.community),
    }
    return render(request, "visits/walk.html", page)


def _counted(grid: Division, today: date) -> QuerySet[Building]:
    been = HomeVisit.objects.filter(household=OuterRef("pk"))
    homes = Household.objects.filter(building__grid=grid)
    never = homes.filter(~Exists(been)).values("pk")  # of this grid alone: else all visits are read
    due, late = homes.to_visit(today + SOON), homes.to_visit(today - timedelta(days=1))
    return (
        Building.objects.filter(grid=grid)
        .in_order()
        .annotate(
            homes=Count("households"),
            never=Count("households", filter=Q(households__in=never)),
            due=Count("households", filter=Q(households__in=due.values("pk"))),
            late=Count("households", filter=Q(households__in=late.values("pk"))),
        )
    )


@register_page
def add_building(request: HttpRequest, grid_id: int) -> HttpResponse:
    """登记楼栋."""
    user = signed_in(request)
    form = NewBuildingForm(request.POST or None)

    def act() -> str:
        made = register.add_building(grid_id=grid_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("登记好了：%(name)s。") % {"name": made}

    return ask(
        request,
        form,
        act,
        back=_walk(grid_id),
        title=_("登记楼栋"),
        intro=_("楼、平房院子都行，叫大家平时叫的名字。"),
        button=_("登记"),
        back_label=_("走访"),
    )


@register_post
def number_buildings(request: HttpRequest, grid_id: int) -> HttpResponse:
    """排走访次序: as the page lists them when it is sent."""
    user, form = signed_in(request), OrderForm(request.POST)

    def act() -> str:
        register.number_buildings(grid_id=grid_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("次序排好了。")

    return ask(request, form, act, back=_walk(grid_id))


def _walk(grid_id: int) -> str:
    return f"{reverse('visits:walk')}?grid={grid_id}"


class BuildingPage(TypedDict):
    """What templates/visits/building.html shows."""

    building: Building
    households: QuerySet[Household]
    today: date
    soon: date
    describe: BuildingForm
    household: NewHouseholdForm
    may_register: bool
    form: PlainForm | None
    back: str


@visits_page
def building(request: HttpRequest, building_id: int) -> HttpResponse:
    """One building, door by door."""
    return _building(request, building_id)


def _building(
    request: HttpRequest,
    building_id: int,
    form: BuildingForm | NewHouseholdForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    found, today = the_building(request, building_id), timezone.localdate()
    page: BuildingPage = {
        "building": found,
        "households": found.households.in_order().with_lives().with_due().annotate(last_at=last_at()),
        "today": today,
        "soon": today + SOON,
        "describe": form if isinstance(form, BuildingForm) else BuildingForm(row=found),
        "household": form if isinstance(form, NewHouseholdForm) else NewHouseholdForm(row=found),
        "may_register": signed_in(request).may("visits.register", found.grid),
        "form": form,
        "back": _walk(found.grid_id),
    }
    return render(request, "visits/building.html", page, status=status)


@register_post
def describe_building(request: HttpRequest, building_id: int) -> HttpResponse:
    """改楼栋."""
    user, found = signed_in(request), the_building(request, building_id)
    form = BuildingForm(request.POST, row=found)

    def act() -> str:
        register.describe_building(building_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("改好了。")

    return ask(
        request,
        form,
        act,
        back=_of(found),
        show=partial(_building, request, found.pk, form),
    )


@register_post
def add_household(request: HttpRequest, building_id: int) -> HttpResponse:
    """登记户."""
    user, found = signed_in(request), the_building(request, building_id)
    form = NewHouseholdForm(request.POST, row=found)

    def act() -> str:
        made = register.add_household(building_id=found.pk, by=user, now=timezone.now(), **form.cleaned_data)
        return _("登记好了：%(door)s。") % {"door": made.door}

    return ask(
        request,
        form,
        act,
        back=_of(found),
        show=partial(_building, request, found.pk, form),
    )


def _of(building: Building) -> str:
    return reverse("visits:building", args=[building.pk])

"""What verbs of the register and of visits share: whose place it is, and the row, locked."""

from __future__ import annotations

from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.errors import DomainError, NotAllowed
from people.authority import may_act
from people.models import User
from visits.models.register import Building, Household

REGISTER = "visits.register"
RECORD = "visits.record"


def not_yours() -> NotAllowed:
    return NotAllowed(message=_("没有找到这一处，或者它不在您负责的网格里。"))


def not_hers() -> NotAllowed:
    return NotAllowed(message=_("没有找到这位居民，或者她不在您负责的范围内。"))


def check_place(by: User, grid: Division, verb: str = REGISTER) -> None:
    """Refuses NOT_ALLOWED where no post of hers allows it in this grid."""
    if not may_act(by=by, verb=verb, row=grid):
        raise not_yours()


def lock_grid(grid_id: int, by: User) -> Division:
    """A grid of hers, locked: whoever adds to it, or numbers it, is alone there. Refuses NOT_ALLOWED, NOT_A_GRID."""
    grid = Division.objects.select_for_update(no_key=True).filter(pk=grid_id).first()
    if grid is None:
        raise not_yours()
    check_place(by, grid)
    if grid.kind != DivisionKind.GRID:
        raise DomainError("NOT_A_GRID", _("楼栋要登记在网格里，请先选一个网格。"), about="grid_id")
    return grid


def lock_building(building_id: int, by: User) -> Building:
    """A building of hers, locked. Refuses NOT_ALLOWED."""
    rows = Building.objects.select_for_update(no_key=True, of=("self",)).select_related("grid")
    found = rows.filter(pk=building_id).first()
    if found is None:
        raise not_yours()
    check_place(by, found.grid)
    return found


def lock_household(household_id: int, by: User, verb: str = REGISTER) -> Household:
    """A household of her grids, locked: who lives in it, and what is said of it, changes one after the other.

    Refuses NOT_ALLOWED.
    """
    rows = Household.objects.select_for_update(no_key=True, of=("self",)).select_related("building__grid")
    found = rows.filter(pk=household_id).first()
    if found is None:
        raise not_yours()
    check_place(by, found.building.grid, verb)
    return found

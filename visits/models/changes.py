"""What changed in a grid, one after the other: whoever was away asks only for what came since."""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from centers.models import Division

# The lock is held until the change is committed, and the number is taken under it: so in one grid numbers
# are seen in their order, and none appears below one that somebody has read already.
_LOG_SQL = """
    IF TG_OP = 'DELETE' THEN
        changed := OLD;
    ELSE
        changed := NEW;
    END IF;
    PERFORM pg_advisory_xact_lock('visits_change'::regclass::oid::int, ({grid})::int);
    INSERT INTO visits_change (grid_id, kind, number) VALUES (({grid}), '{kind}', {number});
    RETURN NULL;
"""


def lock_logs(grid_ids: Iterable[int]) -> None:
    """Takes the logs of several grids in one order, after all row locks and before the first of the rows is
    written: two verbs that write in two grids never wait for each other."""
    with connection.cursor() as cursor:
        for grid in sorted(set(grid_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock('visits_change'::regclass::oid::int, %s)", [grid])


class Change(models.Model):
    """变动: something about a building or a household of a grid changed, in the order it was committed."""

    id = models.BigAutoField(primary_key=True)
    grid = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("网格"))
    kind = models.CharField(_("什么变了"), max_length=9)
    number = models.BigIntegerField(_("编号"))

    class Meta:
        verbose_name = verbose_name_plural = _("变动")
        ordering = ("id",)
        indexes = [models.Index(fields=["grid", "id"], name="change_of_grid")]
        triggers = [pgtrigger.Protect(name="keep_change", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


OF_HOUSEHOLD = (
    "(SELECT b.grid_id FROM visits_household h JOIN visits_building b ON b.id = h.building_id"
    " WHERE h.id = {row}.household_id)"
)


def logged(kind: str, grid: str, number: str = "{row}.id") -> pgtrigger.Trigger:
    """Writes down that a row changed, or went, whoever wrote it; `grid` and `number` are SQL over the row."""
    grid, number = grid.format(row="changed"), number.format(row="changed")
    return pgtrigger.Trigger(
        name="log_change",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("changed", "RECORD")],
        func=_LOG_SQL.format(kind=kind, grid=grid, number=number),
    )

"""Open tickets that are like one that somebody is about to tell: found inside PostgreSQL."""

from __future__ import annotations

from django.db.models.expressions import RawSQL

from centers.models import Division
from grievances.models.tickets import Ticket

MOST = 3
LEAST = 0.2  # of 1; two short sentences of one thing seldom share more than half of their pairs
# Twice what both share over what both have (Dice), with the category on top; neither has a pair twice.
# Of some hundred that are open in a community each is looked at: that costs less than an index of pairs,
# of which the common ones are in every second ticket of the city.
_LIKE = """
    (2.0 * (SELECT count(*) FROM unnest(grievances_ticket.pairs) pair WHERE pair = ANY(%s::int[]))
        / greatest(1, cardinality(grievances_ticket.pairs) + %s)
     + CASE WHEN grievances_ticket.category_id = %s THEN 0.15 ELSE 0 END)
"""


def like(*, pairs: list[int], category_id: int, division: Division) -> list[Ticket]:
    """The most alike of what is open in the same community and stands on the wall, the closest first.

    Only what everybody may read is compared and shown.
    """
    wall = Ticket.objects.live().on_wall().filter(division__path__startswith=division.path)
    alike = RawSQL(_LIKE, [pairs, len(pairs), category_id])  # noqa: S611 - our own words
    found = wall.annotate(alike=alike).filter(alike__gte=LEAST).select_related("division", "category")
    return list(found.defer("title", "text", "place").order_by("-alike", "pk")[:MOST])

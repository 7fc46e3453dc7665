"""Whether every point can be honoured: what is there against what is owed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Sum

from volunteers.models.gifts import Gift, StockIntake
from volunteers.models.ledger import Account
from volunteers.models.policy import Funding
from volunteers.rules import AccountKind


@dataclass(frozen=True)
class Coverage:
    """In points: gifts on the shelf, budget not yet turned into gifts, points people still hold."""

    stock: int
    committed: int
    outstanding: int

    @property
    def percent(self) -> int | None:
        """Cover per point owed, whole percent rounded down; None while nothing is owed."""
        return 100 * (self.stock + self.committed) // self.outstanding if self.outstanding else None


def coverage() -> Coverage:
    """The state of the whole portal now, in four sums; public, with its parts."""
    shelf = Gift.objects.aggregate(points=Sum((F("stock") - F("handed")) * F("points")))
    funded = Funding.objects.aggregate(points=Sum("points"))
    bought = StockIntake.objects.aggregate(points=Sum(F("units") * F("gift__points")))
    owed = Account.objects.filter(kind__in=[AccountKind.PERSON, AccountKind.DONATION], unit="POINTS")
    return Coverage(
        stock=shelf["points"] or 0,
        committed=(funded["points"] or 0) - (bought["points"] or 0),
        outstanding=owed.aggregate(points=Sum("posted"))["points"] or 0,
    )

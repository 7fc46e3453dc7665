"""Whether every point can be honoured: what is there against what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce, TruncMonth

from common.days import SHANGHAI
from points.models.gifts import Gift, StockIntake
from points.models.ledger import Account, Leg
from points.models.policy import Funding
from points.rules import AccountKind, Unit


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
    owed = Account.objects.filter(kind__in=[AccountKind.PERSON, AccountKind.DONATION], unit="POINTS")
    return Coverage(
        stock=shelf["points"] or 0,
        committed=(funded["points"] or 0) - StockIntake.objects.paid().points(),
        outstanding=owed.aggregate(points=Sum("posted"))["points"] or 0,
    )


@dataclass(frozen=True)
class MonthTotal:
    """Points that one kind of entry brought to people in a month (taken from them: negative), and
    how many people that were: what few people did is not published."""

    month: datetime
    kind: str
    points: int
    people: int


def month_totals(*, since: datetime, until: datetime) -> list[MonthTotal]:
    """Per month (Shanghai) and kind, without any person; what was reversed is taken off its own kind."""
    of_people = [AccountKind.PERSON, AccountKind.DEBT]
    legs = Leg.objects.filter(
        account__kind__in=of_people,
        account__unit=Unit.POINTS,
        posting__at__gte=since,
        posting__at__lt=until,
    )
    rows = (
        legs.annotate(
            what=Coalesce("posting__reverses__kind", "posting__kind"),
            month=TruncMonth("posting__at", tzinfo=SHANGHAI),
        )
        .values("month", "what")
        .annotate(points=Sum("amount"), people=Count("account__person", distinct=True))
        .order_by("-month", "what")
    )
    return [MonthTotal(row["month"], row["what"], row["points"], row["people"]) for row in rows]

"""What a person's passbook says: what is there, what was held, line after line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet, Sum

from points.models.ledger import Account, Leg, Lot
from points.rules import AccountKind, Unit


@dataclass(frozen=True)
class Standing:
    """Minutes served, points, of these held for gifts, points owed, and what expires next."""

    hours_id: int = 0
    points_id: int = 0
    minutes: int = 0
    points: int = 0
    held: int = 0
    owed: int = 0
    expiring: int = 0
    expires_on: date | None = None

    @property
    def free(self) -> int:
        """Points that may be spent now."""
        return self.points - self.held

    def account_of(self, unit: Unit) -> int:
        """The account of a unit; 0 where nothing was ever posted."""
        return self.hours_id if unit == Unit.HOURS else self.points_id


def standing(*, person_id: int, day: date) -> Standing:
    """Two queries, whatever stands in the passbook."""
    kinds = [AccountKind.PERSON, AccountKind.DEBT]
    found = {(a.kind, a.unit): a for a in Account.objects.filter(person=person_id, kind__in=kinds)}
    hours = found.get((AccountKind.PERSON, Unit.HOURS))
    points = found.get((AccountKind.PERSON, Unit.POINTS))
    debt = found.get((AccountKind.DEBT, Unit.POINTS))
    good = Lot.objects.filter(account=points.pk if points else 0, left__gt=0, expires_on__gte=day)
    soonest = good.values("expires_on").annotate(points=Sum("left")).order_by("expires_on").first()
    return Standing(
        hours_id=hours.pk if hours else 0,
        points_id=points.pk if points else 0,
        minutes=hours.posted if hours else 0,
        points=points.posted if points else 0,
        held=points.held if points else 0,
        owed=-debt.posted if debt else 0,
        expiring=soonest["points"] if soonest else 0,
        expires_on=soonest["expires_on"] if soonest else None,
    )


def _lines(account_id: int) -> QuerySet[Leg]:
    legs = Leg.objects.filter(account=account_id)
    return legs.select_related(
        "posting__record", "posting__by", "posting__reverses", "posting__reversal", "posting__voucher"
    )


def passbook_page(*, account_id: int, before: int | None, size: int) -> tuple[list[Leg], int | None]:
    """Lines of an account, newest first, and where the next page starts (None: that was the first one).

    Pages by the id of the line: the thousandth page costs what the first does.
    """
    legs = _lines(account_id).order_by("-id")
    if before is not None:
        legs = legs.filter(pk__lt=before)
    rows = list(legs[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


@dataclass(frozen=True)
class Statement:
    """A span of an account's passbook, oldest first; `cut` says that there is more than is shown."""

    opening: int
    lines: list[Leg]
    cut: bool

    @property
    def closing(self) -> int:
        return (self.lines[-1].balance or 0) if self.lines else self.opening


def statement(*, account_id: int, since: datetime, until: datetime, most: int) -> Statement:
    """What was posted to an account from `since` up to, but not including, `until`."""
    within = _lines(account_id).filter(posting__at__gte=since, posting__at__lt=until)
    lines = list(within.order_by("id")[: most + 1])
    if lines:
        opening = (lines[0].balance or 0) - lines[0].amount
    else:
        last = Leg.objects.filter(account=account_id, posting__at__lt=since).order_by("-id").first()
        opening = (last.balance or 0) if last else 0
    return Statement(opening=opening, lines=lines[:most], cut=len(lines) > most)

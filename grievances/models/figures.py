"""What a year of tickets adds up to: how many, how long, what residents said; each with its denominator.

Of places, never of people. What was reported for the lawful body is counted nowhere.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import TruncMonth, TruncWeek

from centers.models import Division
from common.days import SHANGHAI
from grievances.models.history import Clock, Transition
from grievances.models.tickets import Ticket, TicketQuerySet
from grievances.rules.clocks import ClockKind
from grievances.rules.tickets import ASKED, VERDICTS, Kind, TicketState

HALF, MOST = 0.5, 0.9
LEAST = 5  # of fewer a middle says nothing


class Percentile(Aggregate):
    """PostgreSQL's percentile_cont: the time within which that share of them was done."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class Times(NamedTuple):
    """How long it took of those told in a month; `done` of `told` are counted, the others wait yet.

    Wall-clock time, nights and holidays included, as whoever waits counts it.
    """

    told: int
    done: int
    half: timedelta | None
    most: timedelta | None

    @property
    def half_days(self) -> float | None:
        """None of few, and while more than half of them wait yet: the quick ones come first."""
        return self._days(self.half, HALF)

    @property
    def most_days(self) -> float | None:
        """None of few, and while more than one in ten wait yet."""
        return self._days(self.most, MOST)

    def _days(self, span: timedelta | None, share: float) -> float | None:
        if span is None or self.done < LEAST or self.done < share * self.told:
            return None
        return span / timedelta(days=1)


def told_within(division: Division, since: datetime, until: datetime) -> TicketQuerySet:
    """What was told from `since` until before `until`, there and in what lies in it."""
    return Ticket.objects.filter(
        division__path__startswith=division.path, opened_at__gte=since, opened_at__lt=until
    ).exclude(kind=Kind.EVENT)


def by_week(told: TicketQuerySet) -> dict[tuple[date, str], int]:
    """How many in each week, by its Monday in Shanghai, and each category of the first level."""
    week = TruncWeek("opened_at", tzinfo=SHANGHAI)
    rows = told.order_by().values(week=week, name=F("category__parent__name")).annotate(n=Count("pk"))
    return {(row["week"].date(), row["name"] or ""): row["n"] for row in rows}


def first_answers(told: TicketQuerySet) -> dict[date, Times]:
    """By the month of telling: until somebody first spoke with her about it, or told her why not.

    What was joined to another's word has no first answer of its own.
    """
    clocks = Clock.objects.filter(kind=ClockKind.FIRST_ANSWER, ticket__in=_alone(told))
    return _times(clocks, told_at="ticket__opened_at", done_at="stopped_at")


def closings(told: TicketQuerySet) -> dict[date, Times]:
    """By the month of telling: until it was closed, the last time where it was opened again."""
    return _times(_alone(told), told_at="opened_at", done_at="closed_at")


def last_words(told: TicketQuerySet) -> dict[str, int]:
    """Of those answered, or spoken of before an answer: how many have which last word of who told it ("": none)."""
    words = Transition.objects.filter(ticket=OuterRef("pk"), event__in=VERDICTS, hat__in=ASKED)
    last = Subquery(words.order_by("-pk").values("event")[:1])
    rows = _alone(told).order_by().values(last=last)
    spoken = rows.filter(Q(answered_at__isnull=False) | Q(last__isnull=False)).annotate(n=Count("pk"))
    return {row["last"] or "": row["n"] for row in spoken}


def _alone(told: TicketQuerySet) -> TicketQuerySet:
    return told.exclude(state=TicketState.MERGED)


def _times(rows: Any, *, told_at: str, done_at: str) -> dict[date, Times]:
    took = ExpressionWrapper(F(done_at) - F(told_at), output_field=DurationField())
    over = Q(**{f"{done_at}__isnull": False})
    months = (
        rows.order_by()
        .values(month=TruncMonth(told_at, tzinfo=SHANGHAI))
        .annotate(
            told=Count("pk"),
            done=Count("pk", filter=over),
            half=Percentile(took, share=HALF, filter=over),
            most=Percentile(took, share=MOST, filter=over),
        )
        .order_by("month")
    )
    return {row["month"].date(): Times(row["told"], row["done"], row["half"], row["most"]) for row in months}

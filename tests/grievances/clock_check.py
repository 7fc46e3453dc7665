"""Every clock that a town made, held against the reckoning of reckoning.py."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple

from grievances.models.commitments import Commitment
from grievances.models.history import Clock, Transition
from tests.grievances.reckoning import DAY, SHANGHAI, Reckoned, promised
from tests.grievances.town import Town

# As the words of the rules say: working days, hours for hazards, days on the wall.
OFFICE = {
    "FIRST_ANSWER": DAY,
    "HANDLING": 7 * DAY,
    "DECISION": 2 * DAY,
    "CALL_BACK": 3 * DAY,
    "WAIT": 5 * DAY,
}
WALL = {
    "FIRST_ANSWER": 2 * 3600,
    "HANDLING": 24 * 3600,
    "DECISION": 4 * 3600,
    "VERDICT": 14 * 24 * 3600,
    "APPEAL": 15 * 24 * 3600,
}
STANDS_STILL = {"WAITING_RESIDENT", "PARKED", "COMMITTED"}
SAID_AGAIN = {"DISPUTE", "APPEAL"}


class Step(NamedTuple):
    event: str
    to: str
    at: datetime


class Checked(NamedTuple):
    """How many clocks were held against it, how many had stood still, were provisional; which differ."""

    clocks: int
    paused: int
    provisional: int
    differ: list[str]


def check(town: Town, stricter: date) -> Checked:
    """Goes through all clocks, a ticket after the other."""
    steps = {
        pk: [Step(*one[1:]) for one in rows]
        for pk, rows in groupby(
            Transition.objects.order_by("ticket_id", "pk").values_list("ticket_id", "event", "to", "at"),
            key=lambda one: one[0],
        )
    }
    clocks, paused, differ = 0, 0, list[str]()
    for pk, rows in groupby(Clock.objects.order_by("ticket_id", "pk"), key=lambda one: one.ticket_id):
        handled: tuple[Clock, Reckoned] | None = None
        hastened: Clock | None = None
        for clock in rows:
            clocks += 1
            if clock.kind == "HANDLING" and clock.unit == "WALL":
                differ += _hazard(clock, steps[pk], hastened)
                hastened = clock
                continue
            if clock.kind != "HANDLING":
                differ += _plain(town, clock)
                continue
            reckoned = _handling(town, clock, steps[pk], handled, stricter)
            paused += bool(reckoned.pauses)
            differ += _compare(clock, reckoned.ends(), "office")
            if clock.seconds != _kept(reckoned):
                differ.append(f"{clock.ticket_id} HANDLING keeps {clock.seconds} s, not {_kept(reckoned)}")
            handled = clock, reckoned
    differ += _promises()
    return Checked(clocks, paused, Clock.objects.filter(provisional=True).count(), differ)


def _compare(clock: Clock, ends: datetime, how: str) -> list[str]:
    if clock.due_at == ends:
        return []
    told = f"{clock.ticket_id} {clock.kind} {how} from {clock.started_at.astimezone(SHANGHAI)}"
    return [f"{told}: {clock.due_at.astimezone(SHANGHAI)}, reckoned {ends}"]


def _plain(town: Town, clock: Clock) -> list[str]:
    """One that never stands still."""
    if clock.kind == "PROMISE":
        day = town.promised[clock.ticket_id, clock.started_at]
        works = town.notices.for_clock(clock.started_at, clock.stopped_at)
        return _compare(clock, promised(day, works), "promised")
    if clock.kind == "REVIEW":
        day = max(one for one in town.reviews[clock.ticket_id] if one[0] < clock.started_at)[1]
        return _compare(clock, datetime.combine(day, time(18), SHANGHAI), "review")
    if clock.unit == "WALL":
        return _compare(clock, clock.started_at + timedelta(seconds=WALL[clock.kind]), "wall")
    whole = Reckoned(clock.started_at, OFFICE[clock.kind], town.notices, [], clock.stopped_at)
    return _compare(clock, whole.ends(), "office")


def _hazard(clock: Clock, steps: list[Step], before: Clock | None) -> list[str]:
    """A hazard has one time in all as well, on the wall: merged and taken apart it goes on, for seven hours
    at least."""
    seconds = float(WALL["HANDLING"])
    if before is not None:
        assert before.stopped_at is not None
        if not _said_again(steps, before.stopped_at, clock.started_at):
            seconds = min(seconds, max((before.due_at - before.stopped_at).total_seconds(), DAY))
    return _compare(clock, clock.started_at + timedelta(seconds=int(seconds)), "wall")


def _said_again(steps: list[Step], since: datetime, until: datetime) -> bool:
    """Whether who told it said in between that it is to be done once more."""
    return any(one.event in SAID_AGAIN and since <= one.at <= until for one in steps)


def _handling(
    town: Town, clock: Clock, steps: list[Step], before: tuple[Clock, Reckoned] | None, stricter: date
) -> Reckoned:
    """One time for handling in all, whatever happens in between; anew only by the teller's word."""
    seconds = 5 * DAY if clock.started_at.astimezone(SHANGHAI).date() >= stricter else OFFICE["HANDLING"]
    if before is not None:
        last, reckoned = before
        assert last.stopped_at is not None
        since = last.stopped_at
        if not _said_again(steps, since, clock.started_at):
            seconds = min(seconds, max(reckoned.left(), DAY))
    pauses = list(_pauses(clock, steps))
    return Reckoned(clock.started_at, seconds, town.notices, pauses, clock.stopped_at)


def _pauses(clock: Clock, steps: list[Step]) -> Iterator[tuple[datetime, datetime | None]]:
    """When it stood still; what ended with the clock itself went on for nobody."""
    since: datetime | None = None
    for step in steps:
        if step.at < clock.started_at or (clock.stopped_at and step.at >= clock.stopped_at):
            continue
        if step.to in STANDS_STILL:
            since = since or step.at
        elif since is not None:
            yield since, step.at
            since = None
    if since is not None:
        yield since, None


def _kept(reckoned: Reckoned) -> int:
    """What its row has to say is to run: from when it went on last, or is left while it stands still."""
    still = bool(reckoned.pauses) and reckoned.pauses[-1][1] is None
    return reckoned.left() if still else reckoned.last_run()[1]


def _promises() -> Iterator[str]:
    """The day of each promise is the one on whose evening a clock of its ticket ended."""
    evenings = {
        (pk, at.astimezone(SHANGHAI).date())
        for pk, at in Clock.objects.filter(kind="PROMISE").values_list("ticket_id", "due_at")
    }
    for made in Commitment.objects.order_by("pk"):
        if (made.ticket_id, made.due_on) not in evenings:
            yield f"{made.ticket_id} promised for {made.due_on}, on which no clock ended"

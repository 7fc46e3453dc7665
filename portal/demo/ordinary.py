"""Two years of ordinary tickets in the demo, all over: what charts and shares are drawn from.

2,200 reports a year in the 271 grids of a real city are eight a grid. They are written at once
(bulk.py); those with a story of their own are told by the verbs (grievances.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import log
from random import Random
from typing import Any

from django.utils import timezone

from centers.models import Division
from common.sealed import blind_index
from grievances.actions.tickets import hashes_of
from grievances.models.categories import Category
from grievances.models.tickets import Ticket
from grievances.rules.clocks import OFFICE_DAY, ClockKind
from grievances.rules.tickets import Hat, Kind, Privacy, Source
from grievances.rules.tickets import TicketMove as M
from people.models import Person
from portal.demo.bulk import Bulk, Life, Step
from portal.demo.data import read
from portal.demo.grievances import HOME
from portal.demo.people import STREET, Folk
from portal.demo.places import Places

YEARS = 2
# What was told later may still be under way.
OVER = timedelta(days=75)
BEAT, MINUTE, HOUR, DAY = timedelta(minutes=3), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# How they end, of a hundred; some only after "not solved".
ENDINGS = {"solved": 46, "silent": 30, "again": 11, "refused": 7, "no reply": 6}
WAYS = {Source.WEB: 60, Source.COUNTER: 15, Source.HOTLINE: 10, Source.WALL: 15}


class Ordinary:
    """Builds them, the oldest first."""

    def __init__(self, rng: Random, places: Places, folk: Folk, now: datetime) -> None:
        self.rng, self.folk, self.places, self.now = rng, folk, places, now
        self.data: dict[str, Any] = read("ordinary")
        self.desk, self.hand = folk.worker, folk.accounts["何强"]
        self.head, self.street = folk.accounts["孙丽华"], folk.accounts["刘建国"]
        self.bulk = Bulk(now)
        leaves = Category.objects.offered()
        self.categories = {(one.parent.name, one.name): one for one in leaves if one.parent}

    def fill(self) -> None:
        lives = [self._life(*told) for told in self._told()]
        self.bulk.write(sorted(lives, key=lambda life: life.steps[0].at))

    # --- What was told --------------------------------------------------------------------------

    def _told(self) -> Iterator[tuple[Division, Division, list[Person]]]:
        """Where each of them is: the grid, its community, and who lives there."""
        people = defaultdict[int, list[Person]](list)
        for person in [*self.folk.seniors[1:], *self.folk.young[1:]]:
            if person.home is not None and person.home.parent_id is not None:
                people[person.home.parent_id].append(person)
        for name, grids in self.places.grids.items():
            place = self.places.divisions[name]
            if place.parent != self.places.divisions[STREET]:
                continue
            busy = self.data["at_home_as_busy"] if name == HOME else 1
            for number in range(self.data["per_grid_and_year"] * busy * YEARS * len(grids)):
                yield grids[number % len(grids)], place, people[place.pk]

    def _life(self, grid: Division, place: Division, people: list[Person]) -> Life:
        row = self.rng.choices(self.data["said"], [one["share"] for one in self.data["said"]])[0]
        title, text, answer = self.rng.choice(row["words"])
        title = title.format(n=self.rng.randint(1, 12))
        source = self.rng.choices(list(WAYS), list(WAYS.values()))[0]
        privacy = self.rng.choices([Privacy.NAMED, Privacy.CONFIDENTIAL, Privacy.ANONYMOUS], [6, 1, 3])[0]
        person = None
        if source != Source.WALL and privacy != Privacy.ANONYMOUS:
            hers = [one for one in people if one.user_id or source != Source.WEB]
            person = self.rng.choice(hers)
        at = self._some_time(self.now - self.rng.uniform(OVER.days, YEARS * 365) * DAY)
        category = self.categories[row["category"], row["about"]]
        ticket = Ticket(
            source=source,
            content_hash=blind_index(f"{title}{text}{at}"),
            category=category,
            kind=category.kind,
            division=grid,
            title=title,
            text=text,
            public_text=title,
            pairs=hashes_of(title),
            privacy=privacy if person else Privacy.ANONYMOUS,
            person=person,
            code_hash="" if person or source == Source.WALL else blind_index(f"{title}{at}{grid.pk}"),
            handler=self.hand if grid == self.places.grids[HOME][0] else self.desk,
            opened_at=at,
            due_at=at,
        )
        above = self.head if place == self.places.divisions[HOME] else self.street
        return Tale(self, ticket, above, answer).told()

    def _some_time(self, at: datetime) -> datetime:
        """On that day, when people are awake."""
        start = timezone.localtime(at).replace(hour=7, minute=0, second=0, microsecond=0)
        return start + timedelta(seconds=self.rng.randint(0, 14 * 3600))


class Tale:
    """What became of one, a step after the other."""

    def __init__(self, city: Ordinary, ticket: Ticket, above: Any, answer: str) -> None:
        self.city, self.rng, self.ticket = city, city.rng, ticket
        self.above, self.answer = above, answer
        self.steps: list[Step] = []
        self.at = ticket.opened_at

    def told(self) -> Life:
        herself = self.ticket.source == Source.WEB
        self._step(M.OPEN, Hat.RESIDENT if herself else Hat.INTAKE, self.at)
        ending = self.rng.choices(list(ENDINGS), list(ENDINGS.values()))[0]
        if self.ticket.kind == Kind.HAZARD and ending in {"refused", "no reply"}:
            ending = "silent"
        if not self._speaks() and ending in {"solved", "again", "no reply"}:
            ending = "silent"
        if ending == "refused":
            self._refused()
        else:
            self._in_hand(ending)
        return Life(self.ticket, self.steps)

    def _speaks(self) -> bool:
        """Whether somebody is there to say it: by account, by code, or to a desk that did not do it."""
        if self.ticket.person is None:
            return bool(self.ticket.code_hash)
        return self.ticket.person.user_id is not None or self.ticket.handler != self.city.desk

    def _refused(self) -> None:
        self.ticket.handler = None
        self._step(M.PROPOSE_REFUSAL, Hat.INTAKE, self._soon(0.15), self._one_of("refusals"))
        hat = Hat.SUPERVISOR if self.above == self.city.head else Hat.STREET
        self._step(M.REFUSE, hat, self._soon(0.6))
        self._silence(ClockKind.APPEAL)

    def _in_hand(self, ending: str) -> None:
        self._step(M.ACCEPT, Hat.INTAKE, self._soon(0.1))
        self._step(M.ASSIGN, Hat.INTAKE, self.at + self.rng.uniform(2, 30) * MINUTE)
        self._step(M.START, Hat.HANDLER, self._soon(0.25))
        if ending == "no reply":
            self._step(M.ASK_RESIDENT, Hat.HANDLER, self._soon(0.1), self._one_of("asked"))
            self._silence(ClockKind.WAIT)
            return
        self._step(M.ANSWER, Hat.HANDLER, self._soon(1.0), self.answer)
        if ending == "again":
            self._step(M.DISPUTE, self._voice(), self._in_days(0.5, 6), self._one_of("again"))
            hat = Hat.SUPERVISOR if self.above == self.city.head else Hat.STREET
            self._step(M.ASSIGN, hat, self._soon(0.3))
            self._step(M.START, Hat.HANDLER, self._soon(0.2))
            self._step(M.ANSWER, Hat.HANDLER, self._soon(1.5), self._one_of("then"))
            ending = self.rng.choice(["solved", "solved", "silent"])
        if ending == "solved":
            self._step(M.CONFIRM, self._voice(), self._in_days(0.2, 10))
        else:
            self._silence(ClockKind.VERDICT)

    def _step(self, move: M, hat: Hat, at: datetime, words: str = "") -> None:
        staff = {
            Hat.INTAKE: self.city.desk,
            Hat.HANDLER: self.ticket.handler,
            Hat.SUPERVISOR: self.above,
            Hat.STREET: self.above,
        }
        by = staff.get(hat)
        if hat == Hat.RESIDENT and self.ticket.person and self.ticket.privacy == Privacy.NAMED:
            by = self.ticket.person.user  # else her own account would say who told it
        self.steps.append(Step(move, hat, by, at, words))
        self.at = at

    def _voice(self) -> Hat:
        person = self.ticket.person
        return Hat.INTAKE if person is not None and person.user_id is None else Hat.RESIDENT

    def _soon(self, days: float) -> datetime:
        """Mostly within so many working days, now and then much later; of a hazard within hours."""
        days = min(self.rng.lognormvariate(log(days), 0.9), 12.0)
        if self.ticket.kind == Kind.HAZARD:
            return self.at + days * 3 * HOUR
        return self.city.bulk.office(self.at, timedelta(minutes=days * OFFICE_DAY))

    def _in_days(self, least: float, most: float) -> datetime:
        return max(self.at + HOUR, self.city._some_time(self.at + self.rng.uniform(least, most) * DAY))

    def _silence(self, clock: ClockKind) -> None:
        self._step(M.CLOSE_SILENT, Hat.SYSTEM, self.city.bulk.ends(self.ticket, clock, self.at) + BEAT)

    def _one_of(self, what: str) -> str:
        return str(self.rng.choice(self.city.data[what]))

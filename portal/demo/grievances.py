"""What residents told in the demo, what was promised, and what became of it; all through the verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from grievances.actions.commitments import make_commitment
from grievances.actions.handling import answer_ticket, ask_resident, start_ticket
from grievances.actions.passing import pass_time
from grievances.actions.tickets import Opened, Word, accept_ticket, assign_ticket, open_ticket
from grievances.actions.verdicts import confirm_partly, confirm_ticket, dispute_ticket
from grievances.models.categories import Category
from grievances.rules.clocks import end_of
from grievances.rules.tickets import Privacy, Source, TicketState
from portal.demo.data import read
from portal.demo.people import Folk
from portal.demo.places import Places

S = TicketState
HOME = "通信花园社区"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# How far each of those that are under way has come.
ON_THE_WAY = (S.REGISTERED, S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS)


class Told:
    """Builds it: what is over first, in the order of time, then what is under way."""

    def __init__(self, places: Places, folk: Folk, now: datetime) -> None:
        self.folk, self.now = folk, now
        self.data: dict[str, Any] = read("grievances")
        self.desk, self.hand = folk.worker, folk.accounts["何强"]
        self.head, self.street = folk.accounts["孙丽华"], folk.accounts["刘建国"]
        self.division = places.grids[HOME][0]
        self.stories: dict[str, Callable[[dict[str, Any], Opened, datetime], None]] = {
            "solved": self._solved,
            "silent": self._silent,
            "kept": self._kept,
            "partly": self._partly,
            "broken": self._broken,
        }

    def fill(self) -> None:
        for told in self.data["over"]:
            at = self.now - timedelta(days=told["ago"])
            opened = self._in_hand(told, at)
            self.stories[told["story"]](told, opened, at + DAY)
        for told in self.data["live"]:
            self._under_way(told)
        pass_time(now=self.now)

    def _open(self, told: dict[str, Any], at: datetime) -> Opened:
        person = self.folk.accounts[told["who"]].person if told["who"] else None
        category = Category.objects.get(parent__name=told["category"], name=told["about"])
        word = Word(
            category,
            self.division,
            told["title"],
            told["text"],
            told["place"],
            privacy=Privacy.NAMED if person else Privacy.ANONYMOUS,
            person=person,
        )
        return open_ticket(word=word, source=Source.WEB, by=person.user if person else None, now=at)

    def _accept(self, told: dict[str, Any], opened: Opened, at: datetime) -> None:
        accept_ticket(ticket_id=opened.ticket.pk, public_text=told["public"], by=self.desk, now=at)

    def _assign(self, opened: Opened, at: datetime) -> None:
        assign_ticket(ticket_id=opened.ticket.pk, handler_id=self.hand.pk, by=self.desk, now=at)

    def _start(self, opened: Opened, at: datetime) -> None:
        start_ticket(ticket_id=opened.ticket.pk, by=self.hand, now=at)

    def _in_hand(self, told: dict[str, Any], at: datetime) -> Opened:
        """Told, and somebody deals with it an hour later."""
        opened = self._open(told, at)
        self._accept(told, opened, at)
        self._assign(opened, at)
        self._start(opened, at + HOUR)
        return opened

    def _answer(self, opened: Opened, words: str, at: datetime, evidence: str = "") -> None:
        answer_ticket(ticket_id=opened.ticket.pk, reason=words, evidence=evidence, by=self.hand, now=at)

    def _promise(self, told: dict[str, Any], opened: Opened, days: int, at: datetime) -> datetime:
        """By the director: a later day than whoever has it may promise. When that day is over."""
        day = timezone.localdate(at) + timedelta(days=days)
        made = make_commitment(
            ticket_id=opened.ticket.pk, what=told["what"], due_on=day, by=self.head, now=at
        )
        return end_of(made.due_on)

    def _says(self, told: dict[str, Any], opened: Opened) -> dict[str, Any]:
        """Who told it, by account or by code."""
        by = self.folk.accounts[told["who"]] if told["who"] else None
        return {"ticket_id": opened.ticket.pk, "by": by, "code": opened.code}

    def _solved(self, told: dict[str, Any], opened: Opened, at: datetime) -> None:
        self._answer(opened, told["answer"], at)
        confirm_ticket(**self._says(told, opened), now=at + DAY)

    def _silent(self, told: dict[str, Any], opened: Opened, at: datetime) -> None:
        self._answer(opened, told["answer"], at)
        pass_time(now=at + 15 * DAY)

    def _kept(self, told: dict[str, Any], opened: Opened, at: datetime) -> None:
        due = self._promise(told, opened, told["days"], at)
        self._answer(opened, told["answer"], due - 2 * HOUR, told["evidence"])
        confirm_ticket(**self._says(told, opened), now=due + DAY)

    def _partly(self, told: dict[str, Any], opened: Opened, at: datetime) -> None:
        due = self._promise(told, opened, told["days"], at)
        self._answer(opened, told["answer"], due - 2 * HOUR, told["evidence"])
        confirm_partly(**self._says(told, opened), reason=told["word"], now=due + DAY)
        self._answer(opened, told["then"], due + 3 * DAY)
        confirm_ticket(**self._says(told, opened), now=due + 4 * DAY)

    def _broken(self, told: dict[str, Any], opened: Opened, at: datetime) -> None:
        """Its day passes, and she says so: two levels higher it is promised again, and kept."""
        due = self._promise(told, opened, told["days"], at)
        pass_time(now=due + HOUR)
        dispute_ticket(**self._says(told, opened), reason=told["word"], now=due + DAY)
        again = due + DAY + HOUR
        assign_ticket(ticket_id=opened.ticket.pk, handler_id=self.hand.pk, by=self.street, now=again)
        self._start(opened, again)
        due = self._promise(told, opened, told["again"], again)
        self._answer(opened, told["answer"], due - 2 * HOUR, told["evidence"])
        confirm_ticket(**self._says(told, opened), now=due + DAY)

    def _under_way(self, told: dict[str, Any]) -> None:
        at, state = self.now - timedelta(days=told["ago"]), S(told["state"])
        opened = self._open(told, at)
        soon = min(at + HOUR, self.now)
        if state != S.REGISTERED:
            self._accept(told, opened, soon)
        if state not in {S.REGISTERED, S.ACCEPTED}:
            self._assign(opened, soon)
        if state not in ON_THE_WAY or state == S.IN_PROGRESS:
            self._start(opened, soon)
        if state == S.COMMITTED:
            self._promise(told, opened, told["days"], soon)
        if state == S.WAITING_RESIDENT:
            ask_resident(ticket_id=opened.ticket.pk, reason=told["asks"], by=self.hand, now=soon)
        if state == S.ANSWERED:
            self._answer(opened, told["answer"], soon)

"""A community that lives for months: who tells, who deals with it, what they do by chance; by the verbs alone."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db.models import Q

from centers.actions import load_calendar
from centers.models import CalendarDay
from common.days import SHANGHAI, day_of
from common.errors import DomainError
from grievances.actions import agenda, commitments, handling, merging, referrals, tickets, verdicts
from grievances.actions.meetings import remind_meetings
from grievances.actions.passing import pass_time, settle_calendar
from grievances.actions.tickets import Word, open_ticket
from grievances.actions.wall import copy_notes
from grievances.models.categories import Category, ClockPolicy
from grievances.models.meetings import Meeting
from grievances.models.tickets import Ticket
from grievances.rules.tickets import (
    CLOSED,
    OPEN,
    TICKETS,
    Adviser,
    Hat,
    Kind,
    Privacy,
    Source,
    TicketMove,
    TicketState,
)
from people.models import User
from people.rules import Role
from tests.cast import Cast
from tests.factories import people
from tests.grievances import reckoning

S, M, H = TicketState, TicketMove, Hat
DAY = timedelta(days=1)
# How likely somebody does something about a ticket on a day, and what; nobody tries what the table forbids her.
PACE = {S.COMMITTED: 0.15, S.ANSWERED: 0.15, S.WAITING_RESIDENT: 0.2, S.PARKED: 0.02, S.REFUSED: 0.05}
ODDS: dict[TicketState, dict[tuple[Hat, TicketMove], int]] = {
    S.REGISTERED: {(H.INTAKE, M.ACCEPT): 88, (H.INTAKE, M.PROPOSE_REFUSAL): 7, (H.INTAKE, M.MERGE): 5},
    S.ACCEPTED: {
        (H.INTAKE, M.ASSIGN): 80,
        (H.SUPERVISOR, M.ASSIGN): 5,
        (H.INTAKE, M.PROPOSE_REFUSAL): 2,
        (H.INTAKE, M.MERGE): 3,
        (H.INTAKE, M.REFER): 4,
        (H.INTAKE, M.PUT_ON_AGENDA): 8,
    },
    S.ASSIGNED: {
        (H.HANDLER, M.START): 74,
        (H.HANDLER, M.OBJECT): 7,
        (H.INTAKE, M.ASSIGN): 5,
        (H.HANDLER, M.REFER): 4,
        (H.HANDLER, M.PUT_ON_AGENDA): 6,
        (H.INTAKE, M.MERGE): 4,
    },
    S.OBJECTED: {
        (H.SUPERVISOR, M.UPHOLD_OBJECTION): 45,
        (H.SUPERVISOR, M.OVERRULE_OBJECTION): 45,
        (H.STREET, M.OVERRULE_OBJECTION): 10,
    },
    S.IN_PROGRESS: {
        (H.HANDLER, M.ANSWER): 42,
        (H.HANDLER, M.ASK_RESIDENT): 12,
        (H.HANDLER, M.COMMIT): 14,
        (H.SUPERVISOR, M.COMMIT): 10,
        (H.INTAKE, M.ASSIGN): 4,
        (H.SUPERVISOR, M.PROPOSE_PARKING): 7,
        (H.HANDLER, M.REFER): 4,
        (H.HANDLER, M.PUT_ON_AGENDA): 5,
        (H.INTAKE, M.MERGE): 2,
    },
    S.COMMITTED: {
        (H.HANDLER, M.ANSWER): 62,
        (H.SUPERVISOR, M.POSTPONE): 14,
        (H.SUPERVISOR, M.ASSIGN): 6,
        (H.RESIDENT, M.DISPUTE): 12,
        (H.HANDLER, M.REFER): 6,
    },
    S.WAITING_RESIDENT: {(H.RESIDENT, M.REPLY): 1},
    S.ANSWERED: {
        (H.RESIDENT, M.CONFIRM): 60,
        (H.RESIDENT, M.CONFIRM_PARTLY): 18,
        (H.RESIDENT, M.DISPUTE): 22,
    },
    S.DISPUTED: {(H.SUPERVISOR, M.ASSIGN): 30, (H.STREET, M.ASSIGN): 60, (H.SUPERVISOR, M.PUT_ON_AGENDA): 10},
    S.TO_REFUSE: {(H.SUPERVISOR, M.REFUSE): 60, (H.STREET, M.REFUSE): 15, (H.SUPERVISOR, M.RETURN): 25},
    S.REFUSED: {(H.RESIDENT, M.APPEAL): 1},
    S.TO_PARK: {(H.STREET, M.PARK): 75, (H.STREET, M.REFUSE_PARKING): 25},
    S.PARKED: {(H.SUPERVISOR, M.RESUME): 1},
    S.MERGED: {(H.INTAKE, M.UNMERGE): 50, (H.RESIDENT, M.CONFIRM): 30, (H.RESIDENT, M.DISPUTE): 20},
    **{state: {(H.RESIDENT, M.DISPUTE): 1} for state in CLOSED},
}
# Once the last meeting is over, things are brought to their end, and nothing new is begun.
FINISHING = {
    M.ACCEPT, M.ASSIGN, M.START, M.ANSWER, M.REPLY, M.CONFIRM, M.REFUSE, M.RESUME, M.REFUSE_PARKING,
    M.OVERRULE_OBJECTION,
}  # fmt: skip
# On a quiet day each of these happens about something that is over.
SECOND_THOUGHTS = {**dict.fromkeys(CLOSED, 0.004), S.MERGED: 0.03}


class Town:
    """Builds itself with the cast; `live` lets a number of months pass."""

    def __init__(self, cast: Cast, *, first: date, seed: int) -> None:
        self.cast, self.chance, self.first = cast, Random(seed), first
        self.place = cast.city["community"]
        self.desks = [cast.worker, people.staff("受理", Role.SOCIAL_WORKER, self.place)]
        self.hands = [people.staff(f"承办{n}", Role.GRID_WORKER, self.place) for n in range(4)]
        self.head = people.staff("主任", Role.DIRECTOR, self.place)
        self.residents = [cast.guilan, *(people.resident(f"居民{n}", self.place) for n in range(11))]
        self.elders = [cast.elder, *(people.person(f"老人{n}", home=self.place) for n in range(3))]
        self.categories = list(Category.objects.offered())
        self.codes: dict[int, str] = {}
        self.silent: set[int] = set()
        self.refusals, self.made = Counter[str](), Counter[str]()
        # What was chosen, when: the days of promises and of reviews, for a reckoning of one's own.
        self.promised: dict[tuple[int, datetime], date] = {}
        self.reviews: dict[int, list[tuple[datetime, date]]] = {}
        self.notices = reckoning.Notices({}, {})
        self.promises_until = first  # by then the last meeting has to judge them
        self.finishing = False

    # --- Time -----------------------------------------------------------------------------------

    def moment(self, day: date, opens: int = 8, closes: int = 19) -> datetime:
        """Any moment of a day between two hours, as a page's clock would read it."""
        seconds = self.chance.uniform(opens * 3600, closes * 3600)
        return datetime.combine(day, time(), SHANGHAI) + timedelta(microseconds=int(seconds * 1e6))

    def a_day(self, day: date, new: int, planned: list[tuple[datetime, Callable[[datetime], Any]]]) -> None:
        """One day: what beat does, what is planned, `new` tickets, and what people do about the others."""
        happens = [*planned, *self._beats(day)]
        happens += [(self.moment(day, 6, 23), self._somebody_tells) for _each in range(new)]
        for pk, state in self._on_minds(day):
            happens.append((self.moment(day), lambda at, pk=pk, state=state: self._something(pk, state, at)))
        for at, do in sorted(happens, key=lambda one: one[0]):
            do(at)

    def _beats(self, day: date) -> list[tuple[datetime, Callable[[datetime], Any]]]:
        def at(hour: int, minute: int) -> datetime:
            return datetime.combine(day, time(hour, minute, 1), SHANGHAI)

        beats: list[tuple[datetime, Callable[[datetime], Any]]] = [
            (at(*when), lambda now: pass_time(now=now)) for when in ((0, 5), (9, 0), (13, 30), (18, 0))
        ]
        return [*beats, (at(9, 10), lambda now: remind_meetings(now=now))]

    def _on_minds(self, day: date) -> list[tuple[int, str]]:
        recently = Q(state__in=SECOND_THOUGHTS, opened_at__gt=self.moment(day) - 120 * DAY)
        rows = Ticket.objects.filter(Q(state__in=OPEN) | recently).order_by("pk").values_list("pk", "state")
        works = 1.0 if reckoning.works(day) else 0.2
        return [(pk, state) for pk, state in rows if self.chance.random() < works * self._pace(pk, state)]

    def _pace(self, pk: int, state: str) -> float:
        if state in SECOND_THOUGHTS:
            return 0 if self.finishing else SECOND_THOUGHTS[S(state)]
        if pk in self.silent and state in {S.ANSWERED, S.WAITING_RESIDENT, S.REFUSED}:
            return 0
        return 0.9 if self.finishing else PACE.get(S(state), 0.7)

    def the_notice_comes(self, year: int) -> dict[date, Callable[[datetime], Any]]:
        """A year's calendar is entered in the last week before; clocks are gone over a day later."""
        CalendarDay.objects.filter(day__year__gte=year).delete()

        def enter(now: datetime) -> None:
            load_calendar(year=year, by=self.cast.admin)
            self.notices.entered[year] = now

        def settle(now: datetime) -> None:
            self.made["clocks settled"] += settle_calendar(now=now)
            self.notices.settled[year] = now

        self.notices.entered[year] = datetime(year, 1, 1, tzinfo=SHANGHAI)
        return {date(year - 1, 12, 25): enter, date(year - 1, 12, 26): settle}

    def a_stricter_policy(self, day: date) -> None:
        """From that day on there are five days for handling, not seven."""
        ClockPolicy.objects.create(clock="HANDLING", minutes=5 * 420, valid_from=day)

    # --- Telling --------------------------------------------------------------------------------

    def _somebody_tells(self, now: datetime) -> None:
        kind = self.chance.choices([Kind.ORDINARY, Kind.HAZARD, Kind.EVENT], [90, 8, 2])[0]
        about = self.chance.choice([one for one in self.categories if one.kind == kind])
        place = self.chance.choice([self.place, self.cast.city["grid"]])
        way = self.chance.choices(["account", "number", "nobody", "desk", "wall"], [45, 10, 15, 20, 10])[0]
        if way == "wall":
            note = {"category_id": about.pk, "division_id": place.pk, "notes": ["墙上写着：灯不亮"]}
            key = f"wall:{now.isoformat()}"
            made = copy_notes(**note, by=self.chance.choice(self.desks), now=now, source_key=key)
            self._told(made[0], "")
            return
        told = {"title": f"{about.name}的事", "text": "说得很仔细", "place": "南门"}
        given, by, source = self._teller(way)
        word = Word(about, place, **told, **given)
        opened = open_ticket(word=word, source=source, by=by, now=now)
        self._told(opened.ticket, opened.code)

    def _teller(self, way: str) -> tuple[dict[str, Any], User | None, Source]:
        """Who tells it: how she is named, who is signed in, where."""
        if way == "nobody":
            return {"privacy": Privacy.ANONYMOUS}, None, Source.WEB
        privacy = self.chance.choices([Privacy.NAMED, Privacy.CONFIDENTIAL], [80, 20])[0]
        if way == "number":
            told = {"contact_name": "一位居民", "contact_phone": "13800000000"}
            return {"privacy": privacy, **told}, None, Source.WEB
        if way == "account":
            person = self.chance.choice(self.residents)
            return {"privacy": privacy, "person": person}, person.user, Source.WEB
        person = self.chance.choice(self.elders)
        source = self.chance.choice([Source.COUNTER, Source.HOTLINE])
        return {"privacy": privacy, "person": person}, self.desks[0], source

    def _told(self, ticket: Ticket, code: str) -> None:
        self.codes[ticket.pk] = code
        if self.chance.random() < 0.3:
            self.silent.add(ticket.pk)

    # --- What people do about it ----------------------------------------------------------------

    def _something(self, pk: int, expected: str, now: datetime) -> None:
        ticket = Ticket.objects.select_related("handler", "person__user").get(pk=pk)
        odds = ODDS.get(S(ticket.state), {})
        if self.finishing:
            odds = {one: odd for one, odd in odds.items() if one[1] in FINISHING}
        if ticket.state != expected or not odds:
            return
        if self.chance.random() < 0.3 and ticket.referrals.filter(answered_at=None).exists():
            odds = {(H.INTAKE, M.ADVISE): 1}
        hat, move = self.chance.choices(list(odds), list(odds.values()))[0]
        if hat == H.RESIDENT and not (ticket.can_be_asked or self.codes.get(pk)):
            return  # nobody is there to say it
        if TICKETS.next(ticket.state, move, {hat}) is not None:
            self.try_(f"{move}", lambda: self._make(ticket, hat, move, now))

    def try_(self, what: str, do: Callable[[], Any]) -> bool:
        """Does it, and counts it, or why it was refused."""
        try:
            do()
        except DomainError as refused:
            self.refusals[f"{what} {refused.code}"] += 1
            return False
        self.made[what] += 1
        return True

    def _who(self, ticket: Ticket, hat: Hat) -> dict[str, Any]:
        if hat == H.RESIDENT:
            teller = ticket.person.user if ticket.person else None
            code = self.codes.get(ticket.pk, "")
            if teller is None and not code:  # rung, or there at the desk
                return {"by": self.chance.choice(self.desks)}
            return {"by": teller, "code": code}
        staff: dict[Hat, User | None] = {
            H.INTAKE: self.chance.choice(self.desks),
            H.HANDLER: ticket.handler,
            H.SUPERVISOR: self.head,
            H.STREET: self.cast.officer,
        }
        return {"by": staff[hat]}

    def _make(self, ticket: Ticket, hat: Hat, move: TicketMove, now: datetime) -> None:
        one = {"ticket_id": ticket.pk, "now": now, **self._who(ticket, hat)}
        {
            M.ACCEPT: self._accept,
            M.MERGE: self._merge,
            M.COMMIT: self._commit,
            M.POSTPONE: self._postpone,
            M.PROPOSE_PARKING: self._park,
            M.PUT_ON_AGENDA: self._put_on_agenda,
            M.REFER: self._refer,
            M.ADVISE: self._advise,
        }.get(move, self._plainly)(ticket, move, one)

    def _plainly(self, ticket: Ticket, move: TicketMove, one: dict[str, Any]) -> None:
        why = {"reason": "写明白了"}
        verb, given = {
            M.ASSIGN: (tickets.assign_ticket, {"handler_id": self.chance.choice(self.hands).pk}),
            M.PROPOSE_REFUSAL: (tickets.propose_refusal, why),
            M.REFUSE: (tickets.refuse_ticket, {}),
            M.RETURN: (tickets.return_ticket, why),
            M.START: (handling.start_ticket, {}),
            M.OBJECT: (handling.object_ticket, why),
            M.UPHOLD_OBJECTION: (handling.decide_objection, {**why, "upheld": True}),
            M.OVERRULE_OBJECTION: (handling.decide_objection, {**why, "upheld": False}),
            M.ASK_RESIDENT: (handling.ask_resident, why),
            M.ANSWER: (handling.answer_ticket, {**why, "evidence": "办好了"}),
            M.PARK: (handling.decide_parking, {"agreed": True}),
            M.REFUSE_PARKING: (handling.decide_parking, {**why, "agreed": False}),
            M.RESUME: (handling.resume_ticket, {}),
            M.REPLY: (verdicts.reply_ticket, why),
            M.CONFIRM: (verdicts.confirm_ticket, {}),
            M.CONFIRM_PARTLY: (verdicts.confirm_partly, why),
            M.DISPUTE: (verdicts.dispute_ticket, why),
            M.APPEAL: (verdicts.appeal_ticket, why),
            M.UNMERGE: (merging.unmerge_ticket, {}),
        }[move]
        verb(**one, **given)

    def _refer(self, _ticket: Ticket, _move: TicketMove, one: dict[str, Any]) -> None:
        adviser = self.chance.choice(list(Adviser))
        referrals.refer_ticket(**one, adviser=adviser, reason="请看一看")

    def _advise(self, ticket: Ticket, _move: TicketMove, one: dict[str, Any]) -> None:
        asked = ticket.referrals.filter(answered_at=None)[0]
        referrals.answer_referral(**one, adviser=asked.adviser, reason="看过了")

    def _accept(self, ticket: Ticket, _move: TicketMove, one: dict[str, Any]) -> None:
        """Now and then the desk puts the category right, also to one of the hazards."""
        other = self.chance.choice(self.categories).pk if self.chance.random() < 0.1 else None
        tickets.accept_ticket(**one, category_id=other, public_text="灯不亮")

    def _merge(self, ticket: Ticket, _move: TicketMove, one: dict[str, Any]) -> None:
        others = Ticket.objects.filter(state__in=OPEN).order_by("-pk").values_list("pk", flat=True)[:20]
        merging.merge_ticket(**one, into_id=self.chance.choice(list(others)))

    def _commit(self, ticket: Ticket, _move: TicketMove, one: dict[str, Any]) -> None:
        soon = one["by"] == ticket.handler
        day = self._some_day(one["now"], 1, 6) if soon else self._some_day(one["now"], 5, 50)
        commitments.make_commitment(**one, what="把灯修好", due_on=day)
        self.promised[ticket.pk, one["now"]] = day

    def _postpone(self, ticket: Ticket, _move: TicketMove, one: dict[str, Any]) -> None:
        day = self._some_day(one["now"], 5, 60)
        commitments.postpone_commitment(**one, due_on=day, reason="等材料")
        self.promised[ticket.pk, one["now"]] = day

    def _some_day(self, now: datetime, first: int, last: int) -> date:
        """Before the last meeting, so that it can be judged there; a day that is past is refused."""
        day = day_of(now) + timedelta(days=self.chance.randint(first, last))
        return min(day, self.promises_until)

    def _park(self, ticket: Ticket, _move: TicketMove, one: dict[str, Any]) -> None:
        day = self._some_day(one["now"], 10, 50)
        handling.propose_parking(**one, reason="等拨款", review_on=day)
        self.reviews.setdefault(ticket.pk, []).append((one["now"], day))

    def _put_on_agenda(self, ticket: Ticket, _move: TicketMove, one: dict[str, Any]) -> None:
        ahead = Meeting.objects.ahead().values_list("pk", flat=True).first()
        agreed = self.chance.random() < 0.5
        agenda.put_on_agenda(**one, meeting_id=ahead or 0, reason="灯怎么修", agreed=agreed)

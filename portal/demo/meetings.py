"""Two years of a community's meetings in the demo: promised on the spot, judged at a later one; all through the verbs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from grievances.actions.handling import answer_ticket, start_ticket
from grievances.actions.meetings import call_meeting, close_meeting, open_meeting
from grievances.actions.minutes import publish_minutes
from grievances.actions.passing import pass_time
from grievances.actions.session import Said, record
from grievances.actions.tickets import assign_ticket
from grievances.models.bodies import Body, BodyMember
from grievances.models.categories import Category
from grievances.models.commitments import Commitment
from grievances.models.meetings import AgendaItem, Meeting
from grievances.rules.clocks import end_of
from grievances.rules.meetings import Outcome, RecordKind, Wait
from grievances.rules.tickets import TicketState
from people.models import Person
from portal.demo.data import read
from portal.demo.grievances import HOME
from portal.demo.people import Folk
from portal.demo.places import Places

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY = 60 * DAY
R = RecordKind


class Meetings:
    """Builds them, the oldest first; the next one is called, with what is due on its agenda."""

    def __init__(self, places: Places, folk: Folk, now: datetime) -> None:
        self.folk, self.now = folk, now
        self.data: dict[str, Any] = read("meetings")
        self.hand, self.head, self.street = folk.worker, folk.accounts["孙丽华"], folk.accounts["刘建国"]
        self.division = places.divisions[HOME]
        self.body = Body.objects.create(name=self.data["body"], division=self.division)

    def fill(self) -> None:
        self._members()
        first = self._evening() - len(self.data["meetings"]) * EVERY + 20 * DAY
        for number, told in enumerate(self.data["meetings"]):
            self._held(told, first + number * EVERY)
        self._keep_and_pass(self.now)
        ahead = self._evening() + 9 * DAY
        self._call(ahead, self.now)

    def _call(self, at: datetime, now: datetime) -> Meeting:
        return call_meeting(body_id=self.body.pk, starts_at=at, place="二楼议事厅", by=self.head, now=now)

    def _evening(self) -> datetime:
        """Today at seven in the evening."""
        return timezone.localtime(self.now).replace(hour=19, minute=0, second=0, microsecond=0)

    def _members(self) -> None:
        offices = self.data["offices"]
        near = Person.objects.filter(home__path__startswith=self.division.path, merged_into=None)
        grown = near.filter(born_on__lt=date(1990, 1, 1)).order_by("pk")[: self.data["members"]]
        BodyMember.objects.bulk_create(
            BodyMember(
                body=self.body,
                person=person,
                office=offices[number - 1] if 0 < number <= len(offices) else "",
                since=date(self.now.year - 3, 1, 1),
            )
            for number, person in enumerate(grown)
        )

    def _held(self, told: dict[str, Any], at: datetime) -> None:
        """One meeting from the invitation to the minutes; before it what fell due is kept, or is late."""
        self._keep_and_pass(at - DAY)
        meeting = self._call(at, at - 7 * DAY)
        open_meeting(meeting_id=meeting.pk, by=self.head, now=at)
        members = list(meeting.body.members.values_list("pk", flat=True))[: told["present"]]
        self._say(meeting, R.PRESENT, None, at, members=members, guests=told["guests"])
        for item in meeting.items.filter(commitment__isnull=False):
            if item.is_due(timezone.localdate(at)):
                self._judge(meeting, item, at, told["present"])
        for item in meeting.items.filter(category__isnull=False):
            self._say(meeting, R.NOTE, item, at, words=self.data["often"])
        for raised in told["raised"]:
            self._raise(meeting, raised, at)
        why = told.get("few", "")
        close_meeting(meeting_id=meeting.pk, by=self.head, now=at + 2 * HOUR, reason=why)
        self._again(at + DAY)
        self._as_was_said(meeting, at + 2 * DAY)
        publish_minutes(meeting_id=meeting.pk, by=self.head, now=at + 4 * DAY)

    def _say(
        self, meeting: Meeting, kind: RecordKind, item: AgendaItem | None, at: datetime, **told: Any
    ) -> None:
        about = item.pk if item else None
        mark = uuid5(NAMESPACE_URL, f"{meeting.pk} {kind} {about} {told.get('title', '')}")
        said = Said(mark, kind, about, told)
        record(meeting_id=meeting.pk, said=said, by=self.head, now=at)

    def _judge(self, meeting: Meeting, item: AgendaItem, at: datetime, present: int) -> None:
        """Kept as what was done says; what nobody did was not kept."""
        made = item.commitment
        kept = made is not None and made.claimed_at is not None
        most, few = present - 3, 1
        voices = {"done": most, "partly": few} if kept else {"done": 0, "partly": few}
        words = "" if kept else self.data["broken"]
        told = {**voices, "not_done": 0 if kept else most, "secret": False, "words": words}
        self._say(meeting, R.JUDGE, item, at, **told)

    def _raise(self, meeting: Meeting, raised: dict[str, Any], at: datetime) -> None:
        category = Category.objects.get(parent__name=raised["category"], name=raised["about"])
        self._say(meeting, R.RAISE, None, at, title=raised["title"], category_id=category.pk)
        item = meeting.items.get(title=raised["title"])
        if raised.get("vote"):
            yes, no, abstained = raised["vote"]
            vote = {"question": raised["question"], "secret": raised.get("secret", False)}
            self._say(meeting, R.VOTE, item, at, **vote, yes=yes, no=no, abstained=abstained)
        if raised["what"]:
            told = {"words": raised["what"], "wait": Wait(raised["wait"]), "handler_id": self.hand.pk}
            self._say(meeting, R.PROMISE, item, at, **told)
        elif raised.get("answer"):
            self._say(meeting, R.ANSWER, item, at, words=raised["answer"], handler_id=self.hand.pk)
        else:
            self._say(meeting, R.NOTE, item, at, words=raised["note"])

    def _again(self, at: datetime) -> None:
        """What was not kept the street gives to somebody again; she starts on it."""
        for made in Commitment.objects.filter(body=self.body, ticket__state=TicketState.DISPUTED):
            assign_ticket(ticket_id=made.ticket_id, handler_id=self.hand.pk, by=self.street, now=at)
            start_ticket(ticket_id=made.ticket_id, by=self.hand, now=at + HOUR)
            done = "补办好了，请大家去看看"
            answer_ticket(ticket_id=made.ticket_id, reason=done, by=self.hand, now=at + 2 * DAY)

    def _as_was_said(self, meeting: Meeting, at: datetime) -> None:
        """What was spoken of, and promised by nobody, somebody does all the same."""
        for item in meeting.items.filter(outcome=Outcome.NOTED, ticket__state=TicketState.ACCEPTED):
            one: dict[str, Any] = {"ticket_id": item.ticket_id, "by": self.hand}
            assign_ticket(**one, handler_id=self.hand.pk, now=at)
            start_ticket(**one, now=at + HOUR)
            answer_ticket(**one, reason=self.data["noted"], now=at + DAY)

    def _keep_and_pass(self, now: datetime) -> None:
        """What fell due until then is kept on its day, but for what the story says was not."""
        broken = {
            one["title"] for told in self.data["meetings"] for one in told["raised"] if one.get("broken")
        }
        live = Commitment.objects.filter(body=self.body, state="MADE", due_on__lt=timezone.localdate(now))
        for made in live.select_related("ticket", "made_by_item").order_by("due_on"):
            if made.made_by_item.title in broken:
                continue
            at = end_of(made.due_on) - 3 * HOUR
            given = {"reason": f"{made.what}，办好了", "evidence": f"{made.what}，办好了"}
            answer_ticket(ticket_id=made.ticket_id, by=self.hand, now=at, **given)
        pass_time(now=now)

"""The meetings of that community: a month, a meeting; what was promised before is judged, new things are promised."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from common.days import SHANGHAI, day_of
from grievances.actions import meetings, minutes
from grievances.models.bodies import Body, BodyMember
from grievances.models.meetings import AgendaItem, Correction, Meeting
from grievances.rules.meetings import MeetingState, Outcome, Wait
from grievances.rules.tickets import TICKETS, Hat, TicketMove
from people.rules import Role
from tests.factories import people
from tests.factories.grievances import said
from tests.grievances.town import Town

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
Planned = list[tuple[datetime, Callable[[datetime], Any]]]
WAYS = {TicketMove.COMMIT: "PROMISE", TicketMove.ANSWER: "ANSWER", TicketMove.ASSIGN: "HAND"}


class Hall:
    """Plans the meetings of a number of months, one each, on its third Thursday in the evening."""

    def __init__(self, town: Town, months: int) -> None:
        self.town, self.chance = town, town.chance
        self.secretary = people.staff("秘书", Role.MEETING_SECRETARY, town.place)
        self.body = Body.objects.create(name="说事会", division=town.place, quorum=5)
        since = town.first - DAY
        for person in town.residents[:7]:
            BodyMember.objects.create(body=self.body, person=person, since=since)
        self.days = [self._third_thursday(number) for number in range(months)]
        town.promises_until = self.days[-1] - 4 * DAY

    def _third_thursday(self, number: int) -> date:
        years, month = divmod(self.town.first.month - 1 + number, 12)
        day = date(self.town.first.year + years, month + 1, 15)
        return day + timedelta(days=(3 - day.weekday()) % 7)

    def planned(self, day: date) -> Planned:
        """What belongs to a meeting on that day: called ten days before, published four days after."""
        found: Planned = []
        for held in self.days:
            if day == held - 10 * DAY:
                found.append((_at(day, 10), partial(self._call, held)))
            if day == held:
                found.append((_at(day, 19), self._hold))
            if held + DAY <= day <= held + 3 * DAY:
                found.append((_at(day, 15), self._correct))
            if held + 4 * DAY <= day <= held + 9 * DAY:
                found.append((_at(day, 11), self._publish))
        return found

    def _call(self, held: date, now: datetime) -> None:
        """Sometimes moved, sometimes called off and called again."""
        one = {"by": self.secretary, "now": now}
        first = _at(held, 19) + self.chance.choice([0, 0, 0, 1]) * DAY
        meeting = meetings.call_meeting(body_id=self.body.pk, starts_at=first, place="议事厅", **one)
        if first.date() != held:
            moved = {"starts_at": _at(held, 19), "place": "议事厅", "reason": "下雨"}
            meetings.reschedule_meeting(meeting_id=meeting.pk, **moved, **one)
        elif self.chance.random() < 0.15:
            meetings.cancel_meeting(meeting_id=meeting.pk, reason="停电", **one)
            again = {"starts_at": _at(held, 19), "place": "小广场"}
            meetings.call_meeting(body_id=self.body.pk, **again, **one)

    def _hold(self, now: datetime) -> None:
        meeting = self.body.meetings.get(state=MeetingState.SCHEDULED)
        meetings.open_meeting(meeting_id=meeting.pk, by=self.secretary, now=now)
        members = list(self.body.members.values_list("pk", flat=True))
        there = self.chance.sample(members, self.chance.choice([4, 5, 6, 7]))
        self._say(meeting, "PRESENT", None, now, members=there, guests=3)
        last = day_of(now) == self.days[-1]
        for item in meeting.items.in_order():
            now += self.chance.uniform(1, 3) * MINUTE
            if item.commitment_id:
                self._of_promise(meeting, item, len(there), now, last=last)
            else:
                self._of_ticket(meeting, item, len(there), now, last=last)
        for number in range(0 if last else self.chance.randint(1, 3)):
            now += MINUTE
            title, about = f"会上说的第 {number} 件", self.chance.choice(self.town.categories)
            if self._say(meeting, "RAISE", None, now, title=title, category_id=about.pk):
                item = meeting.items.get(title=title)
                self._of_ticket(meeting, item, len(there), now + 20 * MINUTE / 60, last=last)
        why = "人来不齐" if len(there) < self.body.quorum else ""
        meetings.close_meeting(meeting_id=meeting.pk, by=self.secretary, now=now + MINUTE, reason=why)

    def _say(self, meeting: Meeting, kind: str, item: AgendaItem | None, now: datetime, **told: Any) -> bool:
        return self.town.try_(
            f"meeting {kind}", lambda: said(meeting, kind, self.secretary, now, item, **told)
        )

    def _of_promise(
        self, meeting: Meeting, item: AgendaItem, there: int, now: datetime, *, last: bool
    ) -> None:
        """Its day is over, or somebody says that it was kept: judged, or put off once; else it waits."""
        if not item.is_due(day_of(now)):
            return
        before = item.commitment.items.filter(outcome=Outcome.DEFERRED).exists()
        if not (last or before) and self.chance.random() < 0.15:
            self._say(meeting, "DEFER", item, now, words="下次看过再评")
            return
        mind = self.chance.choices([(there, 0, 0), (1, there - 1, 0), (1, 0, there - 1)], [70, 15, 15])[0]
        voices = dict(zip(("done", "partly", "not_done"), mind, strict=True))
        self._say(meeting, "JUDGE", item, now, **voices, secret=self.chance.random() < 0.3, words="看过了")

    def _of_ticket(
        self, meeting: Meeting, item: AgendaItem, there: int, now: datetime, *, last: bool
    ) -> None:
        if self.chance.random() < 0.3:
            given = {"question": "同意不同意", "secret": False, "yes": there - 1, "no": 1, "abstained": 0}
            self._say(meeting, "VOTE", item, now, **given)
        hand = {"words": "会上说定了", "handler_id": self.chance.choice(self.town.hands).pk}
        state = item.ticket.state if item.ticket else "ACCEPTED"
        ways = [WAYS[move] for move in TICKETS.offered(state, {Hat.MEETING}) if move in WAYS]
        wait = self.chance.choice(list(Wait))
        if last or day_of(now) + timedelta(days=wait) > self.town.promises_until:
            ways = [way for way in ways if way != "PROMISE"]
        way = (
            "PROMISE"
            if "PROMISE" in ways and self.chance.random() < 0.5
            else self.chance.choice([*ways, "NOTE"])
        )
        given = {"words": "记下来"} if way == "NOTE" else {**hand, "wait": wait} if way == "PROMISE" else hand
        if not self._say(meeting, way, item, now, **given):
            self._say(meeting, "NOTE", item, now, words="记下来")
        elif way == "PROMISE":
            item.refresh_from_db()
            due = day_of(meeting.starts_at) + timedelta(days=wait)
            self.town.promised[item.promise.ticket_id, now] = due

    def _correct(self, now: datetime) -> None:
        """Members say what is wrong; the secretary settles it, and words things better herself."""
        meeting = self.body.meetings.filter(state=MeetingState.MINUTES).first()
        if meeting is None:
            return
        one = {"by": self.secretary, "now": now}
        for open_ in Correction.objects.filter(item__meeting=meeting, settled_at=None):
            told = self.chance.choice(
                [{"taken": True, "words": "改过了"}, {"taken": False, "answer": "记得没错"}]
            )
            minutes.settle_correction(correction_id=open_.pk, **told, **one)
        item = meeting.items.first()
        if item is not None and self.chance.random() < 0.4:
            by = self.chance.choice(self.town.residents).user
            wrong = {"item_id": item.pk, "text": "应该是七盏", "by": by, "now": now}
            self.town.try_("meeting correction", lambda: minutes.correct_minutes(**wrong))

    def _publish(self, now: datetime) -> None:
        meeting = self.body.meetings.filter(state=MeetingState.MINUTES).first()
        if meeting is None:
            return
        for left in Correction.objects.filter(item__meeting=meeting, settled_at=None):
            minutes.settle_correction(
                correction_id=left.pk, taken=False, answer="记得没错", by=self.secretary, now=now
            )
        one = {"meeting_id": meeting.pk, "by": self.secretary, "now": now}
        self.town.try_("meeting publish", lambda: minutes.publish_minutes(**one))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)

"""Tickets in any state, made by the verbs themselves."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.apps import apps
from PIL import Image

from centers.models import Division
from common.pictures import read_picture
from grievances.actions import commitments, handling, meetings, minutes, tickets, verdicts
from grievances.actions.passing import pass_time
from grievances.actions.pictures import add_pictures
from grievances.actions.session import Said, record
from grievances.actions.tickets import Word, open_ticket
from grievances.models.bodies import Body, BodyMember
from grievances.models.categories import Category
from grievances.models.commitments import Commitment
from grievances.models.meetings import AgendaItem, Meeting, MeetingRecord
from grievances.models.tickets import Ticket
from grievances.rules.meetings import BodyKind, RecordKind
from grievances.rules.tickets import Privacy, Source, TicketState
from notices.actions import deliver_due
from notices.models import Notice
from people.models import Person, User
from people.rules import Role
from tests.cast import Cast
from tests.common.faults import found
from tests.factories import people

S = TicketState
LATER = timedelta(days=70)


def category(name: str = "路灯") -> Category:
    """One of those that an office begins with; made anew where a test emptied all tables."""
    if not Category.objects.exists():
        import_module("grievances.migrations.0002_to_begin_with").begin(apps, None)
    return Category.objects.get(name=name, children=None)


def word(division: Division, person: Person | None = None, *, about: str = "路灯", **told: Any) -> Word:
    privacy = told.pop("privacy", Privacy.NAMED if person else Privacy.ANONYMOUS)
    return Word(
        category(about),
        division,
        told.pop("title", "南门的路灯不亮"),
        privacy=privacy,
        person=person,
        **told,
    )


def told(cast: Cast, now: datetime, person: Person | None = None, **given: Any) -> Ticket:
    """王桂兰 tells that a lamp is dark."""
    person = person or cast.guilan
    return open_ticket(
        word=word(cast.city["community"], person, **given), source=Source.WEB, by=person.user, now=now
    ).ticket


def anonymous(cast: Cast, now: datetime, **given: Any) -> tuple[Ticket, str]:
    """The same by nobody, and the code."""
    opened = open_ticket(word=word(cast.city["community"], **given), source=Source.WEB, by=None, now=now)
    return opened.ticket, opened.code


def photo(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    """A photo as a telephone hands it in."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def pictured(ticket: Ticket, by: User | None, now: datetime, *colours: str, code: str = "") -> Ticket:
    """The ticket, with a picture of each colour."""
    read = [read_picture(photo(colour)) for colour in colours or ("red",)]
    add_pictures(ticket_id=ticket.pk, pictures=read, by=by, now=now, code=code)
    return ticket


def director(cast: Cast) -> User:
    """The director of the community."""
    return people.staff("主任", Role.DIRECTOR, cast.city["community"])


def handler(cast: Cast) -> User:
    """A colleague of the community who has it in hand, and not the desk."""
    return people.staff("承办", Role.GRID_WORKER, cast.city["community"])


# The way to each state, from its beginning; `by` stands for whoever takes the step.
def brought_to(
    state: str, ticket: Ticket, *, cast: Cast, by: User, now: datetime, above: User | None = None
) -> Ticket:
    """Takes a ticket on to a state by the verbs; `by` has it in hand."""
    one: dict[str, Any] = {"ticket_id": ticket.pk, "now": now}
    desk, street = cast.worker, cast.officer

    def step(verb: Any, **given: Any) -> None:
        verb(**{**one, **given})

    accept = (tickets.accept_ticket, {"by": desk})
    assign = (tickets.assign_ticket, {"by": desk, "handler_id": by.pk})
    start = (handling.start_ticket, {"by": by})
    answer = (handling.answer_ticket, {"by": by, "reason": "灯修好了"})
    refusal = (tickets.propose_refusal, {"by": desk, "reason": "不归社区管，请找电力公司"})
    dispute = (
        verdicts.dispute_ticket,
        {"by": ticket.person.user if ticket.person else None, "reason": "还是不亮"},
    )
    in_hand: list[Any] = [accept, assign, start]
    promise = (
        commitments.make_commitment,
        {"by": by, "what": "换上新灯", "due_on": (now + timedelta(days=5)).date()},
    )
    park = (
        handling.propose_parking,
        {"by": above, "reason": "等拨款", "review_on": (now + timedelta(days=60)).date()},
    )
    ways: dict[str, Sequence[Any]] = {
        S.REGISTERED: [],
        S.ACCEPTED: [accept],
        S.ASSIGNED: [accept, assign],
        S.OBJECTED: [accept, assign, (handling.object_ticket, {"by": by, "reason": "不在我的网格"})],
        S.IN_PROGRESS: in_hand,
        S.WAITING_RESIDENT: [*in_hand, (handling.ask_resident, {"by": by, "reason": "哪一盏灯"})],
        S.COMMITTED: [*in_hand, promise],
        S.ANSWERED: [*in_hand, answer],
        S.DISPUTED: [*in_hand, answer, dispute],
        S.TO_REFUSE: [refusal],
        S.REFUSED: [refusal, (tickets.refuse_ticket, {"by": street})],
        S.TO_PARK: [*in_hand, park],
        S.PARKED: [*in_hand, park, (handling.decide_parking, {"by": street, "agreed": True})],
        S.CLOSED_CONFIRMED: [
            *in_hand,
            answer,
            (verdicts.confirm_ticket, {"by": ticket.person.user if ticket.person else None}),
        ],
    }
    for verb, given in ways[state]:
        step(verb, **given)
    ticket.refresh_from_db()
    return ticket


def at_the_desk(cast: Cast, now: datetime, person: Person, **given: Any) -> Ticket:
    """Told at the desk by somebody without a phone."""
    given = {"word": word(cast.city["community"], person, **given), "source": Source.COUNTER}
    return open_ticket(**given, by=cast.worker, now=now).ticket


def promised(cast: Cast, now: datetime, by: User, **given: Any) -> Commitment:
    """A lamp that `by` has promised to mend."""
    ticket = brought_to(S.COMMITTED, told(cast, now, **given), cast=cast, by=by, now=now)
    return ticket.commitments.get()


def body(cast: Cast, *, members: int = 3, quorum: int = 2, kind: str = BodyKind.TALK) -> Body:
    """A body of the community; its first member is 王桂兰, the second holds an office."""
    place = cast.city["community"]
    made = Body.objects.create(name="说事会", division=place, quorum=quorum, kind=kind)
    others = [people.resident(f"代表{n}", home=place) for n in range(1, members)]
    for number, person in enumerate([cast.guilan, *others]):
        office = "社区书记" if number == 1 else ""
        BodyMember.objects.create(body=made, person=person, office=office, since=date(2026, 1, 1))
    return made


def called(cast: Cast, now: datetime, by: User, held_by: Body | None = None, days: int = 3) -> Meeting:
    """A meeting of the body in a few days."""
    held_by = held_by or Body.objects.filter(active=True).first() or body(cast)
    return meetings.call_meeting(
        body_id=held_by.pk, starts_at=now + timedelta(days=days), place="二楼议事厅", by=by, now=now
    )


def in_session(cast: Cast, now: datetime, by: User, **given: Any) -> Meeting:
    """The same on its day, open, all members there."""
    meeting = called(cast, now - timedelta(days=3), by, **given)
    meetings.open_meeting(meeting_id=meeting.pk, by=by, now=now)
    members = list(meeting.body.members.values_list("pk", flat=True))
    said(meeting, "PRESENT", by, now, members=members, guests=2)
    meeting.refresh_from_db()
    return meeting


def said(
    meeting: Meeting, kind: str, by: User, now: datetime, item: AgendaItem | None = None, **told: Any
) -> MeetingRecord:
    """One thing written down at a meeting."""
    op_id = told.pop("op_id", None) or uuid4()
    what = Said(op_id, RecordKind(kind), item.pk if item else None, told)
    return record(meeting_id=meeting.pk, said=what, by=by, now=now)


def raised(meeting: Meeting, by: User, now: datetime, title: str = "南门要一个坡道") -> AgendaItem:
    """A matter from the floor."""
    said(meeting, "RAISE", by, now, title=title, category_id=category().pk)
    return meeting.items.get(title=title)


def closed(meeting: Meeting, head: User, now: datetime) -> None:
    """Over, and its minutes published."""
    meetings.close_meeting(meeting_id=meeting.pk, by=head, now=now)
    minutes.publish_minutes(meeting_id=meeting.pk, by=head, now=now + timedelta(days=4))
    meeting.refresh_from_db()


def the_next(cast: Cast, head: User, now: datetime) -> Meeting:
    """The next one, seventy days later, in session."""
    return in_session(cast, now + LATER, head)


def told_of_all(now: datetime) -> datetime:
    """That moment, once the clocks have passed and the letters have gone out."""
    pass_time(now=now)
    deliver_due(now=now)
    return now


def all_is_well(now: datetime) -> bool:
    """Whether the audit finds nothing then."""
    return found(told_of_all(now)) == {}


def letters(kind: str) -> int:
    return Notice.objects.filter(kind=kind).count()

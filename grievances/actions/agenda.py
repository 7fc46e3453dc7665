"""What is on the agenda of a meeting: it fills itself, staff put tickets on it, residents follow an item."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from common.steps import refuse_unmet
from grievances.actions.letters import tell_tellers
from grievances.actions.steps import go, hats, lock_ticket, not_yours
from grievances.models.categories import Category
from grievances.models.commitments import Commitment
from grievances.models.meetings import AgendaItem, ItemFollower, Meeting
from grievances.models.tickets import Ticket
from grievances.rules.letters import Letter
from grievances.rules.meetings import LONGEST_ITEM, RAISED, WITHIN, MeetingState
from grievances.rules.tickets import OPEN, WHAT_TO_DISCUSS, Hat, Kind, Privacy, TicketMove, TicketState
from people.authority import may_act
from people.models import Person, User, acts_for


def lock_meeting(meeting_id: int, by: User) -> Meeting:
    """A meeting that `by` keeps, locked; refuses NOT_ALLOWED."""
    rows = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("body__division")
    meeting: Meeting | None = rows.filter(pk=meeting_id).first()
    if meeting is None or not may_act(by=by, verb="grievances.meetings", row=meeting.body.division):
        raise NotAllowed(message=_("没有找到这次会议，或者它不归您管。"))
    return meeting


def fill_agenda(meeting: Meeting, now: datetime) -> int:
    """Puts on a locked meeting's agenda what comes there by itself; returns how much was new.

    Every promise made before the body that those present have not judged, what was on the agenda of a
    meeting that was called off, and every category that was raised three times in the community within
    thirty days, not in confidence, and is not spoken of already.
    """
    added = 0
    promises = Commitment.objects.unjudged_before(meeting.body).exclude(items__meeting=meeting)
    for made in promises.exclude(made_by_item__meeting=meeting).order_by("pk"):
        AgendaItem.objects.create(
            meeting=meeting, commitment=made, ticket_id=made.ticket_id, title=made.what[:LONGEST_ITEM]
        )
        added += 1
    for item in _called_off(meeting):
        AgendaItem.objects.create(meeting=meeting, ticket_id=item.ticket_id, title=item.title)
        added += 1
    for category, times in _raised_often(meeting, now):
        title = _("%(category)s：三十天里说了 %(n)s 次") % {"category": category.name, "n": times}
        AgendaItem.objects.create(meeting=meeting, category=category, title=title[:LONGEST_ITEM])
        added += 1
    return added


def _called_off(meeting: Meeting) -> list[AgendaItem]:
    """Tickets that were on an agenda of which nothing came, and that are open still."""
    before = AgendaItem.objects.filter(
        meeting__body=meeting.body,
        meeting__state=MeetingState.CANCELLED,
        commitment=None,
        ticket__state__in=OPEN,
    )
    again = AgendaItem.objects.exclude(meeting__state=MeetingState.CANCELLED).filter(
        meeting__body=meeting.body, ticket__isnull=False
    )
    rows = (
        before.exclude(ticket__in=again.values("ticket")).order_by("ticket_id", "-pk").distinct("ticket_id")
    )
    return list(rows)


def _raised_often(meeting: Meeting, now: datetime) -> list[tuple[Category, int]]:
    told = Ticket.objects.filter(
        division__path__startswith=meeting.body.division.path, opened_at__gt=now - WITHIN
    )
    told = told.exclude(kind=Kind.EVENT).exclude(privacy=Privacy.CONFIDENTIAL)
    told = told.exclude(state__in=[TicketState.MERGED, TicketState.TO_REFUSE, TicketState.REFUSED])
    sums = told.values("category").annotate(times=Count("pk")).filter(times__gte=RAISED).order_by("category")
    spoken_of = AgendaItem.objects.filter(
        meeting__body=meeting.body, category__isnull=False, meeting__starts_at__gt=now - WITHIN
    )
    known = set(spoken_of.exclude(meeting__state=MeetingState.CANCELLED).values_list("category", flat=True))
    often = {row["category"]: row["times"] for row in sums if row["category"] not in known}
    return [(one, often[one.pk]) for one in Category.objects.filter(pk__in=often).order_by("pk")]


@transaction.atomic
def put_on_agenda(
    *, ticket_id: int, meeting_id: int, reason: str, by: User, now: datetime, agreed: bool = False
) -> AgendaItem:
    """列入议程: a ticket is spoken of at the next meeting, in words for everybody; its clocks go on.

    `agreed`: who told it in confidence agrees. The same again changes nothing. Refuses NOT_ALLOWED,
    MOVE_REFUSED, REASON_NEEDED, NO_SUCH_MEETING (of another community, or its agenda is closed), EVENT,
    CONSENT_NEEDED, SAME_PERSON.
    """
    meeting = (
        Meeting.objects.select_for_update(no_key=True, of=("self",))
        .select_related("body__division")
        .filter(pk=meeting_id, state=MeetingState.SCHEDULED)
        .first()
    )
    ticket = lock_ticket(ticket_id)
    worn = hats(ticket, by) - {Hat.RESIDENT}
    if not worn:
        raise not_yours()
    if meeting is None or not ticket.division.path.startswith(meeting.body.division.path):
        raise DomainError("NO_SUCH_MEETING", _("请选这个社区还没有开的一次会。"), about="meeting_id")
    if ticket.kind == Kind.EVENT:
        raise DomainError("EVENT", _("这类情况由有关部门处理，不上会。"))
    if ticket.privacy == Privacy.CONFIDENTIAL and not agreed:
        raise DomainError("CONSENT_NEEDED", _("这件事是保密的，要先问过反映人同意上会。"), about="agreed")
    refuse_unmet(WHAT_TO_DISCUSS, reason)
    on_it = meeting.items.filter(ticket=ticket, commitment=None).first()
    if on_it is not None:
        return on_it
    title = reason.strip()[:LONGEST_ITEM]
    go(ticket, TicketMove.PUT_ON_AGENDA, worn, by=by, now=now, reason=title)
    tell_tellers(ticket, Letter.TICKET_TO_BE_TALKED_OF, now)
    return AgendaItem.objects.create(meeting=meeting, ticket=ticket, title=title)


@transaction.atomic
def follow_item(
    *, item_id: int, person_id: int, by: User, now: datetime, speaks: bool = False
) -> ItemFollower:
    """关注议题: she is told what came of it; with `speaks` she asks to speak of it at the meeting.

    For herself and for whom she acts, while its agenda is open; twice changes nothing, but that she
    wants to speak after all. Refuses NOT_ALLOWED, AGENDA_CLOSED.
    """
    item = AgendaItem.objects.select_related("meeting").filter(pk=item_id).first()
    person = Person.objects.filter(pk=person_id, merged_into=None).first()
    if item is None or person is None or not acts_for(by).filter(pk=person_id).exists():
        raise NotAllowed(message=_("没有找到这个议题，请回到“会议”重新看。"))
    if item.meeting.state not in {MeetingState.SCHEDULED, MeetingState.IN_SESSION}:
        raise DomainError("AGENDA_CLOSED", _("这次会已经散了，请看纪要。"))
    given = {"since": now, "speaks": speaks}
    row, new = ItemFollower.objects.get_or_create(item=item, person=person, defaults=given)
    if speaks and not new:
        ItemFollower.objects.filter(pk=row.pk).update(speaks=True)
        row.speaks = True
    return row

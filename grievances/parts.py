"""Tickets: one's own, what waits for whom, what is told at the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from common.days import day_of
from common.letters import when
from common.veils import veiled
from grievances.actions import persons
from grievances.models.bodies import BodyMember
from grievances.models.meetings import Meeting
from grievances.models.tickets import Ticket
from grievances.rules.letters import OF_DRAFT, OF_STAFF, PHONED, Letter
from grievances.rules.meetings import WRITABLE, MeetingState
from grievances.rules.tickets import TicketState
from people.models import Person, User, acts_for
from people.parts import About, Asked, AtDesk, Coming, Link, Part, Place, Section

ASKS_HER = (TicketState.ANSWERED, TicketState.WAITING_RESIDENT)
DESK = ("grievances.intake", "grievances.handle", "grievances.supervise", "grievances.street")


def _asks(user: User, _now: datetime) -> list[Section]:
    """Answers that wait for her word."""
    waits = Ticket.objects.told_by(user).filter(state__in=ASKS_HER).select_related("category")
    links = [_asked(one) for one in waits.order_by("due_at")[:3]]
    return [Section(_("您反映的事，等您说一句"), links, at="top")] if links else []


def _front(now: datetime) -> list[Section]:
    """The next meeting, and what became of the last one."""
    today = Meeting.objects.filter(state=MeetingState.IN_SESSION)
    ahead = today | Meeting.objects.filter(state=MeetingState.SCHEDULED, starts_at__gte=now)
    last = Meeting.objects.filter(state=MeetingState.PUBLISHED).order_by("-starts_at")
    links = [
        _told(one, when(one.starts_at)) for one in ahead.select_related("body").order_by("starts_at")[:1]
    ]
    links += [_told(one, _("上次的纪要")) for one in last.select_related("body")[:1]]
    return [Section(_("坐下来议一议"), links)] if links else []


def _told(meeting: Meeting, note: str) -> Link:
    return Link(str(meeting.body), reverse("grievances:meeting", args=[meeting.pk]), note, "people")


def _asked(ticket: Ticket) -> Link:
    words = _("有答复了，解决没有？") if ticket.state == TicketState.ANSWERED else _("请您补充一下")
    return Link(ticket.title, reverse("grievances:ticket", args=[ticket.pk]), words, "chat-left-text")


def _coming(user: User, now: datetime, until: datetime | None) -> Iterable[Coming]:
    """Meetings of bodies to which she, or somebody she acts for, belongs."""
    seats = BodyMember.objects.filter(person__in=acts_for(user).values("pk")).select_related("person")
    for seat in seats.valid_on(day_of(now)):
        ahead = Meeting.objects.filter(body=seat.body_id, state=MeetingState.SCHEDULED, starts_at__gte=now)
        for meeting in ahead.filter(starts_at__lt=until) if until else ahead:
            url = reverse("grievances:meeting", args=[meeting.pk])
            yield Coming(
                meeting.starts_at,
                str(meeting.body),
                seat.person.full_name,
                meeting.place,
                url,
                _("开会"),
                icon="people",
                button=_("看议程"),
            )


def _ways(_user: User) -> list[Link]:
    return [Link(_("我反映的事"), reverse("grievances:mine"), icon="chat-left-text")]


def _address(about: About) -> Link | None:
    if about.type == "body":
        return Link(_("会议"), reverse("grievances:staff_meetings"))
    if about.type == "meeting":
        name = "grievances:minutes" if about.kind in OF_DRAFT else "grievances:meeting"
        return Link(_("看议程和纪要"), reverse(name, args=[about.id]))
    if about.type != "ticket":
        return None
    if about.data.get("secret"):  # which one it is stays shut behind a code of the desk
        return Link(_("看我反映的事"), reverse("grievances:mine"))
    staff = about.kind in OF_STAFF
    name = "grievances:staff_ticket" if staff else "grievances:ticket"
    return Link(
        _("看这件事：%(number)s") % {"number": about.data["reference"]}, reverse(name, args=[about.id])
    )


def _waiting(user: User, now: datetime) -> list[Link]:
    """The intake desk, what is in her hands, what she has to decide; the meetings that she keeps."""
    kept = [_meetings(user)] if user.reach("grievances.meetings") else []
    if not any(user.reach(verb) for verb in DESK):
        return kept
    live = Ticket.objects.live()
    hands = live.in_hands_of(user).exclude(state=TicketState.ANSWERED)
    count = sum(rows.count() for rows in (live.at_intake(user, day_of(now)), hands, live.to_decide(user)))
    note = _("受理、派单、办理、答复")
    return [Link(_("说事"), reverse("grievances:staff_tickets"), note, "chat-left-text", count=count), *kept]


def _meetings(user: User) -> Link:
    """Those that are open, or whose minutes are not published."""
    mine = Meeting.objects.visible_to(user).filter(state__in=WRITABLE)
    return Link(
        _("会议"),
        reverse("grievances:staff_meetings"),
        _("定日子、当天记、纪要"),
        "people",
        count=mine.count(),
    )


def telling_for(person: Person) -> str:
    """Where the desk writes down what a resident on file tells. Logs hold this address right before the
    number of her ticket: it does not say who she is."""
    return reverse("grievances:staff_tell_for", args=[veiled(str(person.pk))])


def _desk(user: User, person: Person, _now: datetime, _asked: Asked) -> AtDesk:
    if not user.reach("grievances.intake"):
        return AtDesk()
    return AtDesk([Link(_("替居民反映"), telling_for(person), icon="chat-left-text")])


PART = Part(
    app="grievances",
    places=[Place("grievances:home", _t("说事"), "chat-left-text", ("/say",))],
    front=_front,
    asks=_asks,
    coming=_coming,
    ways=_ways,
    address=_address,
    waiting=_waiting,
    desk=_desk,
    letters=Letter,
    phoned=PHONED,
    copy=persons.copy,
    lock=persons.lock,
    unfinished=persons.unfinished,
    erase=persons.erase,
    named=persons.named,
    fold=persons.fold,
)

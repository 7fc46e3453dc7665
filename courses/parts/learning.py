"""What courses shows of one's own: offers to answer, lessons ahead, enrolments, the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from common.ical import Event
from courses.models.enrolment import Enrolment, EnrolmentQuerySet
from courses.models.session import Session
from courses.rules import LIVE_SESSIONS, EnrolmentState
from people.models import User, acts_for
from people.parts import About, Coming, Link, Section

MOST_AHEAD = 12
MOST_KNOWN = 100
MOST_PAST = 10

Lesson = tuple[Session, list[str]]


def lessons(user: User, since: datetime, until: datetime | None, most: int | None = None) -> list[Lesson]:
    """Sessions ahead with the names of the people, among those the user acts for, who sit in them."""
    seated = _hers(user).seated().select_related("person")
    names: dict[tuple[int, int | None], list[str]] = {}
    for enrolment in seated:
        seat = (enrolment.class_group_id, enrolment.session_id)
        names.setdefault(seat, []).append(enrolment.person.full_name)
    whole = [class_id for class_id, session_id in names if session_id is None]
    single = [session_id for _class_id, session_id in names if session_id is not None]
    found = Session.objects.filter(
        Q(class_group__in=whole) | Q(pk__in=single), state__in=LIVE_SESSIONS, ends_at__gt=since
    )
    if until is not None:
        found = found.filter(starts_at__lt=until)
    rows = found.select_related("class_group__center", "room").order_by("starts_at", "pk")[:most]
    return [
        (s, names.get((s.class_group_id, None), []) + names.get((s.class_group_id, s.pk), [])) for s in rows
    ]


def _hers(user: User) -> EnrolmentQuerySet:
    return Enrolment.objects.filter(person__in=acts_for(user).values("pk"))


def coming(user: User, now: datetime, until: datetime | None) -> list[Coming]:
    """Her lessons, and those of whom she acts for, with the names of who goes."""
    return [_coming(session, people) for session, people in lessons(user, now, until, MOST_AHEAD)]


def _coming(session: Session, people: Iterable[str]) -> Coming:
    group, room = session.class_group, session.room
    place = f"{group.center.name} {room.name}" if room else group.center.name
    smooth = _("，无台阶") if room and room.step_free else ""
    bring = _("带%(bring)s。") % {"bring": group.bring} if group.bring else ""
    return Coming(
        starts_at=session.starts_at,
        name=group.name,
        who="、".join(people),
        place=place,
        detail=_("%(place)s。%(bring)s") % {"place": place + smooth, "bring": bring},
        url=reverse("courses:class", args=[group.pk]),
        heading=_("%(when)s有课"),
    )


def asks(user: User, now: datetime) -> list[Section]:
    """Seats that were offered and wait for a yes or a no."""
    offered = _hers(user).filter(state=EnrolmentState.OFFERED, offer_until__gt=now)
    offers = list(offered.select_related("class_group", "person"))
    return [Section(template="courses/_offers.html", shown={"offers": offers}, at="top")] if offers else []


def mine(user: User, _now: datetime) -> list[Section]:
    """What she is in, and what is over."""
    rows = _hers(user).select_related("person", "class_group__center").order_by("-changed_at")[:MOST_KNOWN]
    everything, there = list(rows), {EnrolmentState.SEATED, EnrolmentState.WAITING}
    now_in = [_line(one) for one in everything if one.state in there]
    past = [one for one in everything if one.state not in {*there, EnrolmentState.OFFERED}]
    sections = [
        Section(_("我报的班"), now_in),
        Section(_("以前的"), [_line(one) for one in past[:MOST_PAST]], at="end"),
    ]
    return [section for section in sections if section.links]


def _line(one: Enrolment) -> Link:
    kinds = {EnrolmentState.SEATED: "ok", EnrolmentState.WAITING: "wait"}
    return Link(
        one.class_group.name,
        reverse("courses:enrolment", args=[one.pk]),
        note=f"{one.person.full_name} · {one.class_group.center.name}",
        tag=one.get_state_display(),
        tag_kind=kinds.get(EnrolmentState(one.state), "off"),
    )


def feed(user: User, since: datetime, until: datetime) -> list[Event]:
    """Her lessons for the calendar of her phone."""
    return [event(session, people) for session, people in lessons(user, since, until)]


def event(session: Session, people: Iterable[str]) -> Event:
    """One lesson as a line of a calendar."""
    group = session.class_group
    return Event(
        uid=f"session-{session.pk}",
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        name=f"{group.name}（{'、'.join(people)}）",
        place=f"{group.center.name} {session.room.name if session.room else ''}".strip(),
        note=_("请带：%(bring)s") % {"bring": group.bring} if group.bring else "",
    )


def address(about: About) -> Link | None:
    """An offer's letter leads to where it is answered."""
    if about.kind != "OFFERED":
        return None
    return Link(_("去确认"), reverse("courses:enrolment", args=[about.id]))

"""One's own things: what is coming, enrolments, letters, the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from common.moments import day_word
from common.pages import own_post
from courses.models import Enrolment, Session
from courses.rules import LIVE_SESSIONS, EnrolmentState
from notices import actions as notices
from notices.models import Notice
from people.doors import own_page, signed_in
from people.models import Person, User, acts_for
from volunteers.models import Pitch, Shift, ShiftSignup, StallBooking

INBOX = 30
FEED_DAYS = 120
LINE, LINE_DAYS = 12, 14
_feed = signing.Signer(salt="courses.feed")


@own_page
def mine(request: HttpRequest) -> HttpResponse:
    """我的: what is coming on a line, offers to answer, enrolments, letters."""
    user, now = signed_in(request), timezone.now()
    if not Person.objects.filter(user=user).exists():
        return redirect("people:profile")
    everything = list(
        Enrolment.objects.filter(person__in=acts_for(user).values("pk"))
        .select_related("person", "class_group__center", "session")
        .order_by("-changed_at")[:100]
    )
    context = {
        "offers": [e for e in everything if e.state == EnrolmentState.OFFERED and e.offer_open_at(now)],
        "items": _line(user, now),
        "enrolments": [e for e in everything if e.state in {EnrolmentState.SEATED, EnrolmentState.WAITING}],
        "past": [e for e in everything if e.state not in {"SEATED", "WAITING", "OFFERED"}][:10],
        "bookings": StallBooking.objects.live()
        .booked_by(user)
        .filter(starts_at__gt=now)
        .select_related("person", "stall__market"),
        "pitches": Pitch.objects.public().pitched_by(user).order_by("-pk")[:20],
        "unread": Notice.objects.inbox_of(user).filter(read_at=None).count(),
        "feed": feed_url(user),
    }
    return render(request, "courses/mine.html", context)


def _seats(user: User, now: datetime, days: int) -> list[tuple[Session, list[str]]]:
    """Sessions ahead with the names of the people, among those the user acts for, who sit in them."""
    seated = (
        Enrolment.objects.seated().filter(person__in=acts_for(user).values("pk")).select_related("person")
    )
    names: dict[tuple[int, int | None], list[str]] = {}
    for enrolment in seated:
        names.setdefault((enrolment.class_group_id, enrolment.session_id), []).append(
            enrolment.person.full_name
        )
    sessions = (
        Session.objects.filter(
            state__in=LIVE_SESSIONS,
            ends_at__gt=now,
            starts_at__lt=now + timedelta(days=days),
            class_group__in={class_id for class_id, _session in names},
        )
        .select_related("class_group__center", "room")
        .order_by("starts_at")
    )
    rows = (
        (s, names.get((s.class_group_id, None), []) + names.get((s.class_group_id, s.pk), []))
        for s in sessions
    )
    return [(session, people) for session, people in rows if people]


def _line(user: User, now: datetime) -> list[dict[str, Any]]:
    """The two weeks ahead on one line: classes and shifts, the next first."""
    items = [*_coming(user, now), *_shifts(user, now)]
    return sorted(items, key=lambda item: item["starts_at"])[:LINE]


def _when(starts_at: datetime, now: datetime) -> dict[str, Any]:
    starts, today = timezone.localtime(starts_at), timezone.localtime(now).date()
    return {
        "starts_at": starts_at,
        "when": f"{day_word(starts.date(), today, starts.hour)} {starts:%H:%M}",
        "today": starts.date() == today,
    }


def _coming(user: User, now: datetime) -> list[dict[str, Any]]:
    items = []
    for session, people in _seats(user, now, LINE_DAYS)[:LINE]:
        room = f" {session.room.name}" if session.room else ""
        items.append(
            {
                **_when(session.starts_at, now),
                "name": session.class_group.name,
                "place": f"{session.class_group.center.name}{room}",
                "note": "、".join(people),
                "url": reverse("courses:class", args=[session.class_group_id]),
            }
        )
    return items


def _shifts(user: User, now: datetime) -> list[dict[str, Any]]:
    """Shifts ahead in which she, or somebody she acts for, is expected."""
    expected = ShiftSignup.objects.of(user).expected(now)
    soon = expected.filter(shift__starts_at__lt=now + timedelta(days=LINE_DAYS))
    return [
        {
            **_when(one.shift.starts_at, now),
            "name": one.shift.activity.title,
            "place": one.shift.activity.meeting_point or one.shift.activity.where,
            "note": one.volunteer.person.full_name,
            "tag": _("志愿"),
            "tag_kind": "ok",
            "url": reverse("volunteers:signup", args=[one.pk]),
        }
        for one in soon[:LINE]
    ]


@own_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The letters, newest first; opening the page marks them read."""
    user = signed_in(request)
    letters = list(Notice.objects.inbox_of(user)[:INBOX])
    page = render(request, "courses/inbox.html", {"letters": letters})
    notices.mark_read(user=user, now=timezone.now())
    return page


def feed_url(user: User) -> str:
    """The private address of a user's calendar; whoever knows it can read it, so it can be renewed."""
    token = _feed.sign(f"{user.pk}.{user.feed_version}").replace(":", "~")
    return settings.PUBLIC_URL.rstrip("/") + reverse("courses:feed", args=[token])


@own_post
def renew_feed(request: HttpRequest) -> HttpResponse:
    """Makes the old calendar address dead."""
    User.objects.filter(pk=signed_in(request).pk).update(feed_version=F("feed_version") + 1)
    messages.success(request, _("日历地址换好了，旧地址已经失效，请在手机日历里订阅新的。"))
    return redirect("courses:mine")


def feed(_request: HttpRequest, token: str) -> HttpResponse:
    """The calendar a phone subscribes to: classes and shifts ahead of everybody the user acts for."""
    try:
        pk, _dot, version = _feed.unsign(token.replace("~", ":")).partition(".")
    except signing.BadSignature:
        raise Http404 from None
    user = User.objects.filter(pk=pk, feed_version=version, is_active=True).first()
    if user is None:
        raise Http404
    since = timezone.now() - timedelta(days=1)
    lessons = [_lesson(session, people) for session, people in _seats(user, since, FEED_DAYS)]
    return _calendar([*lessons, *_shift_events(user, since)], "linli.ics")


@own_page
def enrolment_calendar(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """One class as an iCal file."""
    user, now = signed_in(request), timezone.now()
    found = Enrolment.objects.filter(person__in=acts_for(user).values("pk"), pk=enrolment_id).first()
    if found is None:
        raise Http404
    rows = [row for row in _seats(user, now, 400) if row[0].class_group_id == found.class_group_id]
    return _calendar([_lesson(*row) for row in rows], f"class-{found.class_group_id}.ics")


def _lesson(session: Session, people: Iterable[str]) -> Event:
    group = session.class_group
    event = _event(f"session-{session.pk}", session, group.name, people)
    event.add("location", f"{group.center.name} {session.room.name if session.room else ''}".strip())
    if group.bring:
        event.add("description", _("请带：%(bring)s") % {"bring": group.bring})
    return event


def _shift_events(user: User, since: datetime) -> list[Event]:
    soon = ShiftSignup.objects.of(user).expected(since)
    soon = soon.filter(shift__starts_at__lt=since + timedelta(days=FEED_DAYS))
    events = []
    for shift, signups in groupby(soon, key=lambda one: one.shift):
        names = [one.volunteer.person.full_name for one in signups]
        event = _event(f"shift-{shift.pk}", shift, shift.activity.title, names)
        event.add("location", shift.activity.meeting_point or shift.activity.where)
        events.append(event)
    return events


def _event(uid: str, of: Session | Shift, name: str, people: Iterable[str]) -> Event:
    event = Event()
    event.add("uid", f"{uid}@linli")
    event.add("dtstamp", of.starts_at)
    event.add("dtstart", of.starts_at)
    event.add("dtend", of.ends_at)
    event.add("summary", f"{name}（{'、'.join(people)}）")
    return event


def _calendar(events: Iterable[Event], file_name: str) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", "-//Linli//zh-Hans//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("邻里：我的安排"))
    for event in events:
        calendar.add_component(event)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response

"""The first page: one's own next class and offers, then what has seats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from centers.models import Center
from common.moments import day_word
from common.pages import public_page
from courses.models import ClassGroup, Enrolment, Session
from courses.rules import EnrolmentState
from courses.views import cards
from notices.models import Notice
from people.models import User, acts_for
from volunteers.models import ShiftSignup

CARDS = 6
CENTERS = 5
# Session and messages: who brings neither has nothing of her own to be shown.
PERSONAL_COOKIES = {settings.SESSION_COOKIE_NAME, "messages"}


def home(request: HttpRequest) -> HttpResponse:
    """What still has seats, the soonest first; for who is signed in, her next class before it."""
    return _public_home(request) if PERSONAL_COOKIES.isdisjoint(request.COOKIES) else _own_home(request)


@public_page
def _public_home(request: HttpRequest) -> HttpResponse:
    return render(request, "courses/home.html", _for_everybody(timezone.now()))


@never_cache
def _own_home(request: HttpRequest) -> HttpResponse:
    context = _for_everybody(timezone.now())
    if isinstance(request.user, User):
        context |= _for_her(request.user, timezone.now())
    return render(request, "courses/home.html", context)


def _for_everybody(now: datetime) -> dict[str, Any]:
    soon = ClassGroup.objects.for_cards().with_next(now).with_seats(now)
    return {
        "cards": [cards.class_card(group, now) for group in soon[:CARDS]],
        "total": ClassGroup.objects.current().count(),
        "centers": list(Center.objects.order_by("pk")[:CENTERS]),
    }


def _for_her(user: User, now: datetime) -> dict[str, Any]:
    people = acts_for(user).values("pk")
    enrolments = Enrolment.objects.filter(person__in=people).select_related("class_group", "person")
    offers = enrolments.filter(state=EnrolmentState.OFFERED, offer_until__gt=now)
    coming = Session.objects.coming(now).filter(_sits_in(user)).select_related("class_group__center", "room")
    unread = Notice.objects.inbox_of(user).filter(read_at=None).count()
    found = coming.first()
    return {
        "name": user.name,
        "unread": unread,
        "offers": offers,
        **(_next(found, user, now) if found else {}),
        "next_shift": _next_shift(user, now),
    }


def _next(session: Session, user: User, now: datetime) -> dict[str, Any]:
    """Her next class, or that of somebody she acts for, with the names of who goes."""
    starts = timezone.localtime(session.starts_at)
    seats = Enrolment.objects.seated().filter(class_group=session.class_group_id)
    mine = seats.filter(Q(session=None) | Q(session=session)).values("person")
    return {
        "next": session,
        "next_word": day_word(starts.date(), timezone.localtime(now).date(), starts.hour),
        "who": "、".join(acts_for(user).filter(pk__in=mine).values_list("full_name", flat=True)),
    }


def _next_shift(user: User, now: datetime) -> dict[str, Any] | None:
    """The next shift that she, or somebody she acts for, is expected in."""
    signup = ShiftSignup.objects.of(user).expected(now).first()
    if signup is None:
        return None
    starts, today = timezone.localtime(signup.shift.starts_at), timezone.localtime(now).date()
    return {
        "signup": signup,
        "shift": signup.shift,
        "word": day_word(starts.date(), today, starts.hour),
        "who": signup.volunteer.person.full_name,
        "where": signup.shift.activity.meeting_point or signup.shift.activity.where,
    }


def _sits_in(user: User) -> Q:
    mine = Enrolment.objects.seated().filter(person__in=acts_for(user).values("pk"))
    return Q(class_group__in=mine.filter(session=None).values("class_group")) | Q(
        pk__in=mine.exclude(session=None).values("session")
    )

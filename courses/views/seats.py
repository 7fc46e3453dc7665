"""Taking a seat and giving it back: each view is one verb."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.forms import PlainForm
from common.ical import calendar_file
from common.pages import ask, own_post
from courses.actions import enrolment as enrolment_actions
from courses.forms import EnrolForm
from courses.models.enrolment import Enrolment
from courses.parts import cards, learning
from courses.rules import ENROLMENTS, LIVE, EnrolmentState, Event, Party
from courses.views.public import class_page
from people.doors import own_page, signed_in
from people.models import Person, User, acts_for

CALENDAR_AHEAD = timedelta(days=400)


def enrol(request: HttpRequest, class_id: int) -> HttpResponse:
    """报名: one tap for oneself or somebody one acts for."""
    back = reverse("courses:class", args=[class_id])
    if request.method != "POST":
        return redirect(back)
    if not isinstance(request.user, User):
        return redirect_to_login(back)
    user, form = request.user, EnrolForm(request.POST)

    def act() -> HttpResponse:
        told = form.cleaned_data
        done = enrolment_actions.enrol(
            class_id=class_id,
            person=_person(user, told["person"]),
            by=user,
            now=timezone.now(),
            session_id=told["session"],
            clash_confirmed=told["clash"],
        )
        return redirect("courses:enrolment", done.pk)

    return ask(request, form, act, back=back, show=partial(class_page, request, class_id, form=form))


def _person(user: User, person_id: int) -> Person:
    """Whom the form names; her own record is found in one query, others through acts_for."""
    try:
        return Person.objects.only("full_name", "born_on", "user", "merged_into").get(pk=person_id, user=user)
    except Person.DoesNotExist:
        person = acts_for(user).filter(pk=person_id).first()
    if person is None:
        raise NotAllowed(message=_("您不能替这位居民报名，请先到服务台登记代办关系。"))
    return person


def _own(request: HttpRequest, enrolment_id: int) -> Enrolment:
    mine = Enrolment.objects.filter(person__in=acts_for(signed_in(request)).values("pk"))
    return get_object_or_404(
        mine.select_related(
            "person", "class_group__course", "class_group__center", "class_group__room", "session__room"
        ).prefetch_related("class_group__slots"),
        pk=enrolment_id,
    )


@own_page
def enrolment(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """What was done, what comes next, how to undo it; printable."""
    found, now = _own(request, enrolment_id), timezone.now()
    scope = [found.session] if found.session else found.class_group.sessions.coming(now)
    moves = ENROLMENTS.offered(found.state, {Party.LEARNER})
    context = {
        "enrolment": found,
        "group": found.class_group,
        "next": next(iter(scope), None),
        "ahead": found.ahead() if found.state == EnrolmentState.WAITING else 0,
        "live": found.state in LIVE,
        "slots": cards.slots(found.class_group),
        "offered": Event.ACCEPT in moves and found.offer_open_at(now),
        # Who is asked whether she wants the seat says no to it instead.
        "may_leave": Event.WITHDRAW in moves and Event.DECLINE not in moves,
        "reference": f"{found.class_group_id}-{found.pk}",
    }
    return render(request, "courses/enrolment.html", context)


@own_post
def withdraw(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """退课."""

    def act() -> str:
        enrolment_actions.withdraw(enrolment_id=enrolment_id, by=signed_in(request), now=timezone.now())
        return _("已退出。改主意了可以重新报名。")

    return ask(request, PlainForm(request.POST), act, back=_page(enrolment_id))


@own_post
def accept(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """要候补到的名额; the page itself says that the seat is hers."""

    def act() -> HttpResponse:
        enrolment_actions.accept_offer(enrolment_id=enrolment_id, by=signed_in(request), now=timezone.now())
        return redirect(_page(enrolment_id))

    return ask(request, PlainForm(request.POST), act, back=_page(enrolment_id))


@own_post
def decline(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """不要候补到的名额."""

    def act() -> str:
        enrolment_actions.decline_offer(enrolment_id=enrolment_id, by=signed_in(request), now=timezone.now())
        return _("已放弃，名额让给了下一位。")

    return ask(request, PlainForm(request.POST), act, back=_page(enrolment_id))


def _page(enrolment_id: int) -> str:
    return reverse("courses:enrolment", args=[enrolment_id])


@own_page
def enrolment_calendar(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """One class as an iCal file."""
    user, now = signed_in(request), timezone.now()
    found = Enrolment.objects.filter(person__in=acts_for(user).values("pk"), pk=enrolment_id).first()
    if found is None:
        raise Http404
    rows = learning.lessons(user, now, now + CALENDAR_AHEAD)
    events = [learning.event(*row) for row in rows if row[0].class_group_id == found.class_group_id]
    return calendar_file(events, f"class-{found.class_group_id}.ics")

"""The roster of a class: who sits, who waits, and every button that changes it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, TypedDict
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.addresses import with_query
from common.forms import PlainForm, ReasonForm
from common.pages import ask, number, typed_words
from courses.actions import enrolment as enrolment_actions
from courses.actions.classes import change_capacity, message_class
from courses.actions.rosters import enrol_newcomer
from courses.forms import CapacityForm, DeskEnrolForm, MessageForm, MoveSeatForm, NewcomerForm
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.parts import cards
from courses.rules import ENROLMENTS, EnrolBy, EnrolChannel, EnrolmentState, Party
from courses.views.sight import powers, the_class, the_enrolment
from people.doors import allow, finds_people, signed_in, work_page, work_post
from people.models import Person

MOST_FOUND = 8


@work_page
@finds_people
def roster(request: HttpRequest, class_id: int) -> HttpResponse:
    """花名册: learners, the line, the dates; a box to add somebody."""
    user = signed_in(request)
    group = the_class(user, class_id)
    sessions = list(group.sessions.select_related("room").order_by("starts_at"))
    session = _pool(request, group, sessions)
    enrolled = list(
        group.enrolments.for_roster().filter(session=session) if session else group.enrolments.for_roster()
    )
    typed = typed_words(request.GET.get("q"))
    can = powers(user, group)
    found = Person.objects.visible_to(user).matching(typed) if can.enrol and typed else Person.objects.none()
    context = {
        "group": group,
        "can": can,
        "slots": cards.slots(group),
        "place": cards.place(group),
        "teacher": cards.teacher(group),
        "sessions": sessions,
        "session": session,
        "today": timezone.localdate(),
        **_lines(enrolled),
        "typed": typed,
        "found": list(found.select_related("home")[:MOST_FOUND]),
        "enrolled_ids": {one.person_id for one in enrolled},
        "clash": number(request.GET.get("clash")),
    }
    return render(request, "courses/staff/roster.html", context)


def _pool(request: HttpRequest, group: ClassGroup, sessions: Sequence[Session]) -> Session | None:
    """Which session's seats are looked at, where people enrol by session: asked for, next, or last."""
    if group.enrol_by == EnrolBy.CLASS or not sessions:
        return None
    asked, now = number(request.GET.get("session")), timezone.now()
    chosen = [one for one in sessions if one.pk == asked]
    coming = [one for one in sessions if one.ends_at > now]
    return (chosen or coming or list(sessions)[-1:])[0]


class Lines(TypedDict):
    """Who has a seat in a class, who was offered one, who waits."""

    seated: list[Enrolment]
    offered: list[Enrolment]
    waiting: list[Enrolment]


def _lines(enrolled: Sequence[Enrolment]) -> Lines:
    today = timezone.localdate()
    for one in enrolled:
        one.age = one.person.age_on(today)
    states = EnrolmentState
    return {
        "seated": [one for one in enrolled if one.state == states.SEATED],
        "offered": [one for one in enrolled if one.state == states.OFFERED],
        "waiting": [one for one in enrolled if one.state == states.WAITING],
    }


def _roster_url(class_id: int, **query: Any) -> str:
    address = reverse("courses:staff_class", args=[class_id])
    kept = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(kept)}" if kept else address


@work_post
def add(request: HttpRequest, class_id: int) -> HttpResponse:
    """加学员: enrols somebody who is on file."""
    user, form = signed_in(request), DeskEnrolForm(request.POST)
    told = form.cleaned_data if form.is_valid() else {}

    def act() -> str:
        done = enrolment_actions.enrol(
            class_id=class_id,
            person=get_object_or_404(Person.objects.visible_to(user), pk=told["person"]),
            by=user,
            now=timezone.now(),
            channel=EnrolChannel.COUNTER,
            session_id=told["session"],
            clash_confirmed=told["clash"],
        )
        return enrolled_words(done)

    def show(*, status: int) -> HttpResponse:
        query = {"session": told.get("session"), "q": told.get("q")}
        return asked_again(request, form, _roster_url(class_id, **query), told.get("person"))

    return ask(request, form, act, back=_roster_url(class_id, session=told.get("session")), show=show)


def asked_again(request: HttpRequest, form: PlainForm, page: str, chosen: int | None) -> HttpResponse:
    """Back on the page that finds somebody, with the sentence; a clash is asked about there."""
    if form.refusal:
        messages.error(request, form.refusal.messages[0])
    clashes = form.refusal is not None and form.refusal.code == "CLASH"
    return redirect(with_query(page, clash=chosen) if clashes else page)


def enrolled_words(done: Enrolment) -> str:
    """What became of an enrolment at the desk, as a sentence."""
    if done.state == EnrolmentState.WAITING:
        words = {"person": done.person, "ahead": done.ahead()}
        return _("名额满了，%(person)s排进候补，前面 %(ahead)s 人。") % words
    return _("%(person)s已入班。") % {"person": done.person}


@work_page
def newcomer(request: HttpRequest, class_id: int) -> HttpResponse:
    """新学员: on record and into the class in one go."""
    user = signed_in(request)
    group = the_class(user, class_id)
    allow(powers(user, group).enrol)
    session_id = number(request.GET.get("session"))
    form = NewcomerForm(request.POST or None, initial={"full_name": typed_words(request.GET.get("name"))})

    def act() -> str:
        return enrolled_words(
            enrol_newcomer(
                class_id=class_id, session_id=session_id, by=user, now=timezone.now(), **form.cleaned_data
            )
        )

    return ask(
        request,
        form,
        act=act,
        back=_roster_url(class_id, session=session_id),
        back_label=group.name,
        title=_("登记新学员"),
        intro=_("先在花名册上方找一找，已有档案的不用再登记。不满 14 岁的孩子要先登记监护人和同意书。"),
        button=_("登记并报名"),
    )


@work_page
def enrolment(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """One learner in one class: move, withdraw, remove, answer an offer."""
    user = signed_in(request)
    return _enrolment_page(request, the_enrolment(user, enrolment_id))


def _enrolment_page(
    request: HttpRequest, found: Enrolment, *, status: int = 200, **bound: Any
) -> HttpResponse:
    user = signed_in(request)
    forms = {
        "move": bound.get("move") or MoveSeatForm(enrolment=found, user=user, auto_id="move_%s"),
        "remove": bound.get("remove") or ReasonForm(auto_id="remove_%s"),
    }
    context = {
        "enrolment": found,
        "group": found.class_group,
        "age": found.person.age_on(timezone.localdate()),
        "ahead": found.ahead() if found.state == EnrolmentState.WAITING else 0,
        "moves": ENROLMENTS.offered(found.state, {Party.STAFF}),
        "form": next(iter(bound.values()), None),
        "back": _back(found),
        **forms,
    }
    return render(request, "courses/staff/enrolment.html", context, status=status)


@work_post
def withdraw(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """替学员退课."""
    user = signed_in(request)
    found = the_enrolment(user, enrolment_id)

    def act() -> str:
        done = enrolment_actions.withdraw(enrolment_id=found.pk, by=user, now=timezone.now())
        return _("%(person)s已退出，名额给了下一位。") % {"person": done.person}

    return ask(request, PlainForm(request.POST), act, back=_back(found))


@work_post
def accept(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """替学员要候补到的名额, as told by phone."""
    user = signed_in(request)
    found = the_enrolment(user, enrolment_id)

    def act() -> str:
        return _state(enrolment_actions.accept_offer(enrolment_id=found.pk, by=user, now=timezone.now()))

    return ask(request, PlainForm(request.POST), act, back=_back(found))


@work_post
def decline(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """替学员放弃候补到的名额."""
    user = signed_in(request)
    found = the_enrolment(user, enrolment_id)

    def act() -> str:
        return _state(enrolment_actions.decline_offer(enrolment_id=found.pk, by=user, now=timezone.now()))

    return ask(request, PlainForm(request.POST), act, back=_back(found))


def _state(done: Enrolment) -> str:
    return _("%(person)s：%(state)s。") % {"person": done.person, "state": done.get_state_display()}


def _back(found: Enrolment) -> str:
    return _roster_url(found.class_group_id, session=found.session_id)


@work_post
def remove(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """移出名单, with a reason."""
    user = signed_in(request)
    found, form = the_enrolment(user, enrolment_id), ReasonForm(request.POST, auto_id="remove_%s")

    def act() -> str:
        enrolment_actions.remove(enrolment_id=enrolment_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("%(person)s已移出，会收到通知。") % {"person": found.person}

    show = partial(_enrolment_page, request, found, remove=form)
    return ask(request, form, act, back=_back(found), show=show)


@work_post
def move_seat(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """调班 to a parallel class."""
    user = signed_in(request)
    found = the_enrolment(user, enrolment_id)
    form = MoveSeatForm(request.POST, enrolment=found, user=user, auto_id="move_%s")

    def act() -> str:
        target = form.cleaned_data["to_class"]
        enrolment_actions.move_seat(
            enrolment_id=enrolment_id, to_class_id=target.pk, by=user, now=timezone.now()
        )
        return _("%(person)s已调到%(name)s。") % {"person": found.person, "name": target}

    back, show = _roster_url(found.class_group_id), partial(_enrolment_page, request, found, move=form)
    return ask(request, form, act, back=back, show=show)


@work_page
def message(request: HttpRequest, class_id: int) -> HttpResponse:
    """群发通知: the key in the form makes a double click one message."""
    user = signed_in(request)
    group = the_class(user, class_id)
    allow(powers(user, group).message)
    form = MessageForm(request.POST or None)

    def act() -> str:
        sent = message_class(class_id=class_id, by=user, now=timezone.now(), **form.cleaned_data)
        return ngettext("已发给 %(n)s 位学员。", "已发给 %(n)s 位学员。", sent) % {"n": sent}

    return ask(
        request,
        form,
        act=act,
        back=_roster_url(class_id),
        back_label=group.name,
        title=_("给%(name)s发通知") % {"name": group.name},
        intro=_("已入班的人都会收到；没有账号的会排进电话名单。"),
        button=_("发出去"),
    )


@work_page
def capacity(request: HttpRequest, class_id: int) -> HttpResponse:
    """改名额."""
    user = signed_in(request)
    group = the_class(user, class_id)
    allow(powers(user, group).change)
    form = CapacityForm(request.POST or None, group=group)

    def act() -> str:
        change_capacity(class_id=class_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("名额已改；多出来的名额按顺序给了候补的人。")

    return ask(
        request,
        form,
        act=act,
        back=_roster_url(class_id),
        back_label=group.name,
        title=_("改名额"),
        intro=_("现在入班 %(taken)s 人，候补 %(line)s 人。")
        % {"taken": group.seats_taken, "line": group.waiting_taken},
        button=_("改名额"),
    )

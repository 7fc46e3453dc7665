"""At the counter one button puts a resident into a class; her card is a page of the front hall."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from common.addresses import with_query
from common.pages import ask
from courses.actions import enrolment
from courses.forms import JoinForm
from courses.rules import EnrolChannel
from courses.views.rosters import asked_again, enrolled_words
from people.doors import allow, signed_in, the_person, work_post


@work_post
def enrol(request: HttpRequest, person_id: int) -> HttpResponse:
    """报名 at the counter."""
    user, form = signed_in(request), JoinForm(request.POST)
    allow(bool(user.reach("courses.enrol")))
    found = the_person(user, person_id)
    card = reverse("desk_person", args=[person_id])
    told = form.cleaned_data if form.is_valid() else {}

    def act() -> str:
        done = enrolment.enrol(
            class_id=told["class_id"],
            person=found,
            by=user,
            now=timezone.now(),
            channel=EnrolChannel.COUNTER,
            clash_confirmed=told["clash"],
        )
        return enrolled_words(done)

    def show(*, status: int) -> HttpResponse:
        return asked_again(request, form, with_query(card, c=told.get("c", "")), told.get("class_id"))

    return ask(request, form, act, back=card, show=show)

"""At the counter one button puts a resident into a class; her card is a page of the front hall."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from common.pages import number
from courses.actions import enrolment
from courses.rules import EnrolChannel
from courses.views.rosters import enrolled_words
from people.doors import allow, signed_in, the_person, work_post


@work_post
def enrol(request: HttpRequest, person_id: int) -> HttpResponse:
    """报名 at the counter."""
    user, asked = signed_in(request), request.POST
    allow(bool(user.reach("courses.enrol")))
    found = the_person(user, person_id)
    card, class_id = reverse("desk_person", args=[person_id]), number(asked.get("class")) or 0
    try:
        done = enrolment.enrol(
            class_id=class_id,
            person=found,
            by=user,
            now=timezone.now(),
            channel=EnrolChannel.COUNTER,
            clash_confirmed=asked.get("clash") == "yes",
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        query = {"c": asked.get("c", ""), "clash": class_id if refusal.code == "CLASH" else ""}
        return redirect(f"{card}?{urlencode(query)}")
    messages.success(request, enrolled_words(done))
    return redirect(card)

"""The counter: one box finds the resident, one button puts her into a class, one prints the slip."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from common.errors import DomainError
from common.pages import ask, number
from common.pinyin import spell
from common.reach import within
from courses import actions
from courses.forms import ResidentForm
from courses.models import ClassGroup, Enrolment
from courses.rules import EnrolChannel
from courses.views.rosters import enrolled_words
from courses.views.sight import allow, staff_page, staff_post
from people import actions as people
from people.doors import signed_in, the_person
from people.models import Person, User
from people.rules import Purpose, needs_guardian

MOST_FOUND = 20
MOST_CLASSES = 30


@staff_page
def desk(request: HttpRequest) -> HttpResponse:
    """服务台: name, pinyin initials, phone tail or ID number; a single match opens at once."""
    user = signed_in(request)
    allow(bool(user.reach("courses.enrol")))
    typed = request.GET.get("q", "").strip()[:60]
    found = list(
        Person.objects.visible_to(user).matching(typed).select_related("home__parent")[: MOST_FOUND + 1]
    )
    if len(found) == 1:
        return redirect("courses:staff_person", found[0].pk)
    context = {
        "typed": typed,
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
        "today": timezone.localdate(),
    }
    return render(request, "courses/staff/desk.html", context)


@staff_page
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """A resident's card: what she is in, what she could join."""
    user = signed_in(request)
    allow(bool(user.reach("courses.enrol")))
    found = the_person(user, person_id)
    today, typed = timezone.localdate(), request.GET.get("c", "").strip()[:40]
    child = needs_guardian(found.born_on, today)
    enrolments = (
        Enrolment.objects.visible_to(user)
        .live()
        .filter(person=found)
        .select_related("class_group__center", "class_group__room", "session")
        .prefetch_related("class_group__slots")
        .order_by("created_at")
    )
    context = {
        "person": found,
        "age": found.age_on(today),
        "lacks_consent": child and not found.has_consent(Purpose.COURSES),
        "helpers": found.guardians.filter(until=None).select_related("guardian"),
        "enrolments": enrolments,
        "typed": typed,
        "classes": _classes(user, typed),
        "clash": number(request.GET.get("clash")),
        "may_code": user.is_staff and bool(user.reach("people.desk_code")),
    }
    return render(request, "courses/staff/person.html", context)


def _classes(user: User, typed: str) -> list[ClassGroup]:
    """Classes that she could join, found by name or by its pinyin initials; those with seats first."""
    going = ClassGroup.objects.visible_to(user).current().for_cards().order_by("name", "pk").distinct()
    near = within(going, "center__division", user.reach("courses.enrol"))
    wanted = typed.lower().replace(" ", "")
    fit = [group for group in near if wanted in group.name or spell(group.name)[1].startswith(wanted)]
    fit.sort(key=lambda group: not group.seats_left)
    return fit[:MOST_CLASSES]


@staff_post
def enrol(request: HttpRequest, person_id: int) -> HttpResponse:
    """报名 at the counter."""
    user, asked = signed_in(request), request.POST
    allow(bool(user.reach("courses.enrol")))
    found = the_person(user, person_id)
    card, class_id = reverse("courses:staff_person", args=[person_id]), number(asked.get("class")) or 0
    try:
        done = actions.enrol(
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


@staff_page
def new_person(request: HttpRequest) -> HttpResponse:
    """建档: somebody who is not on file, found or not found a moment ago."""
    user = signed_in(request)
    paths = user.reach("people.change")
    allow(bool(paths))
    homes = within(Division.objects.order_by("path"), "", paths)
    form = ResidentForm(request.POST or None, homes=homes, initial=_guess(request.GET.get("q", "")))

    def act() -> HttpResponse:
        made = people.add_person(by=user, now=timezone.now(), **form.cleaned_data)
        return redirect("courses:staff_person", made.pk)

    return ask(
        request,
        form,
        act=act,
        back=reverse("courses:staff_desk"),
        back_label=_("服务台"),
        title=_("登记新居民"),
        intro=_("先找一找，已有档案的不用再登记。"),
        button=_("登记"),
    )


def _guess(typed: str) -> dict[str, Any]:
    """What was typed into the box is most likely the name, or the phone."""
    typed = typed.strip()[:40]
    if not typed or (typed.isascii() and not typed.isdigit()):
        return {}
    return {"phone": typed} if typed.isdigit() else {"full_name": typed}

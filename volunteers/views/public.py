"""What there is to do, one shift, and becoming a volunteer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.addresses import asked_next
from common.forms import PlainForm
from common.pages import ask, number, own_post
from common.shapes import Choice
from people.doors import own_page, signed_in
from people.models import Person, User, acts_for
from people.parts import links_on
from volunteers.actions import roll
from volunteers.forms import JoinForm, SignUpForm
from volunteers.models.roll import Skill, Volunteer
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.roll import VolunteerState
from volunteers.rules.shifts import BUSY, SignupState
from volunteers.views import cards

PER_PAGE = 24
MINE = 10
OTHERS = 6


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """志愿: one's own shifts, then what still needs people, the soonest first."""
    now = timezone.now()
    page = Paginator(Shift.objects.next_of_each(now).for_cards(), PER_PAGE).get_page(request.GET.get("page"))
    user = request.user if isinstance(request.user, User) else None
    context = {
        "page_obj": page,
        "cards": [cards.shift_card(shift, now) for shift in page],
        "links": links_on("volunteers:home", user),
        **(_for_her(user, now) if user else {}),
    }
    return render(request, "volunteers/home.html", context)


def _for_her(user: User, now: datetime) -> dict[str, Any]:
    signups = (
        ShiftSignup.objects.of(user)
        .filter(state__in=[*BUSY, SignupState.WAITING], shift__ends_at__gt=now)
        .select_related("shift__activity", "volunteer__person")
        .order_by("shift__starts_at")
    )
    led = Shift.objects.filter(activity__organiser__person__user=user, state="PLANNED")
    mine = Volunteer.objects.active().filter(person__in=acts_for(user).values("pk"))
    return {
        "signups": signups[:MINE],
        "led": led.select_related("activity").order_by("starts_at")[:MINE],
        "is_volunteer": mine.exists(),
        "is_staff": user.is_staff and bool(user.reach("volunteers.view")),
    }


@never_cache
def shift_page(
    request: HttpRequest, shift_id: int, *, form: SignUpForm | None = None, status: int = 200
) -> HttpResponse:
    """A shift: what, when, where, what it asks for, how many places, and taking one.

    After a refusal of `form` the same page says why, and who was chosen stays chosen.
    """
    now = timezone.now()
    seen = Shift.objects.public().for_cards().select_related("activity__organiser__person", "activity__team")
    shift = get_object_or_404(seen, pk=shift_id)
    user = request.user if isinstance(request.user, User) else None
    context: dict[str, object] = {
        "shift": shift,
        "activity": shift.activity,
        "seats": cards.seats(shift, now),
        "rhythm": cards.rhythm(shift.activity),
        "asks": cards.asks(shift.activity),
        "closed": cards.state_word(shift, now),
        "others": shift.activity.shifts.coming(now).exclude(pk=shift.pk)[:OTHERS],
        "full": not shift.places_left and shift.waiting_taken >= shift.waiting_limit,
        "refusal": form.refusal if form else None,
        "runs": user is not None and _runs(user, shift),
    }
    if user:
        context.update(_who(user, shift, request.POST.get("volunteer", "")))
    return render(request, "volunteers/shift.html", context, status=status)


def _runs(user: User, shift: Shift) -> bool:
    return shift.activity.is_led_by(user) or user.may("volunteers.record", shift.activity.division)


class Who(TypedDict):
    """Whom one may sign up, who is on the list already, and whether one press is enough."""

    people: list[Choice]
    mine: list[ShiftSignup]
    no_volunteer: bool
    first: bool


def _who(user: User, shift: Shift, chosen: str) -> Who:
    """The volunteers one may sign up here, and those who are on the list already."""
    family = Volunteer.objects.active().filter(person__in=acts_for(user).values("pk"))
    everybody = sorted(family.select_related("person"), key=lambda one: one.person.user_id != user.pk)
    listed = list(
        ShiftSignup.objects.of(user).listed().filter(shift=shift).select_related("volunteer__person")
    )
    inside = {signup.volunteer_id for signup in listed}
    free = [one for one in everybody if one.pk not in inside]
    return {
        "people": [
            {
                "value": one.pk,
                "label": _label(one.person, user),
                "checked": str(one.pk) == chosen or (not chosen and not listed and index == 0),
            }
            for index, one in enumerate(free)
        ],
        "mine": listed,
        "no_volunteer": not everybody,
        # Once somebody of the family is in, the next one is chosen on purpose.
        "first": not listed or bool(chosen),
    }


def _label(person: Person, user: User) -> str:
    if person.user_id == user.pk:
        return _("我自己（%(name)s）") % {"name": person.full_name}
    return person.full_name


@own_page
def join(request: HttpRequest) -> HttpResponse:
    """登记志愿者: who, and what she can do; again to change the skills."""
    user = signed_in(request)
    if not acts_for(user).exists():
        return redirect("people:profile")
    form = JoinForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        told = form.cleaned_data
        skills = [skill.pk for skill in told["skill"]]
        done = roll.join(person_id=told["person"], by=user, now=timezone.now(), skill_ids=skills)
        return _("%(name)s是志愿者了，谢谢您！") % {"name": done.person.full_name}

    def show(*, status: int) -> HttpResponse:
        context = {"form": form, "next": asked_next(request), **_joining(request, user)}
        return render(request, "volunteers/join.html", context, status=status)

    return ask(request, form, act, back=asked_next(request) or reverse("volunteers:home"), show=show)


class Joining(TypedDict):
    """Who may become a volunteer, what there is to be good at, and who may leave."""

    people: list[Choice]
    skills: list[Choice]
    leaving: list[Volunteer]


def _joining(request: HttpRequest, user: User) -> Joining:
    chosen = number(request.POST.get("person") or request.GET.get("person"))
    people = sorted(acts_for(user).select_related("volunteer"), key=lambda person: person.user_id != user.pk)
    whose = next((person for person in people if person.pk == chosen), people[0])
    known = getattr(whose, "volunteer", None)
    kept = set(known.skills.values_list("pk", flat=True)) if known else set()
    if request.method == "POST":
        kept = {number(pk) for pk in request.POST.getlist("skill")}
    return {
        "people": [
            {
                "value": person.pk,
                "label": _label(person, user),
                "note": _standing(person),
                "checked": person == whose,
            }
            for person in people
        ],
        "skills": [
            {"value": skill.pk, "label": skill.name, "checked": skill.pk in kept}
            for skill in Skill.objects.all()
        ],
        "leaving": [p.volunteer for p in people if _standing(p)],
    }


def _standing(person: Person) -> str:
    known = getattr(person, "volunteer", None)
    return str(known.get_state_display()) if known and known.state != VolunteerState.LEFT else ""


@own_post
def leave(request: HttpRequest, volunteer_id: int) -> HttpResponse:
    """退出志愿者."""

    def act() -> str:
        roll.leave(volunteer_id=volunteer_id, by=signed_in(request), now=timezone.now())
        return _("已退出志愿者，时长和积分都还在。想回来随时再登记。")

    return ask(request, PlainForm(request.POST), act, back=reverse("volunteers:home"))

"""Taking a place in a shift and giving it back: each view is one verb."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.forms import PlainForm
from common.pages import ask, own_post
from people.doors import own_page, signed_in
from people.models import User
from volunteers.actions import signups
from volunteers.forms import SignUpForm
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import SIGNUPS, SignupEvent, SignupParty, SignupState
from volunteers.views.public import shift_page


def sign_up(request: HttpRequest, shift_id: int) -> HttpResponse:
    """报名志愿: one tap for oneself or somebody one acts for."""
    back = reverse("volunteers:shift", args=[shift_id])
    if request.method != "POST":
        return redirect(back)
    if not isinstance(request.user, User):
        return redirect_to_login(back)
    user, form = request.user, SignUpForm(request.POST)

    def act() -> HttpResponse:
        chosen = form.cleaned_data["volunteer"]
        done = signups.sign_up(shift_id=shift_id, volunteer_id=chosen, by=user, now=timezone.now())
        return redirect("volunteers:signup", done.pk)

    return ask(request, form, act, back=back, show=partial(shift_page, request, shift_id, form=form))


_leave = SIGNUPS.offers(SignupEvent.WITHDRAW, SignupParty.VOLUNTEER)


@own_page
def signup(request: HttpRequest, signup_id: int) -> HttpResponse:
    """What was done, what comes next, how to undo it; printable."""
    mine = ShiftSignup.objects.of(signed_in(request)).select_related(
        "shift__activity__center", "shift__activity__organiser__person", "volunteer__person"
    )
    found, now = get_object_or_404(mine, pk=signup_id), timezone.now()
    waiting = found.state == SignupState.WAITING
    context = {
        "signup": found,
        "shift": found.shift,
        "activity": found.shift.activity,
        "ahead": found.ahead() if waiting else 0,
        "may_leave": _leave(found) and found.shift.is_open_at(now),
        "reference": f"{found.shift_id}-{found.pk}",
    }
    return render(request, "volunteers/signup.html", context)


@own_post
def withdraw(request: HttpRequest, signup_id: int) -> HttpResponse:
    """退出志愿班次."""

    def act() -> str:
        signups.withdraw_signup(signup_id=signup_id, by=signed_in(request), now=timezone.now())
        return _("已退出，名额让给了下一位。改主意了可以重新报名。")

    back = reverse("volunteers:signup", args=[signup_id])
    return ask(request, PlainForm(request.POST), act, back=back)

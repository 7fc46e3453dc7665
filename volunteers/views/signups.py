"""Taking a place in a shift and giving it back: each view is one verb."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.pages import number, own_post
from people.doors import own_page, signed_in
from people.models import User
from volunteers.actions import signups
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import SIGNUPS, SignupEvent, SignupParty, SignupState
from volunteers.views.public import shift_page


def sign_up(request: HttpRequest, shift_id: int) -> HttpResponse:
    """报名志愿: one tap for oneself or somebody one acts for."""
    if request.method != "POST":
        return redirect("volunteers:shift", shift_id)
    if not isinstance(request.user, User):
        return redirect_to_login(reverse("volunteers:shift", args=[shift_id]))
    chosen = number(request.POST.get("volunteer"))
    try:
        if chosen is None:
            raise DomainError("WHO", _("请选一下给谁报名。"))
        done = signups.sign_up(shift_id=shift_id, volunteer_id=chosen, by=request.user, now=timezone.now())
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        return shift_page(request, shift_id, refusal=refusal)
    return redirect("volunteers:signup", done.pk)


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
    done = signups.withdraw_signup(signup_id=signup_id, by=signed_in(request), now=timezone.now())
    messages.success(request, _("已退出，名额让给了下一位。改主意了可以重新报名。"))
    return redirect("volunteers:signup", done.pk)

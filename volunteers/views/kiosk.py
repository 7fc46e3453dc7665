"""一体机: the center's own machine, at which people check in; it is signed in as nobody.

Staff open it on the machine they stand at. The machine keeps a key in a cookie that goes nowhere else,
so its address opens nothing on another one. It shows no name before the last digits of a number.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.errors import DomainError
from common.forms import PlainForm
from common.guesses import Guesses
from common.pages import ask, number, post_only
from people.doors import leave_machine, signed_in, staff_page, staff_post
from volunteers.actions import kiosks
from volunteers.models.kiosks import Kiosk
from volunteers.models.shifts import Shift
from volunteers.rules.shifts import SIGNUPS, SignupParty
from volunteers.views.check_in import ticked_words
from volunteers.views.sight import the_shift

COOKIE = "kiosk"
TAILS = Guesses("kiosk", most=30, seconds=600)  # at one machine


def _mine(request: HttpRequest, shift_id: int) -> Shift:
    user = signed_in(request)
    found = the_shift(user, shift_id)
    if not user.may("volunteers.record", found.activity.division):
        raise PermissionDenied
    return found


@staff_page("volunteers.view")
def prepare(request: HttpRequest, shift_id: int) -> HttpResponse:
    """What opening a kiosk does to this machine, the button, and the machines that are open."""
    found = _mine(request, shift_id)
    opened = found.kiosks.open_at(timezone.now()).select_related("opened_by")
    context = {"shift": found, "activity": found.activity, "opened": opened}
    return render(request, "volunteers/staff/kiosk.html", context)


@staff_post("volunteers.view")
def start(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Signs this machine out and makes it a kiosk of one shift."""
    user = signed_in(request)

    def act() -> HttpResponse:
        made, key = kiosks.open_kiosk(shift_id=shift_id, by=user, now=timezone.now())
        there = reverse("volunteers:kiosk", args=[made.pk])
        answer = leave_machine(request, redirect(there))
        answer.set_cookie(
            COOKIE,
            key,
            max_age=kiosks.GOOD_FOR,
            path=there,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
        return answer

    return ask(request, PlainForm(request.POST), act, back=reverse("volunteers:staff_kiosk", args=[shift_id]))


@staff_post("volunteers.view")
def end(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """Ends a kiosk, wherever its machine stands."""
    found = get_object_or_404(Kiosk, pk=kiosk_id)
    user = signed_in(request)

    def act() -> str:
        kiosks.end_kiosk(kiosk_id=kiosk_id, by=user, now=timezone.now())
        return _("那台机器的签到页关了。")

    back = reverse("volunteers:staff_kiosk", args=[found.shift_id])
    return ask(request, PlainForm(request.POST), act, back=back)


@never_cache
def kiosk(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """A box for the last four digits; then the names that they belong to, to tap."""
    opened = kiosks.kiosk_of(kiosk_id, request.COOKIES.get(COOKIE, ""), timezone.now())
    typed = unicodedata.normalize("NFKC", request.POST.get("tail", ""))
    tail = "".join(typed.split())[: kiosks.TAIL]
    context: dict[str, Any] = {"kiosk": opened, "activity": opened.shift.activity, "tail": tail}
    if request.method != "POST":
        return render(request, "volunteers/kiosk.html", context)
    if len(tail) != kiosks.TAIL or not tail.isdecimal():
        words = _("请输入四位数字。")
        return render(request, "volunteers/kiosk.html", {**context, "wrong": words}, status=422)
    if not TAILS.counted(opened.pk):
        words = _("后四位错得太多了，请过 10 分钟再试，或请工作人员在名单上记。")
        return render(request, "volunteers/kiosk.html", {**context, "wrong": words}, status=429)
    found = kiosks.with_tail(opened, tail)
    if not found:
        words = _("名单里没有这个后四位。请再输一遍，或请工作人员在名单上记。")
        return render(request, "volunteers/kiosk.html", {**context, "wrong": words}, status=422)
    TAILS.was_right(opened.pk)
    worn = {SignupParty.STAFF}
    context["people"] = [{"signup": one, "moves": SIGNUPS.offered(one.state, worn)} for one in found]
    return render(request, "volunteers/kiosk.html", context)


@post_only
@never_cache
def tap(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """签到 or 签退 by a tap on one's name."""
    asked = request.POST
    opened = kiosks.kiosk_of(kiosk_id, request.COOKIES.get(COOKIE, ""), timezone.now())
    if not TAILS.counted(opened.pk):
        return render(request, "429.html", status=429)
    try:
        done = kiosks.tap(
            kiosk_id=kiosk_id,
            key=request.COOKIES.get(COOKIE, ""),
            tail=asked.get("tail", ""),
            volunteer_id=number(asked.get("volunteer")) or 0,
            leaving=asked.get("act") == "out",
            now=timezone.now(),
        )
    except DomainError as refusal:
        if refusal.status != 403:
            TAILS.was_right(opened.pk)
        messages.error(request, str(refusal))
    else:
        TAILS.was_right(opened.pk)
        messages.success(request, ticked_words(done))
    return redirect("volunteers:kiosk", kiosk_id)

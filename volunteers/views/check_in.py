"""Being there: the page behind the code, the organiser's page with code and list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.pages import ask, own_post
from people.doors import own_page, signed_in
from people.models import User
from volunteers.actions.check_in import check_in, check_out, close_shift, shift_token, undo_check_in
from volunteers.actions.lists import leading
from volunteers.forms import CloseForm, TickForm, UndoForm
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.check_in import CheckInKind, fault_of, seconds_left
from volunteers.rules.shifts import SHIFTS, SIGNUPS, SignupEvent, SignupParty
from volunteers.views.sight import the_shift

MOST_SCANS = 5


@never_cache
def scan(request: HttpRequest, shift_id: int, token: str) -> HttpResponse:
    """Where the code leads: who is there, one button. Opening it changes nothing but notes the moment.

    The moment stays in the session: who has to sign in first, or reads slowly, has scanned all the
    same.
    """
    now = timezone.now()
    found = get_object_or_404(Shift.objects.public().for_cards(), pk=shift_id)
    if fault_of(settings.SECRET_KEY, shift_id, token, now) is None:
        scans = dict(list(request.session.get("scans", {}).items())[-MOST_SCANS:])
        request.session["scans"] = {token: now.isoformat(), **scans}
    if not isinstance(request.user, User):
        context = {"shift": found, "activity": found.activity, "next": request.path}
        return render(request, "volunteers/scan.html", context)
    return _scanned(request, found, token, None, status=200)


_come = SIGNUPS.offers(SignupEvent.CHECK_IN, SignupParty.VOLUNTEER)
_go = SIGNUPS.offers(SignupEvent.CHECK_OUT, SignupParty.VOLUNTEER)


def _scanned(
    request: HttpRequest, shift: Shift, token: str, form: TickForm | None, *, status: int
) -> HttpResponse:
    mine = ShiftSignup.objects.of(signed_in(request)).listed().filter(shift=shift)
    signups = list(mine.select_related("volunteer__person").order_by("position"))
    context = {
        "shift": shift,
        "activity": shift.activity,
        "token": token,
        "coming": [one for one in signups if _come(one) and not _go(one)],
        "there": [one for one in signups if _go(one)],
        "waiting": [one for one in signups if not _come(one)],
        "refusal": form.refusal if form else None,
    }
    return render(request, "volunteers/scan.html", context, status=status)


@own_post
def arrive(request: HttpRequest, shift_id: int, token: str) -> HttpResponse:
    """签到 by code."""
    return _by_code(request, check_in, shift_id, token)


@own_post
def go(request: HttpRequest, shift_id: int, token: str) -> HttpResponse:
    """签退 by code."""
    return _by_code(request, check_out, shift_id, token)


def _by_code(
    request: HttpRequest, verb: Callable[..., ShiftSignup], shift_id: int, token: str
) -> HttpResponse:
    form, noted = TickForm(request.POST), request.session.get("scans", {}).get(token)

    def act() -> HttpResponse:
        done = verb(
            shift_id=shift_id,
            volunteer_id=form.cleaned_data["volunteer"],
            by=signed_in(request),
            now=timezone.now(),
            kind=CheckInKind.QR,
            token=token,
            scanned_at=datetime.fromisoformat(noted) if noted else None,
        )
        messages.success(request, _done_words(done))
        return redirect("volunteers:signup", done.pk)

    def show(*, status: int) -> HttpResponse:
        found = get_object_or_404(Shift.objects.public().for_cards(), pk=shift_id)
        return _scanned(request, found, token, form, status=status)

    return ask(request, form, act, back=reverse("volunteers:shift", args=[shift_id]), show=show)


def _done_words(signup: ShiftSignup) -> str:
    words = {"name": signup.volunteer.person.full_name}
    if signup.checked_out_at:
        return _("%(name)s签退好了，辛苦了！") % words
    return _("%(name)s签到好了。走的时候再扫一次码签退。") % words


def _run(request: HttpRequest, shift_id: int) -> Shift:
    """The shift, for its organiser or staff who record; 404 or 403 for others."""
    user = signed_in(request)
    shift = the_shift(user, shift_id)
    if not shift.activity.is_led_by(user) and not user.may("volunteers.record", shift.activity.division):
        raise PermissionDenied
    return shift


@own_page
def run(request: HttpRequest, shift_id: int) -> HttpResponse:
    """The organiser's page: the code for volunteers to scan, the list, closing."""
    shift, now, user = _run(request, shift_id), timezone.now(), signed_in(request)
    party = leading(user, shift)
    worn = {party} if party else set()
    context = {
        "shift": shift,
        "activity": shift.activity,
        "roster": [(one, SIGNUPS.offered(one.state, worn)) for one in shift.roster()],
        "offered": SHIFTS.offered(shift.state, worn),
        "left": seconds_left(now),
        "open": shift.is_open_at(now),
        "begun": now >= shift.starts_at,
        "stamp": int(now.timestamp()),
        "own": user.pk,
    }
    return render(request, "volunteers/run.html", context)


@own_page
def code(request: HttpRequest, shift_id: int) -> HttpResponse:
    """The code of this moment, as a picture."""
    shift = _run(request, shift_id)
    address = reverse("volunteers:scan", args=[shift.pk, shift_token(shift.pk, timezone.now())])
    picture = BytesIO()
    segno.make(settings.PUBLIC_URL.rstrip("/") + address, error="m").save(
        picture, kind="svg", scale=8, border=2, light="#ffffff", xmldecl=False
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@own_post
def tick_in(request: HttpRequest, shift_id: int) -> HttpResponse:
    """签到 on the list."""
    return _on_the_list(request, check_in, shift_id)


@own_post
def tick_out(request: HttpRequest, shift_id: int) -> HttpResponse:
    """签退 on the list."""
    return _on_the_list(request, check_out, shift_id)


def _on_the_list(request: HttpRequest, verb: Callable[..., ShiftSignup], shift_id: int) -> HttpResponse:
    shift, form = _run(request, shift_id), TickForm(request.POST)

    def act() -> str:
        done = verb(
            shift_id=shift.pk,
            volunteer_id=form.cleaned_data["volunteer"],
            by=signed_in(request),
            now=timezone.now(),
            kind=CheckInKind.LIST,
        )
        return ticked_words(done)

    return ask(request, form, act, back=_running(shift))


@own_post
def untick(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Takes a wrong tick back."""
    shift, form = _run(request, shift_id), UndoForm(request.POST)

    def act() -> str:
        signup_id = form.cleaned_data["signup"]
        undo_check_in(signup_id=signup_id, by=signed_in(request), now=timezone.now())
        return _("已撤销签到。")

    return ask(request, form, act, back=_running(shift))


def _running(shift: Shift) -> str:
    return reverse("volunteers:run", args=[shift.pk])


def ticked_words(signup: ShiftSignup) -> str:
    """What the list and the kiosk say after a tick."""
    words: dict[str, Any] = {"name": signup.volunteer.person.full_name}
    return (_("%(name)s已签退。") if signup.checked_out_at else _("%(name)s已签到。")) % words


@own_post
def close(request: HttpRequest, shift_id: int) -> HttpResponse:
    """关闭班次."""
    shift = _run(request, shift_id)
    form = CloseForm(request.POST, roster=shift.roster())

    def act() -> str:
        close_shift(shift_id=shift.pk, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        return _("班次已关闭，服务已经记下，等工作人员审核。")

    return ask(request, form, act, back=_running(shift))

"""一体机: large names to tap at the center's own machine, which is signed in as nobody.

Staff open it; from then on the machine carries a signed address and no account, so whoever stands
before it can do no more than tap a name.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.errors import DomainError, NotAllowed
from common.pages import number, post_only
from people.doors import signed_in, staff_page, staff_post
from people.models import User
from volunteers.actions.check_in import check_in
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.check_in import CheckInKind
from volunteers.rules.shifts import SIGNUPS, SignupParty, SignupState
from volunteers.views.check_in import ACTS, ticked_words
from volunteers.views.sight import the_shift

GOOD_FOR = timedelta(hours=12)
_SIGNER = Signer(salt="volunteers.kiosk")


def _mine(request: HttpRequest, shift_id: int) -> Shift:
    user = signed_in(request)
    found = the_shift(user, shift_id)
    if not user.may("volunteers.record", found.activity.division):
        raise PermissionDenied
    return found


@staff_page("volunteers.view")
def prepare(request: HttpRequest, shift_id: int) -> HttpResponse:
    """What opening the kiosk does to this machine, and the button."""
    found = _mine(request, shift_id)
    return render(request, "volunteers/staff/kiosk.html", {"shift": found, "activity": found.activity})


@staff_post("volunteers.view")
def start(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Signs this machine out and opens the names of one shift on it, for twelve hours."""
    found, user = _mine(request, shift_id), signed_in(request)
    until = timezone.now() + GOOD_FOR
    token = _SIGNER.sign_object({"shift": found.pk, "by": user.pk, "until": until.timestamp()})
    logout(request)
    return redirect("volunteers:kiosk", token)


def _opened(token: str) -> tuple[Shift, User]:
    """The shift of a machine and who opened it there; refuses what has expired or was made up."""
    over = NotAllowed(message=_("这台机器的签到页过期了，请工作人员重新打开。"))
    try:
        told = _SIGNER.unsign_object(token)
    except BadSignature:
        raise over from None
    if told["until"] < timezone.now().timestamp():
        raise over
    by = User.objects.get(pk=told["by"])
    shift = Shift.objects.for_cards().get(pk=told["shift"])
    if not by.is_active or not by.may("volunteers.record", shift.activity.division):
        raise over
    return shift, by


@never_cache
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """Names to tap and nothing else; namesakes with the tail of their phones."""
    shift, _by = _opened(token)
    rows = [one for one in shift.roster() if one.state in {SignupState.SIGNED, SignupState.CAME}]
    context = {"activity": shift.activity, "token": token, "people": _named(rows)}
    return render(request, "volunteers/kiosk.html", context)


def _named(rows: list[ShiftSignup]) -> list[dict[str, Any]]:
    often = Counter(one.volunteer.person.full_name for one in rows)
    worn = {SignupParty.STAFF}
    return [
        {"signup": one, "name": _name(one, often), "moves": SIGNUPS.offered(one.state, worn)} for one in rows
    ]


def _name(signup: ShiftSignup, often: Counter[str]) -> str:
    person = signup.volunteer.person
    if often[person.full_name] == 1 or not person.phone:
        return person.full_name
    words = {"name": person.full_name, "tail": person.phone[-4:]}
    return _("%(name)s（尾号 %(tail)s）") % words


@post_only
@never_cache
def tap(request: HttpRequest, token: str) -> HttpResponse:
    """签到 or 签退 by a tap on a name."""
    shift, by = _opened(token)
    act = ACTS.get(request.POST.get("act", ""), check_in)
    volunteer_id = number(request.POST.get("volunteer")) or 0
    try:
        done = act(
            shift_id=shift.pk, volunteer_id=volunteer_id, by=by, now=timezone.now(), kind=CheckInKind.KIOSK
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, ticked_words(done))
    return redirect("volunteers:kiosk", token)

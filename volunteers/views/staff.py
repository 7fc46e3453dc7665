"""The staff's pages: shifts in reach, one shift and its list, paper, manual minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.addresses import with_query
from common.forms import ReasonForm
from common.pages import ask, typed_words
from common.reach import within
from people.doors import finds_people, signed_in, staff_page, staff_post
from people.models import Person, User
from people.parts import links_on
from volunteers.actions.roll import join
from volunteers.actions.shifts import cancel_shift, change_places, move_shift
from volunteers.actions.signups import remove_signup, sign_up
from volunteers.forms import EnlistForm, MoveShiftForm, PlacesForm, SignUpForm
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import SHIFTS, SIGNUPS, ShiftMove, ShiftState, SignupParty, SignupState
from volunteers.views.sight import the_shift

AHEAD = timedelta(days=14)
BEHIND = timedelta(days=60)
MOST_FOUND = 20
ROWS_A_SHEET = 20
MONTHS = 12


@staff_page("volunteers.view")
def home(request: HttpRequest) -> HttpResponse:
    """志愿工作: shifts of the next two weeks, those to be closed, what waits for approval."""
    user, now = signed_in(request), timezone.now()
    seen = _near(user).select_related("activity__division", "activity__center")
    context = {
        "coming": seen.coming(now).filter(starts_at__lt=now + AHEAD),
        "open": seen.filter(state=ShiftState.PLANNED, ends_at__range=(now - BEHIND, now)).order_by(
            "starts_at"
        ),
        "links": links_on("volunteers:staff_home", user),
        "may_change": bool(user.reach("volunteers.change")),
    }
    return render(request, "volunteers/staff/home.html", context)


def _near(user: User) -> Any:
    """Shifts that her post reaches; those she organises elsewhere are on her page as a volunteer."""
    return within(Shift.objects.all(), "activity__division", user.reach("volunteers.view"))


def _records(user: User) -> Any:
    """Records that her post reaches; her own family's are on her own page."""
    return within(ServiceRecord.objects.all(), "division", user.reach("volunteers.view"))


@staff_page("volunteers.view")
@finds_people
def shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    """A shift and its list; finding a volunteer and signing her up."""
    user, now = signed_in(request), timezone.now()
    found = the_shift(user, shift_id)
    typed = typed_words(request.GET.get("q"))
    roster = list(found.roster())
    may_record = user.may("volunteers.record", found.activity.division)
    running = may_record and SHIFTS.offers(ShiftMove.PLACES)(found)
    context = {
        "shift": found,
        "activity": found.activity,
        "roster": [
            (one, SIGNUPS.offered(one.state, {SignupParty.STAFF}) if running else ()) for one in roster
        ],
        "listed_ids": {signup.volunteer_id for signup in roster},
        "typed": typed,
        "found": _found(user, typed) if typed else [],
        "open": found.is_open_at(now),
        "begun": now >= found.starts_at,
        "may_record": may_record,
        "may_change": user.may("volunteers.change", found.activity.division),
    }
    return render(request, "volunteers/staff/shift.html", context)


def _found(user: User, typed: str) -> list[Person]:
    """People on file, volunteers or not yet."""
    people = Person.objects.visible_to(user).matching(typed).select_related("home", "volunteer")
    return list(people[:MOST_FOUND])


@staff_post("volunteers.view")
def add(request: HttpRequest, shift_id: int) -> HttpResponse:
    """报名志愿 at the desk."""
    user, form = signed_in(request), SignUpForm(request.POST)
    the_shift(user, shift_id)

    def act() -> str:
        chosen = form.cleaned_data["volunteer"]
        done = sign_up(shift_id=shift_id, volunteer_id=chosen, by=user, now=timezone.now())
        words = {"name": done.volunteer.person.full_name, "state": done.get_state_display()}
        return _("%(name)s：%(state)s。") % words

    return ask(request, form, act, back=_page(shift_id))


@staff_post("volunteers.view")
def enlist(request: HttpRequest, shift_id: int) -> HttpResponse:
    """登记志愿者 at the desk, on the way to a shift."""
    user, form = signed_in(request), EnlistForm(request.POST)
    the_shift(user, shift_id)

    def act() -> str:
        done = join(person_id=form.cleaned_data["person"], by=user, now=timezone.now())
        return _("%(name)s已登记为志愿者。") % {"name": done.person.full_name}

    found_by = form.cleaned_data["q"] if form.is_valid() else ""
    return ask(request, form, act, back=with_query(_page(shift_id), q=found_by))


def _page(shift_id: int) -> str:
    return reverse("volunteers:staff_shift", args=[shift_id])


def _the_signup(user: User, signup_id: int) -> ShiftSignup:
    rows = ShiftSignup.objects.filter(shift__in=Shift.objects.visible_to(user).values("pk"))
    found: ShiftSignup = get_object_or_404(
        rows.select_related("volunteer__person", "shift__activity__division"), pk=signup_id
    )
    if not user.may("volunteers.record", found.shift.activity.division):
        raise PermissionDenied
    return found


@staff_page("volunteers.view")
def remove(request: HttpRequest, signup_id: int) -> HttpResponse:
    """移出志愿名单."""
    user = signed_in(request)
    found = _the_signup(user, signup_id)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        remove_signup(signup_id=signup_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("%(name)s已移出名单，会收到通知。") % {"name": found.volunteer.person.full_name}

    return ask(
        request,
        form,
        act=act,
        back=_page(found.shift_id),
        back_label=found.shift.activity.title,
        title=_("把%(name)s移出名单") % {"name": found.volunteer.person.full_name},
        button=_("移出"),
    )


def _managed(user: User, shift_id: int) -> Shift:
    found = the_shift(user, shift_id)
    if not user.may("volunteers.change", found.activity.division):
        raise PermissionDenied
    return found


@staff_page("volunteers.view")
def cancel(request: HttpRequest, shift_id: int) -> HttpResponse:
    """取消班次."""
    user = signed_in(request)
    found = _managed(user, shift_id)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        cancel_shift(shift_id=shift_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("班次已取消，名单上的人都会收到通知。")

    return ask(request, form, act=act, title=_("取消这个班次"), button=_("取消班次"), **_about(found))


@staff_page("volunteers.view")
def move(request: HttpRequest, shift_id: int) -> HttpResponse:
    """改期."""
    user = signed_in(request)
    found = _managed(user, shift_id)
    form = MoveShiftForm(request.POST or None, shift=found)

    def act() -> str:
        move_shift(shift_id=shift_id, by=user, now=timezone.now(), **form.answers())
        return _("已改期，名单上的人都会收到通知。")

    return ask(request, form, act=act, title=_("改期"), button=_("改期"), **_about(found))


@staff_page("volunteers.view")
def places(request: HttpRequest, shift_id: int) -> HttpResponse:
    """改人数."""
    user = signed_in(request)
    found = _managed(user, shift_id)
    form = PlacesForm(request.POST or None, shift=found)

    def act() -> str:
        change_places(shift_id=shift_id, by=user, now=timezone.now(), **form.cleaned_data)
        return _("人数已改，多出来的按顺序给了候补的人。")

    return ask(request, form, act=act, title=_("改人数"), button=_("改人数"), **_about(found))


def _about(shift: Shift) -> dict[str, Any]:
    when = timezone.localtime(shift.starts_at)
    return {
        "back": _page(shift.pk),
        "back_label": shift.activity.title,
        "intro": f"{shift.activity.title} {when:%Y-%m-%d %H:%M}",
    }


@staff_page("volunteers.view")
def sheet(request: HttpRequest, shift_id: int) -> HttpResponse:
    """签到表: A4, twenty lines a page; the last page is filled with blanks for who comes by."""
    found = the_shift(signed_in(request), shift_id)
    people = [one for one in found.roster() if one.state != SignupState.WAITING]
    rows: list[ShiftSignup | None] = [
        *people,
        *[None] * (-len(people) % ROWS_A_SHEET or ROWS_A_SHEET * (not people)),
    ]
    pages = [rows[at : at + ROWS_A_SHEET] for at in range(0, len(rows), ROWS_A_SHEET)]
    context = {
        "shift": found,
        "activity": found.activity,
        "pages": [{"first": n * ROWS_A_SHEET, "rows": page} for n, page in enumerate(pages)],
    }
    return render(request, "volunteers/staff/sheet.html", context)


@staff_page("volunteers.view")
def manual(request: HttpRequest) -> HttpResponse:
    """手工补录: minutes typed in by hand, month by month and by who typed them, beside all minutes.

    What an insider could make up is open to every colleague: who may see volunteers sees this.
    """
    now = timezone.localtime(timezone.now())
    since = (now.replace(day=1) - timedelta(days=31 * (MONTHS - 1))).replace(
        day=1, hour=0, minute=0, second=0
    )
    rows = _records(signed_in(request)).manual_months(since)
    return render(request, "volunteers/staff/manual.html", {"rows": rows})

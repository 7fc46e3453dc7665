"""Verbs of a sign-up: sign up, withdraw, take off the list, fill places that came free."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from notices.actions import queue_all
from people.actions.limits import refuse_more_seats
from people.authority import may_act
from people.models import User, acts_for
from people.rules import Purpose, needs_guardian
from volunteers.actions.letters import letter
from volunteers.actions.lists import (
    AlreadySigned,
    ShiftOver,
    leading,
    lock_lines,
    lock_shift,
    lock_shifts,
    need_leader,
    promote,
    save,
    step_signup,
)
from volunteers.models.roll import Volunteer
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.letters import Letter
from volunteers.rules.roll import VolunteerState
from volunteers.rules.shifts import (
    ActivityState,
    ShiftState,
    SignupEvent,
    SignupParty,
    SignupState,
    place_or_line,
)


class NotFit(DomainError):
    """What the activity asks for and the volunteer lacks; the code says which."""


@transaction.atomic
def sign_up(*, shift_id: int, volunteer_id: int, by: User, now: datetime) -> ShiftSignup:
    """报名志愿: gives a volunteer a place (SIGNED) or, when there are enough, the next one in line (WAITING).

    By herself, by whom she named, or by staff who reach shift and volunteer; until the planned end,
    since people join on the spot. Free of any duty: she may withdraw at any time (志愿服务条例 art. 25).

    Refuses NOT_ALLOWED, NO_SUCH_SHIFT, SHIFT_OVER (called off, closed or over), NOT_ACTIVE,
    NO_CONSENT (under 14), TOO_YOUNG, SKILL_NEEDED, NOT_INSURED (dangerous work without accident
    insurance: 志愿服务条例 art. 17), ALREADY_SIGNED, WAITING_FULL, and CLASH with another shift of
    hers at that time; a place in line does not clash. TOO_MANY_SEATS, before all else, where her
    account holds as many as it may.
    """
    refuse_more_seats(by, now)
    shift = lock_shift(shift_id)
    # A free place that nobody of the line has got yet: then the line moves up before she is put on.
    moves_up = shift.waiting_taken and shift.places_taken < shift.places
    volunteer = lock_lines([shift] if moves_up else [], volunteer_id).get(volunteer_id)
    if volunteer is None:
        raise NotAllowed(message=_("没有找到这位志愿者，请先登记。"))
    _check_party(by, volunteer, shift)
    _check_open(shift, now)
    _check_fit(volunteer, shift.activity, timezone.localtime(shift.starts_at).date())
    if moves_up:
        promote(shift, now)
    state = place_or_line(
        places=shift.places,
        taken=shift.places_taken,
        waiting=shift.waiting_taken,
        waiting_limit=shift.waiting_limit,
    )
    if state is None:
        raise _no_room(shift, volunteer)
    signup = ShiftSignup(
        shift=shift,
        volunteer=volunteer,
        state=state,
        position=shift.last_position + 1,
        by=by,
        created_at=now,
        changed_at=now,
    )
    save(signup)
    kind = Letter.SHIFT_SIGNED if state == SignupState.SIGNED else Letter.SHIFT_WAITING
    queue_all(drafts=[letter(kind, signup, now)], now=now)
    return signup


def _check_party(by: User, volunteer: Volunteer, shift: Shift) -> None:
    # Whoever is here for herself is known without a question under the lock of a wanted shift.
    if volunteer.person.user_id == by.pk or acts_for(by).filter(pk=volunteer.person_id).exists():
        return
    if not may_act(by=by, verb="volunteers.record", person=volunteer.person, row=shift.activity.division):
        raise NotAllowed(message=_("您不能替这位志愿者报名，请本人来报，或到服务台。"))


def _check_open(shift: Shift, now: datetime) -> None:
    if not shift.is_open_at(now) or shift.activity.state != ActivityState.PUBLISHED:
        raise ShiftOver(message=_("这个班次已经取消或结束，请看别的班次。"))


def _check_fit(volunteer: Volunteer, activity: Activity, day: date) -> None:
    words = {"person": volunteer.person.full_name}
    if volunteer.state != VolunteerState.ACTIVE:
        raise NotFit("NOT_ACTIVE", _("%(person)s现在不是在册志愿者，请先登记再报名。") % words)
    young = needs_guardian(volunteer.person.born_on, day)
    if young and not volunteer.person.has_consent(Purpose.VOLUNTEERING):
        raise NotFit(
            "NO_CONSENT",
            _("%(person)s不满 14 岁，请监护人先在“我的家人”里同意，或到服务台签同意书。") % words,
        )
    if activity.min_age is not None:
        _check_age(volunteer, activity.min_age, day)
    if activity.skill_id and not volunteer.skills.filter(pk=activity.skill_id).exists():
        words["skill"] = str(activity.skill)
        raise NotFit("SKILL_NEEDED", _("这项活动要会“%(skill)s”。您会的话，请先在“志愿”里补上特长。") % words)
    if activity.dangerous and not volunteer.insured_on(day):
        raise NotFit("NOT_INSURED", _("这项活动有危险，要先上意外险。请到服务台办理，办好就能报名。"))


def _check_age(volunteer: Volunteer, low: int, day: date) -> None:
    words, age = {"person": volunteer.person.full_name, "low": low}, volunteer.person.age_on(day)
    if age is None:
        raise NotFit("TOO_YOUNG", _("这项活动有年龄要求，请先补上%(person)s的出生日期。") % words)
    if age < low:
        raise NotFit("TOO_YOUNG", _("这项活动要年满 %(low)s 岁，%(person)s还不到，请看别的活动。") % words)


def _no_room(shift: Shift, volunteer: Volunteer) -> DomainError:
    if shift.signups.listed().filter(volunteer=volunteer).exists():
        words = {"person": volunteer.person.full_name}
        return AlreadySigned(message=_("%(person)s已经在这个班次的名单里，不用再报。") % words)
    return DomainError("WAITING_FULL", _("这个班次人手和候补都满了，谢谢您，请看别的班次。"))


def locked_signup(signup_id: int) -> ShiftSignup:
    """The sign-up and its shift, both locked (shift first: docs/locking.md); whoever calls asks who may."""
    found = ShiftSignup.objects.filter(pk=signup_id).values_list("shift_id", flat=True)
    shift_id = found.first()
    if shift_id is None:
        raise NotAllowed(message=_("没有找到这次报名，或者它不是您的。"))
    shift = lock_shift(shift_id)
    signup = (
        ShiftSignup.objects.select_for_update(no_key=True, of=("self",))
        .select_related("volunteer__person")
        .get(pk=signup_id)
    )
    signup.shift = shift
    return signup


@transaction.atomic
def withdraw_signup(*, signup_id: int, by: User, now: datetime) -> ShiftSignup:
    """退出志愿班次: free at any time before the end, no reason asked; the next in line gets the place.

    By herself, by whom she named, or by staff. Doing it twice changes nothing. Refuses NOT_ALLOWED,
    SHIFT_OVER, and SIGNUP_MOVE once she has come.
    """
    signup = locked_signup(signup_id)
    party = _own_party(by, signup)
    if signup.state == SignupState.WITHDRAWN:
        return signup
    if not signup.shift.is_open_at(now):
        raise ShiftOver(message=_("这个班次已经结束，不用再退出。"))
    step_signup(signup, SignupEvent.WITHDRAW, party, by=by, now=now)
    queue_all(drafts=[letter(Letter.SHIFT_WITHDRAWN, signup, now)], now=now)
    promote(signup.shift, now)
    return signup


def _own_party(by: User, signup: ShiftSignup) -> SignupParty:
    if leading(by, signup.shift) == SignupParty.STAFF:
        return SignupParty.STAFF
    person = signup.volunteer.person
    if person.user_id == by.pk or acts_for(by).filter(pk=person.pk).exists():
        return SignupParty.VOLUNTEER
    raise NotAllowed(message=_("没有找到这次报名，或者它不是您的。"))


@transaction.atomic
def remove_signup(*, signup_id: int, reason: str, by: User, now: datetime) -> ShiftSignup:
    """移出志愿名单: the organiser or staff take somebody off the list; she is told the reason.

    Twice changes nothing. Refuses NOT_ALLOWED, REASON_NEEDED, SHIFT_OVER, and SIGNUP_MOVE once she
    has come.
    """
    signup = locked_signup(signup_id)
    party = need_leader(by, signup.shift)
    if signup.state == SignupState.REMOVED:
        return signup
    if signup.shift.state != ShiftState.PLANNED:
        raise ShiftOver(message=_("这个班次已经取消或完成，名单不能再改。"))
    step_signup(signup, SignupEvent.REMOVE, party, by=by, now=now, reason=reason)
    queue_all(drafts=[letter(Letter.SHIFT_REMOVED, signup, now, reason=signup.reason)], now=now, urgent=True)
    promote(signup.shift, now)
    return signup


def give_up_all(volunteer_id: int, by: User, now: datetime) -> None:
    """Withdraws a volunteer from everything that is to come: she leaves the register."""
    coming = ShiftSignup.objects.filter(
        volunteer=volunteer_id,
        state__in=[SignupState.SIGNED, SignupState.WAITING],
        shift__state=ShiftState.PLANNED,
        shift__ends_at__gt=now,
    )
    shifts = lock_shifts(coming.order_by().values_list("shift", flat=True))
    lock_lines(shifts, volunteer_id)
    for shift in shifts:
        for signup in coming.filter(shift=shift).select_related("volunteer__person"):
            signup.shift = shift
            step_signup(signup, SignupEvent.WITHDRAW, SignupParty.VOLUNTEER, by=by, now=now)
            queue_all(drafts=[letter(Letter.SHIFT_WITHDRAWN, signup, now)], now=now)
        promote(shift, now)


def fill_places(*, now: datetime) -> int:
    """递补: one pass: free places go to the line; returns how many got one.

    Where somebody leaves, the next one is promoted at once; this pass finds those who could not be
    then, because they were busy elsewhere, and can be now. Each shift is its own transaction.
    """
    waiting = Shift.objects.filter(
        state=ShiftState.PLANNED, starts_at__gt=now, waiting_taken__gt=0, places_taken__lt=F("places")
    )
    return sum(_fill(shift_id, now) for shift_id in waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _fill(shift_id: int, now: datetime) -> int:
    return len(promote(lock_shift(shift_id), now))

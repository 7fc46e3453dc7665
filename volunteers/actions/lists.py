"""What the verbs of a shift share: its lock, who acts on it, its line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from common.steps import move_all, refuse_lacking
from notices.actions import queue_all
from people.authority import may_act
from people.models import User
from volunteers.actions.letters import letter
from volunteers.models.roll import Volunteer
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.letters import Letter
from volunteers.rules.roll import VolunteerState
from volunteers.rules.shifts import (
    BUSY,
    SHIFTS,
    SIGNUPS,
    ShiftMove,
    ShiftState,
    SignupEvent,
    SignupParty,
)

LONGEST_REASON = 200


class NoSuchShift(DomainError):
    code = "NO_SUCH_SHIFT"
    status = 404


class ShiftOver(DomainError):
    code = "SHIFT_OVER"


class AlreadySigned(DomainError):
    code = "ALREADY_SIGNED"


class Clash(DomainError):
    code = "CLASH"


class SignupMove(DomainError):
    code = "SIGNUP_MOVE"


def lock_shift(shift_id: int) -> Shift:
    """The shift, locked FOR NO KEY UPDATE, with its activity; refuses NO_SUCH_SHIFT.

    Whoever locks it next sees our sign-up: positions are handed out in order of commit.
    """
    shift = (
        Shift.objects.select_for_update(no_key=True, of=("self",))
        .select_related("activity__division", "activity__center", "activity__organiser__person")
        .filter(pk=shift_id)
        .order_by()
        .first()
    )
    if shift is None:
        raise NoSuchShift(message=_("没有找到这个班次，它可能已经取消。"))
    return shift


def lock_shifts(ids: Iterable[int]) -> list[Shift]:
    """Several shifts, locked by ascending id, before anything that lies below them."""
    return [lock_shift(pk) for pk in sorted(set(ids))]


def lock_lines(shifts: Collection[Shift], *also: int) -> dict[int, Volunteer]:
    """Who waits in these locked shifts, and `also` some: once for all, where several lines move up."""
    waiting = ShiftSignup.objects.waiting().filter(shift__in=[shift.pk for shift in shifts])
    return lock_volunteers({*waiting.values_list("volunteer_id", flat=True), *also})


def lock_volunteers(ids: Collection[int]) -> dict[int, Volunteer]:
    """Volunteers, locked by ascending id.

    Where somebody may get busy in a shift, she is locked first: two transactions that put one
    volunteer into two overlapping shifts would else wait for each other inside the constraint.
    """
    rows = Volunteer.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    return {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk")}


def leading(by: User, shift: Shift) -> SignupParty | None:
    """In what capacity somebody runs a shift: staff of the reach, or its organiser."""
    if may_act(by=by, verb="volunteers.record", row=shift.activity.division):
        return SignupParty.STAFF
    return SignupParty.ORGANISER if shift.activity.is_led_by(by) else None


def need_leader(by: User, shift: Shift) -> SignupParty:
    """As `leading`; refuses NOT_ALLOWED."""
    party = leading(by, shift)
    if party is None:
        raise NotAllowed(message=_("这个班次不是您组织的，也不在您负责的范围内。"))
    return party


def step_shift(
    shift: Shift,
    move: ShiftMove,
    party: SignupParty,
    refused: DomainError,
    *,
    reason: str = "",
    **fields: Any,
) -> None:
    """Moves a locked shift; raises `refused` where the table has no such way, or REASON_NEEDED."""
    found = SHIFTS.next(shift.state, move, {party})
    if found is None:
        raise refused
    refuse_lacking(found[0], reason=reason)
    if shift.state != found[0].to:
        shift.state, shift.reason = found[0].to, reason.strip()[:LONGEST_REASON]
        for name, value in fields.items():
            setattr(shift, name, value)
        shift.save(update_fields=["state", "reason", *fields])


def step_signup(
    signup: ShiftSignup,
    event: SignupEvent,
    party: SignupParty,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    **fields: Any,
) -> None:
    """Moves a sign-up of a locked shift, and writes it with `fields`.

    Refuses SIGNUP_MOVE, REASON_NEEDED where the table asks for one, and what `save` refuses.
    """
    found = SIGNUPS.next(signup.state, event, {party})
    if found is None:
        words = {"state": signup.get_state_display(), "event": event.label}
        raise SignupMove(message=_("这次报名现在是“%(state)s”，不能%(event)s。") % words)
    refuse_lacking(found[0], reason=reason)
    signup.state, signup.changed_at, signup.by = found[0].to, now, by
    signup.reason = reason.strip()[:LONGEST_REASON]
    for name, value in fields.items():
        setattr(signup, name, value)
    save(signup, *fields)


def save(signup: ShiftSignup, *fields: str) -> None:
    """Writes a sign-up; the database decides who is elsewhere at that time (CLASH).

    Without a savepoint of its own: the refusal leaves the verb, and takes its transaction along.
    """
    try:
        if signup.pk is None:
            signup.save(force_insert=True)
        else:
            signup.save(update_fields=["state", "changed_at", "by", "reason", *fields])
    except IntegrityError as error:
        words = {"person": signup.volunteer.person.full_name}
        if "signup_once_a_shift" in str(error):
            raise AlreadySigned(message=_("%(person)s已经在这个班次的名单里，不用再报。") % words) from None
        if "signup_in_one_place" in str(error):
            raise Clash(
                message=_("%(person)s这个时间已经报了另一个班次，先退出那个再报这个。") % words
            ) from None
        raise


def busy(ids: Collection[int], starts_at: datetime, ends_at: datetime, *, apart_from: int) -> set[int]:
    """Of these volunteers, those who are expected in another shift at that time."""
    elsewhere = ShiftSignup.objects.filter(
        volunteer__in=ids, state__in=BUSY, shift__starts_at__lt=ends_at, shift__ends_at__gt=starts_at
    )
    return set(elsewhere.exclude(shift=apart_from).values_list("volunteer_id", flat=True))


def promote(shift: Shift, now: datetime) -> list[ShiftSignup]:
    """Gives every free place of a locked shift to the next in line; returns who got one.

    Who is busy elsewhere at that time, or not on the register, keeps her place in line and the
    next one is asked. Nobody is put into a shift that has begun.
    """
    shift.refresh_from_db(fields=["places", "places_taken", "waiting_taken", "last_position"])
    free = min(shift.places - shift.places_taken, shift.waiting_taken)
    if shift.state != ShiftState.PLANNED or shift.starts_at <= now or free <= 0:
        return []
    line = list(shift.signups.waiting())
    volunteers = lock_volunteers([signup.volunteer_id for signup in line])
    taken = busy(volunteers, shift.starts_at, shift.ends_at, apart_from=shift.pk)
    able = [
        signup
        for signup in line
        if signup.volunteer_id not in taken and volunteers[signup.volunteer_id].state == VolunteerState.ACTIVE
    ]
    for signup in able[:free]:
        signup.shift, signup.volunteer = shift, volunteers[signup.volunteer_id]
        step_signup(signup, SignupEvent.PROMOTE, SignupParty.SYSTEM, by=None, now=now)
    drafts = [letter(Letter.SHIFT_PROMOTED, signup, now, version=signup.position) for signup in able[:free]]
    queue_all(drafts=drafts, now=now, urgent=True)
    shift.refresh_from_db(fields=["places_taken", "waiting_taken"])
    return able[:free]


def take_off(
    shift: Shift, signups: Collection[ShiftSignup], by: User | None, now: datetime, why: str
) -> None:
    """Removes people from a locked shift, as what befalls it entails; whoever calls tells them."""
    rows = shift.signups.filter(pk__in=[signup.pk for signup in signups])
    told = {"reason": why[:LONGEST_REASON], "by": by, "changed_at": now}
    move_all(rows, SIGNUPS, SignupEvent.REMOVE, SignupParty.SYSTEM, **told)

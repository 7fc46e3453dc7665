"""Volunteers: who is one, activities and shifts, being there, what was done."""

from datetime import datetime, timedelta

from notices.models import Notice
from tests.cast import Cast
from tests.factories import orders, people, volunteers
from tests.factories.courses import at
from tests.scenes import Play, story
from volunteers.actions.check_in import check_in, check_out, close_shift, undo_check_in
from volunteers.actions.kiosks import end_kiosk, open_kiosk, tap
from volunteers.actions.partners import answer_for
from volunteers.actions.roll import join, leave, show_honour
from volunteers.actions.service import record_service, refuse_service
from volunteers.actions.shifts import (
    cancel_shift,
    change_places,
    end_activity,
    move_shift,
    plan_ahead,
    plan_shifts,
    publish_activity,
)
from volunteers.actions.signups import fill_places, remove_signup, sign_up, withdraw_signup
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.check_in import CheckInKind
from volunteers.rules.letters import Letter
from volunteers.rules.roll import VolunteerState
from volunteers.rules.shifts import ActivityState

NINE = at(2026, 11, 28, 9)


def full(cast: Cast, now: datetime, **fields) -> tuple[Shift, list[ShiftSignup]]:
    """A full shift of two with two in line, and those who hold the places."""
    home = cast.city["community"]
    shift = volunteers.shift(home, fields.pop("starts_at", NINE), **fields)
    people = fields.get("people") or [volunteers.volunteer(home=home) for _ in range(4)]
    return shift, [
        sign_up(shift_id=shift.pk, volunteer_id=one.pk, by=one.person.user, now=now) for one in people
    ]


@story(end_kiosk, tap)
def at_the_machine(play: Play, cast: Cast, now: datetime) -> None:
    one = volunteers.volunteer(people.person("高远", home=cast.city["community"], phone="13700000041"))
    shift = volunteers.shift(cast.city["community"], now)
    volunteers.signup(shift, one, now)
    kiosk, key = play(open_kiosk, shift_id=shift.pk, by=cast.worker, now=now)
    here = {"kiosk_id": kiosk.pk, "key": key, "tail": "0041", "volunteer_id": one.pk}
    for leaving in (False, True):
        play(tap, **here, leaving=leaving, now=now)
    play(end_kiosk, kiosk_id=kiosk.pk, by=cast.worker, now=now)


@story(sign_up, withdraw_signup, remove_signup, change_places)
def places_are_taken_and_given_back(play: Play, cast: Cast, now: datetime) -> None:
    shift, made = full(cast, now)
    one = volunteers.volunteer(home=cast.city["community"])
    play(sign_up, shift_id=shift.pk, volunteer_id=one.pk, by=one.person.user, now=now)
    play(withdraw_signup, signup_id=made[0].pk, by=cast.worker, now=now)
    play(remove_signup, signup_id=made[1].pk, reason="搬走了", by=cast.worker, now=now)
    play(change_places, shift_id=shift.pk, places=5, by=cast.worker, now=now)


@story(sign_up)
def a_newcomer_meets_a_line_that_moves_up(play: Play, cast: Cast, now: datetime) -> None:
    """Those in line are older volunteers than the newcomer, and younger ones."""
    newcomer = volunteers.volunteer(home=cast.city["community"])
    shift, _made = full(cast, now)
    last = volunteers.volunteer(home=cast.city["community"])
    Shift.objects.filter(pk=shift.pk).update(places=3)
    play(sign_up, shift_id=shift.pk, volunteer_id=last.pk, by=last.person.user, now=now)
    Shift.objects.filter(pk=shift.pk).update(places=4, waiting_limit=9)
    play(sign_up, shift_id=shift.pk, volunteer_id=newcomer.pk, by=newcomer.person.user, now=now)


@story(move_shift, cancel_shift)
def shifts_are_moved_and_called_off(play: Play, cast: Cast, now: datetime) -> None:
    shift, _made = full(cast, now)
    to = NINE + timedelta(days=1)
    play(
        move_shift,
        shift_id=shift.pk,
        starts_at=to,
        ends_at=to + timedelta(hours=1),
        reason="下雨",
        by=cast.worker,
        now=now,
    )
    play(cancel_shift, shift_id=shift.pk, reason="还在下", by=cast.worker, now=now)


@story(check_in, check_out, undo_check_in, close_shift)
def being_there_and_closing(play: Play, cast: Cast, now: datetime) -> None:
    shift, made = full(cast, now)
    who = {"shift_id": shift.pk, "volunteer_id": made[0].volunteer_id, "by": cast.worker}
    play(check_in, **who, now=NINE, kind=CheckInKind.KIOSK)
    play(undo_check_in, signup_id=made[0].pk, by=cast.worker, now=NINE)
    play(check_in, **who, now=NINE, kind=CheckInKind.KIOSK)
    play(check_in, **who, now=NINE, kind=CheckInKind.LIST)
    play(check_out, **who, now=NINE + timedelta(hours=1), kind=CheckInKind.KIOSK)
    over = {"shift_id": shift.pk, "by": cast.worker, "now": NINE + timedelta(hours=2)}
    play(close_shift, **over, confirmed=[made[1].pk])
    play(close_shift, **over, confirmed=[made[0].pk, made[1].pk])


@story(plan_ahead, fill_places)
def passes(play: Play, cast: Cast, now: datetime) -> None:
    shift, _made = full(cast, now)
    volunteers.activity(cast.city["community"], repeats="WEEKLY", weekday=6)
    Shift.objects.filter(pk=shift.pk).update(places=3)
    play(plan_ahead, now=now)
    play(fill_places, now=now)


@story(leave)
def who_leaves_gives_up_all_her_shifts(play: Play, cast: Cast, now: datetime) -> None:
    """She came last of all, and others wait for her places in both shifts."""
    home = cast.city["community"]
    crowd = [volunteers.volunteer(home=home) for _ in range(4)]
    hers = volunteers.volunteer(home=home)
    for day in range(2):
        shift = volunteers.shift(home, NINE + timedelta(days=day), places=1)
        for one in [hers, *crowd[2 * day : 2 * day + 2]]:
            sign_up(shift_id=shift.pk, volunteer_id=one.pk, by=one.person.user, now=now)
    play(leave, volunteer_id=hers.pk, by=cast.worker, now=now)


@story(publish_activity, plan_shifts, end_activity)
def an_activity_from_draft_to_end(play: Play, cast: Cast, now: datetime) -> None:
    weekly = volunteers.activity(
        cast.city["community"], repeats="WEEKLY", weekday=6, state=ActivityState.DRAFT
    )
    play(publish_activity, activity_id=weekly.pk, by=cast.worker, now=now)
    play(plan_shifts, activity_id=weekly.pk, by=cast.worker, now=now)
    helper = volunteers.volunteer(home=cast.city["community"])
    for shift in weekly.shifts.order_by("-pk")[:2]:
        sign_up(shift_id=shift.pk, volunteer_id=helper.pk, by=helper.person.user, now=now)
    for shift in weekly.shifts.order_by("-pk"):
        told = {"kind": Letter.SHIFT_REMINDER, "about_type": "shift", "about_id": shift.pk, "due_at": now}
        Notice.objects.create(key=f"r{shift.pk}", recipient=helper.person, created_at=now, **told)
    play(end_activity, activity_id=weekly.pk, reason="换了单位", by=cast.worker, now=now)


@story(join, show_honour)
def she_comes_back_and_is_named(play: Play, cast: Cast, now: datetime) -> None:
    made = volunteers.volunteer(cast.guilan, state=VolunteerState.LEFT)
    play(join, person_id=cast.guilan.pk, by=cast.guilan.user, now=now, skill_ids=[])
    play(show_honour, volunteer_id=made.pk, agree=True, by=cast.guilan.user, now=now)


@story(answer_for)
def a_unit_and_a_shop_get_who_answers(play: Play, cast: Cast, now: datetime) -> None:
    for partner in (orders.unit(cast.city["street"]), orders.shop(cast.city["street"])):
        phone = cast.stranger.user.phone
        play(answer_for, partner=orders.taker_of(partner), phone=phone, by=cast.admin, now=now)
        play(answer_for, partner=orders.taker_of(partner), phone="", by=cast.worker, now=now)


@story(record_service, refuse_service)
def a_service_is_recorded_and_refused(play: Play, cast: Cast, now: datetime) -> None:
    served = volunteers.volunteer(home=cast.city["community"])
    told = {"volunteer_id": served.pk, "source_key": "manual:1", "minutes": 60, "by": cast.worker, "now": now}
    for _again in range(2):
        made = play(record_service, **told, evidence=["LIST"])
    play(refuse_service, record_id=made.pk, reason="没有来", by=cast.worker, now=now)

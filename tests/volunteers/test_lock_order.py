"""Verbs of shifts lock in the order of docs/locking.md, read from the statements they send.

Sign-ups are left out: they are reached only by who holds their shift.
"""

from datetime import timedelta

import pytest

from tests.factories import volunteers
from tests.factories.courses import at
from tests.locks import locks_in_order
from volunteers.actions.check_in import check_in, check_out, close_shift
from volunteers.actions.roll import leave
from volunteers.actions.shifts import cancel_shift, change_places, end_activity, move_shift, plan_ahead
from volunteers.actions.signups import fill_places, remove_signup, sign_up, withdraw_signup
from volunteers.rules.check_in import CheckInKind

TABLES = [
    "volunteers_activity",
    "volunteers_shift",
    "volunteers_volunteer",
    "volunteers_servicerecord",
    "people_user",
    "people_person",
    "notices_notice",
    "notices_delivery",
]
NINE = at(2026, 11, 28, 9)


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def full(home, now):
    """A full shift of two with two in line, and those who hold the places."""
    shift = volunteers.shift(home, NINE)
    people = [volunteers.volunteer(home=home) for _ in range(4)]
    return shift, [
        sign_up(shift_id=shift.pk, volunteer_id=one.pk, by=one.person.user, now=now) for one in people
    ]


def in_order():
    return locks_in_order("", TABLES)


def test_places_are_taken_and_given_back(cast, home, full, now):
    shift, made = full
    one = volunteers.volunteer(home=home)
    with in_order():
        sign_up(shift_id=shift.pk, volunteer_id=one.pk, by=one.person.user, now=now)
        withdraw_signup(signup_id=made[0].pk, by=cast.worker, now=now)
        remove_signup(signup_id=made[1].pk, reason="搬走了", by=cast.worker, now=now)
        change_places(shift_id=shift.pk, places=5, by=cast.worker, now=now)


def test_shifts_are_moved_and_called_off(cast, full, now):
    shift, _made = full
    to = NINE + timedelta(days=1)
    with in_order():
        move_shift(
            shift_id=shift.pk,
            starts_at=to,
            ends_at=to + timedelta(hours=1),
            reason="下雨",
            by=cast.worker,
            now=now,
        )
        cancel_shift(shift_id=shift.pk, reason="还在下", by=cast.worker, now=now)


def test_being_there_and_closing(cast, full, now):
    shift, made = full
    who = {"shift_id": shift.pk, "volunteer_id": made[0].volunteer_id, "by": cast.worker}
    with in_order():
        check_in(**who, now=NINE, kind=CheckInKind.KIOSK)
        check_in(**who, now=NINE, kind=CheckInKind.LIST)
        check_out(**who, now=NINE + timedelta(hours=1), kind=CheckInKind.KIOSK)
    with in_order():
        close_shift(shift_id=shift.pk, by=cast.worker, now=NINE + timedelta(hours=2), confirmed=[made[1].pk])


def test_passes_and_leaving(cast, home, full, now):
    shift, made = full
    weekly = volunteers.activity(home, repeats="WEEKLY", weekday=6)
    type(shift).objects.filter(pk=shift.pk).update(places=3)
    with in_order():
        plan_ahead(now=now)
        fill_places(now=now)
    with in_order():
        leave(volunteer_id=made[0].volunteer_id, by=cast.worker, now=now)
    with in_order():
        end_activity(activity_id=weekly.pk, reason="换了单位", by=cast.worker, now=now)

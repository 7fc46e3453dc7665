"""Verbs of shifts lock in the order of docs/locking.md, read from the statements they send.

Sign-ups are left out: they are reached only by who holds their shift.
"""

from datetime import timedelta

import pytest

from tests.factories import volunteers
from tests.factories.courses import at
from tests.locks import locks_in_order
from volunteers import actions
from volunteers.rules import CheckInKind

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
        actions.sign_up(shift_id=shift.pk, volunteer_id=one.pk, by=one.person.user, now=now) for one in people
    ]


def in_order():
    return locks_in_order("", TABLES)


def test_places_are_taken_and_given_back(cast, home, full, now):
    shift, made = full
    one = volunteers.volunteer(home=home)
    with in_order():
        actions.sign_up(shift_id=shift.pk, volunteer_id=one.pk, by=one.person.user, now=now)
        actions.withdraw_signup(signup_id=made[0].pk, by=cast.worker, now=now)
        actions.remove_signup(signup_id=made[1].pk, reason="搬走了", by=cast.worker, now=now)
        actions.change_places(shift_id=shift.pk, places=5, by=cast.worker, now=now)


def test_shifts_are_moved_and_called_off(cast, full, now):
    shift, _made = full
    to = NINE + timedelta(days=1)
    with in_order():
        actions.move_shift(
            shift_id=shift.pk,
            starts_at=to,
            ends_at=to + timedelta(hours=1),
            reason="下雨",
            by=cast.worker,
            now=now,
        )
        actions.cancel_shift(shift_id=shift.pk, reason="还在下", by=cast.worker, now=now)


def test_being_there_and_closing(cast, full, now):
    shift, made = full
    who = {"shift_id": shift.pk, "volunteer_id": made[0].volunteer_id, "by": cast.worker}
    with in_order():
        actions.check_in(**who, now=NINE, kind=CheckInKind.KIOSK)
        actions.check_in(**who, now=NINE, kind=CheckInKind.LIST)
        actions.check_out(**who, now=NINE + timedelta(hours=1), kind=CheckInKind.KIOSK)
    with in_order():
        actions.close_shift(
            shift_id=shift.pk, by=cast.worker, now=NINE + timedelta(hours=2), confirmed=[made[1].pk]
        )


def test_passes_and_leaving(cast, home, full, now):
    shift, made = full
    weekly = volunteers.activity(home, repeats="WEEKLY", weekday=6)
    type(shift).objects.filter(pk=shift.pk).update(places=3)
    with in_order():
        actions.plan_ahead(now=now)
        actions.fill_places(now=now)
    with in_order():
        actions.leave(volunteer_id=made[0].volunteer_id, by=cast.worker, now=now)
    with in_order():
        actions.end_activity(activity_id=weekly.pk, reason="换了单位", by=cast.worker, now=now)

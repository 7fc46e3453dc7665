"""Places in shifts under real concurrency: threads on the real database."""

from datetime import timedelta

import pytest

from common.errors import DomainError
from notices.models import Notice
from people.models import Person, User
from tests.common.faults import found
from tests.factories import volunteers
from tests.factories.courses import at
from tests.races.crowd import at_once
from volunteers.actions.check_in import check_in, close_shift, shift_token
from volunteers.actions.reminders import remind_shifts
from volunteers.actions.shifts import plan_ahead
from volunteers.actions.signups import fill_places, sign_up, withdraw_signup
from volunteers.models.roll import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.signups import ShiftSignup
from volunteers.rules.check_in import CheckInKind
from volunteers.rules.shifts import SignupState

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
S = SignupState
NINE = at(2026, 11, 28, 9)


@pytest.fixture
def home(cast):
    return cast.city["community"]


def crowd(home, count):
    """Many volunteers in three statements."""
    users = User.objects.bulk_create(User(phone=f"137{number:08}", name="志愿者") for number in range(count))
    people = Person.objects.bulk_create(Person(full_name="志愿者", user=user, home=home) for user in users)
    return Volunteer.objects.bulk_create(Volunteer(person=person, joined_at=NINE) for person in people)


def signing(shift, volunteer, now):
    by = volunteer.person.user
    return lambda: sign_up(shift_id=shift.pk, volunteer_id=volunteer.pk, by=by, now=now)


def states(results):
    return sorted(one.code if isinstance(one, DomainError) else one.state for one in results)


def counts(shift):
    shift.refresh_from_db()
    return shift.places_taken, shift.waiting_taken


def test_five_hundred_want_twenty_places(home, now):
    """In ten waves of fifty, since each thread holds a connection of its own."""
    shift = volunteers.shift(home, NINE, places=20, waiting_limit=30)
    people, results = crowd(home, 500), []
    for wave in range(10):
        results += at_once([signing(shift, one, now) for one in people[wave * 50 : wave * 50 + 50]])
    assert states(results) == [S.SIGNED] * 20 + [S.WAITING] * 30 + ["WAITING_FULL"] * 450
    assert counts(shift) == (20, 30)
    line = list(ShiftSignup.objects.order_by("position").values_list("position", "state"))
    assert [position for position, _state in line] == list(range(1, 51))
    assert [state for _position, state in line] == [S.SIGNED] * 20 + [S.WAITING] * 30
    assert not found()


def test_one_volunteer_wants_overlapping_shifts_at_once(home, now):
    """Ten shifts at the same time, ten taps: one place, and no deadlock."""
    one = crowd(home, 1)[0]
    for week in range(5):
        starts = NINE + timedelta(weeks=week)
        shifts = [volunteers.shift(home, starts + timedelta(minutes=n)) for n in range(10)]
        results = at_once([signing(shift, one, now) for shift in shifts])
        assert states(results) == ["CLASH"] * 9 + [S.SIGNED]
    assert not found()


def test_the_same_volunteer_taps_twenty_times(home, now):
    shift, one = volunteers.shift(home, NINE), crowd(home, 1)[0]
    assert states(at_once([signing(shift, one, now)] * 20)) == ["ALREADY_SIGNED"] * 19 + [S.SIGNED]
    assert Notice.objects.filter(kind="SHIFT_SIGNED").count() == 1


def test_withdrawing_meets_signing_up(home, now):
    """Whoever withdraws makes room for the line, never for who comes by."""
    for _ in range(5):
        shift = volunteers.shift(home, NINE + timedelta(hours=3 * volunteers.next_number()), places=5)
        people = [volunteers.volunteer(home=home) for _ in range(12)]
        made = [signing(shift, one, now)() for one in people[:8]]

        def leave(signup):
            by = signup.volunteer.person.user
            return lambda: withdraw_signup(signup_id=signup.pk, by=by, now=now)

        at_once([leave(one) for one in made[:3]] + [signing(shift, one, now) for one in people[8:]])
        first = list(shift.signups.exclude(state=S.WITHDRAWN).order_by("position"))
        assert [one.state for one in first[:5]] == [S.SIGNED] * 5
        assert counts(shift)[0] == 5
    assert not found()


def test_two_withdrawals_promote_two(home, now):
    shift = volunteers.shift(home, NINE, places=3, waiting_limit=5)
    made = [signing(shift, one, now)() for one in crowd(home, 8)]

    def leave(signup):
        by = signup.volunteer.person.user
        return lambda: withdraw_signup(signup_id=signup.pk, by=by, now=now)

    at_once([leave(made[0]), leave(made[1])] * 5)
    line = list(shift.signups.order_by("position").values_list("state", flat=True))
    assert line == [S.WITHDRAWN] * 2 + [S.SIGNED] * 3 + [S.WAITING] * 3
    assert Notice.objects.filter(kind="SHIFT_PROMOTED").count() == 2
    assert not found()


def test_two_shifts_promote_the_same_people_in_opposite_order(home, now):
    """The line of each shift is locked by ascending volunteer: nobody waits in a circle."""
    for _ in range(5):
        starts = NINE + timedelta(days=volunteers.next_number())
        one, two = (volunteers.shift(home, starts, places=4, waiting_limit=9) for _ in range(2))
        people = [volunteers.volunteer(home=home) for _ in range(6)]
        holders = [
            [volunteers.signup(shift, volunteers.volunteer(home=home), now) for _ in range(4)]
            for shift in (one, two)
        ]
        for person in people:
            volunteers.signup(one, person, now, S.WAITING)
        for person in reversed(people):
            volunteers.signup(two, person, now, S.WAITING)

        def leave(signup):
            by = signup.volunteer.person.user
            return lambda: withdraw_signup(signup_id=signup.pk, by=by, now=now)

        at_once([leave(signup) for signups in holders for signup in signups])
        busy = ShiftSignup.objects.filter(state=S.SIGNED, shift__in=[one, two])
        assert busy.count() == 6 == len(set(busy.values_list("volunteer_id", flat=True)))
    assert not found()


def test_a_scan_replayed_at_once_checks_in_once(home, now):
    shift, one = volunteers.shift(home, NINE), crowd(home, 1)[0]
    signing(shift, one, now)()
    events = ShiftSignup.pgh_event_model.objects.count()
    token, by = shift_token(shift.pk, NINE), one.person.user

    def scan():
        return check_in(
            shift_id=shift.pk, volunteer_id=one.pk, by=by, now=NINE, kind=CheckInKind.QR, token=token
        )

    assert {signup.state for signup in at_once([scan] * 40)} == {S.CAME}
    assert ShiftSignup.pgh_event_model.objects.count() == events + 1


def test_closing_twice_records_once(cast, home, now):
    shift = volunteers.shift(home, NINE, places=9)
    for one in crowd(home, 8):
        volunteers.signup(shift, one, now, S.CAME)
    late, workers = NINE + timedelta(hours=2), (cast.worker, cast.admin)
    acts = [lambda by=by: close_shift(shift_id=shift.pk, by=by, now=late) for by in workers * 5]
    assert {closed.state for closed in at_once(acts)} == {"CLOSED"}
    assert ServiceRecord.objects.count() == 8
    assert not found()


def test_two_passes_plan_and_promote_once(cast, home, now):
    weekly = volunteers.activity(home, repeats="WEEKLY", weekday=6)
    planned = at_once([lambda: plan_ahead(now=now)] * 4)
    assert sum(planned) == weekly.shifts.count() == 6
    shift = weekly.shifts.first()
    for _ in range(3):
        volunteers.signup(shift, volunteers.volunteer(home=home), now, S.WAITING)
    assert sum(at_once([lambda: fill_places(now=now)] * 4)) == 2
    assert sum(at_once([lambda: remind_shifts(now=shift.starts_at - timedelta(hours=20))] * 4)) == 2

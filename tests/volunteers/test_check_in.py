"""Being there: codes that rotate, lists, offline scans, hours, and what goes on record."""

from datetime import timedelta

import pytest

from people.models import Membership
from tests.factories import volunteers
from tests.factories.courses import at
from tests.factories.stages import put
from tests.factories.volunteers import counts, crowd, sign, states
from tests.refusals import refused
from volunteers.actions.check_in import check_in, check_out, close_shift, shift_token, undo_check_in
from volunteers.actions.service import refuse_service
from volunteers.actions.shifts import cancel_shift
from volunteers.actions.signups import remove_signup
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.check_in import CheckInKind
from volunteers.rules.shifts import ShiftState, SignupState

S, K = SignupState, CheckInKind
NINE = at(2026, 11, 28, 9)
ELEVEN = NINE + timedelta(hours=2)
minutes = lambda n: timedelta(minutes=n)  # noqa: E731


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def organiser(home):
    return volunteers.volunteer(home=home)


@pytest.fixture
def shift(home, organiser):
    """Saturday 09:00-11:00 with an organiser of its own."""
    return volunteers.shift(home, NINE, places=3, activity=volunteers.activity(home, organiser=organiser))


@pytest.fixture
def one(home, shift, now):
    volunteer = crowd(home, 1)[0]
    sign(shift, volunteer, now)
    return volunteer


def scan(shift, volunteer, now=NINE, token=None, verb=check_in, by=None, **kwargs):
    moment = kwargs.get("scanned_at") or now
    return verb(
        shift_id=shift.pk,
        volunteer_id=volunteer.pk,
        by=by or volunteer.person.user,
        now=now,
        kind=K.QR,
        token=shift_token(shift.pk, moment) if token is None else token,
        **kwargs,
    )


def tick(shift, volunteer, by, now=NINE, kind=K.LIST, verb=check_in, **kwargs):
    return verb(shift_id=shift.pk, volunteer_id=volunteer.pk, by=by, now=now, kind=kind, **kwargs)


def close(shift, by, now=ELEVEN, **kwargs):
    return close_shift(shift_id=shift.pk, by=by, now=now, **kwargs)


def record(volunteer):
    return ServiceRecord.objects.get(volunteer=volunteer)


def evidence(volunteer):
    return sorted(record(volunteer).evidence.values_list("kind", flat=True))


# --- In ---------------------------------------------------------------------------------------


def test_a_scan_checks_in(shift, one):
    done = scan(shift, one, NINE + minutes(3))
    assert (done.state, done.check_in_kind, done.checked_in_at) == (S.CAME, K.QR, NINE + minutes(3))
    assert done.listed_at is None


def test_a_scan_replayed_changes_nothing(shift, one):
    first = scan(shift, one)
    events = ShiftSignup.pgh_event_model.objects.count()
    for n in range(100):
        again = scan(shift, one, NINE + minutes(n), token="anything", scanned_at=NINE)
        assert (again.pk, again.checked_in_at, again.changed_at) == (first.pk, NINE, NINE)
    assert ShiftSignup.pgh_event_model.objects.count() == events


def test_which_codes_do_not_count(home, shift, one):
    other = volunteers.shift(home, NINE + minutes(600))
    for token in ("", "1-2", shift_token(other.pk, NINE)):
        refused("TOKEN_WRONG", scan, shift=shift, volunteer=one, token=token)
    for away in (minutes(2), -minutes(2)):
        refused("TOKEN_OLD", scan, shift=shift, volunteer=one, token=shift_token(shift.pk, NINE + away))
    skewed = shift_token(shift.pk, NINE - timedelta(seconds=25))
    assert scan(shift, one, token=skewed).state == S.CAME


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (NINE - minutes(31), "NOT_YET"),
        (NINE - minutes(30), ""),
        (ELEVEN, ""),
        (ELEVEN + minutes(1), "SHIFT_OVER"),
    ],
)
def test_when_the_doors_are_open(shift, one, moment, code):
    if code:
        refused(code, scan, shift=shift, volunteer=one, now=moment)
    else:
        assert scan(shift, one, moment).checked_in_at == moment


def test_a_scan_made_offline_counts_for_72_hours(home, shift, one, now):
    scanned = NINE + minutes(5)
    late = {"scanned_at": scanned}
    refused(
        "TOO_LATE", scan, shift=shift, volunteer=one, now=scanned + timedelta(hours=72, seconds=1), **late
    )
    wrong = shift_token(shift.pk, NINE + minutes(9))
    refused("TOKEN_OLD", scan, shift=shift, volunteer=one, now=ELEVEN, token=wrong, **late)
    ahead = {"now": NINE, "scanned_at": NINE + timedelta(seconds=31)}
    refused("CLOCK_AHEAD", scan, shift=shift, volunteer=one, **ahead)
    assert scan(shift, one, scanned + timedelta(hours=72), **late).checked_in_at == scanned
    two = crowd(home, 1)[0]
    sign(shift, two, now)
    assert scan(shift, two, NINE, scanned_at=NINE + timedelta(seconds=29)).state == S.CAME


def test_who_may_check_in_whom(cast, home, shift, one, organiser):
    stranger = cast.stranger.user
    refused("NOT_ALLOWED", scan, shift=shift, volunteer=one, by=stranger)
    refused("NOT_ALLOWED", scan, shift=shift, volunteer=one, by=cast.worker)
    for by in (stranger, cast.other_worker, one.person.user):
        refused("NOT_ALLOWED", tick, shift=shift, volunteer=one, by=by)
    refused("NOT_ALLOWED", tick, shift=shift, volunteer=one, by=organiser.person.user, kind=K.KIOSK)
    sign(shift, organiser, NINE)
    refused("NOT_ALLOWED", tick, shift=shift, volunteer=organiser, by=organiser.person.user)
    done = tick(shift, one, cast.worker, kind=K.KIOSK)
    assert (done.check_in_kind, done.listed_at) == (K.KIOSK, None)
    done = tick(shift, organiser, cast.worker)
    assert (done.check_in_kind, done.listed_by) == (K.LIST, cast.worker)


def test_who_is_not_on_the_list(cast, home, shift, one, organiser, now):
    new = crowd(home, 1)[0]
    refused("NOT_SIGNED", scan, shift=shift, volunteer=new)
    refused("NOT_SIGNED", tick, shift=shift, volunteer=new, by=cast.worker)
    # A stranger does not learn who is on the list.
    refused("NOT_ALLOWED", scan, shift=shift, volunteer=new, by=cast.stranger.user)
    refused("NOT_ALLOWED", tick, shift=shift, volunteer=new, by=cast.stranger.user)
    ghost = Shift(pk=0)
    refused("NO_SUCH_SHIFT", scan, shift=ghost, volunteer=new)


def test_who_waits_comes_in_on_a_free_place(cast, home, shift, one, organiser, now):
    leader = organiser.person.user
    people = crowd(home, 3)
    made = [sign(shift, volunteer, now) for volunteer in people]
    refused("NOT_SIGNED", scan, shift=shift, volunteer=people[2])
    refused("NO_PLACE", tick, shift=shift, volunteer=people[2], by=leader)
    remove_signup(signup_id=made[0].pk, reason="没来", by=leader, now=NINE)
    assert tick(shift, people[2], leader).state == S.CAME
    assert counts(shift) == (3, 0, 4)


def test_a_tick_on_top_of_a_scan_is_a_second_kind(shift, one, organiser):
    leader = organiser.person.user
    scan(shift, one, NINE)
    done = tick(shift, one, leader, NINE + minutes(10))
    assert (done.check_in_kind, done.checked_in_at) == (K.QR, NINE)
    assert (done.listed_by, done.listed_at) == (leader, NINE + minutes(10))
    assert tick(shift, one, leader, NINE + minutes(20)).listed_at == NINE + minutes(10)


def test_a_scan_on_top_of_a_tick_too(shift, one, organiser):
    tick(shift, one, organiser.person.user, NINE + minutes(10))
    done = scan(shift, one, NINE + minutes(20), scanned_at=NINE + minutes(5))
    assert (done.check_in_kind, done.checked_in_at) == (K.QR, NINE + minutes(5))
    assert done.listed_at == NINE + minutes(10)


def test_ticked_off_after_the_end_the_organiser_vouches_for_all(shift, one, organiser):
    leader = organiser.person.user
    late = ELEVEN + timedelta(hours=73)
    refused("SHIFT_OVER", tick, shift=shift, volunteer=one, by=leader, now=late)
    assert tick(shift, one, leader, ELEVEN + minutes(30)).checked_in_at == NINE


def test_nothing_is_checked_in_where_the_shift_is_off(cast, shift, one):
    cancel_shift(shift_id=shift.pk, reason="下雨", by=cast.worker, now=NINE - minutes(60))
    put(ShiftSignup.objects.all(), state=S.SIGNED)
    refused("SHIFT_OFF", scan, shift=shift, volunteer=one)
    refused("SHIFT_OFF", close, shift=shift, by=cast.worker)


def test_a_wrong_tick_is_taken_back(cast, shift, one, organiser):
    leader, done = organiser.person.user, scan(shift, one)
    undo = {"signup_id": done.pk, "by": leader, "now": NINE + minutes(1)}
    refused("NOT_ALLOWED", undo_check_in, **{**undo, "by": one.person.user})
    for _ in range(2):
        back = undo_check_in(**undo)
        assert (back.state, back.checked_in_at, back.check_in_kind) == (S.SIGNED, None, "")
    scan(shift, one)
    close(shift, leader)
    refused("SHIFT_OVER", undo_check_in, **undo)


# --- Out --------------------------------------------------------------------------------------


def test_out_counts_once(shift, one):
    refused("NOT_CHECKED_IN", scan, shift=shift, volunteer=one, verb=check_out)
    scan(shift, one)
    done = scan(shift, one, NINE + minutes(50), verb=check_out)
    assert done.checked_out_at == NINE + minutes(50)
    again = scan(shift, one, NINE + minutes(90), verb=check_out)
    assert again.checked_out_at == NINE + minutes(50)
    refused("NOT_ALLOWED", tick, shift=shift, volunteer=one, by=one.person.user, verb=check_out)


def test_out_wants_a_fitting_code_too_and_comes_after_in(cast, shift, one):
    scan(shift, one, NINE + minutes(20))
    out = {"shift": shift, "volunteer": one, "verb": check_out, "now": NINE + minutes(60)}
    refused("TOKEN_WRONG", scan, **out, token="x")
    refused("TOKEN_OLD", scan, **out, token=shift_token(shift.pk, NINE))
    refused("TOKEN_OLD", scan, **out, scanned_at=NINE + minutes(20))  # the code she came in with
    done = tick(shift, one, cast.worker, NINE + minutes(60), verb=check_out, scanned_at=NINE)
    assert done.checked_out_at == done.checked_in_at == NINE + minutes(20)


def test_out_is_too_late_once_the_record_is_written(shift, one, organiser):
    scan(shift, one)
    close(shift, organiser.person.user)
    refused("CLOSED", scan, shift=shift, volunteer=one, now=ELEVEN, verb=check_out)


# --- Closing ----------------------------------------------------------------------------------


def test_closing_writes_what_was_done(cast, home, shift, one, organiser, now):
    leader = organiser.person.user
    missed, waiting = crowd(home, 2)
    sign(shift, missed, now)
    volunteers.signup(shift, waiting, now, S.WAITING)
    scan(shift, one, NINE + minutes(10))
    scan(shift, one, NINE + minutes(100), verb=check_out)
    mine = ShiftSignup.objects.get(volunteer=one)
    done = close(shift, leader, ELEVEN, confirmed=[mine.pk])
    assert (done.state, done.closed_at) == (ShiftState.CLOSED, ELEVEN)
    assert states(shift) == [S.CAME, S.MISSED, S.REMOVED]
    written = record(one)
    assert (written.minutes, written.source_key, written.title) == (
        90,
        f"shift:{shift.pk}",
        shift.activity.title,
    )
    assert (written.recorded_by, written.division, written.state) == (leader, home, "RECORDED")
    assert written.served_on == NINE.date()
    assert evidence(one) == ["LIST", "QR"]
    assert ServiceRecord.objects.count() == 1
    close(shift, leader, ELEVEN + minutes(5), confirmed=[mine.pk])
    assert ServiceRecord.objects.count() == 1


def test_without_a_check_out_at_most_the_planned_end_and_it_says_so(shift, one, organiser):
    scan(shift, one, NINE + minutes(10))
    close(shift, organiser.person.user, ELEVEN + minutes(60))
    assert record(one).minutes == 110
    assert evidence(one) == ["QR"]  # the organiser has not confirmed: one kind is not enough
    assert "没有签退" in record(one).evidence.get().note


def test_who_forgot_to_check_in_is_confirmed_on_closing(shift, one, organiser):
    mine = ShiftSignup.objects.get(volunteer=one)
    close(shift, organiser.person.user, ELEVEN, confirmed=[mine.pk, 0])
    assert record(one).minutes == 120
    assert evidence(one) == ["LIST"]


def test_nobody_closes_her_own_service(cast, shift, one, organiser):
    leader = organiser.person.user
    sign(shift, organiser, NINE - minutes(60))
    for volunteer in (one, organiser):
        scan(shift, volunteer)
    both = list(ShiftSignup.objects.values_list("pk", flat=True))
    close(shift, leader, confirmed=both)
    assert not ServiceRecord.objects.filter(volunteer=organiser).exists()
    assert ShiftSignup.objects.get(volunteer=organiser).listed_at is None
    close(shift, cast.worker, ELEVEN + minutes(30), confirmed=both)
    assert (record(organiser).recorded_by, evidence(organiser)) == (cast.worker, ["LIST", "QR"])
    assert (record(one).recorded_by, record(one).minutes) == (leader, 120)


def test_a_scan_that_comes_in_after_closing(cast, shift, one, organiser):
    close(shift, organiser.person.user)
    assert states(shift) == [S.MISSED]
    scan(shift, one, ELEVEN + timedelta(hours=20), scanned_at=NINE + minutes(30))
    assert states(shift) == [S.CAME]
    assert not ServiceRecord.objects.exists()
    close(shift, organiser.person.user, ELEVEN + timedelta(hours=21))
    assert record(one).minutes == 90


def test_new_evidence_reaches_a_record_that_waits(shift, one, organiser):
    leader = organiser.person.user
    mine = ShiftSignup.objects.get(volunteer=one)
    close(shift, leader, confirmed=[mine.pk])
    scan(shift, one, ELEVEN + minutes(90), scanned_at=NINE + minutes(1))
    close(shift, leader, ELEVEN + minutes(91))
    assert evidence(one) == ["LIST", "QR"]
    assert record(one).minutes == 120
    refuse_service(record_id=record(one).pk, reason="不算", by=staff(shift), now=ELEVEN)
    close(shift, leader, ELEVEN + minutes(92))
    assert record(one).state == "REFUSED"


def staff(shift):
    return Membership.objects.get(division=shift.activity.division.parent, role="SOCIAL_WORKER").user


def test_who_may_close_and_when(cast, shift, one, organiser):
    for by in (cast.stranger.user, cast.other_worker, one.person.user, cast.officer):
        refused("NOT_ALLOWED", close, shift=shift, by=by)
    refused("NOT_YET", close, shift=shift, by=organiser.person.user, now=NINE - minutes(1))
    refused("NO_SUCH_SHIFT", close, shift=Shift(pk=0), by=cast.worker)


def test_closed_before_the_planned_end_counts_to_the_closing(shift, one, organiser):
    scan(shift, one)
    close(shift, organiser.person.user, NINE + minutes(45))
    assert record(one).minutes == 45


def test_no_record_of_no_time(shift, one, organiser):
    scan(shift, one, NINE - minutes(20))
    scan(shift, one, NINE - minutes(5), verb=check_out)
    close(shift, organiser.person.user)
    assert not ServiceRecord.objects.exists()
    assert Activity.objects.count() == 1


def test_missing_a_shift_has_no_consequence(home, shift, one, organiser):
    close(shift, organiser.person.user)
    one.refresh_from_db()
    assert one.state == "ACTIVE"
    other = volunteers.shift(home, NINE + timedelta(days=7))
    assert sign(other, one, ELEVEN).state == S.SIGNED

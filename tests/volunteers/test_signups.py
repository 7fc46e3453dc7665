"""Places in shifts: who gets one, who waits, who is refused, what happens when somebody leaves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notices.models import Notice
from people.models import Consent
from people.rules import Purpose
from tests.factories import volunteers
from tests.factories.courses import at
from tests.factories.volunteers import counts, crowd, kinds, sign, states
from tests.refusals import refused
from volunteers.actions.roll import leave
from volunteers.actions.signups import fill_places, remove_signup, sign_up, withdraw_signup
from volunteers.models.roll import Skill
from volunteers.models.shifts import Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.roll import VolunteerState
from volunteers.rules.shifts import ActivityState, ShiftState, SignupState

S = SignupState
NINE = at(2026, 11, 28, 9)


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def shift(home):
    """Saturday 09:00-11:00, two places, three in line."""
    return volunteers.shift(home, NINE)


def test_places_then_the_line_then_full(home, shift, now):
    people = crowd(home, 6)
    made = [sign(shift, one, now) for one in people[:5]]
    assert [one.state for one in made] == [S.SIGNED] * 2 + [S.WAITING] * 3
    assert [one.position for one in made] == [1, 2, 3, 4, 5]
    assert [one.ahead() for one in made[2:]] == [0, 1, 2]
    assert counts(shift) == (2, 3, 5)
    refused("WAITING_FULL", sign, shift=shift, volunteer=people[5], now=now)
    assert kinds(people[0]) == ["SHIFT_SIGNED"]
    assert kinds(people[2]) == ["SHIFT_WAITING"]


def test_letters_say_what_and_when(home, shift, now):
    one = crowd(home, 1)[0]
    sign(shift, one, now)
    notice = Notice.objects.get(recipient=one.person)
    assert shift.activity.title in notice.title
    assert "11月28日 周六 09:00" in notice.body


def test_twice_is_refused_and_changes_nothing(home, shift, now):
    one, two, three = crowd(home, 3)
    for volunteer in (one, two, three):
        sign(shift, volunteer, now)
    for volunteer in (one, three):
        refused("ALREADY_SIGNED", sign, shift=shift, volunteer=volunteer, now=now)
    for other in crowd(home, 2):
        sign(shift, other, now)
    refused("ALREADY_SIGNED", sign, shift=shift, volunteer=one, now=now)  # also when all is full
    assert counts(shift) == (2, 3, 5)


def test_who_may_sign_up_whom(cast, home, shift, now):
    one, elder = crowd(home, 1)[0], volunteers.volunteer(cast.elder)
    stranger = cast.stranger.user
    refused("NOT_ALLOWED", sign, shift=shift, volunteer=one, now=now, by=stranger)
    refused("NOT_ALLOWED", sign, shift=shift, volunteer=one, now=now, by=cast.other_worker)
    refused("NOT_ALLOWED", sign, shift=shift, volunteer=one, now=now, by=cast.officer)
    assert sign(shift, elder, now, by=cast.worker).state == S.SIGNED
    child = volunteers.volunteer(cast.zixuan)
    consent(cast, now)
    assert sign(shift, child, now, by=cast.guilan.user).state == S.SIGNED
    for verb in ({"shift_id": 0, "volunteer_id": one.pk}, {"shift_id": shift.pk, "volunteer_id": 0}):
        code = "NO_SUCH_SHIFT" if not verb["shift_id"] else "NOT_ALLOWED"
        refused(code, sign_up, **verb, by=one.person.user, now=now)


def consent(cast, now):
    Consent.objects.create(
        person=cast.zixuan, purpose=Purpose.VOLUNTEERING, given_by=cast.guilan, given_at=now
    )


def test_what_the_activity_asks_for(cast, home, shift, now):
    work = shift.activity
    one = volunteers.volunteer(cast.guilan)

    def asks(code, volunteer=one, by=None, **fields):
        type(work).objects.filter(pk=work.pk).update(**fields)
        refused(code, sign, shift=shift, volunteer=volunteer, now=now, by=by)

    child = volunteers.volunteer(cast.zixuan)
    asks("NO_CONSENT", child, by=cast.guilan.user)
    consent(cast, now)
    asks("TOO_YOUNG", child, by=cast.guilan.user, min_age=16)
    ageless = crowd(home, 1)[0]
    asks("TOO_YOUNG", ageless)
    skill = Skill.objects.create(name="电工")
    asks("SKILL_NEEDED", skill=skill)
    one.skills.add(skill)
    asks("NOT_INSURED", dangerous=True)
    one.insured_until = shift.starts_at.date() - timedelta(days=1)
    one.save()
    asks("NOT_INSURED")
    one.insured_until = shift.starts_at.date()
    one.save()
    for state in (VolunteerState.LEFT, VolunteerState.PAUSED):
        one.state = state
        one.save()
        asks("NOT_ACTIVE")
    one.state = VolunteerState.ACTIVE
    one.save()
    assert sign(shift, one, now).state == S.SIGNED


def test_until_the_planned_end_and_not_after(home, shift, now):
    one, two = crowd(home, 2)
    assert sign(shift, one, shift.ends_at - timedelta(minutes=1)).state == S.SIGNED
    refused("SHIFT_OVER", sign, shift=shift, volunteer=two, now=shift.ends_at)
    for change in (
        {"state": ShiftState.CANCELLED, "reason": "下雨"},
        {"state": ShiftState.CLOSED, "closed_at": now},
    ):
        other = volunteers.shift(home, NINE + timedelta(days=1))
        Shift.objects.filter(pk=other.pk).update(**change)
        refused("SHIFT_OVER", sign, shift=other, volunteer=two, now=now)
    draft = volunteers.shift(home, NINE, activity=volunteers.activity(home, state=ActivityState.DRAFT))
    refused("SHIFT_OVER", sign, shift=draft, volunteer=two, now=now)


def test_nobody_is_in_two_places_at_once(home, shift, now):
    one, *others = crowd(home, 3)
    sign(shift, one, now)
    late = volunteers.shift(home, NINE + timedelta(hours=1))
    refused("CLASH", sign, shift=late, volunteer=one, now=now)
    after = volunteers.shift(home, NINE + timedelta(hours=2))
    assert sign(after, one, now).state == S.SIGNED  # one ends when the other begins
    for other in others:
        sign(late, other, now)
    assert sign(late, one, now).state == S.WAITING  # a place in line does not clash


def test_the_database_refuses_two_places_at_once(home, shift, now):
    one = crowd(home, 1)[0]
    volunteers.signup(shift, one, now)
    late = volunteers.shift(home, NINE + timedelta(hours=1))
    with pytest.raises(IntegrityError, match="signup_in_one_place"), transaction.atomic():
        volunteers.signup(late, one, now)
    with pytest.raises(IntegrityError, match="signup_once_a_shift"), transaction.atomic():
        volunteers.signup(shift, one, now, S.WAITING)
    with pytest.raises(IntegrityError, match="signup_came_when"), transaction.atomic():
        volunteers.signup(late, one, now, S.CAME, checked_in_at=None)


def test_the_database_refuses_one_place_too_many(home, shift, now):
    for one in crowd(home, 2):
        volunteers.signup(shift, one, now)
    with pytest.raises(IntegrityError, match="shift_not_overfull"), transaction.atomic():
        volunteers.signup(shift, volunteers.volunteer(home=home), now)
    shift.save()  # a stale instance does not put back an old count
    assert counts(shift) == (2, 0, 2)


def test_every_state_is_counted_as_the_rules_say(home, now):
    shift = volunteers.shift(home, NINE, places=9)
    for state in S:
        volunteers.signup(shift, volunteers.volunteer(home=home), now, state)
    assert counts(shift) == (3, 1, len(S))
    shift.signups.get(state=S.CAME).delete()
    assert counts(shift) == (2, 1, len(S))


def test_who_leaves_makes_room_for_the_next_in_line(home, shift, now):
    people = crowd(home, 4)
    made = [sign(shift, one, now) for one in people]
    done = withdraw_signup(signup_id=made[0].pk, by=people[0].person.user, now=now)
    assert done.state == S.WITHDRAWN
    assert states(shift) == [S.WITHDRAWN, S.SIGNED, S.SIGNED, S.WAITING]
    assert counts(shift) == (2, 1, 4)
    assert kinds(people[0]) == ["SHIFT_SIGNED", "SHIFT_WITHDRAWN"]
    assert kinds(people[2]) == ["SHIFT_WAITING", "SHIFT_PROMOTED"]
    again = withdraw_signup(signup_id=made[0].pk, by=people[0].person.user, now=now)
    assert (again.state, counts(shift)) == (S.WITHDRAWN, (2, 1, 4))
    assert sign(shift, people[0], now).position == 5  # back again: at the end of the line


def test_who_may_withdraw_whom_and_when(cast, home, shift, now):
    one = crowd(home, 1)[0]
    made = sign(shift, one, now)
    give = {"signup_id": made.pk}
    refused("NOT_ALLOWED", withdraw_signup, **give, by=cast.stranger.user, now=now)
    refused("NOT_ALLOWED", withdraw_signup, **give, by=cast.other_worker, now=now)
    organiser = volunteers.volunteer(home=home)
    type(shift.activity).objects.filter(pk=shift.activity_id).update(organiser=organiser)
    # An organiser may take her off, with a reason, but not withdraw in her name.
    refused("NOT_ALLOWED", withdraw_signup, **give, by=organiser.person.user, now=now)
    refused("SHIFT_OVER", withdraw_signup, **give, by=one.person.user, now=shift.ends_at)
    ShiftSignup.objects.filter(pk=made.pk).update(state=S.CAME, check_in_kind="QR", checked_in_at=NINE)
    refused("SIGNUP_MOVE", withdraw_signup, **give, by=one.person.user, now=now)
    ShiftSignup.objects.filter(pk=made.pk).update(state=S.SIGNED, check_in_kind="", checked_in_at=None)
    assert withdraw_signup(**give, by=cast.worker, now=now).state == S.WITHDRAWN


def test_who_is_busy_elsewhere_keeps_her_place_in_line(cast, home, shift, now):
    one, two, busy, free = crowd(home, 4)
    made = [sign(shift, volunteer, now) for volunteer in (one, two, busy, free)]
    other = volunteers.shift(home, NINE + timedelta(hours=1))
    elsewhere = sign(other, busy, now)
    withdraw_signup(signup_id=made[0].pk, by=one.person.user, now=now)
    assert states(shift) == [S.WITHDRAWN, S.SIGNED, S.WAITING, S.SIGNED]
    # A place that nobody in line can take goes to who comes by.
    withdraw_signup(signup_id=made[1].pk, by=two.person.user, now=now)
    assert counts(shift) == (1, 1, 4)
    assert fill_places(now=now) == 0
    # Free again, she is found by the next pass.
    withdraw_signup(signup_id=elsewhere.pk, by=busy.person.user, now=now)
    assert fill_places(now=now) == 1
    assert states(shift) == [S.WITHDRAWN, S.WITHDRAWN, S.SIGNED, S.SIGNED]
    assert fill_places(now=now) == 0


def test_a_newcomer_gets_what_the_line_cannot_take(home, shift, now):
    one, two, busy, new = crowd(home, 4)
    made = [sign(shift, volunteer, now) for volunteer in (one, two, busy)]
    sign(volunteers.shift(home, NINE + timedelta(hours=1)), busy, now)
    withdraw_signup(signup_id=made[0].pk, by=one.person.user, now=now)
    assert sign(shift, new, now).state == S.SIGNED
    assert states(shift) == [S.WITHDRAWN, S.SIGNED, S.WAITING, S.SIGNED]


def test_who_pauses_is_passed_over(home, shift, now):
    people = crowd(home, 4)
    made = [sign(shift, one, now) for one in people]
    type(people[2]).objects.filter(pk=people[2].pk).update(state=VolunteerState.PAUSED)
    withdraw_signup(signup_id=made[0].pk, by=people[0].person.user, now=now)
    assert states(shift) == [S.WITHDRAWN, S.SIGNED, S.WAITING, S.SIGNED]


def test_leaving_the_register_gives_every_place_up(home, shift, now):
    one, two, three = crowd(home, 3)
    other = volunteers.shift(home, NINE + timedelta(days=1))
    for where in (shift, other):
        for volunteer in (one, two, three):
            sign(where, volunteer, now)
    leave(volunteer_id=one.pk, by=one.person.user, now=now)
    assert states(shift) == states(other) == [S.WITHDRAWN, S.SIGNED, S.SIGNED]
    assert kinds(one).count("SHIFT_WITHDRAWN") == 2


def test_nobody_is_put_into_a_shift_that_has_begun(home, shift, now):
    people = crowd(home, 3)
    made = [sign(shift, one, now) for one in people]
    withdraw_signup(signup_id=made[0].pk, by=people[0].person.user, now=shift.starts_at)
    assert states(shift) == [S.WITHDRAWN, S.SIGNED, S.WAITING]
    assert fill_places(now=shift.starts_at) == 0


def test_taken_off_the_list(cast, home, shift, now):
    organiser = volunteers.volunteer(home=home)
    type(shift.activity).objects.filter(pk=shift.activity_id).update(organiser=organiser)
    people = crowd(home, 3)
    made = [sign(shift, one, now) for one in people]
    off = {"signup_id": made[0].pk, "reason": "电话里说不来了"}
    refused("NOT_ALLOWED", remove_signup, **off, by=people[0].person.user, now=now)
    refused("NOT_ALLOWED", remove_signup, **off, by=cast.other_worker, now=now)
    refused("REASON_NEEDED", remove_signup, **{**off, "reason": " "}, by=cast.worker, now=now)
    done = remove_signup(**off, by=organiser.person.user, now=now)
    assert (done.state, done.reason) == (S.REMOVED, "电话里说不来了")
    assert remove_signup(**off, by=organiser.person.user, now=now) == done
    assert states(shift) == [S.REMOVED, S.SIGNED, S.SIGNED]
    assert kinds(people[0]) == ["SHIFT_SIGNED", "SHIFT_REMOVED"]
    Shift.objects.filter(pk=shift.pk).update(state=ShiftState.CLOSED, closed_at=now)
    other = {**off, "signup_id": made[1].pk}
    refused("SHIFT_OVER", remove_signup, **other, by=organiser.person.user, now=now)


def test_history_keeps_every_step(home, shift, now):
    one = crowd(home, 1)[0]
    made = sign(shift, one, now)
    withdraw_signup(signup_id=made.pk, by=one.person.user, now=now + timedelta(hours=1))
    events = (
        ShiftSignup.pgh_event_model.objects.filter(pgh_obj=made)
        .order_by("pgh_id")
        .values_list("state", "by_id")
    )
    assert list(events) == [(S.SIGNED, one.person.user_id), (S.WITHDRAWN, one.person.user_id)]


def test_who_sees_which_sign_ups(cast, home, shift, now):
    one, two = crowd(home, 2)
    organiser = volunteers.volunteer(home=home)
    type(shift.activity).objects.filter(pk=shift.activity_id).update(organiser=organiser)
    for volunteer in (one, two):
        sign(shift, volunteer, now)
    seen = {
        user: ShiftSignup.objects.visible_to(user).count()
        for user in (
            one.person.user,
            organiser.person.user,
            cast.worker,
            cast.other_worker,
            cast.stranger.user,
        )
    }
    assert list(seen.values()) == [1, 2, 2, 0, 0]

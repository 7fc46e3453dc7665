"""Activities and their shifts: published, planned ahead, called off, moved, widened, ended."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from notices.models import Notice
from tests.factories import volunteers
from tests.factories.courses import at
from tests.factories.volunteers import counts, crowd, kinds, sign, states
from tests.refusals import refused
from volunteers.actions.reminders import remind_shifts
from volunteers.actions.service import refuse_service
from volunteers.actions.shifts import (
    cancel_shift,
    change_places,
    end_activity,
    move_shift,
    plan_ahead,
    plan_shifts,
    publish_activity,
)
from volunteers.models.shifts import Activity, Shift
from volunteers.rules.shifts import ActivityState, Repeats, ShiftState, SignupState

S = SignupState
NINE = at(2026, 11, 28, 9)


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def sweep(home):
    """Every Friday 15:00-16:00, a draft."""
    return volunteers.activity(
        home,
        title="周五清扫",
        repeats=Repeats.WEEKLY,
        weekday=5,
        starts=time(15),
        ends=time(16),
        starts_on=date(2026, 11, 20),
        state=ActivityState.DRAFT,
    )


def starts(activity):
    return [shift.starts_at.date() for shift in activity.shifts.order_by("starts_at")]


def test_publishing_plans_six_weeks(cast, sweep, now):
    refused("NOT_ALLOWED", publish_activity, activity_id=sweep.pk, by=cast.other_worker, now=now)
    refused("NOT_ALLOWED", publish_activity, activity_id=0, by=cast.worker, now=now)
    done = publish_activity(activity_id=sweep.pk, by=cast.worker, now=now)
    assert done.state == ActivityState.PUBLISHED
    assert starts(sweep) == [date(2026, 11, 27) + timedelta(weeks=n) for n in range(6)]
    first = sweep.shifts.first()
    assert (first.starts_at, first.ends_at, first.places) == (at(2026, 11, 27, 15), at(2026, 11, 27, 16), 2)
    publish_activity(activity_id=sweep.pk, by=cast.worker, now=now)
    assert sweep.shifts.count() == 6


def test_what_is_over_is_not_published_nor_planned(cast, sweep, now):
    Activity.objects.filter(pk=sweep.pk).update(ends_on=date(2026, 11, 24))
    refused("ACTIVITY_OVER", publish_activity, activity_id=sweep.pk, by=cast.worker, now=now)
    Activity.objects.filter(pk=sweep.pk).update(ends_on=None, state=ActivityState.ENDED)
    refused("ACTIVITY_OVER", publish_activity, activity_id=sweep.pk, by=cast.worker, now=now)
    refused("ACTIVITY_OVER", plan_shifts, activity_id=sweep.pk, by=cast.worker, now=now)


def test_a_pass_plans_ahead_and_ends_what_is_over(cast, sweep, now):
    assert plan_ahead(now=now) == 0  # a draft is not planned
    publish_activity(activity_id=sweep.pk, by=cast.worker, now=now)
    assert plan_ahead(now=now) == 0
    assert plan_ahead(now=now + timedelta(weeks=1)) == 1
    assert plan_ahead(now=now + timedelta(weeks=1)) == 0
    Activity.objects.filter(pk=sweep.pk).update(ends_on=date(2026, 12, 31))
    assert plan_ahead(now=at(2027, 1, 1)) == 0
    sweep.refresh_from_db()
    assert sweep.state == ActivityState.PUBLISHED  # the shift of 8 January is still to come
    assert plan_ahead(now=at(2027, 1, 9)) == 0
    sweep.refresh_from_db()
    assert sweep.state == ActivityState.ENDED


def test_a_holiday_is_a_note_and_an_unknown_year_is_none(cast, home, now):
    weekly = volunteers.activity(home, repeats=Repeats.WEEKLY, weekday=5, starts_on=date(2026, 12, 25))
    made = plan_shifts(activity_id=weekly.pk, by=cast.worker, now=now)
    notes = {shift.starts_at.date(): shift.note for shift in made}
    assert notes == {date(2026, 12, 25): "", date(2027, 1, 1): "元旦假期，照常开展"}
    far = volunteers.activity(home, starts_on=date(2031, 1, 1))
    (once,) = plan_shifts(activity_id=far.pk, by=cast.worker, now=now)
    assert once.note == ""


def test_what_was_moved_or_cancelled_is_not_planned_again(cast, sweep, now):
    publish_activity(activity_id=sweep.pk, by=cast.worker, now=now)
    first, second = sweep.shifts.order_by("starts_at")[:2]
    move(first, cast, now, first.starts_at + timedelta(days=1))
    cancel_shift(shift_id=second.pk, reason="大风", by=cast.worker, now=now)
    assert plan_shifts(activity_id=sweep.pk, by=cast.worker, now=now) == []
    assert sweep.shifts.count() == 6


def move(shift, cast, now, to, hours=1, by=None, reason="下雨"):
    return move_shift(
        shift_id=shift.pk,
        starts_at=to,
        ends_at=to + timedelta(hours=hours),
        reason=reason,
        by=by or cast.worker,
        now=now,
    )


def test_calling_off_tells_everybody(cast, home, now):
    shift = volunteers.shift(home, NINE)
    people = crowd(home, 3)
    for one in people:
        sign(shift, one, now)
    off = {"shift_id": shift.pk, "reason": "暴雨红色预警"}
    refused("NOT_ALLOWED", cancel_shift, **off, by=cast.other_worker, now=now)
    refused("NOT_ALLOWED", cancel_shift, **off, by=people[0].person.user, now=now)
    refused("NO_SUCH_SHIFT", cancel_shift, **{**off, "shift_id": 0}, by=cast.worker, now=now)
    refused("REASON_NEEDED", cancel_shift, **{**off, "reason": ""}, by=cast.worker, now=now)
    done = cancel_shift(**off, by=cast.worker, now=now)
    assert (done.state, done.reason) == (ShiftState.CANCELLED, "暴雨红色预警")
    assert states(shift) == [S.REMOVED] * 3
    assert counts(shift) == (0, 0, 3)
    assert [kinds(one)[-1] for one in people] == ["SHIFT_CANCELLED"] * 3
    cancel_shift(**off, by=cast.worker, now=now)
    assert Notice.objects.filter(kind="SHIFT_CANCELLED").count() == 3


def test_what_has_begun_to_count_is_not_called_off(cast, home, now):
    shift = volunteers.shift(home, NINE)
    off = {"shift_id": shift.pk, "reason": "下雨", "by": cast.worker}
    refused("SHIFT_OVER", cancel_shift, **off, now=shift.ends_at)
    volunteers.signup(shift, crowd(home, 1)[0], now, S.CAME)
    refused("SHIFT_OVER", cancel_shift, **off, now=now)
    Shift.objects.filter(pk=shift.pk).update(state=ShiftState.CLOSED, closed_at=now)
    refused("SHIFT_OVER", cancel_shift, **off, now=now)


def test_moving_takes_everybody_along(cast, home, now):
    shift = volunteers.shift(home, NINE)
    people = crowd(home, 3)
    made = [sign(shift, one, now) for one in people]
    to = NINE + timedelta(days=1)
    done = move(shift, cast, now, to, hours=2)
    assert (done.starts_at, done.ends_at) == (to, to + timedelta(hours=2))
    assert states(shift) == [S.SIGNED, S.SIGNED, S.WAITING]
    made[0].refresh_from_db()
    assert (made[0].during.lower, made[0].during.upper) == (to, to + timedelta(hours=2))
    assert [kinds(one)[-1] for one in people] == ["SHIFT_MOVED"] * 3
    letter = Notice.objects.filter(kind="SHIFT_MOVED").first()
    assert "11月29日" in letter.title
    assert "原定 11月28日" in letter.body
    move(shift, cast, now, to, hours=2)
    assert Notice.objects.filter(kind="SHIFT_MOVED").count() == 3


def test_who_is_elsewhere_at_the_new_time_leaves_and_the_line_moves_up(cast, home, now):
    shift = volunteers.shift(home, NINE)
    busy, two, three = crowd(home, 3)
    other = volunteers.shift(home, NINE + timedelta(days=1))
    sign(other, busy, now)
    for one in (busy, two, three):
        sign(shift, one, now)
    move(shift, cast, now, NINE + timedelta(days=1, hours=1))
    assert states(shift) == [S.REMOVED, S.SIGNED, S.SIGNED]
    assert counts(shift) == (2, 0, 3)
    letter = Notice.objects.get(kind="SHIFT_MOVED", recipient=busy.person)
    assert "已经替您退出" in letter.body
    assert "随时退出" in Notice.objects.get(kind="SHIFT_MOVED", recipient=two.person).body
    assert kinds(three)[-2:] == ["SHIFT_MOVED", "SHIFT_PROMOTED"]
    assert states(other) == [S.SIGNED]


def test_where_a_shift_may_not_be_moved(cast, home, now):
    shift = volunteers.shift(home, NINE)
    refused(
        "NOT_ALLOWED", move, shift=shift, cast=cast, now=now, to=NINE + timedelta(1), by=cast.other_worker
    )
    refused("REASON_NEEDED", move, shift=shift, cast=cast, now=now, to=NINE + timedelta(1), reason=" ")
    for to, hours in ((now - timedelta(hours=1), 1), (NINE, 0), (NINE, 25)):
        refused("BAD_TIME", move, shift=shift, cast=cast, now=now, to=to, hours=hours)
    volunteers.shift(home, NINE + timedelta(days=7), activity=shift.activity)
    refused("BAD_TIME", move, shift=shift, cast=cast, now=now, to=NINE + timedelta(days=7))
    refused("SHIFT_OVER", move, shift=shift, cast=cast, now=NINE, to=NINE + timedelta(days=1))


def test_more_places_go_to_the_line(cast, home, now):
    shift = volunteers.shift(home, NINE)
    for one in crowd(home, 4):
        sign(shift, one, now)
    change = {"shift_id": shift.pk, "by": cast.worker, "now": now}
    change_places(**change, places=3)
    assert counts(shift) == (3, 1, 4)
    refused("TOO_FEW", change_places, **change, places=2)
    refused("NOT_ALLOWED", change_places, **{**change, "by": cast.grid_worker}, places=5)
    refused("SHIFT_OVER", change_places, **{**change, "now": shift.ends_at}, places=5)
    empty = volunteers.shift(home, NINE)
    refused("TOO_FEW", change_places, **{**change, "shift_id": empty.pk}, places=0)


def test_ending_an_activity_calls_off_what_is_to_come(cast, sweep, home, now):
    publish_activity(activity_id=sweep.pk, by=cast.worker, now=now)
    one = crowd(home, 1)[0]
    sign(sweep.shifts.order_by("starts_at").first(), one, now)
    end = {"activity_id": sweep.pk, "reason": "街道换了保洁公司"}
    refused("REASON_NEEDED", end_activity, **{**end, "reason": "x"}, by=cast.worker, now=now)
    refused("NOT_ALLOWED", end_activity, **end, by=cast.other_worker, now=now)
    done = end_activity(**end, by=cast.worker, now=now)
    assert done.state == ActivityState.ENDED
    assert set(sweep.shifts.values_list("state", flat=True)) == {ShiftState.CANCELLED}
    assert kinds(one) == ["SHIFT_SIGNED", "SHIFT_CANCELLED"]
    assert end_activity(**end, by=cast.worker, now=now) == done


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"ends": time(8)}, "activity_ends_after_start"),
        ({"repeats": Repeats.WEEKLY}, "activity_has_a_weekday"),
        ({"ends_on": date(2026, 1, 1)}, "activity_ends_on_after_start"),
        ({"places": 0}, "activity_has_places"),
    ],
)
def test_the_database_refuses_an_activity_that_makes_no_sense(home, wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        volunteers.activity(home, **wrong)


def test_the_database_refuses_a_shift_that_makes_no_sense(home, now):
    shift = volunteers.shift(home, NINE)
    rows = Shift.objects.filter(pk=shift.pk)
    for constraint, wrong in {
        "shift_off_has_a_reason": {"state": ShiftState.CANCELLED},
        "shift_closed_at": {"state": ShiftState.CLOSED},
        "shift_ends_after_start": {"ends_at": NINE},
    }.items():
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            rows.update(**wrong)
    for constraint, moved in {
        "shift_once": {"planned_at": now},
        "shift_planned_once": {"starts_at": now},
    }.items():
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Shift.objects.create(**{**same(shift), **moved})


def same(shift):
    names = ("activity", "starts_at", "ends_at", "planned_at", "places")
    return {name: getattr(shift, name) for name in names}


# --- Reminders --------------------------------------------------------------------------------


def reminders():
    return Notice.objects.filter(kind="SHIFT_REMINDER", withdrawn_at=None)


def test_the_day_before_once_to_who_has_a_place(cast, home, now):
    shift = volunteers.shift(home, NINE)
    people = crowd(home, 3)
    for one in people:
        sign(shift, one, now)
    assert remind_shifts(now=NINE - timedelta(hours=24, minutes=1)) == 0
    assert remind_shifts(now=NINE - timedelta(hours=24)) == 2
    assert remind_shifts(now=NINE - timedelta(hours=1)) == 0
    assert {notice.recipient_id for notice in reminders()} == {one.person_id for one in people[:2]}
    assert shift.activity.title in reminders().first().title
    assert reminders().first().title.startswith("11月28日 09:00")


def test_nobody_is_reminded_of_what_is_called_off_and_all_of_the_new_time(cast, home, now):
    shift, late = volunteers.shift(home, NINE), NINE - timedelta(hours=10)
    sign(shift, crowd(home, 1)[0], now)
    assert remind_shifts(now=late) == 1
    assert reminders().get().due_at == at(2026, 11, 28, 8)  # not at night
    move(shift, cast, late, NINE + timedelta(hours=3))
    assert not reminders().exists()
    assert remind_shifts(now=late) == 1
    cancel_shift(shift_id=shift.pk, reason="下雨", by=cast.worker, now=late)
    assert not reminders().exists()
    assert remind_shifts(now=late) == 0


def test_a_refused_record_is_told(cast, home, now):
    made = volunteers.record(volunteers.volunteer(cast.guilan), cast.worker, now=now)
    for _ in range(2):
        refuse_service(record_id=made.pk, reason="当天没有这次活动", by=cast.worker, now=now)
    letter = Notice.objects.get(kind="SERVICE_REFUSED")
    assert "当天没有这次活动" in letter.body
    assert "60 分钟" in letter.body

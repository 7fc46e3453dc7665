"""Every check of shifts finds the fault that is planted for it, and nothing before."""

from datetime import timedelta
from pathlib import Path

import pytest

from common.audit import checks
from notices.models import Notice
from tests.common.faults import planted
from tests.factories import volunteers
from volunteers.actions.check_in import close_shift
from volunteers.actions.signups import sign_up
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import SignupState


@pytest.fixture
def shift(cast, now):
    """A full shift of two, in three days, with a line of two."""
    home = cast.city["community"]
    made = volunteers.shift(home, now + timedelta(days=3))
    for _ in range(4):
        one = volunteers.volunteer(home=home)
        sign_up(shift_id=made.pk, volunteer_id=one.pk, by=one.person.user, now=now)
    return made


@pytest.fixture
def record(cast, now):
    """What a volunteer did in a shift of two hours that is closed."""
    home = cast.city["community"]
    made = volunteers.shift(home, now - timedelta(hours=3))
    one = volunteers.volunteer(home=home)
    volunteers.signup(made, one, now, SignupState.CAME)
    close_shift(shift_id=made.pk, by=cast.worker, now=now)
    return one.records.get()


def test_a_wrong_count_of_places(shift):
    assert planted("UPDATE volunteers_shift SET places_taken = 1") == {
        "班次：已报名人数 = 名单上的人数",
        "班次：开始前有空位，就没有能来的人在候补",
    }


def test_a_wrong_count_of_the_line(shift):
    assert planted("UPDATE volunteers_shift SET waiting_taken = 3") == {"班次：候补人数 = 候补中的人数"}


def test_an_empty_place_while_someone_waits(shift):
    assert planted("UPDATE volunteers_shift SET places = 3") == {"班次：开始前有空位，就没有能来的人在候补"}


def test_who_is_busy_elsewhere_may_wait(cast, shift, now):
    busy = ShiftSignup.objects.filter(state=SignupState.WAITING)
    other = volunteers.shift(cast.city["community"], shift.starts_at + timedelta(minutes=30))
    for signup in busy:
        volunteers.signup(other, signup.volunteer, now)
    assert planted("UPDATE volunteers_shift SET places = 3 WHERE id = %s", shift.pk) == set()


def test_one_position_twice(shift):
    assert planted("UPDATE volunteers_shiftsignup SET position = 3 WHERE position = 4") == {
        "志愿候补：同一班次里序号不重复"
    }


def test_a_time_that_is_not_the_shifts(shift):
    assert planted("UPDATE volunteers_shift SET starts_at = starts_at + interval '1 minute'") == {
        "志愿报名：时间和班次一致"
    }


@pytest.mark.parametrize(
    "change", ["state = 'CANCELLED', reason = '下雨'", "state = 'CLOSED', closed_at = now()"]
)
def test_somebody_still_waits_for_a_shift_that_is_over(shift, change):
    assert planted(f"UPDATE volunteers_shift SET {change}") == {"志愿报名：取消或完成的班次里没有人还等着"}


def test_a_record_of_somebody_who_was_not_there(record):
    assert planted(
        "UPDATE volunteers_shiftsignup SET state = 'MISSED', checked_in_at = NULL, check_in_kind = ''"
    ) == {"服务记录：一个班次里一人只有一条，而且这个人来过"}


def test_a_record_of_more_than_was_planned(record):
    assert planted("UPDATE volunteers_servicerecord SET minutes = minutes + 1") == {
        "服务记录：班次的时长不超过计划时间"
    }


def test_a_reminder_of_a_shift_that_is_off(cast, shift, now):
    Notice.objects.create(
        kind="SHIFT_REMINDER",
        key="shift_reminder:1",
        recipient=cast.guilan,
        about_type="shift",
        about_id=shift.pk,
        due_at=now,
        created_at=now,
    )
    wrong = planted("UPDATE volunteers_shift SET state = 'CANCELLED', reason = '下雨'")
    assert "提醒：取消的班次没有未送出的提醒" in wrong


def test_every_check_of_shifts_is_planted_here():
    told, source = Path("volunteers/audit.py").read_text("utf-8"), Path(__file__).read_text("utf-8")
    names = [check.name for check in checks() if f'"{check.name}"' in told]
    assert len(names) == told.count("sql_check(")
    assert [name for name in names if name not in source] == []

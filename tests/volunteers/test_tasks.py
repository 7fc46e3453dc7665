"""The passes that the beat runs: each is a task by that name, and each task runs its verb."""

from datetime import timedelta

import pytest

from config.celery import app
from grants import tasks as grants_tasks
from orders import tasks as orders_tasks
from points import tasks as points_tasks
from tests.factories import volunteers
from volunteers import tasks as volunteers_tasks
from volunteers.rules.shifts import SignupState

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(
    ("house", "passes"), [(volunteers_tasks, 3), (points_tasks, 2), (orders_tasks, 4), (grants_tasks, 1)]
)
def test_every_pass_is_a_task(house, passes):
    wanted = {entry["task"] for entry in app.conf.beat_schedule.values()}
    mine = {name for name in wanted if name.startswith(house.__name__.split(".")[0])}
    there = {task.name for task in vars(house).values() if hasattr(task, "delay")}
    assert mine == there
    assert len(mine) == passes


def test_a_task_runs_its_verb(cast, now):
    home = cast.city["community"]
    weekly = volunteers.activity(home, repeats="WEEKLY", weekday=4, places=1)  # Thursdays, from the 28th
    assert volunteers_tasks.plan_ahead() == weekly.shifts.count() == 5
    shift = volunteers.shift(home, now + timedelta(hours=20), places=1, activity=weekly)
    volunteers.signup(shift, volunteers.volunteer(home=home), now, SignupState.WAITING)
    assert volunteers_tasks.fill_places() == 1
    assert volunteers_tasks.remind_shifts() == 1
    assert (
        volunteers_tasks.plan_ahead(),
        volunteers_tasks.fill_places(),
        volunteers_tasks.remind_shifts(),
    ) == (0, 0, 0)

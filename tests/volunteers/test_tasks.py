"""The passes that the beat runs: each is a task by that name, and each task runs its verb."""

from datetime import timedelta

import pytest

from config.celery import app
from tests.factories import volunteers
from volunteers import tasks
from volunteers.rules import SignupState

pytestmark = pytest.mark.usefixtures("clock")


def test_every_pass_of_volunteers_is_a_task():
    wanted = {entry["task"] for entry in app.conf.beat_schedule.values()}
    mine = {name for name in wanted if name.startswith("volunteers.")}
    there = {task.name for task in vars(tasks).values() if hasattr(task, "delay")}
    assert mine == there
    assert len(mine) == 10


def test_a_task_runs_its_verb(cast, now):
    home = cast.city["community"]
    weekly = volunteers.activity(home, repeats="WEEKLY", weekday=4, places=1)  # Thursdays, from the 28th
    assert tasks.plan_ahead() == weekly.shifts.count() == 5
    shift = volunteers.shift(home, now + timedelta(hours=20), places=1, activity=weekly)
    volunteers.signup(shift, volunteers.volunteer(home=home), now, SignupState.WAITING)
    assert tasks.fill_places() == 1
    assert tasks.remind_shifts() == 1
    assert (tasks.plan_ahead(), tasks.fill_places(), tasks.remind_shifts()) == (0, 0, 0)

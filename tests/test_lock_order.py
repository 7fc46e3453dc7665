"""Every verb that locks does so in the order of config/locks.py: docs/locking.md.

The verbs are found in the code (tests/reach.py), the stories in which they are played in tests/scenes.
"""

import ast
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from centers.models import Station
from common.locks import lock_rows
from courses.actions.enrolment import enrol
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from notices.models import Notice
from people.models import Person, User
from points.models.ledger import Account
from tests.cast import Cast
from tests.factories import courses, volunteers
from tests.locking import written
from tests.locks import Recorder, locks_in_order
from tests.reach import locking_verbs, locks_itself
from tests.scenes import Play, Story
from tests.stories import STORIES

# Verbs that no story is told for, and why none is needed.
NOT_TOLD = {
    "centers.load_calendar": "days of a year, by the administrator's command alone",
    "centers.load_calendar_file": "days of a year, by the administrator's command alone",
    "courses.remind": "FOR SHARE, SKIP LOCKED",
    "volunteers.remind_shifts": "FOR SHARE, SKIP LOCKED",
    "orders.remind_markets": "FOR SHARE, SKIP LOCKED",
    "grants.remind_reports": "SKIP LOCKED",
    "notices.queue_from": "what the three reminders above ask",
    "grievances.open_ticket": "its own new row, and nothing else",
    "grievances.copy_notes": "its own new rows, and nothing else",
    "people.drop_mfa": "rows of django-allauth, one account's, and nothing else",
    "points.close_day": "LOCK TABLE points_posting IN SHARE MODE before anything else, and it posts nothing",
}


def told() -> set[str]:
    return {verb for param in STORIES for verb in param.values[0].verbs}


@pytest.mark.sweep
@pytest.mark.parametrize("played", STORIES)
def test_every_verb_locks_in_order(played: Story, cast: Cast, now: datetime) -> None:
    play = Play()
    played.tell(play, cast, now)
    said = {verb: {*tables} for verb, tables in written()}
    for verb, tables in play.took.items():
        unsaid = {table.partition("_")[2] for table in tables} - said.get(verb, set())
        assert not unsaid, f"docs/locking.md does not say that {verb} locks {unsaid}"
    idle = [verb for verb in played.verbs if not play.took.get(verb)]
    assert idle == [], "a story in which its verb locks nothing shows nothing"


def test_every_verb_that_locks_is_played() -> None:
    assert locking_verbs() - told() - set(NOT_TOLD) == set()
    assert told() | set(NOT_TOLD) <= locking_verbs()
    assert not told() & set(NOT_TOLD)


# --- A planted disorder is seen --------------------------------------------------------------------

Act = Callable[[], object]
NO_POOL = "courses_enrolment touched without courses_classgroup or courses_session"


def lock(rows: QuerySet[Any], **how: bool) -> Act:
    return lambda: list(rows.select_for_update(no_key=True, **how))


@pytest.fixture
def acts(cast: Cast, now: datetime) -> dict[str, list[Act]]:
    """What a verb does in one transaction, by the name of the case."""
    low, high = [courses.class_group(cast.center, now, name=name) for name in ("书法一班", "书法二班")]
    for person in (cast.guilan, cast.stranger):
        enrol(class_id=low.pk, person=person, by=person.user, now=now)
    fund = volunteers.budget(cast.city["street"], cast.officer)
    volunteers.give(cast.guilan, 20, of=fund, by=cast.officer, now=now)
    Station.objects.create(center=cast.center, name="一楼大厅")
    classes, letters = ClassGroup.objects.order_by(), Notice.objects.order_by()
    seats, persons = Enrolment.objects.order_by("pk"), Person.objects.order_by("pk")
    first, second = (lock(classes.filter(pk=group.pk)) for group in (low, high))
    skipping, users = lock(letters, skip_locked=True), User.objects.filter(pk=cast.worker.pk)
    return {
        "a pool and its seats": [first, lock(seats)],
        "two by id, and the first again": [first, second, first],
        "who skips never waits": [skipping, lambda: users.update(name="周敏")],
        "seats without their pool": [lock(seats)],
        "a change without the pool": [lambda: seats.update(remark="x")],
        "another pool than the seat's": [second, lambda: seats.first().delete()],
        "upside down": [lock(persons), first],
        "the lower id later": [second, first],
        "backwards": [lock(ClassGroup.objects.order_by("-pk"))],
        "as they come": [lock(classes)],
        "as they come, in one write": [lambda: classes.update(waiting_limit=3)],
        "letters as they come": [lambda: letters.update(quiet=True)],
        "by a trigger": [
            lock(persons),
            lambda: volunteers.give(cast.guilan, 1, of=fund, by=cast.officer, now=now),
        ],
        "no place in the list": [lock(Station.objects.order_by("pk"))],
    }


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("a pool and its seats", None),
        ("two by id, and the first again", None),
        ("who skips never waits", None),
        ("seats without their pool", NO_POOL),
        ("a change without the pool", NO_POOL),
        ("another pool than the seat's", "courses_classgroup out of order"),
        ("upside down", "courses_classgroup locked after people_person"),
        ("the lower id later", "courses_classgroup out of order"),
        ("backwards", "courses_classgroup out of order"),
        ("as they come", "several rows of courses_classgroup locked in no order"),
        ("as they come, in one write", "several rows of courses_classgroup locked in no order"),
        ("letters as they come", "several rows of notices_notice locked in no order"),
        ("by a trigger", "points_account locked after people_person"),
        ("no place in the list", "centers_station is locked and has no place in LOCK_ORDER"),
    ],
)
def test_a_planted_disorder_is_seen(name: str, fault: str | None, acts: dict[str, list[Act]]) -> None:
    recorder = Recorder()
    with connection.execute_wrapper(recorder), transaction.atomic():
        for act in acts[name]:
            act()
    assert recorder.faults[:1] == ([fault] if fault else [])


def test_two_transactions_are_two(acts: dict[str, list[Act]]) -> None:
    with locks_in_order():
        for act in acts["upside down"]:
            with transaction.atomic():
                act()


def test_a_verb_without_a_story_is_missed() -> None:
    found = ast.parse("def verb(*, row_id, now):\n    Row.objects.select_for_update().get(pk=row_id)").body[0]
    assert locks_itself(found)
    assert not locks_itself(ast.parse("def verb(*, told):\n    told.update({1: 2})").body[0])


# --- Rows of several apps at once --------------------------------------------------------------------


def test_rows_of_several_apps_are_locked_in_the_order_of_the_house(
    acts: dict[str, list[Act]], cast: Cast
) -> None:
    """Handed in upside down, twice of one table, and by a subquery."""
    homes = Person.objects.filter(pk__in=[cast.stranger.pk, cast.guilan.pk]).order_by("-pk")
    wanted = [
        Notice.objects.filter(recipient__in=homes.values("pk")),
        homes,
        Person.objects.filter(pk=cast.elder.pk),
        Account.objects.filter(person__in=homes.values("pk")),
        ClassGroup.objects.filter(enrolments__person__in=homes.values("pk")),
    ]
    with locks_in_order() as watched, transaction.atomic():
        lock_rows(wanted)
    tables = [table for table, _pk in watched.held]
    assert list(dict.fromkeys(tables)) == [
        "courses_classgroup",
        "points_account",
        "people_person",
        "notices_notice",
    ]
    assert [pk for table, pk in watched.held if table == "people_person"] == sorted(
        [cast.guilan.pk, cast.elder.pk, cast.stranger.pk]
    )


def test_the_order_decides_and_not_the_app(acts: dict[str, list[Act]], settings: Any) -> None:
    """The list turned round turns the locks round: no app and no caller has an order of its own."""
    rows = [Person.objects.all(), ClassGroup.objects.all()]
    with CaptureQueriesContext(connection) as said, transaction.atomic():
        lock_rows(rows)
        settings.LOCK_ORDER = settings.LOCK_ORDER[::-1]
        lock_rows(rows)
    found = [table for query in said for table in re.findall(r'OF "(\w+)"', query["sql"])]
    assert found == ["courses_classgroup", "people_person", "people_person", "courses_classgroup"]


def test_a_table_without_a_place_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="centers_station"), transaction.atomic():
        lock_rows([Station.objects.all()])

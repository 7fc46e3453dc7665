"""The reminder pass: nothing due among a million sessions; a hundred thousand due at once.

The limit is the bare INSERT ... SELECT of the very same rows into the same table with its indexes
and foreign keys.
"""

import time
from collections.abc import Callable

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._database import as_owner  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._stage import make_classes  # noqa: E402
from courses.actions.reminders import remind  # noqa: E402

SESSIONS, CLASSES = 1_000_000, 10_000
DUE_SESSIONS, LEARNERS = 1_000, 100
ROUNDS = 5
# Filled past triggers and foreign keys: what is measured reads these rows, it does not write them.
FILL = """
SET session_replication_role = replica;
INSERT INTO people_person (id, full_name, pinyin, initials, sex, born_precision, phone, contact_name,
    contact_phone, document_no, document_index)
    SELECT 1000000 + n, '居民' || n, 'ju min', 'jm', '', 'DAY', '', '', '', '', ''
    FROM generate_series(1, {learners}) n;
INSERT INTO courses_classgroup ({columns})
    SELECT {values} FROM courses_classgroup c, generate_series(1, {classes}) n
    WHERE c.id = (SELECT min(id) FROM courses_classgroup);
INSERT INTO courses_session (class_group_id, number, starts_at, ends_at, state, reason, capacity,
    seats_taken, waiting_limit, waiting_taken, last_position)
    SELECT 1000000 + 1 + n %% {classes}, 100 + n / {classes}, at, at + interval '1 hour', 'PLANNED', '', 0, 0, 20, 0, 0
    FROM (SELECT n, now() + interval '3 days' + n * interval '13 seconds' AS at
          FROM generate_series(0, {sessions} - 1) n) t;
INSERT INTO courses_enrolment (class_group_id, person_id, state, channel, position, created_at, changed_at,
    reason, remark)
    SELECT 1000000 + c, 1000000 + (c * {learners_each} + p) %% {learners} + 1, 'SEATED', 'WEB', p, now(), now(), '', ''
    FROM generate_series(1, {due}) c, generate_series(1, {learners_each}) p;
SET session_replication_role = DEFAULT;
ANALYZE;
"""
MAKE_DUE = """
SET session_replication_role = replica;
INSERT INTO courses_session (class_group_id, number, starts_at, ends_at, state, reason, capacity,
    seats_taken, waiting_limit, waiting_taken, last_position)
    SELECT 1000000 + n, 1, %s + interval '23 hours', %s + interval '24 hours', 'PLANNED', '', 0, 0, 20, 0, 0
    FROM generate_series(1, %s) n;
SET session_replication_role = DEFAULT;
ANALYZE courses_session;
"""


def stage() -> None:
    make_classes(1, timezone.now())
    as_owner("DELETE FROM courses_session")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = 'courses_classgroup' AND table_schema = 'public'"
        )
        columns = [row[0] for row in cursor.fetchall()]
    values = {"id": "1000000 + n", "name": "'班' || n"}
    text = FILL.format(
        columns=", ".join(columns),
        values=", ".join(values.get(name, f"c.{name}") for name in columns),
        classes=CLASSES,
        sessions=SESSIONS,
        due=DUE_SESSIONS,
        learners_each=LEARNERS,
        learners=DUE_SESSIONS * LEARNERS,
    )
    as_owner(text.replace("%%", "%"))


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def nothing_due(report: Report) -> None:
    now = timezone.now()
    remind(now=now)
    took = [seconds(lambda: remind(now=now)) * 1000 for _ in range(30)]
    report.figure(
        "a constant query, for comparison",
        [seconds(lambda: as_owner("SELECT 1")) * 1000 for _ in range(30)],
        "ms",
    )
    middle = report.figure(f"nothing due among {SESSIONS:,} sessions", took, "ms")
    report.target("nothing due", middle, "<=", 10, " ms")


def many_due(report: Report) -> None:
    now = timezone.now().replace(hour=4, minute=0)  # noon in Shanghai: no quiet hours
    as_owner(MAKE_DUE, (now, now, DUE_SESSIONS))
    bare, ours = [], []
    for number in range(ROUNDS + 1):
        as_owner("TRUNCATE notices_notice CASCADE")
        as_owner("CHECKPOINT")
        queued: list[int] = []
        took = seconds(lambda queued=queued: queued.append(remind(now=now)))
        report.target(f"queued in round {number}", queued[0], "==", DUE_SESSIONS * LEARNERS)
        again = seconds(lambda: remind(now=now))
        as_owner("DROP TABLE IF EXISTS bench_same; CREATE TABLE bench_same AS SELECT * FROM notices_notice")
        as_owner("TRUNCATE notices_notice CASCADE")
        as_owner("CHECKPOINT")
        limit = seconds(lambda: as_owner("INSERT INTO notices_notice SELECT * FROM bench_same"))
        if number:  # the first round warms up
            ours.append(took)
            bare.append(limit)
    limit = report.figure("limit: bare INSERT ... SELECT of the same rows", bare, "s")
    took = report.figure(f"remind: {DUE_SESSIONS * LEARNERS:,} due in one pass", ours, "s")
    report.figure("remind once more (nothing new)", again, "s")
    report.target("remind / bare INSERT", took / limit, "<=", 3.0)


def main() -> None:
    report = Report()
    stage()
    nothing_due(report)
    many_due(report)
    report.finish()


if __name__ == "__main__":
    main()

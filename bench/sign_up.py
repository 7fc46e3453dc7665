"""The sign-up: 500 volunteers on the 20 places of one shift over HTTP.

All 500 want the same row, so the limit is a bare Django view that wants one too, on the same
server and behind the same middleware: the session's user, one conditional UPDATE of one row, one
INSERT, a transaction. Every bare claim is granted, so that both sides write a row for each request
(of ours, 20 get a place and 480 one in line).
"""

import random
from datetime import time, timedelta
from statistics import median

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._client import Outcome, alternate, play, request  # noqa: E402
from bench._database import as_owner  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._server import portal  # noqa: E402
from bench._stage import TOKEN, make_people, sign_in  # noqa: E402
from bench.models import BareClass  # noqa: E402
from centers.models import Division  # noqa: E402
from common import audit  # noqa: E402
from volunteers.models.roll import Volunteer  # noqa: E402
from volunteers.models.shifts import Activity, Shift  # noqa: E402
from volunteers.rules.shifts import ActivityState  # noqa: E402

PEOPLE, PLACES, ROUNDS = 500, 20, 3
MUST = {
    "volunteers with a place": ("SELECT count(*) FROM volunteers_shiftsignup WHERE state = 'SIGNED'", PLACES),
    "volunteers in line": (
        "SELECT count(*) FROM volunteers_shiftsignup WHERE state = 'WAITING'",
        PEOPLE - PLACES,
    ),
    "places counted wrong": (
        "SELECT count(*) FROM volunteers_shift WHERE waiting_taken > 0 AND places_taken <> places",
        0,
    ),
    "somebody in line before somebody with a place": (
        """
        SELECT count(*) FROM volunteers_shiftsignup w JOIN volunteers_shiftsignup s USING (shift_id)
        WHERE w.state = 'WAITING' AND s.state = 'SIGNED' AND w.position < s.position
        """,
        0,
    ),
    "letters": ("SELECT count(*) FROM notices_notice WHERE kind LIKE 'SHIFT_%'", PEOPLE),
}


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def empty() -> None:
    """Nobody signed up, nothing written: as before the rush."""
    as_owner(
        """
        TRUNCATE volunteers_shiftsignup, volunteers_shiftsignupevent, notices_notice, bench_bareseat CASCADE;
        UPDATE volunteers_shift SET places_taken = 0, waiting_taken = 0, last_position = 0;
        UPDATE bench_bareclass SET taken = 0;
        """
    )


class SignUp:
    """The stage, and the requests of everybody."""

    def __init__(self) -> None:
        now = timezone.now()
        self.people = make_people(PEOPLE, now)
        self.cookies = sign_in(self.people, now)
        self.volunteers = Volunteer.objects.bulk_create(
            [Volunteer(person=person, joined_at=now) for person in self.people]
        )
        division = Division.objects.create(kind="COMMUNITY", name="社区")
        activity = Activity.objects.create(
            title="楼院大扫除",
            division=division,
            starts=time(9),
            ends=time(11),
            places=PLACES,
            starts_on=now.date(),
        )
        Activity.objects.filter(pk=activity.pk).update(state=ActivityState.PUBLISHED)
        starts_at = now + timedelta(days=3)
        self.shift = Shift.objects.create(
            activity=activity,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            planned_at=starts_at,
            places=PLACES,
            waiting_limit=PEOPLE,
        )
        self.bare = BareClass.objects.create(
            name="楼院大扫除", teacher="任老师", weekday="周六 9:00", capacity=PEOPLE
        )
        self.order = list(range(PEOPLE))
        random.Random(1).shuffle(self.order)

    def claim(self, number: int) -> bytes:
        return request("POST", f"/bench/claim/{self.bare.pk}/", self.cookies[self.people[number].pk], "x=1")

    def sign_up(self, number: int) -> bytes:
        path = f"/volunteer/shifts/{self.shift.pk}/sign-up/"
        body = f"volunteer={self.volunteers[number].pk}"
        return request("POST", path, self.cookies[self.people[number].pk], body, X_CSRFToken=TOKEN)


def judge(report: Report, outcome: Outcome) -> None:
    """What must hold after every round, whatever its speed."""
    report.target("... answered 302", outcome.statuses.count(302), "==", PEOPLE)
    for what, (sql, count) in MUST.items():
        report.target(f"... {what}", one(sql), "==", count)
    faults = sum(len(list(check.find(timezone.now()))) for check in audit.checks())
    report.target("... faults found by audit", faults, "==", 0)


def main() -> None:
    stage, report = SignUp(), Report()
    bare, ours = [], []
    with portal() as port:
        play(port, [[stage.claim(n), stage.sign_up(n)] for n in range(60)])  # everybody has warmed up
        for number in range(ROUNDS):
            empty()
            limit, done = alternate(
                port, [[stage.claim(n)] for n in stage.order], [[stage.sign_up(n)] for n in stage.order]
            )
            bare.append(limit)
            ours.append(done)
            report.target(f"round {number + 1}: bare claims granted", limit.statuses.count(200), "==", PEOPLE)
            judge(report, done)
    report.figure("limit: bare claims of one row", [o.per_second for o in bare], "/s")
    report.figure("sign-ups", [o.per_second for o in ours], "/s")
    report.figure("sign-up, p95", [o.percentile(95) for o in ours], "ms")
    ratio = median(o.per_second / b.per_second for o, b in zip(ours, bare, strict=True))
    report.target("sign-ups / bare claims", ratio, ">=", 0.3)
    report.finish()


if __name__ == "__main__":
    main()

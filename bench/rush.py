"""The rush: 2,000 people on 600 seats over HTTP, and 600 people who open a class and take a seat.

The limit is a bare Django view on the same server, behind the same middleware: the session's user,
one conditional UPDATE, one INSERT, a transaction. Every one of its 2,000 claims is granted, so that
both sides write a row for each request (of ours, 600 get a seat and 1,400 a place in line).
"""

import random

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._client import Outcome, play, request  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._server import portal  # noqa: E402
from bench._stage import TOKEN, make_classes, make_people, sign_in  # noqa: E402
from bench._tables import empty_seats, make_tables  # noqa: E402
from bench.models import BareClass  # noqa: E402
from common import audit  # noqa: E402

PEOPLE, CLASSES, SEATS, ROUNDS = 2000, 30, 20, 3
# A row for each commit, numbered as it commits: the trigger is deferred to the very end.
COMMIT_ORDER = """
CREATE TABLE bench_commit (enrolment bigint, n bigserial);
CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO bench_commit (enrolment) VALUES (NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER bench_note AFTER INSERT ON courses_enrolment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bench_note();
"""
OUT_OF_ORDER = """
SELECT count(*) FROM (
    SELECT position, row_number() OVER (PARTITION BY class_group_id ORDER BY n) AS came
    FROM courses_enrolment e JOIN bench_commit c ON c.enrolment = e.id
) t WHERE position <> came
"""


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


class Rush:
    """The stage, and the requests of everybody."""

    def __init__(self) -> None:
        now = timezone.now()
        make_tables()
        self.people = make_people(PEOPLE, now)
        self.cookies = sign_in(self.people, now)
        self.classes = make_classes(CLASSES, now, capacity=SEATS, waiting_limit=100)
        self.bare = BareClass.objects.bulk_create(
            [
                BareClass(name=g.name, teacher="任老师", weekday="周三 18:00", capacity=PEOPLE)
                for g in self.classes
            ]
        )
        with connection.cursor() as cursor:
            cursor.execute(COMMIT_ORDER)
        self.order = list(range(PEOPLE))
        random.Random(1).shuffle(self.order)

    def claim(self, number: int) -> bytes:
        person = self.people[number]
        path = f"/bench/claim/{self.bare[number % CLASSES].pk}/"
        return request("POST", path, self.cookies[person.pk], "x=1")

    def enrol(self, number: int) -> bytes:
        person = self.people[number]
        path = f"/classes/{self.classes[number % CLASSES].pk}/enrol/"
        return request("POST", path, self.cookies[person.pk], f"person={person.pk}", X_CSRFToken=TOKEN)

    def bare_page(self, number: int) -> bytes:
        return request("GET", "/bench/page/", self.cookies[self.people[number].pk])

    def class_page(self, number: int) -> bytes:
        path = f"/classes/{self.classes[number % CLASSES].pk}/"
        return request("GET", path, self.cookies[self.people[number].pk])


def warm(rush: Rush, port: int) -> None:
    """Every worker has imported, connected and compiled its templates."""
    pages = [rush.bare_page(0), rush.class_page(0), request("GET", "/bench/constant/", {})]
    play(port, [pages] * 60)
    play(port, [[rush.claim(n), rush.enrol(n)] for n in range(60)])
    empty_seats()


def judge(report: Report, outcome: Outcome) -> None:
    """What must hold after every rush, whatever its speed."""
    report.target("... answered 302", outcome.statuses.count(302), "==", PEOPLE)
    report.target(
        "... seated",
        one("SELECT count(*) FROM courses_enrolment WHERE state = 'SEATED'"),
        "==",
        CLASSES * SEATS,
    )
    report.target(
        "... oversold classes",
        one("SELECT count(*) FROM courses_classgroup WHERE seats_taken > capacity"),
        "==",
        0,
    )
    waste = "SELECT count(*) FROM courses_classgroup WHERE seats_taken < capacity AND waiting_taken > 0"
    report.target("... classes with an empty seat and a line", one(waste), "==", 0)
    report.target("... positions out of order of commit", one(OUT_OF_ORDER), "==", 0)
    report.target(
        "... faults found by audit", sum(len(list(check.find())) for check in audit.checks()), "==", 0
    )


def thronging(rush: Rush, report: Report, port: int) -> None:
    """2,000 people, 600 seats."""
    bare, ours = [], []
    for number in range(ROUNDS):
        empty_seats()
        limit = play(port, [[rush.claim(n)] for n in rush.order])
        report.target(f"bare, round {number + 1}: claims granted", limit.statuses.count(200), "==", PEOPLE)
        empty_seats()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE bench_commit RESTART IDENTITY")
        done = play(port, [[rush.enrol(n)] for n in rush.order])
        bare.append(limit)
        ours.append(done)
        if number == 0:
            judge(report, done)
        if number == 0 and done.statuses.count(302) != PEOPLE:
            print("  statuses:", {status: done.statuses.count(status) for status in set(done.statuses)})
    limit_rate = report.figure("limit: bare claims", [o.per_second for o in bare], "/s")
    report.figure("limit: bare claim, p95", [o.percentile(95) for o in bare], "ms")
    rate = report.figure("enrolments", [o.per_second for o in ours], "/s")
    report.figure("enrolment, p95", [o.percentile(95) for o in ours], "ms")
    report.target("enrolments / bare claims", rate / limit_rate, ">=", 0.4)


def page_and_seat(rush: Rush, report: Report, port: int) -> None:
    """600 people, 600 seats: open the page, take the seat."""
    people = range(CLASSES * SEATS)
    bare, ours = [], []
    for _round in range(ROUNDS):
        empty_seats()
        bare.append(play(port, [[rush.bare_page(n), rush.claim(n)] for n in people]).seconds)
        empty_seats()
        done = play(port, [[rush.class_page(n), rush.enrol(n)] for n in people])
        ours.append(done.seconds)
        seated = one("SELECT count(*) FROM courses_enrolment WHERE state = 'SEATED'")
    limit = report.figure("limit: 600 x bare page and claim", bare, "s")
    took = report.figure("600 x class page and seat", ours, "s")
    report.target("... all seated", seated, "==", CLASSES * SEATS)
    report.target("page and seat / bare page and claim", took / limit, "<=", 2.5)


def main() -> None:
    rush, report = Rush(), Report()
    with portal() as port:
        warm(rush, port)
        thronging(rush, report, port)
        page_and_seat(rush, report, port)
    report.finish()


if __name__ == "__main__":
    main()

"""The rush: 2,000 people on 600 seats over HTTP, and 600 people who open a class and take a seat.

The limit is a bare Django view on the same server, behind the same middleware: the session's user,
one conditional UPDATE, one INSERT, a transaction. Every one of its 2,000 claims is granted, so that
both sides write a row for each request (of ours, 600 get a seat and 1,400 a place in line).
"""

import random
from statistics import median

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._client import Outcome, alternate, play, request  # noqa: E402
from bench._database import as_owner  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._server import portal  # noqa: E402
from bench._stage import TOKEN, make_classes, make_people, sign_in  # noqa: E402
from bench._tables import empty_seats  # noqa: E402
from bench.models import BareClass  # noqa: E402
from common import audit  # noqa: E402

PEOPLE, CLASSES, SEATS, ROUNDS = 2000, 30, 20, 3
# A row for each commit, numbered as it commits: the trigger is deferred to the very end.
COMMIT_ORDER = """
CREATE TABLE bench_commit (enrolment bigint, n bigserial);
GRANT SELECT ON bench_commit TO PUBLIC;
CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
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


MUST = {
    "seated": ("SELECT count(*) FROM courses_enrolment WHERE state = 'SEATED'", CLASSES * SEATS),
    "classes oversold": ("SELECT count(*) FROM courses_classgroup WHERE seats_taken > capacity", 0),
    "classes with an empty seat and a line": (
        "SELECT count(*) FROM courses_classgroup WHERE seats_taken < capacity AND waiting_taken > 0",
        0,
    ),
    "positions out of the order of commit": (OUT_OF_ORDER, 0),
}


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


class Rush:
    """The stage, and the requests of everybody."""

    def __init__(self) -> None:
        now = timezone.now()
        self.people = make_people(PEOPLE, now)
        self.cookies = sign_in(self.people, now)
        self.classes = make_classes(CLASSES, now, capacity=SEATS, waiting_limit=100)
        self.bare = BareClass.objects.bulk_create(
            [
                BareClass(name=g.name, teacher="任老师", weekday="周三 18:00", capacity=PEOPLE)
                for g in self.classes
            ]
        )
        as_owner(COMMIT_ORDER)
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
    for what, (sql, count) in MUST.items():
        report.target(f"... {what}", one(sql), "==", count)
    found = [str(row) for check in audit.checks() for row in check.find(timezone.now())]
    faults = [row for row in found if "bench_note" not in row]  # our own trigger is none of this release's
    report.target("... faults found by audit", len(faults), "==", 0)


def thronging(rush: Rush, report: Report, port: int) -> None:
    """2,000 people, 600 seats."""
    bare, ours = [], []
    for number in range(ROUNDS):
        empty_seats()
        limit, done = alternate(
            port, [[rush.claim(n)] for n in rush.order], [[rush.enrol(n)] for n in rush.order]
        )
        bare.append(limit)
        ours.append(done)
        report.target(f"round {number + 1}: bare claims granted", limit.statuses.count(200), "==", PEOPLE)
        judge(report, done)
    report.figure("limit: bare claims", [o.per_second for o in bare], "/s")
    report.figure("limit: bare claim, p95", [o.percentile(95) for o in bare], "ms")
    report.figure("enrolments", [o.per_second for o in ours], "/s")
    report.figure("enrolment, p95", [o.percentile(95) for o in ours], "ms")
    ratio = median(o.per_second / b.per_second for o, b in zip(ours, bare, strict=True))
    report.target("enrolments / bare claims", ratio, ">=", 0.4)


def page_and_seat(rush: Rush, report: Report, port: int) -> None:
    """600 people, 600 seats: open the page, take the seat."""
    people = range(CLASSES * SEATS)
    bare, ours = [], []
    for _round in range(ROUNDS):
        empty_seats()
        limit, done = alternate(
            port,
            [[rush.bare_page(n), rush.claim(n)] for n in people],
            [[rush.class_page(n), rush.enrol(n)] for n in people],
        )
        bare.append(limit.seconds)
        ours.append(done.seconds)
        report.target("all seated", one(MUST["seated"][0]), "==", CLASSES * SEATS)
    report.figure("limit: 600 x bare page and claim", bare, "s")
    report.figure("600 x class page and seat", ours, "s")
    ratio = median(o / b for o, b in zip(ours, bare, strict=True))
    report.target("page and seat / bare page and claim", ratio, "<=", 2.5)


def main() -> None:
    rush, report = Rush(), Report()
    with portal() as port:
        warm(rush, port)
        thronging(rush, report, port)
        page_and_seat(rush, report, port)
    report.finish()


if __name__ == "__main__":
    main()

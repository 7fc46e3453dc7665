"""Writing a visit down over HTTP: 一切正常 in one tap, sent by grid workers, each on her own walk.

The limit is a bare Django view on the same server, behind the same middleware, that inserts the same rows
into the same tables, triggers included: the session's user, the visit, its results, the day of who is
visited regularly, a transaction.
"""

from datetime import timedelta
from statistics import median
from uuid import uuid4

import django

django.setup()

from urllib.parse import urlencode  # noqa: E402

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._client import Outcome, alternate, play, request  # noqa: E402
from bench._database import as_owner  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._server import portal  # noqa: E402
from bench._stage import TOKEN, make_people, sign_in  # noqa: E402
from bench.telling import rows  # noqa: E402
from centers.models import Division  # noqa: E402
from common import audit  # noqa: E402
from people.models import Membership, Person, User  # noqa: E402
from visits.models.care import CareCase  # noqa: E402
from visits.models.register import Building, Household, Residence  # noqa: E402

WORKERS, LIVE, ROUNDS = 200, 3, 5
ROWS = ("visits_homevisit", "visits_visited", "visits_change")
# Everybody who is visited regularly waits again: each visit has a day to reckon.
EMPTY = f"TRUNCATE {', '.join(ROWS)} CASCADE; UPDATE visits_carecase SET counted_from = opened_on, next_due_on = opened_on + 30"


class Walks:
    """Two hundred grid workers, each with a home for the portal and one for the limit; three live in each, and
    one of them is visited regularly."""

    def __init__(self) -> None:
        now = timezone.now()
        street = Division.objects.create(kind="STREET", name="街道")
        community = Division.objects.create(kind="COMMUNITY", name="社区", parent=street)
        grids = [
            Division.objects.create(kind="GRID", name=f"{n}网格", parent=community) for n in range(WORKERS)
        ]
        self.people = make_people(WORKERS, now)
        users = [person.user for person in self.people]
        User.objects.filter(pk__in=[user.pk for user in users if user]).update(
            is_staff=True, phone_verified=True
        )
        Membership.objects.bulk_create(
            Membership(user=user, division=grid, role="GRID_WORKER", since=now.date() - timedelta(days=9))
            for user, grid in zip(users, grids, strict=True)
        )
        buildings = Building.objects.bulk_create(Building(grid=grid, name="1号楼") for grid in grids)
        self.homes = Household.objects.bulk_create(
            Household(building=one, unit="1", room=room, door_key=f"1/1/{room}")
            for room in ("101", "102")
            for one in buildings
        )
        lives = Person.objects.bulk_create(
            Person(full_name=f"住户{n}", pinyin="zhu hu", home=grids[n // LIVE % WORKERS])
            for n in range(2 * WORKERS * LIVE)
        )
        Residence.objects.bulk_create(
            Residence(
                household=self.homes[n // LIVE],
                person=person,
                relation="OTHER" if n % LIVE else "HEAD",
                since=now.date() - timedelta(days=900),
                by=users[0],
            )
            for n, person in enumerate(lives)
        )
        opened = now.date() - timedelta(days=20)
        CareCase.objects.bulk_create(
            CareCase(
                person=lives[n * LIVE],
                group_name="OTHER",
                level="MONTHLY",
                opened_on=opened,
                counted_from=opened,
                next_due_on=opened + timedelta(days=30),
                by=users[0],
            )
            for n in range(2 * WORKERS)
        )
        self.cookies = sign_in(self.people, now)

    def visit(self, number: int) -> bytes:
        cookies = self.cookies[self.people[number].pk]
        path = f"/staff/visits/households/{self.homes[number].pk}/fine/"
        return request("POST", path, cookies, urlencode({"op_id": uuid4().hex}), X_CSRFToken=TOKEN)

    def bare(self, number: int) -> bytes:
        cookies = self.cookies[self.people[number].pk]
        sent = {"op_id": uuid4().hex, "household": self.homes[WORKERS + number].pk}
        return request("POST", "/bench/visit/", cookies, urlencode(sent))

    def once(self, report: Report) -> None:
        """What one visit costs: its queries, and the rows that it leaves."""
        client, home = Client(), self.homes[0]
        client.cookies.load(self.cookies[self.people[0].pk])
        path = f"/staff/visits/households/{home.pk}/fine/"
        for last in (False, True):  # the first one has fetched what is fetched once
            before = rows()
            with CaptureQueriesContext(connection) as caught:
                answer = client.post(
                    path, {"op_id": uuid4().hex}, headers={"host": "127.0.0.1", "x-csrftoken": TOKEN}
                )
            if answer.status_code != 302:
                raise SystemExit(f"{path} answered {answer.status_code}")
            if last:
                made = {name: count - before[name] for name, count in rows().items() if count > before[name]}
                made.pop("visits_visitcallback", None)  # of three in a hundred
                report.figure("queries of one visit", len(caught), "")
                report.target(f"tables written: {', '.join(made)}", len(made), "==", len(ROWS))


def judge(report: Report, outcome: Outcome) -> None:
    """What must hold after every round, whatever its speed."""
    report.target("... answered 302", outcome.statuses.count(302), "==", WORKERS)
    counts = rows()
    report.target("... visits of both", counts["visits_homevisit"], "==", 2 * WORKERS)
    report.target("... results of both", counts["visits_visited"], "==", 2 * WORKERS * LIVE)
    ours = [check for check in audit.checks() if check.name.startswith(("走访", "关心"))]
    faults = sum(len(list(check.find(timezone.now()))) for check in ours)
    report.target("... faults found by audit", faults, "==", 0)


def main() -> None:
    stage, report = Walks(), Report()
    stage.once(report)
    bare, ours = [], []
    with portal() as port:
        play(port, [[stage.bare(n), stage.visit(n)] for n in range(40)])  # everybody has warmed up
        for number in range(ROUNDS):
            as_owner(EMPTY)
            walks = range(WORKERS)
            limit, done = alternate(port, [[stage.bare(n)] for n in walks], [[stage.visit(n)] for n in walks])
            bare.append(limit)
            ours.append(done)
            report.target(f"round {number + 1}: bare ones granted", limit.statuses.count(200), "==", WORKERS)
            judge(report, done)
    report.figure("limit: bare inserts of the same rows", [o.per_second for o in bare], "/s")
    report.figure("limit: bare inserts, p95", [o.percentile(95) for o in bare], "ms")
    report.figure("visits written down", [o.per_second for o in ours], "/s")
    report.figure("visits, p95", [o.percentile(95) for o in ours], "ms")
    ratio = median(o.per_second / b.per_second for o, b in zip(ours, bare, strict=True))
    report.target("visits / bare inserts", ratio, ">=", 0.4)
    report.finish()


if __name__ == "__main__":
    main()

"""Telling something over HTTP: the last of the three screens, sent by residents who are signed in.

The limit is a bare Django view on the same server, behind the same middleware, that inserts the same
rows into the same tables: the session's user, an INSERT a row, a transaction.
"""

from statistics import median

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
from centers.models import Division  # noqa: E402
from common import audit  # noqa: E402
from grievances.models.categories import Category  # noqa: E402

PEOPLE, COMMUNITIES, ROUNDS = 400, 100, 5
TELL = "/say/new/"
ROWS = ("grievances_ticket", "grievances_clock", "grievances_transition", "notices_notice")
EMPTY = f"TRUNCATE {', '.join(ROWS)} CASCADE"


def rows() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = int(cursor.fetchone()[0])
    return found


class Telling:
    """The stage, and what each resident sends."""

    def __init__(self) -> None:
        now = timezone.now()
        street = Division.objects.create(kind="STREET", name="街道")
        places = [Division(kind="COMMUNITY", name=f"社区{n}", parent=street) for n in range(COMMUNITIES)]
        Division.objects.bulk_create(places)
        self.people = make_people(PEOPLE, now)
        self.cookies = sign_in(self.people, now)
        self.category = Category.objects.get(name="路灯", parent__isnull=False)
        self.sent = 0

    def typed(self, number: int) -> dict[str, object]:
        """All three screens; each time with another key, as the first screen hands one out."""
        self.sent += 1
        return {
            "key": f"bench-{self.sent}",
            "category": self.category.pk,
            "title": f"{number}号楼门口的路灯不亮",
            "text": "已经一个星期了，晚上老人出门看不见路，请派人来看看。",
            "division": Division.objects.filter(kind="COMMUNITY")[number % COMMUNITIES].pk,
            "place": f"{number}号楼东边",
            "privacy": "NAMED",
            "person": self.people[number].pk,
            "to": "send",
        }

    def tell(self, number: int) -> bytes:
        cookies = self.cookies[self.people[number].pk]
        return request("POST", TELL, cookies, urlencode(self.typed(number)), X_CSRFToken=TOKEN)

    def bare(self, number: int) -> bytes:
        cookies = self.cookies[self.people[number].pk]
        return request("POST", "/bench/tell/", cookies, urlencode(self.typed(number)))

    def once(self, report: Report) -> None:
        """What one telling costs: its queries, and the rows that it leaves."""
        client = Client()
        client.force_login(self.people[0].user)
        client.get(TELL, headers={"host": "127.0.0.1"})
        for last in (False, True):  # the first one has fetched what is fetched once
            before = rows()
            with CaptureQueriesContext(connection) as caught:
                answer = client.post(TELL, self.typed(0), headers={"host": "127.0.0.1"})
            if answer.status_code != 302:
                raise SystemExit(f"{TELL} answered {answer.status_code}")
            if last:
                made = {name: count - before[name] for name, count in rows().items() if count > before[name]}
                report.figure("queries of one telling", len(caught), "")
                report.target(f"tables written: {', '.join(made)}", len(made), "==", len(ROWS))
                report.target("rows of one telling", sum(made.values()), "==", len(ROWS))


def judge(report: Report, outcome: Outcome, each: int) -> None:
    """What must hold after every round, whatever its speed."""
    report.target("... answered 302", outcome.statuses.count(302), "==", PEOPLE)
    counts = rows()
    report.target("... rows of both", sum(counts[name] for name in ROWS), "==", 2 * each * len(ROWS))
    faults = sum(len(list(check.find(timezone.now()))) for check in audit.checks())
    report.target("... faults found by audit", faults, "==", 0)


def main() -> None:
    stage, report = Telling(), Report()
    stage.once(report)
    bare, ours = [], []
    with portal() as port:
        play(port, [[stage.bare(n), stage.tell(n)] for n in range(60)])  # everybody has warmed up
        for number in range(ROUNDS):
            as_owner(EMPTY)
            people = range(PEOPLE)
            limit, done = alternate(
                port, [[stage.bare(n)] for n in people], [[stage.tell(n)] for n in people]
            )
            bare.append(limit)
            ours.append(done)
            report.target(f"round {number + 1}: bare ones granted", limit.statuses.count(200), "==", PEOPLE)
            judge(report, done, PEOPLE)
    report.figure("limit: bare inserts of the same rows", [o.per_second for o in bare], "/s")
    report.figure("limit: bare inserts, p95", [o.percentile(95) for o in bare], "ms")
    report.figure("told", [o.per_second for o in ours], "/s")
    report.figure("told, p95", [o.percentile(95) for o in ours], "ms")
    ratio = median(o.per_second / b.per_second for o, b in zip(ours, bare, strict=True))
    report.target("told / bare inserts", ratio, ">=", 0.4)
    report.finish()


if __name__ == "__main__":
    main()

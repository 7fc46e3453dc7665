"""Tickets: lists of staff, the search for others alike, and the pages that everybody reads.

A handler has the same in hand whatever was closed before and elsewhere: 1,000,000 tickets of a city
(`./dev bench --city tickets`) beside a database with 10,000 in which the same people have the same
open ones; without --city 10,000 beside 1,000. Both are asked in turns.
"""

import random
import sys
import time

import django

django.setup()

from django.core.cache import caches  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._city import City, build, fill  # noqa: E402
from bench._client import play, request  # noqa: E402
from bench._database import twin  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._server import portal  # noqa: E402
from bench._stage import sign_in  # noqa: E402
from bench._timing import at_the_database, percentile  # noqa: E402
from common import audit  # noqa: E402
from grievances.actions.tickets import hashes_of  # noqa: E402
from grievances.models.matching import like  # noqa: E402

CITY = "--city" in sys.argv
# Streets, communities in each, and of how many grids how many tickets each.
STREETS, COMMUNITIES = (10, 10) if CITY else (1, 1)
SMALL, LARGE = ((100, 100), (1000, 1000)) if CITY else ((10, 100), (10, 1000))
REQUESTS, ROUNDS, SEARCHES = 200, 5, 300
LIST = "/staff/tickets/"
# Of whom the list is asked, and its pages; the officer of the whole city has all that is open.
ASKED = {
    "grid worker": [LIST],
    "social worker": [LIST, f"{LIST}?at=open", f"{LIST}?at=call"],
    "director": [LIST, f"{LIST}?at=open"],
    "street officer": [LIST, f"{LIST}?at=open"],
    "officer of the whole city": [f"{LIST}?at=open", f"{LIST}?at=open&page=9999"],
}
PUBLIC = ["/say/", "/say/?before=500", "/say/promises/", "/say/promises/?page=9999"]


def asked(client: Client, path: str, times: int) -> tuple[int, list[float]]:
    """How many queries a page takes, and how long these take together, each time anew."""
    found, queries = list[float](), set[int]()
    for _time in range(times + 1):
        caches["pages"].clear()
        took = list[float]()
        with at_the_database(took):
            answer = client.get(path, headers={"host": "127.0.0.1"})
        if answer.status_code != 200:
            sys.exit(f"{path} answered {answer.status_code}")
        found.append(sum(took))
        queries.add(len(took))
    return min(queries), found[1:]  # once a minute the session is written as well


class Tickets:
    """The stage, its large database and its small one."""

    def __init__(self, report: Report) -> None:
        self.report, self.now = report, timezone.now()
        self.city: City = build(STREETS, COMMUNITIES, self.now)
        self.cookies = sign_in(list(self.city.staff.values()), self.now)

    def client(self, hat: str) -> Client:
        client = Client()
        if hat:
            client.cookies.load(self.cookies[self.city.staff[hat].pk])
        return client

    def fill(self, grids: int, each: int) -> None:
        start = time.perf_counter()
        fill(self.city, grids, each, self.now)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            size = int(cursor.fetchone()[0])
        what = f"built: {grids * each:,} tickets, of which {grids * 25:,} are open"
        self.report.figure(what, time.perf_counter() - start, "s")
        self.report.figure("... on disk", size / 1e6, "MB")

    def faults(self) -> None:
        found = [f"{check}" for check in audit.checks() for _row in check.find(self.now)]
        self.report.target("faults found by audit", len(found), "==", 0)

    def queries(self) -> dict[tuple[str, str], int]:
        """How many queries each list takes."""
        return {
            (hat, path): asked(self.client(hat), path, 2)[0] for hat, paths in ASKED.items() for path in paths
        }

    def at_the_database(self, few: dict[tuple[str, str], int]) -> None:
        """The sum of the queries of each page of a list."""
        for (hat, path), before in few.items():
            queries, took = asked(self.client(hat), path, REQUESTS)
            name = f"{hat}{path.removeprefix(LIST)}"
            self.report.target(f"{name}: queries, with few: {before}", queries, "==", before)
            self.report.target(f"{name}: database, p95", percentile(took), "<=", 50, " ms")

    def in_turns(self, ports: tuple[int, int]) -> None:
        """Each list over HTTP, of few tickets and of many."""
        for hat, paths in ASKED.items():
            cookies = self.cookies[self.city.staff[hat].pk]
            for path in paths if hat in list(ASKED)[:4] else []:
                messages = [[request("GET", path, cookies)]] * (REQUESTS // ROUNDS)
                took: tuple[list[float], list[float]] = [], []
                for _round in range(ROUNDS + 1):
                    for port, into in zip(ports, took, strict=True):
                        into.extend(play(port, messages, connections=1).latencies)
                few, many = (percentile(one[len(messages) :]) for one in took)
                name = f"{hat}{path.removeprefix(LIST)}"
                self.report.figure(f"{name}: page, p95, few", few, "ms")
                self.report.figure(f"{name}: page, p95, many", many, "ms")
                self.report.target(f"{name}: many / few", many / few, "<=", 1.5)

    def public(self) -> dict[str, float]:
        """What everybody reads, kept by nobody."""
        return {path: percentile(asked(self.client(""), path, REQUESTS)[1]) for path in PUBLIC}

    def search(self) -> None:
        """Others alike, before something is sent: a sentence or two, and now and then all that fits."""
        draw, took, found = random.Random(2), list[float](), 0
        for n in range(SEARCHES):
            title, story, category = draw.choice(self.city.texts)
            if n % 10 == 0:
                story = "".join(draw.choice(self.city.texts)[1] for _part in range(60))[:2000]
            place = draw.choice(self.city.communities)
            start = time.perf_counter()
            found += bool(like(pairs=hashes_of(title + story), category_id=category, division=place))
            took.append(time.perf_counter() - start)
        self.report.figure("searches that found something", 100 * found / SEARCHES, "%")
        self.report.figure("search, median", percentile(took, 50), "ms")
        self.report.target("search for others alike, p95", percentile(took), "<=", 50, " ms")


def main() -> None:
    report = Report()
    if not CITY:
        print("  10,000 tickets beside 1,000; a million beside 10,000: ./dev bench --city tickets")
    stage = Tickets(report)
    stage.fill(*SMALL)
    stage.faults()
    queries, public = stage.queries(), stage.public()
    with twin() as small:
        stage.fill(*LARGE)
        with portal(DATABASE_URL=small) as few, portal() as many:
            stage.in_turns((few, many))
        stage.at_the_database(queries)
        stage.search()
        for path, took in stage.public().items():
            report.figure(f"{path}: database, p95, few", public[path], "ms")
            report.target(f"{path}: database, p95", took, "<=", 50, " ms")
    report.finish()


if __name__ == "__main__":
    main()

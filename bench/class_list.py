"""The class list with 200 classes, against a constant behind the same middleware on the same server."""

import django

django.setup()

from django.core.cache import caches  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._client import hammer, play, request  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._server import portal  # noqa: E402
from bench._stage import make_classes, make_people, sign_in  # noqa: E402
from people.models import Person, User  # noqa: E402

CLASSES, SECONDS, ROUNDS = 200, 4.0, 3
PATH = "/classes/"


def queries() -> int:
    """SQL statements of one uncached request."""
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as caught:
        answer = Client().get(PATH, headers={"host": "127.0.0.1"})
    if answer.status_code != 200:
        raise SystemExit(f"{PATH} answered {answer.status_code}")
    return len(caught)


def personal(report: Report, port: int, people: list[Person], cookies: dict[int, dict[str, str]]) -> None:
    """Two people, a visitor: the same bytes, and no name in them."""
    asking = [request("GET", PATH, cookies[one.pk]) for one in people] + [request("GET", PATH, {})]
    got = play(port, [asking] * 4, connections=1, keep=True)
    report.target("different answers to two users and a visitor", len(set(got.bodies)), "==", 1)
    body = got.bodies[0].decode()
    names = [value for user in User.objects.all() for value in (user.name, user.phone) if value]
    report.target("names and phones of accounts in the page", sum(name in body for name in names), "==", 0)
    report.target("tokens and sessions in the page", sum(w in body for w in ("csrf", "sessionid")), "==", 0)
    report.figure("size of the page", len(body.encode()) / 1000, "kB")


def speed(report: Report, port: int, cookies: dict[str, str]) -> None:
    constant, ours = request("GET", "/bench/constant/", cookies), request("GET", PATH, cookies)
    for message in (constant, ours):
        hammer(port, message, 1)
    limits, lists = [], []
    for _round in range(ROUNDS):
        limits.append(hammer(port, constant, SECONDS))
        lists.append(hammer(port, ours, SECONDS))
    limit = report.figure("limit: constant view", [o.per_second for o in limits], "/s")
    report.figure("limit: constant view, p95", [o.percentile(95) for o in limits], "ms")
    rate = report.figure("class list", [o.per_second for o in lists], "/s")
    report.figure("class list, p95", [o.percentile(95) for o in lists], "ms")
    report.figure("class list, slowest", [o.percentile(100) for o in lists], "ms")
    report.target(
        "answers other than 200", sum(o.statuses.count(200) != len(o.statuses) for o in lists), "==", 0
    )
    report.target("class list / constant", rate / limit, ">=", 0.5)


def main() -> None:
    report, now = Report(), timezone.now()
    people = make_people(2, now)
    cookies = sign_in(people, now)
    make_classes(20, now)
    queries()
    few = queries()
    make_classes(CLASSES - 20, now, start=20)
    report.target(f"queries with {CLASSES} classes, with 20: {few}", queries(), "==", few)
    with portal() as port:
        personal(report, port, people, cookies)
        speed(report, port, cookies[people[0].pk])
    report.finish()


if __name__ == "__main__":
    main()

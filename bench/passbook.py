"""The passbook of 100 entries and of 100,000: the same queries, and hardly a difference in time."""

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._client import hammer, request  # noqa: E402
from bench._database import as_owner  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._server import portal  # noqa: E402
from bench._stage import make_people, sign_in  # noqa: E402
from people.models import Person  # noqa: E402
from points.models.ledger import Account  # noqa: E402
from points.rules import AccountKind  # noqa: E402

SHORT, LONG, SECONDS, ROUNDS = 100, 100_000, 3.0, 5
PATH = "/my/points/"
# Written past the guards: what is measured reads these rows. Every second entry spends what the one
# before brought in, as in a book that is used.
FILL = """
SET session_replication_role = replica;
WITH written AS (
    INSERT INTO points_posting (key, request_hash, kind, memo, by_id, evidence, at, txid, sealed_at)
    SELECT 'bench:{account}:' || n, '', CASE WHEN n % 2 = 1 THEN 'GRANT' ELSE 'DONATE' END, '周五清扫', {by},
        '{{}}', now() - ({entries} - n) * interval '1 minute', 0, now()
    FROM generate_series(1, {entries}) n RETURNING id
), numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM written)
INSERT INTO points_leg (posting_id, account_id, amount, balance)
SELECT id, {account}, CASE WHEN n % 2 = 1 THEN 20 ELSE -20 END, CASE WHEN n % 2 = 1 THEN 20 ELSE 0 END
FROM numbered ORDER BY id;
INSERT INTO points_lot (account_id, leg_id, amount, "left")
SELECT account_id, id, 20, 0 FROM points_leg WHERE account_id = {account} AND amount > 0;
SET session_replication_role = DEFAULT;
"""


def book(person: Person, entries: int) -> None:
    account = Account.objects.opened(AccountKind.PERSON, person=person)
    as_owner(FILL.format(account=account.pk, by=person.user_id, entries=entries))


def queries(person: Person) -> int:
    client = Client()
    client.force_login(person.user)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(PATH, headers={"host": "127.0.0.1"})
    if answer.status_code != 200:
        raise SystemExit(f"{PATH} answered {answer.status_code}")
    return len(caught)


def main() -> None:
    report, now = Report(), timezone.now()
    people = make_people(2, now)
    cookies = sign_in(people, now)
    for person, entries in zip(people, (SHORT, LONG), strict=True):
        book(person, entries)
    as_owner("VACUUM ANALYZE")
    few, many = (queries(person) for person in people)
    report.target(f"queries with {LONG:,} entries, with {SHORT}: {few}", many, "==", few)
    times: dict[int, list[float]] = {SHORT: [], LONG: []}
    with portal() as port:
        asking = {n: request("GET", PATH, cookies[p.pk]) for p, n in zip(people, (SHORT, LONG), strict=True)}
        for message in asking.values():
            hammer(port, message, 1)
        for _round in range(ROUNDS):
            for entries, message in asking.items():
                times[entries].append(1000 / hammer(port, message, SECONDS).per_second)
    short = report.figure(f"passbook of {SHORT} entries", times[SHORT], "ms a page")
    long = report.figure(f"passbook of {LONG:,} entries", times[LONG], "ms a page")
    report.target(f"{LONG:,} / {SHORT}", long / short, "<=", 1.3)
    report.finish()


if __name__ == "__main__":
    main()

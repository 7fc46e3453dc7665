"""Two ledgers with one face: ours, and a deliberately naive one that reads, checks, then writes.

The scenarios of tests/races/test_ledger.py are played on both. Ours must pass each, the naive one
must fail each: a scenario that cannot tell them apart proves nothing.
"""

from collections import deque
from datetime import timedelta
from random import Random
from typing import Any

from django.db import IntegrityError, connection

from common import audit
from common.errors import DomainError
from points.actions.gifts import redeem
from points.actions.holds import commit_hold, expire_lots, hold, release_hold
from points.actions.ledger import post
from points.models.ledger import Account, Posting
from points.rules import AccountKind, LegDraft, PostingKind
from tests.factories import people, volunteers
from tests.factories.points import taken_back
from tests.owner import as_owner
from tests.races.crowd import query

OF_THE_BOOK = ("账本", "礼品", "预算", "兑换")
FUNDED = 100_000_000


class Ours:
    """The verbs of volunteers.actions on the real tables."""

    def __init__(self, cast, now, owners: int = 1, gifts: int = 0) -> None:
        self.now, self.by, self.clerk = now, cast.officer, cast.worker
        self.budget = volunteers.budget(cast.city["street"], cast.officer, FUNDED)
        self.people = [people.person(f"居民{n}", home=cast.city["community"]) for n in range(owners)]
        self.accounts = [volunteers.points_of(person) for person in self.people]
        self.source = Account.objects.opened(AccountKind.BUDGET, budget=self.budget)
        self.pool = Account.objects.opened(AccountKind.DONATION, division=cast.city["community"])
        Account.objects.opened(AccountKind.REDEEMED)
        Account.objects.opened(AccountKind.EXPIRED)
        self.gift = volunteers.gift(cast.center, self.budget, cast.officer, points=10, units=gifts, now=now)
        self.holds: deque[int] = deque(maxlen=400)

    def give(self, owner: int, points: int, key: str, days: int | None = None) -> bool:
        good = self.now.date() + timedelta(days=days) if days is not None else None
        legs = [LegDraft(self.source.pk, -points), LegDraft(self.accounts[owner].pk, points, good)]
        proof = {"paper": "x"}
        post(key=key, legs=legs, kind=PostingKind.OPENING, by=self.by, now=self.now, evidence=proof)
        return True

    def keep(self, owner: int, points: int, key: str) -> int:
        held = hold(
            key=key,
            account_id=self.accounts[owner].pk,
            amount=points,
            gift_id=None,
            until=self.now + timedelta(days=7),
            by=self.by,
            now=self.now,
        )
        return held.pk

    def spend(self, owner: int, points: int, key: str) -> bool:
        """Points for something, in the two steps of a redemption."""
        try:
            commit_hold(hold_id=self.keep(owner, points, key), by=self.by, now=self.now)
        except DomainError:
            return False
        return True

    def take_gift(self, owner: int, key: str) -> bool:
        try:
            made = redeem(
                gift_id=self.gift.pk, person_id=self.people[owner].pk, key=key, by=self.clerk, now=self.now
            )
            commit_hold(hold_id=made.hold_id, by=self.clerk, now=self.now)
        except DomainError:
            return False
        return True

    def balance(self, owner: int) -> int:
        return Account.objects.get(pk=self.accounts[owner].pk).posted

    def gifts_gone(self) -> int:
        self.gift.refresh_from_db()
        return self.gift.handed

    def drift(self) -> dict[str, list[Any]]:
        found = {c.name: list(c.find(self.now)) for c in audit.checks() if c.name.startswith(OF_THE_BOOK)}
        return {name: rows for name, rows in found.items() if rows}

    def step(self, dice: Random, key: str) -> None:
        """One random operation; what is refused is refused."""
        owner = dice.randrange(len(self.accounts))
        act = dice.choices(
            [self._give, self._keep, self._commit, self._release, self._donate, self._reverse, self._sweep],
            [30, 25, 14, 10, 14, 6, 1],
        )[0]
        try:
            act(dice, owner, key)
        except DomainError:
            return

    def _give(self, dice: Random, owner: int, key: str) -> None:
        self.give(owner, dice.randint(1, 60), key, dice.choice([None, None, 1, 30]))

    def _keep(self, dice: Random, owner: int, key: str) -> None:
        self.holds.append(self.keep(owner, dice.randint(1, 40), key))

    def _held(self, dice: Random) -> int:
        return dice.choice(list(self.holds)) if self.holds else 0

    def _commit(self, dice: Random, _owner: int, _key: str) -> None:
        commit_hold(hold_id=self._held(dice), by=self.by, now=self.now)

    def _release(self, dice: Random, _owner: int, _key: str) -> None:
        release_hold(hold_id=self._held(dice), by=self.by, now=self.now)

    def _donate(self, dice: Random, owner: int, key: str) -> None:
        points = dice.randint(1, 30)
        legs = [LegDraft(self.accounts[owner].pk, -points), LegDraft(self.pool.pk, points)]
        post(key=key, legs=legs, kind=PostingKind.DONATE, by=self.by, now=self.now)

    def _reverse(self, dice: Random, owner: int, _key: str) -> None:
        of_hers = Posting.objects.filter(legs__account=self.accounts[owner].pk, reverses=None)
        found = of_hers.order_by("-pk")[dice.randrange(5) :].values_list("pk", flat=True).first()
        taken_back(posting_id=found or 0, reason="随机冲正", by=self.by, now=self.now)

    def _sweep(self, dice: Random, _owner: int, _key: str) -> None:
        expire_lots(now=self.now + timedelta(days=dice.choice([0, 2])))


NAIVE = """
CREATE TABLE race_account (id int PRIMARY KEY, balance int NOT NULL);
CREATE TABLE race_entry (account int, amount int, key text);
CREATE TABLE race_gift (stock int);
GRANT ALL ON race_account, race_entry, race_gift TO PUBLIC;
"""


class Naive:
    """What one writes first: read, check in Python, write. No lock, no constraint, no key."""

    def __init__(self, owners: int = 1, gifts: int = 0) -> None:
        with as_owner() as cursor:
            cursor.execute("DROP TABLE IF EXISTS race_account, race_entry, race_gift")
            cursor.execute(NAIVE)
            cursor.execute("INSERT INTO race_gift VALUES (%s)", [gifts])
            cursor.execute("INSERT INTO race_account SELECT n, 0 FROM generate_series(0, %s) n", [owners - 1])
        self.stock, self.owners = gifts, owners

    def _run(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    def _move(self, owner: int, amount: int, key: str) -> bool:
        if self._run("SELECT 1 FROM race_entry WHERE key = %s", key):
            return True
        balance = self.balance(owner)
        if balance + amount < 0:
            return False
        self._run("INSERT INTO race_entry VALUES (%s, %s, %s)", owner, amount, key)
        self._run("UPDATE race_account SET balance = %s WHERE id = %s", balance + amount, owner)
        return True

    def give(self, owner: int, points: int, key: str) -> bool:
        return self._move(owner, points, key)

    def spend(self, owner: int, points: int, key: str) -> bool:
        return self._move(owner, -points, key)

    def take_gift(self, owner: int, key: str) -> bool:
        (stock,) = self._run("SELECT stock FROM race_gift")[0]
        if stock < 1 or not self.spend(owner, 10, key):
            return False
        self._run("UPDATE race_gift SET stock = %s", stock - 1)
        return True

    def balance(self, owner: int) -> int:
        return int(self._run("SELECT balance FROM race_account WHERE id = %s", owner)[0][0])

    def gifts_gone(self) -> int:
        return len(self._run("SELECT 1 FROM race_entry WHERE amount = -10"))

    def drift(self) -> dict[str, list[Any]]:
        sums = query(
            "SELECT a.id FROM race_account a LEFT JOIN race_entry e ON e.account = a.id GROUP BY a.id"
            " HAVING a.balance <> coalesce(sum(e.amount), 0) OR coalesce(sum(e.amount), 0) < 0"
        )
        return {"余额 = 分录之和": sums} if sums else {}

    def step(self, dice: Random, key: str) -> None:
        owner, points = dice.randrange(self.owners), dice.randint(1, 40)
        try:
            self._move(owner, points if dice.random() < 0.5 else -points, key)
        except IntegrityError:
            return

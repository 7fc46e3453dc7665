"""Verbs of the ledger: post, and take back by the mirror image.

What may flow where, balances, lots and cover are kept by the database
(migrations/ledger.sql). These verbs say it in words, and make every request safe to repeat.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.days import day_of
from common.errors import DomainError
from people.actions import words
from people.models import User
from points.models.gifts import StockIntake
from points.models.ledger import Account, Hold, HoldEnd, Leg, Lot, Posting
from points.models.policy import Funding, Policy
from points.models.vouchers import Voucher
from points.rules import (
    GRACE_DAYS,
    AccountKind,
    HoldOutcome,
    LegDraft,
    PostingKind,
    Unit,
    balances,
    request_hash,
)

Row = TypeVar("Row", Posting, Hold)
Paper = TypeVar("Paper", Funding, StockIntake, Voucher)
# The keys of postings that bring the points of two records of one human being together.
MERGED = "merge:"


class KeyReused(DomainError):
    code = "KEY_REUSED"


class Unbalanced(DomainError):
    code = "UNBALANCED"


class Overspend(DomainError):
    code = "OVERSPEND"


class NoCover(DomainError):
    code = "NO_COVER"


class InDebt(DomainError):
    code = "IN_DEBT"


class NoStock(DomainError):
    code = "NO_STOCK"


class NotPostable(DomainError):
    code = "NOT_POSTABLE"


class HoldEnded(DomainError):
    code = "HOLD_ENDED"


def _key_reused() -> KeyReused:
    return KeyReused(message=_("这个业务号已经用在另一笔上，请刷新页面重新办理。"))


@contextmanager
def in_words() -> Iterator[None]:
    """What the database refuses, as a sentence. The refusal leaves the verb with its transaction."""
    try:
        yield
    except IntegrityError as error:
        rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        refusals: dict[str | None, DomainError] = {
            "account_not_overdrawn": Overspend(message=_("可用积分不够，请换一样，或等积分攒够再来。")),
            "issued_within_budget": NoCover(message=_("积分预算不够了，请先给预算注入积分，再办这一笔。")),
            "gift_not_given_twice": NoStock(message=_("这件礼品已经换完了，请换一样，或等补货。")),
            "debt_blocks_spending": InDebt(message=_("有冲正后待还的积分，还清之前不能兑换。")),
            "day_is_closed": NotPostable(message=_("今天的账已经结了，请过了零点再办。")),
            "funding_key_once": _key_reused(),
            "intake_key_once": _key_reused(),
        }
        if rule in refusals:
            raise refusals[rule] from error
        raise NotPostable(message=_("这一笔不合记账规则，没有记上：%(rule)s。") % {"rule": rule}) from error


@transaction.atomic
def post(
    *,
    key: str,
    legs: Sequence[LegDraft],
    kind: PostingKind,
    by: User,
    now: datetime,
    evidence: Mapping[str, Any] | None = None,
    memo: str = "",
    said: str = "",
    record_id: int | None = None,
    policy: Policy | None = None,
    principal_id: int | None = None,
    reverses_id: int | None = None,
    commits: Hold | None = None,
) -> Posting:
    """记一笔: writes a posting with its legs; the same key with the same request gives the first one.

    Legs come in minutes (HOURS) or points, at least two, and sum to nothing in each unit. Accounts
    are locked in ascending id by the legs themselves, then the pots of a budget. This is the ledger's
    own verb: who may do what is asked by the verbs that call it. `memo` is a sentence of the house;
    what was typed about somebody is `said`.

    Refuses KEY_REUSED (same key, other request), UNBALANCED, OVERSPEND, NO_COVER (more points than
    were funded), NOT_POSTABLE (whatever else the ledger does not allow).
    """
    ordered = sorted(legs, key=lambda leg: leg.account_id)
    kinds, units = _known(ordered)
    if not balances(ordered, units):
        raise Unbalanced(message=_("这一笔的借贷两边不相等，没有记上。"))
    told = request_hash(kind, ordered, {**(evidence or {}), **({"said": said} if said else {})})
    written = words.keep(said)
    with in_words():
        posting = insert_once(
            Posting,
            {
                "key": key,
                "request_hash": told,
                "kind": kind,
                "reverses_id": reverses_id,
                "record_id": record_id,
                "memo": memo[:80],
                "words_id": written.pk if written else None,
                "by_id": by.pk,
                "principal": principal_id,
                "policy_id": policy.pk if policy else None,
                "evidence": json.dumps(evidence or {}, ensure_ascii=False, default=str),
                "at": now,
                "txid": 0,
            },
        )
        if posting is None:
            if written is not None:
                written.delete()  # the first one has its own
            return check_same(Posting.objects.get(key=key), told)
        if commits is not None:
            # Before the legs: they see by it that these points were held, and from which lots.
            HoldEnd.objects.create(
                hold=commits, outcome=HoldOutcome.COMMITTED, posting=posting, by=by, at=now
            )
        # A budget's leg takes one of its pots, and pots are locked after all accounts.
        _insert_legs(posting.pk, sorted(ordered, key=lambda leg: kinds[leg.account_id] == AccountKind.BUDGET))
    posting.evidence = dict(evidence or {})  # as it was handed in, not as the driver reads it back
    return posting


# The verbs below are the hottest path of the portal: three plain statements instead of the ORM's
# five halve its time (bench/ledger.py).


def _known(legs: Sequence[LegDraft]) -> tuple[dict[int, str], dict[int, str]]:
    """The kinds of the accounts, and their units."""
    if not legs:
        return {}, {}
    with connection.cursor() as cursor:
        ids = tuple(leg.account_id for leg in legs)
        cursor.execute("SELECT id, kind, unit FROM points_account WHERE id IN %s", [ids])
        rows = cursor.fetchall()
    return {pk: kind for pk, kind, _unit in rows}, {pk: unit for pk, _kind, unit in rows}


def insert_once(model: type[Row], values: Mapping[str, Any]) -> Row | None:
    """Inserts a row under its `key`, in one statement; None where the key is taken.

    A racing twin is waited for by the unique index, and is committed when this returns None.
    """
    columns = ", ".join(f'"{name}"' for name in values)
    names = [field.attname for field in model._meta.concrete_fields]
    returned = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns})"  # noqa: S608 - our own words
            f" VALUES ({', '.join(['%s'] * len(values))}) ON CONFLICT (key) DO NOTHING"
            f" RETURNING {returned}",
            list(values.values()),
        )
        row = cursor.fetchone()
    return None if row is None else model.from_db(connection.alias, names, row)


def _insert_legs(posting_id: int, legs: Sequence[LegDraft]) -> None:
    row = "(%s, %s, %s, %s)"
    values = [v for leg in legs for v in (posting_id, leg.account_id, leg.amount, leg.expires_on)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO points_leg (posting_id, account_id, amount, expires_on)"  # noqa: S608
            f" VALUES {', '.join([row] * len(legs))}",
            values,
        )


def check_same(first: Row, told: str) -> Row:
    """What was written under this key before, if it was the same request; else KEY_REUSED."""
    if first.request_hash != told:
        raise _key_reused()
    return first


def check_same_row(first: Paper, told: Mapping[str, object]) -> Paper:
    """As check_same, for rows that keep what was asked in their own columns."""
    if any(getattr(first, name) != value for name, value in told.items()):
        raise _key_reused()
    return first


def lock_accounts(ids: Iterable[int]) -> dict[int, Account]:
    """These accounts, locked in ascending id: what is read afterwards stays so until commit."""
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {account.pk: account for account in rows}


def take_back(posting: Posting, by: User, now: datetime, memo: str = "") -> Posting:
    """The mirror image of a posting, once; who may ask for it was asked before.

    Points already spent become a debt: what is earned next pays it first, and nothing is redeemed
    until then. A balance never turns negative by itself.
    """
    old = list(posting.legs.select_related("account__person"))
    now_of = {leg.account_id: _account_now(leg.account) for leg in old}
    persons = Account.objects.filter(pk__in=now_of.values(), person__isnull=False).values("person")
    debts = Account.objects.filter(kind=AccountKind.DEBT, person__in=persons).values_list("pk", flat=True)
    accounts = lock_accounts([*now_of.values(), *debts])
    if done := Posting.objects.filter(reverses=posting).first():
        return done
    return post(
        key=f"reverse:{posting.pk}",
        legs=_mirror(posting, [(leg, accounts[now_of[leg.account_id]]) for leg in old], day_of(now)),
        kind=PostingKind.REVERSAL,
        by=by,
        now=now,
        memo=memo,
        record_id=posting.record_id,
        reverses_id=posting.pk,
    )


def _account_now(account: Account) -> int:
    """Where an account's numbers are now: with the record into which its person was merged."""
    person = account.person
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    if person is None or person.pk == account.person_id:
        return account.pk
    return Account.objects.opened(AccountKind(account.kind), Unit(account.unit), person=person).pk


def _mirror(posting: Posting, old: list[tuple[Leg, Account]], day: date) -> list[LegDraft]:
    legs = []
    for leg, account in old:
        back = leg.amount if account.kind == AccountKind.PERSON and account.unit == Unit.POINTS else 0
        owed = max(0, back - account.free)
        if leg.amount != owed:
            good = _good_until(posting, day) if back < 0 else None
            legs.append(LegDraft(account.pk, owed - leg.amount, good))
        if owed and account.person_id:
            debt = Account.objects.opened(AccountKind.DEBT, person_id=account.person_id)
            legs.append(LegDraft(debt.pk, -owed))
    return legs


def _good_until(posting: Posting, day: date) -> date | None:
    """The last day of points that come back: as it was, and never less than the days of grace."""
    spent = Q(holds__hold__end__posting=posting)
    came = Q(leg__posting=posting)
    lots = Lot.objects.filter(spent if posting.kind == PostingKind.REDEEM else came)
    ends = lots.values_list("expires_on", flat=True)
    known = [end for end in ends if end is not None]
    if posting.kind != PostingKind.EXPIRE and len(known) < len(ends):
        return None
    return max([*known, day + timedelta(days=GRACE_DAYS)])

"""Points and hours as tests look at them."""

from datetime import timedelta

from django.db import connection

from people.models import User
from points.actions.holds import hold
from points.actions.vouchers import approve_voucher, ask_carry_over, ask_reversal
from points.models.policy import BudgetPot
from points.models.vouchers import Voucher
from points.rules import PostingKind, VoucherState
from tests.factories import people


def settle():
    """What a commit would check is checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def of(account):
    account.refresh_from_db()
    return account.posted, account.held


def issued(fund):
    return sum(pot.issued for pot in BudgetPot.objects.filter(budget=fund))


def keep(cast, account, amount, now, key="h1", **kwargs):
    told = {"gift_id": None, "until": now + timedelta(days=7), **kwargs}
    return hold(key=key, account_id=account.pk, amount=amount, by=cast.guilan.user, now=now, **told)


def clerk():
    """Who asks, so that somebody else can approve."""
    return User.objects.filter(name="记账员").first() or people.user(
        "记账员", is_staff=True, is_superuser=True
    )


def carried_over(*, by, now, **paper):
    """A paper book that somebody asked for and `by` approved."""
    return approve_voucher(voucher_id=ask_carry_over(**paper, by=clerk(), now=now).pk, by=by, now=now)


def taken_back(*, posting_id, reason, by, now):
    """A posting that somebody asked to take back, and `by` approved."""
    asked = ask_reversal(posting_id=posting_id, reason=reason, by=clerk(), now=now)
    return approve_voucher(voucher_id=asked.pk, by=by, now=now)


def vouched(posting, person, points, by):
    """The voucher of an opening that was posted by hand."""
    asked = {"kind": PostingKind.OPENING, "key": posting.key, "asked_by": clerk(), "asked_at": posting.at}
    made = Voucher.objects.create(person=person, points=points, grounds="旧账本第 3 页", **asked)
    made.state, made.decided_by, made.posting = VoucherState.DONE, by, posting
    made.save()
    return posting

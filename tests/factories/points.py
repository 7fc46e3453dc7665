"""Points and hours as tests look at them."""

from datetime import timedelta

from django.db import connection

from points.actions.holds import hold
from points.models.policy import BudgetPot


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

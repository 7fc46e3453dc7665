"""The application's own role may do all of the ledger's work; what it may not do: tests/test_roles.py."""

from datetime import timedelta

from points.actions import gifts
from points.actions.days import close_day
from points.actions.earning import approve_service, fund_budget
from points.actions.giving import donate
from points.actions.holds import expire_holds, expire_lots
from points.models.days import DayHash
from points.models.ledger import Account, Posting
from tests.factories import volunteers
from tests.factories.points import settle, taken_back


def test_a_day_of_the_ledger(cast, now):
    volunteers.policy(cast.city["street"], cast.officer, expires_after_days=10)
    fund = volunteers.budget(cast.city["street"], cast.officer, 0)
    source = "街道〔2026〕3 号"
    fund_budget(key="f1", budget_id=fund.pk, points=1000, source=source, by=cast.officer, now=now)
    gift = volunteers.gift(cast.center, fund, cast.officer, points=5, units=3, now=now)
    served = volunteers.volunteer(cast.guilan)
    record = volunteers.record(served, cast.worker, minutes=120, now=now)
    approve_service(record_id=record.pk, by=cast.admin, now=now)
    redeem = {"gift_id": gift.pk, "person_id": cast.guilan.pk, "by": cast.guilan.user, "now": now}
    first, second, third = (gifts.redeem(**redeem, key=key) for key in "abc")
    gifts.hand_out(redemption_id=first.pk, code=first.code, by=cast.worker, now=now)
    gifts.cancel_redemption(redemption_id=second.pk, by=cast.guilan.user, now=now)
    expire_holds(now=now + timedelta(days=8))
    donate(key="d", person_id=cast.guilan.pk, points=3, by=cast.guilan.user, now=now)
    settle()
    assert expire_lots(now=now + timedelta(days=12)) == 12
    earned = Posting.objects.get(record=record)
    taken_back(posting_id=earned.pk, reason="重复登记", by=cast.officer, now=now)
    settle()
    told = dict(Account.objects.filter(person=cast.guilan, unit="POINTS").values_list("kind", "posted"))
    assert told == {"PERSON": 0, "DEBT": -20}
    assert third.hold.end.outcome == "EXPIRED"


def test_the_book_is_closed(cast, now):
    close_day(day=now.date() - timedelta(days=1), now=now)
    assert DayHash.objects.count() == 1

"""The ledger: what is posted stays, sums to nothing, and is never more than there is."""

from datetime import date, timedelta

from django.db import transaction

from points.actions import ledger
from points.actions.holds import commit_hold, expire_holds, expire_lots, release_hold
from points.models.ledger import Account, HoldEnd, Leg, Lot, Posting
from points.rules import AccountKind, HoldOutcome, LegDraft, PostingKind, Unit
from tests.factories import volunteers
from tests.factories.points import issued, keep, of, settle, taken_back
from tests.refusals import refused


def donate_legs(cast, account, points):
    pool = Account.objects.opened(AccountKind.DONATION, division=cast.city["community"])
    return [LegDraft(account.pk, -points), LegDraft(pool.pk, points)]


def give_away(cast, account, points, now, key="donate:1"):
    legs = donate_legs(cast, account, points)
    return ledger.post(key=key, legs=legs, kind=PostingKind.DONATE, by=cast.guilan.user, now=now)


def test_points_come_out_of_a_funded_budget(cast, fund, rich):
    settle()
    assert of(rich) == (100, 0)
    assert issued(fund) == 100
    assert [leg.balance for leg in Leg.objects.filter(account=rich)] == [100]
    assert list(Lot.objects.values_list("amount", "left")) == [(100, 100)]


def test_no_point_without_cover(cast, now):
    small = volunteers.budget(cast.city["street"], cast.officer, 20)
    volunteers.give(cast.guilan, 15, of=small, by=cast.officer, now=now)
    give = {"person": cast.guilan, "points": 6, "of": small, "by": cast.officer, "now": now}
    refused("NO_COVER", volunteers.give, **give)
    volunteers.give(**{**give, "points": 5})
    assert issued(small) == 20
    refused("NO_COVER", volunteers.give, **{**give, "points": 1})


def test_the_same_key_posts_once(cast, rich, now):
    first = give_away(cast, rich, 30, now)
    assert give_away(cast, rich, 30, now) == first
    assert of(rich) == (70, 0)
    refused("KEY_REUSED", give_away, cast=cast, account=rich, points=31, now=now)


def test_what_does_not_balance_is_not_posted(cast, rich, now):
    pool = Account.objects.opened(AccountKind.DONATION, division=cast.city["community"])
    for legs in (
        [LegDraft(rich.pk, -30), LegDraft(pool.pk, 29)],
        [LegDraft(rich.pk, -30)],
        [LegDraft(rich.pk, 0), LegDraft(pool.pk, 0)],
        [LegDraft(rich.pk, -30), LegDraft(0, 30)],
        [],
    ):
        told = {"key": "x", "legs": legs, "kind": PostingKind.DONATE, "by": cast.guilan.user}
        refused("UNBALANCED", ledger.post, **told, now=now)
    hours = Account.objects.opened(AccountKind.PERSON, Unit.HOURS, person=cast.guilan)
    mixed = [LegDraft(rich.pk, -30), LegDraft(hours.pk, 30)]
    refused("UNBALANCED", ledger.post, key="x", legs=mixed, kind="DONATE", by=cast.guilan.user, now=now)


def test_nobody_spends_more_than_she_has(cast, rich, now):
    refused("OVERSPEND", give_away, cast=cast, account=rich, points=101, now=now)
    give_away(cast, rich, 100, now)
    assert of(rich) == (0, 0)


def test_hours_are_never_spent_and_points_flow_one_way(cast, fund, rich, now):
    hours = Account.objects.opened(AccountKind.PERSON, Unit.HOURS, person=cast.guilan)
    service = Account.objects.opened(AccountKind.SERVICE, Unit.HOURS)
    spent = Account.objects.opened(AccountKind.REDEEMED)
    source = Account.objects.opened(AccountKind.BUDGET, budget=fund)
    post = {"kind": PostingKind.REDEEM, "by": cast.officer, "now": now}
    for number, legs in enumerate(
        (
            [LegDraft(hours.pk, -60), LegDraft(service.pk, 60)],
            [LegDraft(spent.pk, -10), LegDraft(rich.pk, 10)],
            [LegDraft(source.pk, -10), LegDraft(rich.pk, 10)],
            [LegDraft(rich.pk, -10), LegDraft(source.pk, 10)],
        )
    ):
        refused("NOT_POSTABLE", ledger.post, key=f"x{number}", legs=legs, **post)
    opening = {"kind": PostingKind.OPENING, "by": cast.officer, "now": now}
    legs = [LegDraft(source.pk, -10), LegDraft(rich.pk, 10)]
    refused("NOT_POSTABLE", ledger.post, key="y", legs=legs, **opening)  # nothing that proves it


def test_a_hold_sets_points_aside_and_ends_once(cast, rich, now):
    held = keep(cast, rich, 60, now)
    assert keep(cast, rich, 60, now) == held
    refused("KEY_REUSED", keep, cast=cast, account=rich, amount=61, now=now)
    assert of(rich) == (100, 60)
    refused("OVERSPEND", keep, cast=cast, account=rich, amount=41, now=now, key="h2")
    refused("OVERSPEND", give_away, cast=cast, account=rich, points=41, now=now)
    spent = commit_hold(hold_id=held.pk, by=cast.worker, now=now)
    settle()
    assert commit_hold(hold_id=held.pk, by=cast.worker, now=now) == spent
    assert of(rich) == (40, 0)
    refused("HOLD_ENDED", release_hold, hold_id=held.pk, by=cast.worker, now=now)
    assert sum(lot.left for lot in Lot.objects.filter(account=rich)) == 40


def test_a_released_hold_gives_back(cast, rich, now):
    held = keep(cast, rich, 60, now)
    end = release_hold(hold_id=held.pk, by=cast.worker, now=now)
    assert release_hold(hold_id=held.pk, by=cast.worker, now=now) == end
    assert of(rich) == (100, 0)
    assert sum(lot.left for lot in Lot.objects.filter(account=rich)) == 100
    refused("HOLD_ENDED", commit_hold, hold_id=held.pk, by=cast.worker, now=now)
    refused("NOT_ALLOWED", commit_hold, hold_id=0, by=cast.worker, now=now)


def test_what_is_not_picked_up_goes_back(cast, rich, now):
    held = keep(cast, rich, 60, now)
    assert expire_holds(now=held.until) == 0
    late = held.until + timedelta(seconds=1)
    refused("HOLD_ENDED", commit_hold, hold_id=held.pk, by=cast.worker, now=late)
    assert expire_holds(now=late) == 1
    assert expire_holds(now=late) == 0
    assert HoldEnd.objects.get().outcome == HoldOutcome.EXPIRED
    assert of(rich) == (100, 0)


def test_a_policy_that_changes_meanwhile_leaves_a_hold_as_it_was_made(cast, rich, now):
    old = volunteers.policy(cast.city["street"], cast.officer)
    held = keep(cast, rich, 60, now, policy=old)
    volunteers.policy(cast.city["street"], cast.officer, valid_from=now.date(), points_per_hour=5)
    assert commit_hold(hold_id=held.pk, by=cast.worker, now=now).policy == old


def test_lots_that_expire_first_go_first(cast, fund, hers, now):
    today = now.date()
    for days, points in ((None, 10), (30, 20), (5, 40)):
        ends = today + timedelta(days=days) if days else None
        volunteers.give(cast.guilan, points, of=fund, by=cast.officer, now=now, expires_on=ends)
    give_away(cast, hers, 45, now)
    left = Lot.objects.order_by("expires_on").values_list("amount", "left")
    assert list(left) == [(40, 0), (20, 15), (10, 10)]


def test_expired_points_are_not_spent_and_leave(cast, fund, hers, now):
    ends = now.date() + timedelta(days=5)
    volunteers.give(cast.guilan, 40, of=fund, by=cast.officer, now=now, expires_on=ends)
    volunteers.give(cast.guilan, 10, of=fund, by=cast.officer, now=now)
    later = now + timedelta(days=6)
    refused("OVERSPEND", keep, cast=cast, account=hers, amount=11, now=later)
    assert expire_lots(now=now + timedelta(days=5)) == 0
    assert expire_lots(now=later) == 40
    assert expire_lots(now=later) == 0
    assert of(hers) == (10, 0)
    settle()


def test_points_that_expired_while_held_get_days_of_grace(cast, fund, hers, now):
    ends = now.date() + timedelta(days=2)
    volunteers.give(cast.guilan, 40, of=fund, by=cast.officer, now=now, expires_on=ends)
    held = keep(cast, hers, 40, now)
    later = now + timedelta(days=6)
    assert expire_lots(now=later) == 0
    release_hold(hold_id=held.pk, by=cast.worker, now=later)
    assert Lot.objects.get().expires_on == later.date() + timedelta(days=30)
    assert expire_lots(now=later) == 0


def back(posting, by, now, reason="登记有误"):
    return taken_back(posting_id=posting.pk, reason=reason, by=by, now=now)


def test_a_reversal_is_the_mirror_and_happens_once(cast, fund, rich, now):
    given = Posting.objects.get(kind=PostingKind.OPENING)
    done = back(given, cast.officer, now)
    assert back(given, cast.officer, now) == done
    assert (of(rich), issued(fund)) == ((0, 0), 0)
    settle()
    refused("NOT_POSTABLE", back, posting=done, by=cast.officer, now=now)


def test_who_may_not_reverse(cast, rich, now):
    given = Posting.objects.get(kind=PostingKind.OPENING)
    refused("NOT_ALLOWED", back, posting=given, by=cast.worker, now=now)
    refused("NOT_ALLOWED", back, posting=given, by=cast.guilan.user, now=now)
    refused("REASON_NEEDED", back, posting=given, by=cast.officer, now=now, reason=" ")
    refused("NOT_ALLOWED", taken_back, posting_id=0, reason="登记有误", by=cast.officer, now=now)


def test_points_spent_already_become_a_debt_that_blocks_spending(cast, fund, rich, now):
    given = Posting.objects.get(kind=PostingKind.OPENING)
    give_away(cast, rich, 70, now)
    back(given, cast.officer, now)
    settle()
    debt = Account.objects.get(kind=AccountKind.DEBT)
    assert (of(rich), of(debt), issued(fund)) == ((0, 0), (-70, 0), 0)
    volunteers.give(cast.guilan, 30, of=fund, by=cast.officer, now=now)
    refused("IN_DEBT", keep, cast=cast, account=rich, amount=1, now=now)


def test_points_held_are_not_taken_back_but_owed(cast, fund, rich, now):
    given = Posting.objects.get(kind=PostingKind.OPENING)
    held = keep(cast, rich, 60, now)
    back(given, cast.officer, now)
    assert of(rich) == (60, 60)
    release_hold(hold_id=held.pk, by=cast.worker, now=now)
    assert of(rich) == (60, 0)
    assert of(Account.objects.get(kind=AccountKind.DEBT)) == (-60, 0)


def test_a_gift_brought_back_gives_the_points_back(cast, fund, rich, now):
    held = keep(cast, rich, 60, now)
    spent = commit_hold(hold_id=held.pk, by=cast.worker, now=now)
    back(spent, cast.officer, now, "礼品有质量问题")
    settle()
    assert of(rich) == (100, 0)
    assert list(Lot.objects.filter(left__gt=0).values_list("left", "expires_on")) == [(40, None), (60, None)]


def test_the_day_of_a_lot_that_comes_back(cast, fund, hers, now):
    volunteers.give(cast.guilan, 50, of=fund, by=cast.officer, now=now, expires_on=date(2027, 6, 30))
    spent = commit_hold(hold_id=keep(cast, hers, 50, now).pk, by=cast.worker, now=now)
    back(spent, cast.officer, now, "礼品有质量问题")
    assert Lot.objects.get(left__gt=0).expires_on == date(2027, 6, 30)


def test_accounts_are_opened_once_and_empty(cast):
    first = volunteers.points_of(cast.guilan)
    assert volunteers.points_of(cast.guilan) == first
    made = Account.objects.create(kind=AccountKind.PERSON, unit=Unit.POINTS, person=cast.elder, posted=500)
    made.refresh_from_db()
    assert made.posted == 0


def test_a_refusal_leaves_nothing_behind(cast, rich, now):
    before = Posting.objects.count()
    with transaction.atomic():
        pass
    refused("OVERSPEND", give_away, cast=cast, account=rich, points=101, now=now)
    assert Posting.objects.count() == before

"""Gifts: set aside with their points, handed out against a code, or back on the shelf."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notices.models import Notice
from people.models import Membership
from people.rules import Role
from points.actions import gifts
from points.actions.holds import expire_holds, warn_expiring
from points.models.coverage import coverage
from points.models.gifts import Gift, StockIntake
from points.models.ledger import Posting
from points.models.policy import Budget
from points.models.redemptions import Redemption
from tests.factories import volunteers
from tests.factories.points import of, settle
from tests.refusals import refused


@pytest.fixture
def gift(cast, fund, now):
    return volunteers.gift(cast.center, fund, cast.officer, points=40, units=2, now=now)


def redeem(gift, person, now, by=None, key="k1"):
    return gifts.redeem(gift_id=gift.pk, person_id=person.pk, key=key, by=by or person.user, now=now)


def counts(gift):
    gift.refresh_from_db()
    return gift.stock, gift.reserved, gift.handed


def hand(made, code, by, now):
    return gifts.hand_out(redemption_id=made.pk, code=code, by=by, now=now)


def test_a_gift_is_set_aside_and_picked_up(cast, gift, rich, now):
    made = redeem(gift, cast.guilan, now)
    assert redeem(gift, cast.guilan, now) == made
    assert (counts(gift), of(rich)) == ((2, 1, 0), (100, 40))
    code = made.code
    assert (len(code), code.isdigit(), code not in made.code_hash) == (6, True, True)
    done = hand(made, f" {code[:3]} {code[3:]}", cast.worker, now)
    settle()
    assert hand(made, code, cast.worker, now) == done
    assert (counts(gift), of(rich)) == ((2, 0, 1), (60, 0))
    assert Redemption.objects.get().outcome == "COMMITTED"
    refused("HOLD_ENDED", gifts.cancel_redemption, redemption_id=made.pk, by=cast.guilan.user, now=now)
    assert Notice.objects.get(kind="GIFT_RESERVED").body_data["points"] == 40


def test_staff_and_agents_redeem_for_others(cast, fund, gift, now):
    volunteers.give(cast.elder, 50, of=fund, by=cast.officer, now=now)
    refused("NOT_ALLOWED", redeem, gift=gift, person=cast.elder, now=now, by=cast.guilan.user)
    refused("NOT_ALLOWED", redeem, gift=gift, person=cast.elder, now=now, by=cast.other_worker)
    made = redeem(gift, cast.elder, now, by=cast.worker)
    assert (made.hold.by, made.hold.principal) == (cast.worker, cast.elder.pk)
    hand(made, made.code, cast.worker, now)
    paid = Posting.objects.get(hold_end__hold=made.hold)
    assert (paid.by, paid.principal) == (cast.worker, cast.elder.pk)


def test_what_may_not_be_redeemed(cast, fund, gift, rich, now):
    refused("OVERSPEND", redeem, gift=gift, person=cast.stranger, now=now)
    dear = volunteers.gift(cast.center, fund, cast.officer, points=40, units=0, now=now)
    refused("NO_STOCK", redeem, gift=dear, person=cast.guilan, now=now)
    gift.on_offer = False
    gift.save()
    refused("NO_STOCK", redeem, gift=gift, person=cast.guilan, now=now)
    assert counts(gift) == (2, 0, 0)


def test_where_the_policy_sets_an_age(cast, gift, rich, now):
    volunteers.policy(cast.city["street"], cast.officer, spend_from_age=70)
    refused("NOT_OLD_ENOUGH", redeem, gift=gift, person=cast.guilan, now=now)
    volunteers.policy(cast.city["community"], cast.officer, spend_from_age=60)
    redeem(gift, cast.guilan, now)


def test_wrong_codes(cast, fund, gift, rich, now):
    made = redeem(gift, cast.guilan, now)
    volunteers.give(cast.elder, 50, of=fund, by=cast.officer, now=now)
    other = redeem(gift, cast.elder, now, by=cast.worker)
    code = made.code
    refused("NOT_ALLOWED", hand, made=made, code=code, by=cast.guilan.user, now=now)
    refused("NOT_ALLOWED", hand, made=made, code=code, by=cast.other_worker, now=now)
    for wrong in (other.code, "", "12", "999999999", "abc"):
        with pytest.raises(Exception, match="领取码不对"):
            hand(made, wrong, cast.worker, now)
    refused("CODE_BLOCKED", hand, made=made, code=code, by=cast.worker, now=now)
    renew = {"redemption_id": made.pk, "now": now}
    refused("NOT_ALLOWED", gifts.renew_code, **renew, by=cast.guilan.user)
    fresh = gifts.renew_code(**renew, by=cast.worker)
    assert fresh.code != code
    with pytest.raises(Exception, match="领取码不对"):
        hand(made, code, cast.worker, now)
    hand(made, fresh.code, cast.worker, now)


def test_a_redemption_is_cancelled_whole(cast, gift, rich, now):
    made = redeem(gift, cast.guilan, now)
    cancel = {"redemption_id": made.pk, "now": now}
    refused("NOT_ALLOWED", gifts.cancel_redemption, **cancel, by=cast.stranger.user)
    done = gifts.cancel_redemption(**cancel, by=cast.guilan.user)
    assert gifts.cancel_redemption(**cancel, by=cast.guilan.user) == done
    assert (counts(gift), of(rich)) == ((2, 0, 0), (100, 0))
    code = made.code
    refused("HOLD_ENDED", hand, made=made, code=code, by=cast.worker, now=now)


def test_what_is_not_picked_up_in_a_week_goes_back(cast, gift, rich, now):
    made = redeem(gift, cast.guilan, now)
    late = now + timedelta(days=7, seconds=1)
    code = made.code
    refused("HOLD_ENDED", hand, made=made, code=code, by=cast.worker, now=late)
    assert expire_holds(now=late) == 1
    assert (counts(gift), of(rich)) == ((2, 0, 0), (100, 0))
    assert Notice.objects.filter(kind="GIFT_RETURNED").count() == 1


def test_stock_comes_in_and_is_written_off(cast, fund, gift, rich, now):
    take = {"gift_id": gift.pk, "budget_id": fund.pk, "note": "端午采购", "now": now}
    first = gifts.take_in(**take, key="t1", units=3, by=cast.worker)
    assert gifts.take_in(**take, key="t1", units=3, by=cast.worker) == first
    refused("KEY_REUSED", gifts.take_in, **take, key="t1", units=2, by=cast.worker)
    redeem(gift, cast.guilan, now)
    gifts.take_in(**take, key="t2", units=-4, by=cast.worker)
    assert counts(gift) == (1, 1, 0)
    refused("NO_STOCK", gifts.take_in, **take, key="t3", units=-1, by=cast.worker)
    refused("BAD_AMOUNT", gifts.take_in, **take, key="t3", units=0, by=cast.worker)
    refused("NOT_ALLOWED", gifts.take_in, **take, key="t3", units=1, by=cast.other_worker)
    refused("NOT_ALLOWED", gifts.take_in, **{**take, "gift_id": 0}, key="t3", units=1, by=cast.worker)
    refused("NO_COVER", gifts.take_in, **take, key="t3", units=25, by=cast.worker)


def test_what_is_written_off_was_paid(cast, fund, now):
    """Broken gifts were bought: nobody buys them again for the same points by writing them off."""
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, units=25, now=now)
    take = {"gift_id": gift.pk, "budget_id": fund.pk, "note": "摔坏了", "by": cast.worker, "now": now}
    assert coverage().committed == 0
    gifts.take_in(**take, key="w1", units=-10)
    assert (counts(gift)[0], coverage().stock, coverage().committed) == (15, 600, 0)
    refused("NO_COVER", gifts.take_in, **take, key="w2", units=1)


def correct(first, really, by, now, reason="多打了一个零"):
    return gifts.correct_intake(intake_id=first.pk, really=really, reason=reason, by=by, now=now)


def test_a_mistyped_intake_is_corrected_by_another(cast, fund, gift, now):
    """It gives points back to the budget, so whoever keeps the ledger does, and not who typed it."""
    take = {"gift_id": gift.pk, "budget_id": fund.pk, "note": "", "by": cast.worker, "now": now}
    first = gifts.take_in(**take, key="c1", units=20)
    told = {"first": first, "really": 2, "now": now}
    refused("NOT_ALLOWED", correct, **told, by=cast.worker)
    refused("NOT_ALLOWED", correct, **told, by=cast.other_worker)
    refused("REASON_NEEDED", correct, **told, by=cast.officer, reason=" ")
    for wrong in (-1, 21):
        refused("BAD_AMOUNT", correct, **{**told, "really": wrong}, by=cast.officer)
    made = correct(**told, by=cast.officer)
    assert (made.units, made.budget, made.corrects, made.note) == (-18, fund, first, "多打了一个零")
    assert correct(**told, by=cast.officer) == first  # twice changes nothing
    assert (counts(gift)[0], coverage().committed) == (4, 1000 - 4 * 40)
    refused("NOT_ALLOWED", correct, **{**told, "first": made}, by=cast.officer)
    assert correct(**{**told, "really": 5}, by=cast.officer).units == 3
    refused("SAME_PERSON", correct, first=gift.intakes.earliest("pk"), really=0, now=now, by=cast.officer)
    gifts.take_in(**take, key="c2", units=18)
    refused("NO_COVER", correct, **{**told, "really": 6}, by=cast.officer)
    gifts.take_in(**take, key="c3", units=-23)
    refused("NO_STOCK", correct, **{**told, "really": 0}, by=cast.officer)


def test_a_mistyped_write_off_is_corrected_and_costs_nothing(cast, fund, gift, now):
    take = {"gift_id": gift.pk, "budget_id": fund.pk, "note": "", "by": cast.worker, "now": now}
    first = gifts.take_in(**take, key="c1", units=-2)
    assert correct(first, 1, cast.officer, now).units == 1
    refused("BAD_AMOUNT", correct, first=first, really=3, by=cast.officer, now=now)
    assert (counts(gift)[0], coverage().committed) == (1, 1000 - 80)


@pytest.mark.parametrize("wrong", ["same hand", "too much", "other gift", "of a correction"])
def test_the_database_keeps_corrections_within_their_intake(cast, fund, gift, now, wrong):
    first = gift.intakes.get()
    row = {"gift": gift, "budget": fund, "units": -1, "corrects": first, "by": cast.admin, "at": now}
    if wrong == "of a correction":
        row |= {"corrects": StockIntake.objects.create(**row), "units": 1, "by": cast.officer}
    row |= {
        "same hand": {"by": first.by},
        "too much": {"units": -3},
        "other gift": {"gift": Gift.objects.create(center=cast.center, name="毛巾", points=10)},
    }.get(wrong, {})
    with pytest.raises(IntegrityError, match="between nothing and all"), transaction.atomic():
        StockIntake.objects.create(**row)


@pytest.mark.usefixtures("clock")
def test_a_budget_buys_where_it_pays_and_while_it_is_open(cast, fund, gift, now):
    """Not where she only sees it, by another post."""
    Membership.objects.create(
        user=cast.other_worker, division=cast.city["street"], role=Role.AUDITOR, since=now.date()
    )
    hers = Gift.objects.create(center=cast.other_center, name="毛巾", points=10)
    take = {"units": 1, "note": "", "by": cast.other_worker, "now": now}
    assert Budget.objects.visible_to(cast.other_worker).filter(pk=fund.pk).exists()
    refused("NOT_ALLOWED", gifts.take_in, **take, key="f1", gift_id=hers.pk, budget_id=fund.pk)
    refused("NOT_ALLOWED", gifts.take_in, **take, key="f1", gift_id=gift.pk, budget_id=fund.pk)
    assert not Budget.objects.paying(hers.center.division).filter(pk=fund.pk).exists()

    take = {"gift_id": gift.pk, "budget_id": fund.pk, "note": "", "by": cast.worker, "now": now}
    first = gifts.take_in(**take, key="f2", units=2)
    Budget.objects.filter(pk=fund.pk).update(closed_on=now.date())
    assert gifts.take_in(**take, key="f2", units=2) == first
    refused("BUDGET_CLOSED", gifts.take_in, **take, key="f3", units=1)
    gifts.take_in(**take, key="f4", units=-1)


def test_a_form_left_open_does_not_put_an_old_count_back(cast, gift, rich, now):
    stale = type(gift).objects.get(pk=gift.pk)
    redeem(gift, cast.guilan, now)
    stale.name = "新名字"
    stale.save()
    assert counts(gift) == (2, 1, 0)


def test_coverage_counts_shelf_and_budget_against_what_is_owed(cast, gift, rich, now):
    state = coverage()
    assert (state.stock, state.committed, state.outstanding, state.percent) == (80, 920, 100, 1000)
    made = redeem(gift, cast.guilan, now)
    assert coverage() == state
    hand(made, made.code, cast.worker, now)
    assert (coverage().stock, coverage().outstanding) == (40, 60)


def test_expiring_points_are_told_once(cast, fund, now):
    soon = now.date() + timedelta(days=20)
    volunteers.give(cast.guilan, 40, of=fund, by=cast.officer, now=now, expires_on=soon)
    volunteers.give(cast.guilan, 10, of=fund, by=cast.officer, now=now)
    assert warn_expiring(now=now) == 1
    warn_expiring(now=now + timedelta(days=1))
    assert [n.body_data["points"] for n in Notice.objects.filter(kind="POINTS_EXPIRING")] == [40]

"""The back office of points: lists at a constant cost, books read-only, work through verbs."""

from datetime import timedelta

import pytest

from people.rules import Role
from points.actions import gifts
from points.actions.giving import ask_transfer
from points.models.certificates import Certificate
from points.models.days import DayHash
from points.models.gifts import Gift, StockIntake
from points.models.ledger import Account, Posting
from points.models.policy import Budget, Funding, Policy
from points.models.redemptions import Redemption
from points.models.transfers import Transfer
from tests.backoffice import add, change, delete, listed, said, verb
from tests.factories import people, volunteers
from tests.factories.points import of
from tests.html import opened
from tests.queries import assert_constant


@pytest.fixture
def office(client, cast, clock):
    """The director of the street: may do everything with points."""
    client.force_login(people.staff("李主任", Role.DIRECTOR, cast.city["street"]))
    return client


def transfer(cast, now):
    return ask_transfer(
        kind="FAMILY", giver_id=cast.guilan.pk, taker_id=cast.zixuan.pk, points=5, relation="祖孙，户口本",
        by=cast.guilan.user, now=now,
    )  # fmt: skip


@pytest.mark.sweep
def test_every_list_costs_the_same_however_long(office, cast, fund, now):
    stock = volunteers.gift(cast.center, fund, cast.officer, points=1, units=200, now=now)
    served = volunteers.volunteer(cast.guilan)
    volunteers.give(cast.guilan, 400, of=fund, by=cast.officer, now=now)
    keys, points = iter(range(10_000)), iter(range(1, 200))

    def redeem():
        key = str(next(keys))
        by = cast.guilan.user
        gifts.redeem(gift_id=stock.pk, person_id=cast.guilan.pk, key=key, by=by, now=now)

    def pass_on():
        Transfer.objects.create(
            kind="FAMILY", giver=cast.guilan, taker=cast.zixuan, points=next(points), relation="祖孙",
            asked_by=cast.guilan.user, asked_at=now,
        )  # fmt: skip

    makers = {
        Policy: lambda: volunteers.policy(
            cast.city["street"], cast.officer, valid_from=now.date() + timedelta(days=next(keys))
        ),
        Budget: lambda: volunteers.budget(cast.city["street"], cast.officer, 5),
        Funding: lambda: volunteers.budget(cast.city["street"], cast.officer, 5),
        Gift: lambda: volunteers.gift(cast.center, fund, cast.officer, units=0, now=now),
        StockIntake: lambda: StockIntake.objects.create(
            gift=stock, budget=fund, units=1, by=cast.officer, at=now
        ),
        Redemption: redeem,
        Transfer: pass_on,
        Certificate: lambda: volunteers.certificate(served, cast.worker, now),
        Posting: lambda: volunteers.give(cast.guilan, 1, of=fund, by=cast.officer, now=now),
        Account: lambda: volunteers.points_of(people.person("某某", home=cast.city["community"])),
        DayHash: lambda: DayHash.objects.create(
            day=now.date() - timedelta(days=next(keys)), postings=0, digest="x", closed_at=now
        ),
    }
    for model, make in makers.items():
        assert_constant(office, listed(model), lambda count, make=make: [make() for _ in range(count)])


def test_the_book_is_read_only(office, cast, rich, now):
    posting = Posting.objects.get()
    for row in (posting, rich):
        assert office.get(change(row)).status_code == 200
        assert office.post(change(row), {"posted": 9}).status_code == 403
        assert office.get(delete(row)).status_code == 403
        assert office.get(add(type(row))).status_code == 403


def test_entries_of_the_other_street_are_not_listed(client, cast, rich, clock):
    client.force_login(cast.other_worker)
    assert client.get(change(Posting.objects.get())).status_code == 302
    assert client.get(change(rich)).status_code == 302


def test_a_policy_is_added_and_never_changed(office, cast, now):
    sent = {
        "division": cast.city["street"].pk,
        "valid_from": "2027-01-01",
        "points_per_hour": 5,
        "source": "办法",
    }
    assert office.post(add(Policy), sent).status_code == 302
    made = Policy.objects.get()
    assert made.by.name == "李主任"
    assert office.post(change(made), {**sent, "points_per_hour": 50}).status_code == 403
    sent["division"] = cast.city["other_street"].pk
    assert office.post(add(Policy), {**sent, "valid_from": "2027-02-01"}).status_code == 200
    assert Policy.objects.count() == 1


def test_a_budget_is_funded_and_stays_where_it_is(office, cast, fund):
    where = f"/staff/budgets/{fund.pk}/fund/"
    assert where in opened(office, change(fund)).links
    typed = {"points": 50, "source": "街道文件", "key": opened(office, where).fields("key")[0]["value"]}
    assert said(office.post(where, typed)) == "已注入 50 分。"
    assert said(office.post(where, typed)) == "已注入 50 分。"  # the button twice
    assert fund.fundings.filter(points=50).count() == 1
    sent = {
        "name": "新名", "division": cast.city["other_street"].pk,
        "fundings-TOTAL_FORMS": 0, "fundings-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert office.post(change(fund), sent).status_code == 302
    fund.refresh_from_db()
    assert (fund.name, fund.division) == ("新名", cast.city["street"])


def test_a_gift_keeps_its_price_once_bought(office, cast, fund, now):
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, units=0, now=now)
    sent = {"name": "米", "center": cast.center.pk, "points": 30, "on_offer": "on", "about": ""}
    office.post(change(gift), sent)
    where = f"/staff/gifts/{gift.pk}/intake/"
    assert where in opened(office, change(gift)).links
    key = opened(office, where).fields("key")[0]["value"]
    typed = {"units": 2, "budget": fund.pk, "note": "", "key": key}
    assert said(office.post(where, typed)) == "库存已更新。"
    assert said(office.post(where, typed)) == "库存已更新。"  # the button twice
    office.post(change(gift), {**sent, "points": 1})
    gift.refresh_from_db()
    assert (gift.name, gift.points, gift.stock) == ("米", 30, 2)


def test_an_intake_is_corrected_in_the_back_office(client, cast, fund, now):
    gift = volunteers.gift(cast.center, fund, cast.worker, points=40, units=20, now=now)
    first = gift.intakes.get()
    client.force_login(cast.worker)
    assert verb(first, "correct") not in client.get(change(first)).content.decode()
    assert client.post(verb(first, "correct"), {"really": 2, "reason": "多打了零"}).status_code == 403
    client.force_login(cast.officer)
    said(client.post(verb(first, "correct"), {"really": 2, "reason": "多打了零"}))
    gift.refresh_from_db()
    assert gift.stock == 2
    assert client.post(verb(first, "correct"), {"really": 21, "reason": "少了"}).status_code == 409


def test_a_transfer_takes_two(client, office, cast, rich, now):
    asked = transfer(cast, now)
    where = f"/staff/transfers/{asked.pk}/approve/"
    assert said(office.post(where)) == "初审通过，等复审。"
    client.force_login(cast.officer)
    assert said(client.post(where)) == "积分已转过去。"
    assert of(rich) == (95, 0)
    other = transfer(cast, now)
    client.force_login(cast.worker)
    where = f"/staff/transfers/{other.pk}/refuse/"
    assert said(client.post(where, {"reason": "没有证明"})) == "已记下不予办理。"
    assert client.post(change(other), {"state": "DONE"}).status_code == 403


def test_a_certificate_is_revoked(office, cast, now):
    paper = volunteers.certificate(volunteers.volunteer(cast.guilan), cast.worker, now)
    where = f"/staff/certificates/{paper.pk}/revoke/"
    assert where in opened(office, change(paper)).links
    assert said(office.post(where, {"reason": "有误"})) == "证明已撤销，扫码的人马上看得到。"
    paper.refresh_from_db()
    assert paper.revoke_reason == "有误"

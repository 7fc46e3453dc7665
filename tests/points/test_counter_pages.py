"""The desk of points: records approved, minutes by hand, budgets, stock, paper books, reversals."""

import pytest
from django.urls import reverse

from people.rules import Role
from points.actions.vouchers import approve_voucher
from points.models.gifts import StockIntake
from points.models.ledger import Posting
from points.models.policy import Funding
from points.models.vouchers import Voucher
from tests import queries
from tests.backoffice import said
from tests.factories import people, volunteers
from tests.factories.points import of
from tests.html import complains, opened


def my(page, *args):
    return reverse(f"points:staff_{page}", args=args)


@pytest.fixture
def worker(client, cast, clock):
    client.force_login(cast.worker)
    return client


@pytest.fixture
def officer(client, cast, clock):
    client.force_login(cast.officer)
    return client


@pytest.fixture
def served(cast):
    return volunteers.volunteer(cast.guilan)


# --- records --------------------------------------------------------------------------------------


def test_the_queue_shows_evidence_and_whose_turn_it_is(worker, cast, served, now):
    volunteers.record(served, cast.officer, minutes=90, now=now)
    own = volunteers.record(served, cast.worker, now=now)
    thin = volunteers.record(served, cast.officer, key="manual:1", now=now)
    page = opened(worker, my("records"))
    assert "王桂兰 · 大扫除 · 1 小时 30 分钟" in page.text
    assert "扫码签到 组织者名单" in page.text
    assert "手工记录" in page.text
    assert page.text.count("由另一位同事审核") == 1
    boxes = {box["value"]: "disabled" in box for box in page.fields("record")}
    assert boxes[str(own.pk)]
    assert not boxes[str(thin.pk)]


def test_too_little_evidence_is_said(worker, cast, served, now):
    record = volunteers.record(served, cast.officer, now=now, key="manual:2")
    bare = type(record).objects.create(
        volunteer=served, source_key="manual:3", title="送饭", division=cast.city["community"],
        served_on=now.date(), minutes=30, recorded_by=cast.officer, recorded_at=now,
    )  # fmt: skip
    page = opened(worker, my("records"))
    assert "凭据还不够" in page.text
    worker.post(my("approve"), {"only": bare.pk})
    page = opened(worker, my("records"))
    assert "没有认定 王桂兰 · 送饭" in page.text
    assert "认定前要有两种凭据" in page.text


def test_ticked_ones_are_approved_each_for_itself(worker, cast, served, fund, now):
    volunteers.policy(cast.city["street"], cast.officer)
    good = [volunteers.record(served, cast.officer, now=now) for _ in range(2)]
    own = volunteers.record(served, cast.worker, now=now)
    worker.post(my("approve"), {"record": [good[0].pk, own.pk, good[1].pk, 999999]})
    page = opened(worker, my("records"))
    assert page.text.count("已认定 1 小时") == 2
    assert "自己记的服务要由另一位工作人员来审核" in page.text
    assert "#999999" in page.text
    assert "刚才的结果" not in opened(worker, my("records")).text
    assert volunteers.points_of(cast.guilan).posted == 20


def test_nothing_ticked(worker, cast):
    assert said(worker.post(my("approve"))) == "请先勾选要认定的记录。"


def test_one_is_refused_with_a_reason(worker, cast, served, now):
    record = volunteers.record(served, cast.officer, now=now)
    complains(worker.post(my("refuse", record.pk), {"reason": "x"}), "请写明原因，志愿者会看到。", 409)
    worker.post(my("refuse", record.pk), {"reason": "那天没有来"})
    record.refresh_from_db()
    assert (record.state, record.reason) == ("REFUSED", "那天没有来")
    assert "没有要审核的" in opened(worker, my("records")).text


def test_the_other_street_has_its_own_queue(client, cast, served, clock, now):
    record = volunteers.record(served, cast.officer, now=now)
    client.force_login(cast.other_worker)
    assert "没有要审核的" in opened(client, my("records")).text
    client.post(my("approve"), {"only": record.pk})
    assert f"#{record.pk}" in opened(client, my("records")).text
    record.refresh_from_db()
    assert record.state == "RECORDED"


def test_the_queue_costs_the_same_and_turns_its_pages(worker, cast, served, now):
    def more(number):
        for _ in range(number):
            volunteers.record(served, cast.officer, now=now)

    more(5)
    few = queries.count(worker, my("records"))
    more(45)
    assert queries.count(worker, my("records")) == few
    page = opened(worker, my("records"))
    assert len(page.fields("record")) == 30
    (after,) = [link for link in page.links if link.startswith("?after=")]
    assert len(opened(worker, my("records") + after).fields("record")) == 20


# --- the office -----------------------------------------------------------------------------------


def test_a_budget_is_funded_once_however_often_it_is_sent(officer, cast, fund, rich):
    page = opened(officer, my("budgets"))
    assert f"{fund.name} 花园路街道 1000 100 900 0 注入" in page.text
    url = my("fund", fund.pk)
    key = opened(officer, url).fields("key")[0]["value"]
    sent = {"points": "500", "source": "街道文件 3 号", "key": key}
    assert officer.post(url, sent).url == my("budgets")
    officer.post(url, sent)
    assert Funding.objects.filter(points=500).count() == 1
    assert "1500 100 1400" in opened(officer, my("budgets")).text


def test_a_refused_form_may_be_sent_again(officer, cast, fund):
    url = my("fund", fund.pk)
    key = opened(officer, url).fields("key")[0]["value"]
    complains(
        officer.post(url, {"points": "5", "source": "x", "key": key}),
        "请写明依据：文件、捐赠协议或采购单。",
        409,
    )
    officer.post(url, {"points": "5", "source": "补件", "key": key})
    assert Funding.objects.filter(points=5).count() == 1


def test_the_worker_sees_budgets_and_funds_none(worker, fund):
    assert my("fund", fund.pk) not in opened(worker, my("budgets")).links
    assert worker.get(my("fund", fund.pk)).status_code == 403


def test_gifts_come_in_and_break(worker, cast, fund, now):
    gift = volunteers.gift(cast.center, fund, cast.officer, points=40, units=3, now=now)
    assert f"{gift.name} {cast.center.name} 40 3 0 0 3 入库" in opened(worker, my("stock")).text
    url = my("intake", gift.pk)
    key = opened(worker, url).fields("key")[0]["value"]
    sent = {"units": "-2", "budget": fund.pk, "note": "摔坏了", "key": key}
    worker.post(url, sent)
    worker.post(url, sent)
    assert StockIntake.objects.filter(units=-2).count() == 1
    sent = {**sent, "key": "other", "units": "100"}
    page = complains(worker.post(url, sent), "这个预算剩下的积分不够买这些礼品，请先注入预算。", 409)
    assert page.fields("units")[0]["value"] == "100"


def test_a_paper_book_is_carried_over_once(officer, cast, fund, now):
    url = my("carry_over", cast.guilan.pk)
    key = opened(officer, url).fields("key")[0]["value"]
    sent = {"points": "30", "hours": "2", "minutes": "15", "paper": "旧本第 3 页", "key": key}
    officer.post(url, sent)
    officer.post(url, sent)
    approve_voucher(voucher_id=Voucher.objects.get().pk, by=cast.admin, now=now)
    page = opened(officer, my("person", cast.guilan.pk))
    assert "2 小时 15 分钟" in page.text
    assert "可用积分 30 " in page.text
    complains(
        officer.post(url, {**sent, "key": "z", "points": "0", "hours": "0", "minutes": "0"}),
        "请填旧账上的积分和分钟，至少一项，不能是负数。",
        409,
    )


def test_an_entry_is_reversed_from_her_card(officer, cast, rich, now):
    posting = Posting.objects.get()
    url = my("reverse", posting.pk)
    assert url in opened(officer, my("person", cast.guilan.pk)).links
    complains(officer.post(url, {"reason": "x"}), "请写明冲正的原因，本人会看到。", 409)
    officer.post(url, {"reason": "写错了人"})
    assert of(rich) == (100, 0)
    approve_voucher(voucher_id=Voucher.objects.waiting().get().pk, by=cast.admin, now=now)
    assert of(rich) == (0, 0)
    page = opened(officer, my("person", cast.guilan.pk))
    assert "原因：写错了人" in page.text
    assert url not in page.links


def test_who_neither_serves_nor_keeps_the_ledger_reverses_nothing(client, cast, rich):
    posting = Posting.objects.get()
    client.force_login(cast.grid_worker)
    assert my("reverse", posting.pk) not in opened(client, my("person", cast.guilan.pk)).links
    assert client.get(my("reverse", posting.pk)).status_code == 403
    client.force_login(people.staff("外街主任", Role.DIRECTOR, cast.city["other_street"]))
    assert client.get(my("reverse", posting.pk)).status_code == 404


def test_the_auditor_looks_and_changes_nothing(client, cast, fund, clock):
    client.force_login(people.staff("审计", Role.AUDITOR, cast.city["street"]))
    assert fund.name in opened(client, my("budgets")).text
    for page in ("records", "transfers"):
        assert client.get(my(page)).status_code == 403

"""The passbook: hours and points apart, newest first, at the same cost however long."""

from datetime import timedelta

import pytest
from django.urls import reverse

from points.actions.earning import approve_service
from points.actions.gifts import redeem
from points.actions.giving import donate
from tests import queries
from tests.factories import volunteers
from tests.factories.points import taken_back
from tests.html import opened

URL = reverse("points:passbook")


@pytest.fixture
def earned(cast, fund, now):
    """150 minutes approved: 25 points."""
    volunteers.policy(cast.city["street"], cast.officer)
    served = volunteers.volunteer(cast.guilan)
    record = volunteers.record(served, cast.officer, minutes=150, now=now)
    return approve_service(record_id=record.pk, by=cast.worker, now=now)


def test_an_earning_stands_in_both_books(guilan, cast, earned, clock):
    page = opened(guilan, URL)
    assert "2 小时 30 分钟" in page.text
    assert "可用积分 25 " in page.text
    assert "大扫除 2 小时 30 分钟 · 经办：周敏" in page.text
    assert "+25" in page.text
    page = opened(guilan, URL, unit="hours")
    assert "+2 小时 30 分钟" in page.text
    assert "+25" not in page.text


def test_what_is_held_owed_and_expires(guilan, cast, fund, earned, clock, now):
    volunteers.give(cast.guilan, 30, of=fund, by=cast.officer, now=now, expires_on=now.date())
    gift = volunteers.gift(cast.center, fund, cast.officer, points=20, now=now)
    redeem(gift_id=gift.pk, person_id=cast.guilan.pk, key="k", by=cast.guilan.user, now=now)
    page = opened(guilan, URL)
    assert "可用积分 35 另有 20 分留着换礼品和服务" in page.text
    assert "10 分用到 2026年11月25日 为止" in page.text
    assert gift.name in page.text
    donate(key="d", person_id=cast.guilan.pk, points=30, by=cast.guilan.user, now=now)
    earning = earned.postings.get()
    taken_back(posting_id=earning.pk, reason="签到是别人代签的", by=cast.officer, now=now)
    page = opened(guilan, URL)
    assert "分冲正后待还" in page.text
    assert "冲正：大扫除" in page.text
    assert "原因：签到是别人代签的" in page.text
    assert "已冲正" in page.text


def test_a_book_of_somebody_one_acts_for(guilan, cast, fund, clock, now):
    volunteers.give(cast.zixuan, 8, of=fund, by=cast.officer, now=now)
    page = opened(guilan, URL, person=cast.zixuan.pk)
    assert "可用积分 8 " in page.text
    assert guilan.get(URL, {"person": cast.elder.pk}).status_code == 404
    assert guilan.get(URL, {"person": "x", "before": "x"}).status_code == 200


def test_an_empty_book_says_what_to_do(guilan, cast, clock):
    assert "做一次志愿服务" in opened(guilan, URL).text


def fill(cast, fund, now, number):
    for _ in range(number):
        volunteers.give(cast.guilan, 1, of=fund, by=cast.officer, now=now)


@pytest.mark.sweep
def test_the_same_cost_with_three_entries_and_three_hundred(guilan, cast, fund, clock, now):
    fill(cast, fund, now, 3)
    few = queries.count(guilan, URL)
    fill(cast, fund, now, 297)
    assert queries.count(guilan, URL) == few <= 9
    first = opened(guilan, URL)
    older = next(link for link in first.links if "before=" in link)
    assert queries.count(guilan, URL + older) == few
    assert "余额 271" in first.text
    assert "余额 270" not in first.text
    second = opened(guilan, URL + older)
    assert "余额 270" in second.text
    assert "余额 271" not in second.text
    assert "回到最新" in second.text


def test_the_last_page_has_no_older_one(guilan, cast, fund, clock, now):
    fill(cast, fund, now, 30)
    assert not [link for link in opened(guilan, URL).links if "before=" in link]
    fill(cast, fund, now, 1)
    (older,) = [link for link in opened(guilan, URL).links if "before=" in link]
    assert opened(guilan, URL + older).text.count("旧账转入") == 1


def test_a_statement_has_opening_and_closing(guilan, cast, fund, clock, now):
    volunteers.give(cast.guilan, 10, of=fund, by=cast.officer, now=now - timedelta(days=200))
    volunteers.give(cast.guilan, 5, of=fund, by=cast.officer, now=now - timedelta(days=20))
    volunteers.give(cast.guilan, 2, of=fund, by=cast.officer, now=now)
    url = reverse("points:statement")
    page = opened(guilan, url)
    assert "期初 10，期末 17" in page.text
    page = opened(guilan, url, **{"from": "2026-11-25", "to": "2026-11-25"})
    assert "期初 15，期末 17" in page.text
    page = opened(guilan, url, **{"from": "2026-06-01", "to": "2026-06-30"})
    assert "期初 10，期末 10" in page.text
    assert "这段时间没有记录" in page.text
    assert guilan.get(url, {"from": "2026-02-31", "to": "x"}).status_code == 200
    assert guilan.get(url, {"person": cast.elder.pk}).status_code == 404


def test_one_entry(guilan, client, cast, fund, rich, clock, now):
    done = donate(key="d", person_id=cast.guilan.pk, points=30, by=cast.guilan.user, now=now)
    url = reverse("points:entry", args=[done.pk])
    page = opened(guilan, url)
    assert "谢谢您" in page.heading()
    assert "−30 ，余额 70" in page.text
    taken_back(posting_id=done.pk, reason="按错了", by=cast.officer, now=now)
    assert "已在 2026年11月25日 冲正，原因：按错了" in opened(guilan, url).text
    client.force_login(cast.stranger.user)
    assert client.get(url).status_code == 404

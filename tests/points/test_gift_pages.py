"""Gifts on pages: seen, set aside with one tap, cancelled, handed out at the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse

from points.actions.gifts import redeem
from points.models.redemptions import Redemption
from tests import queries
from tests.backoffice import said
from tests.factories import volunteers
from tests.factories.points import of, settle
from tests.html import Page, opened


@pytest.fixture
def gift(cast, fund, now):
    return volunteers.gift(cast.center, fund, cast.officer, points=40, units=5, now=now)


@pytest.fixture
def held(cast, gift, rich, now):
    return redeem(gift_id=gift.pk, person_id=cast.guilan.pk, key="k", by=cast.guilan.user, now=now)


@pytest.fixture
def worker(client, cast, clock):
    client.force_login(cast.worker)
    return client


def my(page, *args):
    return reverse(f"points:{page}", args=args)


def tap(client, gift, person, key="k1"):
    return client.post(my("redeem", gift.pk), {"person": person.pk, "key": key})


def test_what_points_buy(client, cast, fund, gift, clock, now):
    volunteers.gift(cast.center, fund, cast.officer, points=10, units=0, now=now)
    page = opened(client, my("gifts"))
    assert page.headings("h2")[1] == gift.name
    assert "还有 5 件" in page.text
    assert "换完了，等补货" in page.text
    gift.on_offer = False
    gift.save()
    assert gift.name not in opened(client, my("gifts")).text
    assert client.get(my("gift", gift.pk)).status_code == 404


def test_the_list_costs_the_same_however_long(client, cast, fund, clock, now):
    def more(number):
        for _ in range(number):
            volunteers.gift(cast.center, fund, cast.officer, units=0, now=now)

    more(5)
    few = queries.count_fresh(client, my("gifts"))
    more(15)
    assert queries.count_fresh(client, my("gifts")) == few > 0


def test_an_empty_shelf_says_so(client, cast, clock):
    assert "现在没有可换的礼品" in opened(client, my("gifts")).text


def test_one_tap_and_the_code(guilan, cast, gift, rich, clock):
    page = opened(guilan, my("gift", gift.pk))
    assert "可用 100 分" in page.text
    (key,) = page.fields("key")
    answer = tap(guilan, gift, cast.guilan, key["value"])
    again = tap(guilan, gift, cast.guilan, key["value"])
    made = Redemption.objects.get()
    assert answer.url == again.url == my("redemption", made.pk)
    page = opened(guilan, answer.url)
    assert page.heading() == f"{gift.name}给王桂兰留好了"
    assert f"{made.code[:3]} {made.code[3:]}" in page.text
    assert "最晚 12月2日 星期三 14:00 取" in page.text
    assert of(rich) == (100, 40)
    guilan.post(my("cancel_redemption", made.pk))
    page = opened(guilan, answer.url)
    assert "40 分已经全部退回存折" in page.text
    # As it was printed: three digits alone may stand in a name or a number by chance.
    assert f"{made.code[:3]} {made.code[3:]}" not in page.text
    assert of(rich) == (100, 0)


def test_a_refusal_stays_on_the_page(guilan, cast, fund, gift, rich, clock, now):
    answer = tap(guilan, gift, cast.zixuan)
    page = Page(answer)
    assert page.status == 409
    assert "可用积分不够" in page.text
    assert page.heading("title").startswith("错误：")
    chosen = next(box for box in page.fields("person") if "checked" in box)
    assert chosen["value"] == str(cast.zixuan.pk)
    assert page.fields("key")[0]["value"] == "k1"
    assert Page(tap(guilan, gift, cast.elder)).status == 403
    assert Page(guilan.post(my("redeem", gift.pk))).status == 422
    assert guilan.get(my("redeem", gift.pk)).url == my("gift", gift.pk)


def test_who_is_not_signed_in_is_asked_to(client, gift, clock):
    assert "登录后换" in opened(client, my("gift", gift.pk)).text
    assert client.post(my("redeem", gift.pk)).url.startswith("/account/login/")


def test_past_its_last_day_the_code_is_gone(guilan, held, clock):
    clock.now += timedelta(days=8)
    page = opened(guilan, my("redemption", held.pk))
    assert "保留的日子过了" in page.text
    assert "领取码" not in page.text


# --- the desk -------------------------------------------------------------------------------------


def test_the_desk_finds_her_and_what_waits(worker, cast, held, clock):
    page = opened(worker, my("staff_home"))
    assert f"王桂兰 · {held.gift.name}" in page.text
    assert worker.get(my("staff_home"), {"q": "wgl"}).url == my("staff_person", cast.guilan.pk)
    assert "没有找到“曾小雨”" in opened(worker, my("staff_home"), q="曾小雨").text
    page = opened(worker, my("staff_person", cast.guilan.pk))
    assert "可用积分 60 另有 40 分留着换礼品" in page.text


def test_a_gift_for_who_has_no_phone(worker, cast, fund, gift, clock, now):
    volunteers.give(cast.elder, 50, of=fund, by=cast.officer, now=now)
    url = my("staff_redeem", cast.elder.pk)
    answer = worker.post(url, {"gift": gift.pk, "key": "d1"})
    assert worker.post(url, {"gift": gift.pk, "key": "d1"}).url == answer.url
    made = Redemption.objects.get()
    told = f"{made.code[:3]} {made.code[3:]}"
    assert told in opened(worker, answer.url).text
    assert told not in opened(worker, answer.url).text
    refused = worker.post(url, {"gift": gift.pk, "key": "d2"})
    assert (refused.url, said(refused)[:7]) == (my("staff_person", cast.elder.pk), "可用积分不够，")


def test_handed_out_against_the_code(worker, held, rich, clock):
    url = my("staff_hand_out", held.pk)
    code = held.code
    wrong = Page(worker.post(url, {"code": "12"}))
    assert (wrong.status, wrong.fields("code")[0]["value"]) == (409, "12")
    assert "领取码不对" in wrong.text
    answer = worker.post(url, {"code": f"{code[:3]} {code[3:]}"})
    assert said(answer) == f"{held.gift.name}已交给王桂兰。"
    settle()
    assert of(rich) == (60, 0)
    page = opened(worker, my("staff_redemption", held.pk))
    assert "已兑换" in page.text
    assert not page.fields("code")


def test_a_blocked_code_is_renewed_and_shown_once(worker, held, clock):
    for _ in range(5):
        worker.post(my("staff_hand_out", held.pk), {"code": "1"})
    page = opened(worker, my("staff_redemption", held.pk))
    assert "输错太多次" in page.text
    assert not page.fields("code")
    old = held.code
    worker.post(my("staff_renew", held.pk))
    held.refresh_from_db()
    assert held.code != old
    assert f"{held.code[:3]} {held.code[3:]}" in opened(worker, my("staff_redemption", held.pk)).text
    shown = opened(worker, my("staff_redemption", held.pk)).text
    assert held.code not in shown.replace(" ", "")


def test_the_desk_cancels(worker, held, rich, clock):
    answer = worker.post(my("cancel_redemption", held.pk))
    assert answer.url == my("staff_redemption", held.pk)
    assert "已取消" in opened(worker, answer.url).text
    assert of(rich) == (100, 0)


def test_too_late_at_the_desk(worker, cast, held, clock):
    clock.now += timedelta(days=8)
    worker.force_login(cast.worker)
    assert "请重新换" in opened(worker, my("staff_redemption", held.pk)).text
    assert "过期" in Page(worker.post(my("staff_hand_out", held.pk), {"code": held.code})).text


def test_the_card_costs_the_same_however_long_her_book(worker, cast, fund, gift, held, clock, now):
    def more(number):
        for _ in range(number):
            volunteers.give(cast.guilan, 1, of=fund, by=cast.officer, now=now)
            volunteers.gift(cast.center, fund, cast.officer, units=0, now=now)

    queries.assert_constant(worker, my("staff_person", cast.guilan.pk), more)


def test_the_desk_costs_the_same_however_many_wait(worker, cast, fund, gift, clock, now):
    volunteers.give(cast.guilan, 400, of=fund, by=cast.officer, now=now)
    cheap = volunteers.gift(cast.center, fund, cast.officer, points=1, units=60, now=now)
    keys = iter(range(1000))

    def more(number):
        for _ in range(number):
            redeem(
                gift_id=cheap.pk, person_id=cast.guilan.pk, key=str(next(keys)), by=cast.guilan.user, now=now
            )

    queries.assert_constant(worker, my("staff_home"), more)

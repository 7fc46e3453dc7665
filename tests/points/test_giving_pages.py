"""Donating in three screens, and a transfer from the asking to the second approval."""

import pytest
from django.urls import reverse

from points.actions.giving import donate
from points.models.transfers import Transfer
from tests.backoffice import said
from tests.factories import people, volunteers
from tests.factories.points import of
from tests.html import Page, complains, opened


def my(page, *args):
    return reverse(f"points:{page}", args=args)


def test_how_much_check_done(guilan, cast, rich, clock):
    url = my("donate")
    assert "王桂兰现在可用 100 分" in opened(guilan, url).text
    check = opened(guilan, url, person=cast.guilan.pk, points="30")
    assert "捐出 30 分" in check.text
    sent = {name: check.fields(name)[0]["value"] for name in ("key", "person", "points")}
    done = guilan.post(url, sent)
    assert guilan.post(url, sent).url == done.url
    assert of(rich) == (70, 0)
    assert "谢谢您" in opened(guilan, done.url).heading()


def test_a_donation_that_makes_no_sense_is_asked_again(guilan, cast, rich, clock):
    url = my("donate")
    complains(guilan.get(url, {"person": cast.guilan.pk, "points": "三十"}), "请填一个整数。", 422)
    sent = {"person": cast.guilan.pk, "points": "101", "key": "k"}
    page = complains(guilan.post(url, sent), "可用积分不够，请换一样，或等积分攒够再来。", 409)
    assert page.fields("points")[0]["value"] == "101"
    assert guilan.post(url, {**sent, "person": cast.elder.pk}).status_code == 422
    assert of(rich) == (100, 0)


def test_who_has_points_is_told_before_an_account_is_closed(guilan, client, cast, rich, clock):
    assert my("donate") in opened(guilan, "/my/data/").links
    client.force_login(cast.stranger.user)
    assert my("donate") not in opened(client, "/my/data/").links


def test_without_family_it_is_arranged_at_the_desk(client, cast, clock):
    client.force_login(cast.stranger.user)
    assert "请双方到服务台办理" in opened(client, my("transfer_new")).text


@pytest.fixture
def asked(guilan, cast, rich, clock):
    sent = {"giver": cast.guilan.pk, "taker": cast.zixuan.pk, "points": "20", "relation": "祖孙，户口本"}
    answer = guilan.post(my("transfer_new"), sent)
    found = Transfer.objects.get()
    assert answer.url == my("transfer", found.pk)
    return found


def test_a_transfer_in_the_family(guilan, client, cast, asked, rich):
    page = opened(guilan, my("transfer", asked.pk))
    assert "王桂兰转给王子轩 20 分" in page.heading()
    assert "提出申请 （已完成） 服务台初审 （现在到这一步）" in page.text
    assert "待初审" in opened(guilan, my("transfers")).text
    client.force_login(cast.worker)
    assert "王桂兰转给王子轩 20 分" in opened(client, my("staff_transfers")).text
    assert said(client.post(my("staff_approve_transfer", asked.pk))) == "初审通过，等复审。"
    assert "由另一位同事审批" in opened(client, my("staff_transfers")).text
    client.force_login(cast.officer)
    assert said(client.post(my("staff_approve_transfer", asked.pk))) == "积分已转过去。"
    assert of(rich) == (80, 0)
    assert "没有要审批的转赠" in opened(client, my("staff_transfers")).text
    client.force_login(cast.guilan.user)
    assert "积分转过去 （已完成）" in opened(client, my("transfer", asked.pk)).text


def test_a_transfer_that_is_refused(guilan, client, cast, asked):
    client.force_login(cast.other_worker)
    assert client.get(my("staff_refuse_transfer", asked.pk)).status_code == 404
    page = Page(client.post(my("staff_approve_transfer", asked.pk)))
    assert (page.status, "这份转赠要由" in page.text) == (403, True)
    client.force_login(cast.worker)
    complains(client.post(my("staff_refuse_transfer", asked.pk), {"reason": "x"}), "双方都会看到。", 409)
    client.post(my("staff_refuse_transfer", asked.pk), {"reason": "没有户口本"})
    client.force_login(cast.guilan.user)
    assert "没有户口本" in opened(client, my("transfer", asked.pk)).text
    client.force_login(cast.stranger.user)
    assert client.get(my("transfer", asked.pk)).status_code == 404


def test_to_oneself_is_refused_with_what_was_typed(guilan, cast, rich, clock):
    sent = {"giver": cast.guilan.pk, "taker": cast.guilan.pk, "points": "20", "relation": "自己"}
    page = complains(guilan.post(my("transfer_new"), sent), "转出人和转入人不能是同一个人。", 409)
    assert page.fields("relation")[0]["value"] == "自己"


def test_a_transfer_asked_at_the_desk(client, cast, rich, clock):
    people.person("王小军", home=cast.city["community"])
    client.force_login(cast.worker)
    url = my("staff_ask_transfer", cast.guilan.pk)
    assert "王桂兰要转给谁" in opened(client, url).heading()
    page = opened(client, url, q="王小军")
    (taker,) = page.fields("taker")
    sent = {"kind": "INHERIT", "taker": taker["value"], "points": "100", "relation": "母子，公证书"}
    answer = client.post(f"{url}?q=王小军", sent)
    assert answer.url == my("staff_person", cast.guilan.pk)
    assert Transfer.objects.get().kind == "INHERIT"


def test_points_out_of_the_pool(client, cast, fund, rich, clock, now):
    donate(key="d", person_id=cast.guilan.pk, points=60, by=cast.guilan.user, now=now)
    cast.elder.home = cast.city["community"]
    cast.elder.save()
    client.force_login(cast.officer)
    url = my("staff_award", cast.elder.pk)
    page = opened(client, url)
    assert "捐赠池里现在有 60 分" in page.text
    sent = {"points": "25", "reason": "刚出院，要人送饭", "key": page.fields("key")[0]["value"]}
    assert client.post(url, sent).url == my("staff_person", cast.elder.pk)
    assert said(client.post(url, sent)) == "已从捐赠池给出 25 分。"  # the button twice: the first one's words
    assert "+25" in Page(client.get(my("staff_person", cast.elder.pk))).text
    assert volunteers.points_of(cast.elder).posted == 25

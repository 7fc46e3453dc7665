"""Certificates on paper and their check by anybody; the wall of honour, by consent only."""

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from points.actions.earning import approve_service
from points.models.certificates import Certificate
from tests import queries
from tests.factories import people, volunteers
from tests.html import complains, opened
from volunteers.models.roll import Skill

FORM = {
    "since": "2026-01-01", "until": "2026-11-25", "issuer": "花园路街道党群服务中心", "in_charge": "李主任",
    "handler": "周敏", "contact": "0371-65000000", "noticed_from": "2026-11-01",
}  # fmt: skip


def my(page, *args):
    return reverse(f"points:{page}", args=args)


@pytest.fixture
def served(cast, now):
    """150 minutes approved."""
    hers = volunteers.volunteer(cast.guilan)
    record = volunteers.record(hers, cast.officer, minutes=150, now=now)
    approve_service(record_id=record.pk, by=cast.worker, now=now)
    return hers


@pytest.fixture
def paper(cast, served, clock):
    desk = Client()
    desk.force_login(cast.worker)
    answer = desk.post(my("staff_certificate", cast.guilan.pk), FORM)
    found = Certificate.objects.get()
    assert answer.url == my("certificate", found.number)
    return found


def test_a_certificate_has_every_field_and_its_code(guilan, cast, paper):
    assert paper.number in opened(guilan, my("certificates")).text
    page = opened(guilan, my("certificate", paper.number))
    for words in ("王桂兰", "2026年1月1日 至 2026年11月25日", "时长共 2 小时 30 分钟", "大扫除", "李主任",
                  "周敏", "0371-65000000", "2026年11月1日", paper.number, f"/c/{paper.number}/"):  # fmt: skip
        assert words in page.text
    (code,) = [attrs for tag, attrs in page.tags if tag == "img" and "data:" in attrs["src"]]
    assert code["src"].startswith("data:image/svg+xml")


def test_anybody_checks_it_and_learns_no_name(client, cast, paper):
    page = opened(client, my("check", paper.number))
    assert page.heading() == "有效"
    assert "王**" in page.text
    assert "王桂兰" not in page.text
    assert "2 小时 30 分钟" in page.text
    assert client.get(my("check_any"), {"number": f" {paper.number.lower()} "}).url == my(
        "check", paper.number
    )
    assert "不用登录" in opened(client, my("check_any")).text
    assert client.get(my("check_any"), {"number": "../x"}).status_code == 200


def test_a_revoked_one_says_so_at_once(client, cast, paper):
    client.force_login(cast.worker)
    url = my("staff_revoke", paper.pk)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "记录有误"}).url == my("certificate", paper.number)
    assert (
        "这份证明已在 2026年11月25日 撤销，原因：记录有误"
        in opened(client, my("certificate", paper.number)).text
    )
    client.logout()
    page = opened(client, my("check", paper.number))
    assert page.heading() == "已撤销"
    assert "原因：记录有误" in page.text


def test_a_wrong_number_is_told_and_counted(client, cast, paper):
    for _ in range(30):
        page = opened(client, my("check", "20260101AAAAAAAA"))
        assert page.status == 404
        assert "没有找到编号 20260101AAAAAAAA" in page.text
    answer = client.get(my("check", paper.number))
    assert answer.status_code == 429
    caches["default"].clear()
    for _ in range(32):
        assert client.get(my("check", paper.number)).status_code == 200


def test_what_a_certificate_refuses_stays_on_its_form(client, cast, served, clock):
    client.force_login(cast.worker)
    url = my("staff_certificate", cast.guilan.pk)
    sent = {**FORM, "noticed_from": "2026-11-24"}
    page = complains(client.post(url, sent), "开具前要在单位内公示满 7 天，请填公示开始的日期。", 409)
    assert page.fields("in_charge")[0]["value"] == "李主任"
    assert client.get(my("staff_certificate", cast.elder.pk)).status_code == 404


def test_others_do_not_read_it(client, cast, paper):
    client.force_login(cast.stranger.user)
    assert client.get(my("certificate", paper.number)).status_code == 404


# --- the wall -------------------------------------------------------------------------------------


def test_named_by_consent_and_gone_at_once(guilan, cast, served, clock):
    served.skills.add(Skill.objects.create(name="理发"))
    assert "榜上还没有名字" in opened(guilan, my("honour")).text
    guilan.post(my("show_honour", served.pk), {"agree": "yes"})
    page = opened(guilan, my("honour"))
    assert "王桂兰 志愿活动、理发" in page.text
    assert "2 小时" not in page.text
    assert "写在榜上" in opened(guilan, my("certificates")).text
    guilan.post(my("show_honour", served.pk), {"agree": "no"})
    assert "王桂兰" not in opened(guilan, my("honour")).text


def test_nobody_agrees_in_her_place(client, cast, served, clock):
    client.force_login(cast.worker)
    assert client.post(my("show_honour", served.pk), {"agree": "yes"}).status_code == 403
    served.refresh_from_db()
    assert not served.honour_consent


def test_by_the_alphabet_and_by_nothing_else(client, cast, served, clock, now):
    for name in ("曾一", "安二"):
        person = people.resident(name, cast.city["community"])
        volunteers.volunteer(person, honour_consent=True)
    volunteers.volunteer(people.resident("白三", cast.city["community"]), honour_consent=True, state="LEFT")
    served.honour_consent = True
    served.save()
    text = opened(client, my("honour")).text
    assert text.index("安二") < text.index("王桂兰") < text.index("曾一")
    assert "白三" not in text


def test_the_wall_costs_the_same_however_many_names(client, cast, clock):
    def more(number):
        for _ in range(number):
            volunteers.volunteer(home=cast.city["community"], honour_consent=True)

    more(5)
    few = queries.count_fresh(client, my("honour"))
    more(45)
    assert queries.count_fresh(client, my("honour")) == few > 0

"""The journeys of a resident, walked in a real browser."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from courses.actions.enrolment import withdraw
from courses.models.enrolment import Enrolment
from courses.rules import EnrolmentState as S
from people.models import Person
from tests.browser.chromium import DESK
from tests.browser.ways import SOME_WAYS, WAYS, confirm
from tests.factories import courses


@pytest.mark.parametrize("way", WAYS)
def test_from_sign_up_to_a_seat_and_back(visit, town, way):
    visitor = visit(**{**way, "elder": False})
    page = visitor.open("/")
    if way.get("elder"):
        visitor.press("长辈版")
        expect(page.locator("html")).to_have_attribute("data-mode", "elder")

    page.get_by_role("searchbox").fill("书法")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("h3")).to_have_text(["书法一班"])
    page.get_by_role("link", name=re.compile("书法一班")).click()
    expect(visitor.title).to_have_text("书法一班")

    visitor.press("登录后报名", "link")
    visitor.press("还没有账号？注册", "link")
    visitor.write("姓名", "赵一鸣")
    visitor.write("手机号", "138 1234 5678")
    page.locator("[type=password]").fill("laolao-he-wo-7")
    visitor.press("注册")
    expect(visitor.title).to_have_text("书法一班")

    visitor.press("报名这个班")
    expect(visitor.title).to_have_text("赵一鸣报上了书法一班")
    expect(page.locator("main")).to_contain_text("下一次课：11月25日 星期三 18:00")
    done = Enrolment.objects.get(person__full_name="赵一鸣")
    expect(page.locator(".refno")).to_contain_text(f"{done.class_group_id}-{done.pk}")

    with page.expect_download() as download:
        visitor.press("加到日历", "link")
    events = Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")
    assert [event["SUMMARY"] for event in events] == ["书法一班（赵一鸣）"] * 2

    visitor.press("退出这个班")
    confirm(visitor, "退出", scripts=way.get("scripts", True))
    page.get_by_role("heading", name="赵一鸣已退出书法一班").wait_for()
    assert Enrolment.objects.get(pk=done.pk).state == S.WITHDRAWN


@pytest.mark.parametrize("way", SOME_WAYS)
def test_a_grandmother_adds_a_child_and_enrols_him(visit, town, way):
    visitor = visit(**way)
    visitor.sign_in(town.guilan.user)
    page = visitor.open(f"/classes/{town.group.pk}/")
    visitor.press("给家里的孩子报？先添加家人", "link")
    visitor.write("孩子的姓名", "王小宝")
    visitor.write("出生日期", "2019年1月1日")
    visitor.write("您怎么称呼孩子", "孙子")
    page.get_by_label("我是监护人（父母").check()
    page.get_by_label("我是监护人，同意").check()
    visitor.press("添加")
    expect(visitor.title).to_have_text("书法一班")
    expect(page.get_by_role("status")).to_contain_text("已添加王小宝")
    expect(page.get_by_role("radio", name="王小宝")).to_be_checked()
    visitor.press("报名这个班")
    expect(visitor.title).to_have_text("王小宝报上了书法一班")
    assert Enrolment.objects.filter(person=Person.objects.get(full_name="王小宝"), state=S.SEATED).exists()


@pytest.mark.parametrize("way", SOME_WAYS)
def test_from_the_waiting_line_to_a_seat(visit, town, clock, way):
    visitor = visit(**way)
    visitor.sign_in(town.guilan.user)
    page = visitor.open(f"/classes/{town.full.pk}/")
    visitor.press("排进候补，第 1 位")
    expect(visitor.title).to_have_text("王桂兰在候补合唱一班")
    expect(page.locator("main")).to_contain_text("您排在第一位")

    clock.now += timedelta(hours=1)
    withdraw(enrolment_id=town.taken.pk, by=town.stranger.user, now=clock.now)
    visitor.open("/")
    expect(page.locator("main")).to_contain_text("王桂兰候补的合唱一班有名额了")
    visitor.press("去确认", "link")
    expect(visitor.title).to_have_text("合唱一班有名额了，给王桂兰留着")
    visitor.press("要这个名额")
    expect(visitor.title).to_have_text("王桂兰报上了合唱一班")


def test_a_refusal_keeps_what_was_chosen_and_lets_one_go_on(visit, town, now):
    courses.session(town.dance, town.group.sessions.first().starts_at + timedelta(minutes=30))
    courses.seat(town.dance, town.zixuan, now)
    visitor = visit()
    visitor.sign_in(town.guilan.user)
    page = visitor.open(f"/classes/{town.group.pk}/")
    page.get_by_label("王子轩").check()
    visitor.press("报名这个班")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("和广场舞一班的上课时间有重叠")
    expect(alert).to_be_focused()
    expect(page.get_by_label("王子轩")).to_be_checked()
    visitor.press("仍然报名")
    expect(visitor.title).to_have_text("王子轩报上了书法一班")


def test_enrolling_by_keyboard_alone(visit, town):
    visitor = visit(DESK)
    visitor.sign_in(town.guilan.user)
    page = visitor.open(f"/classes/{town.group.pk}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")

    def tab_to(words):
        for _step in range(40):
            page.keyboard.press("Tab")
            nodes = [
                "document.activeElement",
                "(document.activeElement.closest('label') || document.activeElement)",
            ]
            if words in page.evaluate(f"{nodes[1]}.textContent"):
                rings = [page.evaluate(f"getComputedStyle({node}).outlineStyle") for node in nodes]
                assert set(rings) != {"none"}, f"nothing shows that {words} has the focus"
                return
        raise AssertionError(f"the keyboard never reaches {words}")

    tab_to("王桂兰")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("王子轩")).to_be_checked()
    tab_to("报名这个班")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="王子轩报上了书法一班").wait_for()


def test_a_double_click_takes_one_seat(visit, town):
    visitor = visit()
    visitor.sign_in(town.guilan.user)
    page = visitor.open(f"/classes/{town.group.pk}/")
    page.get_by_role("button", name="报名这个班").dblclick()
    page.get_by_text(re.compile("王桂兰报上了|王桂兰已经报过")).first.wait_for()
    assert Enrolment.objects.filter(person=town.guilan).count() == 1


def test_a_password_can_be_looked_at_while_typing(visit, town):
    page = visit().open("/account/login/")
    box = page.locator("[name=password]")
    box.fill("geheim-7")
    page.get_by_role("button", name="显示").click()
    expect(box).to_have_attribute("type", "text")
    page.get_by_role("button", name="隐藏").click()
    expect(box).to_have_attribute("type", "password")


def test_centers_by_where_the_browser_is(visit, town):
    type(town.center).objects.filter(pk=town.center.pk).update(lat=34.80, lng=113.68)
    type(town.center).objects.filter(pk=town.other_center.pk).update(lat=34.81, lng=113.68)
    visitor = visit()
    visitor.context.grant_permissions(["geolocation"])
    visitor.context.set_geolocation({"latitude": 34.8111, "longitude": 113.6801})
    page = visitor.open("/centers/")
    visitor.press("用我现在的位置排一下")
    page.wait_for_url("**/centers/?lat=34.811&lng=113.68*")
    expect(page.locator(".list-l b").first).to_have_text(town.other_center.name)

"""Grants and market days in a real browser: a pitch from its leader to its closing, a stall booked."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from grants.actions.contracts import accept_report
from grants.actions.pitches import appoint_expert, make_pitch
from grants.models import Pitch
from grants.rules import PitchState as P
from grants.rules import ReportKind
from notices.actions import deliver_due
from orders.models.market import StallBooking
from tests.browser.looks import LOOKS, inspect_as
from tests.browser.ways import SOME_WAYS, WAYS, confirm
from tests.factories import orders, people, volunteers
from tests.factories.grants import brought, report


@pytest.fixture
def scene(town, now):
    """A call that is open with a pitch that residents are asked about; 王桂兰 leads a team."""
    town.asked = orders.pitch(town, now)
    town.call = town.asked.call
    town.team = orders.team(town.city["community"], volunteers.volunteer(town.guilan))
    town.judge = people.resident("评审专家").user
    appoint_expert(call_id=town.call.pk, expert_id=town.judge.pk, by=town.officer, now=now)
    return town


def pitched(scene, now, title, state=P.PITCHED):
    """One more pitch of 王桂兰's team, brought to a state."""
    told = {"call_id": scene.call.pk, "title": title, "text": "每月三场，长辈点歌。", "now": now}
    made = make_pitch(**told, team_id=scene.team.pk, by=scene.guilan.user)
    return brought(state, made, scene.officer, scene.judge, now)


# --- The journey ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_a_leader_pitches_and_a_resident_answers(visit, scene, way):
    hers = visit(**way)
    hers.sign_in(scene.guilan.user)
    page = hers.open("/grants/")
    page.get_by_role("link", name="冬季创投").click()
    hers.press("报一个项目", "link")
    hers.press("报上去")
    expect(page.locator(".summary a")).to_have_count(2)
    hers.write("项目名称", "暖冬陪伴")
    page.get_by_label("做什么、给谁做、怎么做").fill("每月三场，长辈点歌。")
    hers.press("报上去")
    expect(page.locator(".summary")).to_contain_text("已经报过")
    hers.write("项目名称", "送歌进楼院")
    hers.press("报上去")
    expect(hers.title).to_contain_text("送歌进楼院")
    expect(hers.title).to_contain_text("正在问居民")
    made = Pitch.objects.get(title="送歌进楼院")

    theirs = visit(**way)
    theirs.sign_in(people.resident("邻居", scene.city["community"]).user)
    page = theirs.open(f"/grants/pitches/{made.pk}/")
    theirs.press("不需要")
    expect(page.locator("main")).to_contain_text("邻居答过了")
    expect(page.get_by_role("button", name="需要", exact=True)).to_have_count(0)
    assert made.votes.get().needed is False

    hers.open(f"/grants/pitches/{made.pk}/")
    hers.press("撤回这个项目")
    confirm(hers, "撤回", scripts=way.get("scripts", True))
    hers.page.locator("h1", has_text="已撤回").wait_for()


@pytest.mark.parametrize("way", SOME_WAYS)
def test_from_the_survey_to_the_closing(visit, scene, now, way):
    scripts = way.get("scripts", True)
    pitch = pitched(scene, now, "送歌进楼院")
    here, desk = f"/grants/pitches/{pitch.pk}/", f"/staff/grants/pitches/{pitch.pk}/"
    his = visit(**way)
    his.sign_in(scene.officer)
    page = his.open("/staff/")
    page.get_by_role("link", name="公益创投").click()
    page.get_by_role("link", name="送歌进楼院").click()
    his.press("结束征询")
    his.press("入围")
    his.press("结束评审")
    expect(page.locator(".alert")).to_contain_text("还没有专家评分")

    expert = visit(**way)
    expert.sign_in(scene.judge)
    sheet = expert.open(here)
    for label, figure in (
        ("居民需要（0–100）", "101"),
        ("做法可行（0–100）", "80"),
        ("人手和经验（0–100）", "70"),
    ):
        expert.write(label, figure)
    expert.press("评分，提交后不能改")
    expect(sheet.locator(".summary")).to_contain_text("0 到 100 的整数")
    expect(sheet.get_by_label("居民需要（0–100）")).to_have_value("101")
    expert.write("居民需要（0–100）", "90")
    expert.press("评分，提交后不能改")
    expect(sheet.locator("main")).to_contain_text("您评了：居民需要 90")

    his.press("结束评审")
    his.press("签约", "link")
    days = {
        "第一期日期": 5,
        "第二期日期": 90,
        "最后一期日期": 200,
        "中期报告哪天交": 80,
        "结项报告哪天交": 190,
    }
    his.write("协议编号", "CT-7")
    for label, ahead in days.items():
        his.write(label, f"{now.date() + timedelta(days=ahead)}")
    his.press("登记签约")
    his.press("启动")

    hers = visit(**way)
    hers.sign_in(scene.guilan.user)
    form = hers.open(here)
    for kind in ("MIDTERM", "CLOSING"):
        form.locator("input[name=services]").last.fill("12")
        form.locator("input[name=attendances]").last.fill("140")
        form.locator("textarea[name=text]").last.fill("唱了 12 场。")
        hers.press("交报告 中期报告" if kind == "MIDTERM" else "交报告 结项报告")
        page = his.open(desk)
        his.press("通过报告 中期报告" if kind == "MIDTERM" else "通过报告 结项报告")
    for number in (1, 2, 3):
        his.press(f"放行 {number}")
        confirm(his, "放行", scripts=scripts)
        page.locator("main .list-l li", has_text=f"第 {number} 期").get_by_text("已放行").wait_for()
    his.press("结项")
    confirm(his, "结项", scripts=scripts)
    page.locator("h1", has_text="已结项").wait_for()
    assert Pitch.objects.get(pk=pitch.pk).state == P.CLOSED
    expect(visit(**way).open(here).locator("main")).to_contain_text("12 场，140 人次")


@pytest.mark.parametrize("way", SOME_WAYS)
def test_a_stall_is_booked_and_given_back(visit, scene, now, way):
    _stall, first = orders.market(scene, now)
    hers = visit(**way)
    hers.sign_in(people.resident("邻居", scene.city["community"]).user)
    page = hers.open("/markets/")
    page.get_by_role("link", name="周六市集").click()
    hers.press("约个时间 理发", "link")
    page.get_by_label("14:20").check()
    hers.press("约这个时间")
    expect(page.locator("main")).to_contain_text("14:20 理发")
    hers.press("取消预约 理发")
    confirm(hers, "取消预约", scripts=way.get("scripts", True))
    page.get_by_text("已取消，位置给别人了").wait_for()
    assert list(StallBooking.objects.live()) == [first]


# --- How it looks -----------------------------------------------------------------------------


@pytest.fixture
def everything(scene, now):
    """Every page of grants and markets with something on it, by who opens it."""
    stall, _booking = orders.market(scene, now)
    states = [P.SURVEYED, P.SHORTLISTED, P.SCORED, P.CONTRACTED, P.RUNNING]
    made = [pitched(scene, now, f"送歌进楼院之{number}", state) for number, state in enumerate(states)]
    shortlisted = Pitch.objects.get(state=P.SHORTLISTED)
    report(made[-1], "MIDTERM", scene.guilan.user, now)
    accept_report(pitch_id=made[-1].pk, kind=ReportKind.MIDTERM, by=scene.officer, now=now)
    judge = people.resident("另一位专家").user
    appoint_expert(call_id=scene.call.pk, expert_id=judge.pk, by=scene.officer, now=now)
    deliver_due(now=now)
    public = ["/grants/", f"/grants/{scene.call.pk}/", "/markets/", f"/markets/{stall.market_id}/"]
    each = [f"/grants/pitches/{one.pk}/" for one in [scene.asked, *made]]
    own = [f"/grants/{scene.call.pk}/pitch/", f"/markets/{stall.market_id}/", f"/markets/stalls/{stall.pk}/"]
    desk = ["/staff/grants/", *(f"/staff/grants/pitches/{one.pk}/" for one in [scene.asked, *made])]
    desk += [f"/staff/grants/pitches/{made[2].pk}/contract/", "/staff/markets/new/"]
    desk += [f"/staff/markets/{stall.market_id}/", f"/markets/stalls/{stall.pk}/?q=王桂兰"]
    return [
        (None, [*public, *each]),
        (scene.guilan.user, [*each, *own, "/my/", "/my/inbox/"]),
        (judge, [f"/grants/pitches/{shortlisted.pk}/", "/my/inbox/"]),
        (scene.admin, desk),
    ]


@pytest.mark.parametrize("elder", LOOKS)
def test_the_pages_can_be_read_and_pressed_by_everybody(visit, everything, elder):
    wrong = inspect_as(visit, everything, elder=elder)
    assert not wrong, "\n".join(wrong)

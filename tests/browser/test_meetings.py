"""Meetings in a real browser: from the invitation to the minutes, the network cut in the middle."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from grievances.actions.meetings import close_meeting
from grievances.actions.minutes import correct_minutes
from grievances.models.meetings import AgendaItem, Meeting, MeetingRecord
from tests.browser.chromium import PHONE
from tests.browser.looks import LOOKS, inspect_as
from tests.browser.ways import WAYS
from tests.factories import grievances
from tests.factories.grievances import told


@pytest.fixture
def scene(town, now):
    """The categories, a director who keeps the meetings, and somebody who deals with things."""
    grievances.category()
    town.hand, town.head = grievances.handler(town), grievances.director(town)
    return town


RECORDS = "**/record/**"


def cut_off(page):
    """No network; and nothing is under way to the office, of which only the answer would be lost."""
    page.context.route(RECORDS, lambda route: route.abort("internetdisconnected"))
    page.context.set_offline(True)


def connect(page):
    page.context.unroute(RECORDS)
    page.context.set_offline(False)


@pytest.mark.parametrize("way", [WAYS[1], WAYS[3]])
def test_a_meeting_goes_on_without_a_network(visit, scene, now, way):
    """From the invitation to what everybody reads; the network is cut in the middle, and the page reloaded."""
    body = grievances.body(scene)
    called = grievances.called(scene, now - timedelta(days=3), scene.head, held_by=body)
    for number in range(3):
        told(scene, now - timedelta(days=1), title=f"路灯 {number}")
    her = visit(**way)
    her.sign_in(scene.head)
    page = her.open(f"/staff/meetings/{called.pk}/")
    her.press("现在开会")
    for box in page.get_by_role("checkbox", name=re.compile("王桂兰|代表")).all():
        box.check()
    her.press("记下到会")
    expect(page.locator("main")).to_contain_text("到会 3 / 3")

    cut_off(page)
    page.get_by_text("当场答应").click()
    page.get_by_label("承办").first.check()
    page.get_by_label("两周以内").check()
    her.press("答应下来")
    expect(page.locator("[data-unsent]")).to_contain_text("没有网络")
    page.get_by_text("加一件事").click()
    page.locator("#raise-0-title").fill("楼道堆着旧家具")
    page.get_by_label("哪一类").select_option(label="楼道堆物")
    her.press("加上")
    expect(page.locator("[data-unsent]")).to_contain_text("加一件事")
    assert AgendaItem.objects.filter(outcome="").count() == 1

    connect(page)
    her.open(f"/staff/meetings/{called.pk}/")  # what was not sent is sent by whatever page is open next
    expect(page.locator("main")).to_contain_text("楼道堆着旧家具", timeout=15_000)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    promised = AgendaItem.objects.get(outcome="PROMISED")
    assert promised.promise.who == scene.hand
    assert AgendaItem.objects.count() == 2
    assert MeetingRecord.objects.count() == 3

    meeting = Meeting.objects.get()
    grievances.closed(meeting, scene.head, now)
    anybody = visit(**way)
    read = anybody.open(f"/say/meetings/{meeting.pk}/")
    expect(read.locator("main")).to_contain_text("承办")
    expect(read.locator("main")).to_contain_text("社区书记")


def test_who_signed_in_again_elsewhere_need_not_type_it_again(visit, scene, now):
    """The page holds the token of the session before; it asks for the new one by itself."""
    meeting = grievances.in_session(scene, now, scene.head)
    item = grievances.raised(meeting, scene.head, now)
    her = visit(PHONE)
    her.sign_in(scene.head)
    page = her.open(f"/staff/meetings/{meeting.pk}/")
    her.context.clear_cookies()
    page.get_by_text("记一句").click()
    page.get_by_label("议得怎样").fill("大家同意先看图纸")
    her.press("记下")
    expect(page.locator("[data-unsent]")).to_contain_text("登录过期")
    assert not MeetingRecord.objects.filter(item=item, kind="NOTE").exists()
    her.sign_in(scene.head)
    her.context.new_page().goto(f"{her.base}/staff/meetings/{meeting.pk}/")
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=25_000)
    assert MeetingRecord.objects.filter(item=item, kind="NOTE").count() == 1
    her.watch.wrong[:] = [line for line in her.watch.wrong if not line.startswith("403")]


def test_what_is_refused_later_is_kept_and_can_be_put_right(visit, scene, now):
    """A record that comes once the minutes are published is not lost: it stands there with the sentence."""
    meeting = grievances.in_session(scene, now, scene.head)
    grievances.raised(meeting, scene.head, now)
    her = visit(PHONE)
    her.sign_in(scene.head)
    page = her.open(f"/staff/meetings/{meeting.pk}/")
    cut_off(page)
    page.get_by_text("记一句").click()
    page.get_by_label("议得怎样").fill("大家同意先看图纸")
    her.press("记下")
    expect(page.locator("[data-unsent]")).to_contain_text("没有网络")
    page.goto("about:blank")  # closed, and opened again once there is nothing left to fill in on it
    grievances.closed(meeting, scene.head, now)
    connect(page)
    her.open(f"/staff/meetings/{meeting.pk}/")
    expect(page.locator("[data-problems]")).to_contain_text("纪要已经公布", timeout=15_000)
    her.open(f"/staff/meetings/{meeting.pk}/")
    expect(page.locator("[data-problems]")).to_contain_text("纪要已经公布")
    her.press("不要这一条了")
    expect(page.locator("[data-problems] li")).to_have_count(0)
    refused = [line for line in her.watch.wrong if line.startswith("409")]
    assert len(refused) == 1
    her.watch.wrong.remove(refused[0])


def test_what_arrived_and_whose_answer_was_lost_is_written_once(visit, scene, now):
    meeting = grievances.in_session(scene, now, scene.head)
    item = grievances.raised(meeting, scene.head, now)
    her = visit(PHONE)
    her.sign_in(scene.head)
    page = her.open(f"/staff/meetings/{meeting.pk}/")

    def lose(route):
        route.fetch()
        route.abort("internetdisconnected")

    page.context.route(RECORDS, lose)
    page.get_by_text("记一句").click()
    page.get_by_label("议得怎样").fill("大家同意先看图纸")
    her.press("记下")
    expect(page.locator("[data-unsent]")).to_contain_text("没有网络")
    assert MeetingRecord.objects.filter(item=item, kind="NOTE").count() == 1
    grievances.closed(meeting, scene.head, now)
    page.context.unroute(RECORDS)
    her.open(f"/staff/meetings/{meeting.pk}/")
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=15_000)
    expect(page.locator("[data-problems] li")).to_have_count(0)
    assert MeetingRecord.objects.filter(item=item, kind="NOTE").count() == 1


def test_what_was_refused_and_put_right_is_not_refused_again(visit, scene, now):
    """The page then is the answer to a post: renewed as it stands it would post the old words once more."""
    meeting = grievances.in_session(scene, now, scene.head)
    item = grievances.raised(meeting, scene.head, now)
    her = visit(PHONE)
    her.sign_in(scene.head)
    page = her.open(f"/staff/meetings/{meeting.pk}/")
    page.get_by_text("表决", exact=True).click()
    page.get_by_label("赞成").fill("9")
    her.press("记下票数")
    expect(page.locator("[data-problems]")).to_contain_text("没有到会的不能投")
    expect(page.locator("[data-status]")).to_be_hidden()
    cut_off(page)
    her.press("打开改一改")  # without a network the page would be gone, and what was typed with it
    expect(page.locator("[data-problems] li")).to_have_count(1)
    connect(page)
    her.press("打开改一改")
    page.get_by_label("赞成").fill("3")
    her.press("记下票数")
    expect(page.locator("main")).to_contain_text("赞成 3")
    expect(page.locator(".summary")).to_have_count(0)
    assert item.vote.yes == 3
    her.watch.wrong[:] = [line for line in her.watch.wrong if not line.startswith("409")]


@pytest.fixture
def everything(scene, now):
    """Who opens what: a meeting that is open, another whose minutes are read, one that is called."""
    body, joint = grievances.body(scene), grievances.body(scene, kind="JOINT")
    draft = grievances.in_session(scene, now, scene.head, held_by=body)
    item = grievances.raised(draft, scene.head, now)
    close_meeting(meeting_id=draft.pk, by=scene.head, now=now)
    member = scene.guilan.user
    correct_minutes(item_id=item.pk, text="是北门的坡道", by=member, now=now)
    open_one = grievances.in_session(scene, now, scene.head, held_by=joint)
    grievances.raised(open_one, scene.head, now)
    ahead = grievances.called(scene, now, scene.head, held_by=body)
    spoken = AgendaItem.objects.create(meeting=ahead, title="楼道堆物怎么办")
    public = [f"/say/meetings/{one.pk}/" for one in (draft, open_one, ahead)]
    desk = [f"/staff/meetings/{one.pk}/" for one in (draft, open_one, ahead)]
    return [
        (None, ["/say/meetings/", *public]),
        (member, [f"/say/meetings/{draft.pk}/minutes/", f"/say/meetings/items/{spoken.pk}/"]),
        (scene.head, ["/staff/meetings/", *desk]),
    ]


@pytest.mark.parametrize("elder", LOOKS)
def test_the_pages_can_be_read_and_pressed_by_everybody(visit, everything, elder):
    wrong = inspect_as(visit, everything, elder=elder)
    assert not wrong, "\n".join(wrong)

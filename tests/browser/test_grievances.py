"""Speaking up in a real browser: told, answered, judged; by code; promised; without a network."""

import re
from datetime import date
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from grievances.actions.commitments import make_commitment
from grievances.actions.handling import answer_ticket
from grievances.actions.tickets import accept_ticket
from grievances.models.tickets import Ticket
from grievances.rules.tickets import TicketState
from tests.browser.chromium import DESK, PHONE
from tests.browser.looks import LOOKS, inspect_as
from tests.browser.ways import SOME_WAYS
from tests.factories import grievances, people
from tests.factories.grievances import brought_to, photo, pictured, told

S = TicketState
LAMP = "南门的路灯不亮"


@pytest.fixture
def scene(town, now):
    """The categories, a director, and somebody who deals with it."""
    grievances.category()
    town.hand, town.head = grievances.handler(town), grievances.director(town)
    return town


def tell(visitor, scene, *, title=LAMP):
    """The three screens, as far as the last button."""
    page = visitor.open("/say/")
    visitor.press("我要说一件事", "link")
    page.get_by_label("哪一类").select_option(label="路灯")
    visitor.write("什么事", title)
    visitor.press("下一步")
    page.get_by_label("哪个社区").select_option(label=str(scene.city["community"]))
    visitor.press("下一步")
    return page


@pytest.mark.parametrize("way", SOME_WAYS)
def test_a_dark_lamp_is_told_promised_and_judged(visit, scene, now, way):
    hers = visit(**way)
    hers.sign_in(scene.guilan.user)
    page = tell(hers, scene)
    hers.press("交上去")
    expect(hers.title).to_have_text(LAMP)
    ticket = Ticket.objects.get()

    desk = visit(**way)
    desk.sign_in(scene.worker)
    theirs = desk.open(f"/staff/tickets/{ticket.pk}/")
    theirs.get_by_label("问题墙上的话").fill("南门路灯不亮")
    desk.press("受理")
    theirs.get_by_label("派给谁").select_option(str(scene.hand.pk))
    desk.press("派给她/他")
    hand = visit(**way)
    hand.sign_in(scene.hand)
    his = hand.open(f"/staff/tickets/{ticket.pk}/")
    hand.press("已经联系上，开始办")
    his.get_by_text("今天办不完，答应一个日子").click()
    his.get_by_label("答应办成什么").fill("换上新灯")
    his.get_by_label("哪天以前").fill("2026-11-27")
    hand.press("答应下来")
    hers.open(f"/say/{ticket.pk}/")
    expect(page.locator("main")).to_contain_text("答应11月27日以前：换上新灯")
    his.get_by_label("办了什么").fill("换好了")
    hand.press("答复")  # what was kept for everybody to read is asked as well
    expect(his.locator(".summary a")).to_have_count(1)
    his.get_by_label("答应的做到了什么").fill("南门换上了新灯")
    hand.press("答复")

    hers.open("/my/")
    page.get_by_role("link", name=LAMP).first.click()
    hers.press("解决了")
    expect(page.locator("main")).to_contain_text("这件事办结了")
    public = visit(**way).open("/say/promises/")
    expect(public.locator("main")).to_contain_text("南门换上了新灯")
    expect(public.locator("main .tag.ok")).to_have_text("做到了")


@pytest.mark.parametrize("way", SOME_WAYS)
def test_nobody_tells_and_asks_by_the_code(visit, scene, now, way):
    somebody = visit(**way)
    page = tell(somebody, scene)
    page.get_by_text("匿名：谁也不知道我是谁").click()
    somebody.press("交上去")
    expect(somebody.title).to_have_text("收到了，谢谢您")
    code = page.locator(".refno").nth(1).inner_text()
    ticket = Ticket.objects.get()
    assert ticket.person is None
    brought_to(S.ANSWERED, ticket, cast=scene, by=scene.hand, now=now)
    later = visit(**way)
    theirs = later.open("/say/code/")
    later.write("查询码", code.lower().replace("-", " "))
    later.press("查询")
    expect(later.title).to_have_text(LAMP)
    theirs.get_by_label("哪里没有解决").fill("还是不亮")
    later.press("没有解决")
    expect(theirs.locator("main")).to_contain_text("由上一级接着办")


@pytest.mark.parametrize("way", SOME_WAYS)
def test_photos_are_added_once_it_was_sent_and_open_large(visit, scene, way, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    for name in ("red", "blue"):
        (tmp_path / f"{name}.jpg").write_bytes(photo(name, (800, 600)))
    somebody = visit(**way)
    page = tell(somebody, scene)
    page.get_by_text("匿名：谁也不知道我是谁").click()
    somebody.press("交上去")
    somebody.press("加图片，或看办到哪一步", "link")
    page.wait_for_load_state()
    page.get_by_label("拍照或选图片").set_input_files([tmp_path / "red.jpg", tmp_path / "blue.jpg"])
    if not way.get("scripts", True):
        somebody.press("加上图片")
    expect(page.locator("main")).to_contain_text("图片加上了")
    expect(page.get_by_role("img", name="第 2 张图片，共 2 张，点开看大图")).to_be_visible()
    page.wait_for_load_state("load")  # nothing small is still on its way when the large one is asked for
    with page.expect_response(
        re.compile("/pictures/0/$")
    ) as large:  # shown in a sandbox: no script is run there
        page.get_by_role("link", name="第 1 张图片").click()
    assert Image.open(BytesIO(large.value.body())).width == 800


def test_what_was_typed_survives_a_lost_network(visit, scene):
    somebody = visit(PHONE)
    page = somebody.open("/say/new/")
    page.get_by_label("哪一类").select_option(label="路灯")
    somebody.write("什么事", LAMP)
    page.get_by_label("还想说的").fill("晚上看不见台阶")
    somebody.context.set_offline(True)
    somebody.press("下一步")
    expect(page.get_by_role("alert")).to_contain_text("写的都还在")
    somebody.context.set_offline(False)
    somebody.open("/say/new/")  # the page is gone, and opened anew
    expect(page.get_by_label("什么事")).to_have_value(LAMP)
    expect(page.get_by_label("还想说的")).to_have_value("晚上看不见台阶")
    somebody.press("下一步")
    page.get_by_label("哪个社区").select_option(label=str(scene.city["community"]))
    somebody.press("下一步")
    page.get_by_text("匿名：谁也不知道我是谁").click()
    somebody.press("交上去")
    expect(somebody.title).to_have_text("收到了，谢谢您")
    assert Ticket.objects.get().text == "晚上看不见台阶"
    somebody.open("/say/new/")  # it has arrived: nothing of it is left for whoever comes next
    expect(page.get_by_label("什么事")).to_have_value("")


@pytest.fixture
def everything(scene, now):
    """Every page of tickets with something on it, by who opens it; pages of a ticket in one look and in the other
    are of every fourth state."""
    states = [S.REGISTERED, S.ASSIGNED, S.OBJECTED, S.WAITING_RESIDENT, S.ANSWERED, S.DISPUTED]
    states += [S.TO_REFUSE, S.REFUSED, S.TO_PARK, S.PARKED, S.CLOSED_CONFIRMED]
    made = [
        brought_to(
            state,
            told(scene, now, title=f"路灯 {state}"),
            cast=scene,
            by=scene.hand,
            now=now,
            above=scene.head,
        )
        for state in states
    ]
    for state in (S.COMMITTED, S.IN_PROGRESS):
        made.append(brought_to(state, told(scene, now), cast=scene, by=scene.hand, now=now))
    kept = told(scene, now)
    accept_ticket(ticket_id=kept.pk, by=scene.worker, now=now, public_text="南门路灯不亮")
    brought_to(S.IN_PROGRESS, told(scene, now), cast=scene, by=scene.hand, now=now)
    promised = made[-1]
    make_commitment(ticket_id=promised.pk, what="换上新灯", due_on=date(2026, 12, 18), by=scene.head, now=now)
    answer_ticket(ticket_id=promised.pk, reason="换好了", evidence="换上了新灯", by=scene.hand, now=now)
    for photographed in (made[0], made[3]):  # by herself, and by who has it in hand
        pictured(photographed, scene.guilan.user, now, "red", "blue")
        pictured(photographed, scene.hand if photographed.handler else scene.worker, now, "white")
    neighbour = people.resident("邻居", scene.city["community"]).user
    each = [f"/say/{one.pk}/" for one in made]
    desk = [f"/staff/tickets/{one.pk}/" for one in made]
    return lambda elder: [
        (None, ["/say/", "/say/new/", "/say/code/", "/say/promises/"]),
        (scene.guilan.user, ["/say/mine/", *each[elder::4], "/my/"]),
        (neighbour, ["/say/new/", "/say/mine/"]),
        (scene.hand, ["/staff/tickets/", desk[1], desk[3]]),
        (
            scene.admin,
            [
                "/staff/tickets/",
                "/staff/tickets/figures/",
                "/staff/tickets/new/",
                "/staff/tickets/new/nobody/",
                *desk[elder::4],
                *desk[2 + elder :: 4][:1],
            ],
        ),
    ]


@pytest.mark.parametrize("elder", LOOKS)
def test_the_pages_can_be_read_and_pressed_by_everybody(visit, everything, elder):
    wrong = inspect_as(visit, everything(elder), elder=elder)
    assert not wrong, "\n".join(wrong)


def test_charts_are_drawn_for_the_paper_with_their_numbers_open(visit, everything, scene):
    """On a desk they were cut at its edge, and nobody can open anything on paper."""
    visitor = visit(DESK)
    visitor.sign_in(scene.admin)
    page = visitor.open("/staff/tickets/figures/")
    # How far the drawing goes, not how wide its frame is; asked at once, as a printer does.
    drawn = """([...document.querySelectorAll('.drawn')].map(place => Math.max(
        ...[...place.querySelectorAll('svg text, svg path')].map(one => one.getBoundingClientRect().right)
    ) - place.getBoundingClientRect().left))"""
    on_screen = page.evaluate(drawn)
    assert len(on_screen) >= 2
    assert min(on_screen) > 700
    on_paper = page.evaluate(f"dispatchEvent(new Event('beforeprint')) && {drawn}")
    assert max(on_paper) <= 600
    assert page.evaluate("document.querySelectorAll('.chart details:not([open])').length") == 0
    again = page.evaluate(f"dispatchEvent(new Event('afterprint')) && {drawn}")
    assert min(again) > 700

"""A grid worker's morning in a real browser: door by door, one tap, and what comes up at one of them."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from grievances.models.tickets import Ticket
from tests.browser.chromium import PHONE
from tests.browser.looks import LOOKS, inspect_as
from tests.browser.ways import SOME_WAYS
from tests.factories import grievances, people, visits
from visits.actions.care import pause_case
from visits.models.visits import HomeVisit

LYING = {"width": 740, "height": 360}
DARK = "楼道的灯不亮，看不见台阶"


@pytest.fixture
def homes(town, now):
    """Two doors of one building; behind the first an elder whose turn it is."""
    grievances.category()
    visits.policies()
    building = visits.building(town.city["grid"], town.worker, now)
    first, second = (visits.household(building, town.worker, now, room=room) for room in ("501", "502"))
    visits.lives(first, town.elder, town.worker, now)
    visits.lives(second, people.person("马秀兰", home=town.city["grid"]), town.worker, now)
    began = now - timedelta(days=9)
    town.case = visits.case(town.elder, town.worker, began, "WEEKLY")
    return first, second


@pytest.mark.parametrize("way", [*SOME_WAYS, pytest.param({"viewport": LYING}, id="phone lying")])
def test_her_morning(visit, town, homes, way):
    hers = visit(**way)
    hers.sign_in(town.grid_worker)
    page = hers.open("/staff/visits/")
    expect(page.locator("main")).to_contain_text("1 户晚了")
    page.get_by_role("link", name="3号楼").click()
    page.get_by_role("link", name="2单元501").click()
    hers.press("一切正常")
    expect(page.get_by_role("status").first).to_contain_text("记下了：3号楼 2单元501")
    page.get_by_role("link", name="2单元502").click()
    page.get_by_text("有情况、没人在家、打电话").click()
    page.get_by_label("有情况", exact=True).check()
    page.get_by_label("说一句").fill(DARK)
    page.get_by_label("反映上去（说事）").check()
    page.get_by_label("反映哪一类").select_option(label="路灯")
    hers.press("记下这次走访")
    page.get_by_role("link", name="2单元502").click()
    expect(page.locator("main")).to_contain_text(Ticket.objects.get().reference)
    assert Ticket.objects.get().text == DARK
    assert HomeVisit.objects.count() == 2


def test_what_was_typed_survives_a_lost_network(visit, town, homes):
    hers = visit(PHONE)
    hers.sign_in(town.grid_worker)
    page = hers.open(f"/staff/visits/households/{homes[0].pk}/")
    page.get_by_text("有情况、没人在家、打电话").click()
    page.get_by_label("说一句").fill(DARK)
    hers.context.set_offline(True)
    hers.press("记下这次走访")
    expect(page.get_by_text("没有网络")).to_be_visible()
    hers.context.set_offline(False)
    hers.open(f"/staff/visits/households/{homes[0].pk}/")
    expect(page.get_by_label("说一句")).to_be_visible()
    expect(page.get_by_label("说一句")).to_have_value(DARK)


@pytest.mark.parametrize("elder", LOOKS)
def test_the_pages_can_be_read_and_pressed_by_everybody(visit, town, homes, now, elder):
    visits.visited(homes[0], town.grid_worker, now, "MATTER", "说好下周再来")
    told = {"kind": "PHONE_ONLY", "until": now.date() + timedelta(days=30), "reason": "怕吵"}
    pause_case(case_id=town.case.pk, **told, by=town.grid_worker, now=now)
    home = homes[0]
    lived = home.residences.get()
    pages = [
        "/staff/visits/",
        "/staff/visits/care/",
        f"/staff/visits/care/{town.case.pk}/",
        f"/staff/visits/buildings/{home.building_id}/",
        f"/staff/visits/households/{home.pk}/",
        f"/staff/visits/households/{home.pk}/in/",
        f"/staff/visits/residences/{lived.pk}/out/",
        f"/staff/visits/{home.visits.get().pk}/correct/",
    ]
    wrong = inspect_as(visit, [(town.worker, pages), (town.grid_worker, pages[:1])], elder=elder)
    assert not wrong, "\n".join(wrong)

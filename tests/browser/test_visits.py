"""A grid worker's morning in a real browser: door by door, one tap, and what comes up at one of them."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from grievances.models.tickets import Ticket
from tests.browser.chromium import DESK, PHONE
from tests.browser.looks import LOOKS, inspect_as
from tests.browser.ways import SOME_WAYS
from tests.data.books import wide
from tests.factories import grievances, people, visits
from tests.factories.books import HOMES
from tests.factories.centers import division
from visits.actions.books.lifecycle import confirm_book, send_book, work_on_books
from visits.actions.care import pause_case
from visits.models.callbacks import VisitCallback
from visits.models.register import Residence
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


def test_a_household_book_from_the_file_to_the_register_and_back(visit, town, now, tmp_path):
    file = tmp_path / "台账.xlsx"
    file.write_bytes(wide(HOMES))
    desk = visit(DESK)
    desk.sign_in(town.worker)
    page = desk.open("/staff/visits/books/")
    page.get_by_label("哪里的台账").select_option(str(town.city["grid"].pk))
    page.get_by_label("文件").set_input_files(file)
    desk.press("上传，看预览")
    expect(page.get_by_role("progressbar")).to_be_visible()
    work_on_books(now=now)  # what the worker does meanwhile; the page shows it by itself
    desk.press("确认，登记这 3 户，新增 5 人")
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert not Residence.objects.exists()
    work_on_books(now=now)
    expect(page.get_by_role("heading", level=1)).to_contain_text("已登记")
    assert Residence.objects.count() == 5
    desk.press("撤销这本台账")
    page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work_on_books(now=now)
    expect(page.get_by_role("heading", level=1)).to_contain_text("已撤销")
    assert not Residence.objects.exists()


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
    books = [
        send_book(
            division_id=town.city["grid"].pk, data=wide(HOMES), file_name="台账.xlsx", by=town.worker, now=now
        )
    ]
    work_on_books(now=now)
    books.append(
        send_book(
            division_id=town.city["community"].pk,
            data=wide(HOMES),
            file_name="全社区.xlsx",
            by=town.worker,
            now=now,
        )
    )
    division("GRID", "第二网格", town.city["community"])
    work_on_books(now=now)
    confirm_book(book_id=books[0].pk, by=town.worker, now=now)
    VisitCallback.objects.get_or_create(visit=home.visits.get())
    visits.tightened(town, now)
    pages += ["/staff/visits/figures/", "/staff/visits/callbacks/"]
    head = [f"/staff/visits/grids/{town.city['grid'].pk}/hand-over/", "/staff/visits/care/tighten/"]
    pages += ["/staff/visits/books/", *(f"/staff/visits/books/{one.pk}/" for one in books)]
    wrong = inspect_as(
        visit,
        [(town.worker, pages), (town.grid_worker, pages[:1]), (grievances.director(town), head)],
        elder=elder,
    )
    assert not wrong, "\n".join(wrong)

"""Volunteering in a real browser: everybody can read and press it, with scripts and without."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.looks import LOOKS, inspect
from tests.factories import volunteers
from tests.factories.courses import at
from volunteers.actions.check_in import shift_token
from volunteers.models.roll import Skill
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import SignupState as S

NINE = at(2026, 11, 28, 9)


@pytest.fixture
def world(town, now):
    """王桂兰 leads a clean-up, is in one shift, waits for another; one is over and one is full."""
    home = town.city["community"]
    Skill.objects.create(name="电工")
    town.me = volunteers.volunteer(town.guilan)
    activity = volunteers.activity(
        home, title="小广场清扫", organiser=town.me, meeting_point="3 号楼门口", about="带手套。"
    )
    town.shift = volunteers.shift(home, NINE, activity=activity, note="元旦假期，照常开展")
    volunteers.shift(home, NINE + timedelta(days=7), activity=activity)
    town.going = volunteers.shift(home, now - timedelta(minutes=30), activity=activity, places=9)
    others = [volunteers.volunteer(home=home) for _ in range(4)]
    for one, state in zip(others, (S.CAME, S.SIGNED, S.WAITING, S.MISSED), strict=True):
        volunteers.signup(town.going, one, now, state)
    town.mine = volunteers.signup(town.shift, town.me, now)
    full = volunteers.shift(home, NINE + timedelta(hours=5), places=1, waiting_limit=1)
    volunteers.signup(full, others[0], now)
    town.waits = volunteers.signup(full, town.me, now, S.WAITING)
    town.off = volunteers.shift(home, NINE, state="CANCELLED", reason="暴雨红色预警")
    volunteers.record(others[0], town.worker, now=now, key="manual:1")
    return town


@pytest.mark.parametrize("elder", LOOKS)
def test_pages_of_volunteers_can_be_read_and_pressed(visit, world, now, elder):
    visitor = visit(elder=elder)
    visitor.sign_in(world.guilan.user)
    shift, going = f"/volunteer/shifts/{world.shift.pk}/", f"/volunteer/shifts/{world.going.pk}/"
    pages = ["/", "/my/data/", "/volunteer/", "/volunteer/join/", shift, going, f"{going}run/", "/my/family/"]
    pages += [f"/volunteer/signups/{one.pk}/" for one in (world.mine, world.waits)]
    pages += [f"/volunteer/shifts/{world.off.pk}/"]
    pages += [f"/volunteer/check-in/{world.shift.pk}/{shift_token(world.shift.pk, now)}/"]
    wrong = inspect(visitor, pages)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("elder", LOOKS)
def test_pages_of_the_volunteer_desk_can_be_read_and_pressed(visit, world, elder):
    visitor = visit(elder=elder)
    visitor.sign_in(world.worker)
    here = f"/staff/volunteers/shifts/{world.going.pk}/"
    pages = ["/staff/volunteers/", "/staff/volunteers/manual/", f"{here}?q=王", f"{here}kiosk/"]
    pages += [f"{here}sheet/", f"{here}places/", f"/staff/volunteers/shifts/{world.shift.pk}/move/"]
    wrong = inspect(visitor, pages)
    page = visitor.open(f"{here}kiosk/")
    page.click("main .btn-main")
    page.wait_for_url("**/volunteer/kiosk/**")
    wrong += inspect(visitor, [page.url.removeprefix(visitor.base)])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_place_is_taken_and_the_list_is_kept(visit, town, clock, now, scripts):
    """Registers, signs up, comes, is confirmed; with scripts and without."""
    home = town.city["community"]
    leader = volunteers.volunteer(home=home)
    activity = volunteers.activity(home, title="小广场清扫", organiser=leader)
    shift = volunteers.shift(home, NINE, activity=activity)
    her = visit(scripts=scripts)
    her.sign_in(town.guilan.user)
    her.open(f"/volunteer/shifts/{shift.pk}/")
    her.press("先登记成为志愿者", "link")
    her.press("登记")
    her.press("报名这个班次")
    expect(her.title).to_have_text("王桂兰报上了小广场清扫")
    clock.now = NINE
    his = visit(scripts=scripts)
    his.sign_in(leader.person.user)
    page = his.open(f"/volunteer/shifts/{shift.pk}/run/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.querySelector('.scan-code').naturalWidth > 100")
    expect(page.get_by_role("link", name="换一个新的码")).to_be_visible(visible=not scripts)
    her.open(f"/volunteer/check-in/{shift.pk}/{shift_token(shift.pk, NINE)}/")
    her.press("王桂兰签到")
    expect(her.title).to_have_text("王桂兰已签到：小广场清扫")
    clock.now = NINE + timedelta(hours=2)
    his.open(f"/volunteer/shifts/{shift.pk}/run/")
    his.press("确认名单，关闭班次")
    expect(his.page.locator("main")).to_contain_text("班次已关闭")
    signup = ShiftSignup.objects.get()
    assert (signup.state, signup.listed_by) == (S.CAME, leader.person.user)
    assert sorted(town.guilan.volunteer.records.get().evidence.values_list("kind", flat=True)) == [
        "LIST",
        "QR",
    ]

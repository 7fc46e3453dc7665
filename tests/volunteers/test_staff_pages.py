"""The staff's pages of volunteering: the list, the desk, the kiosk, paper, what was typed by hand."""

from datetime import timedelta

import pytest

from notices.models import Notice
from tests.factories import volunteers
from tests.factories.courses import at
from tests.html import Page
from tests.queries import assert_constant
from volunteers.models.roll import Volunteer
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import SignupState

pytestmark = pytest.mark.usefixtures("clock")
S = SignupState
NINE = at(2026, 11, 28, 9)


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def shift(home):
    return volunteers.shift(home, NINE, activity=volunteers.activity(home, title="小广场清扫"))


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


def page_of(shift, what=""):
    return f"/staff/volunteers/shifts/{shift.pk}/{what}"


def test_what_is_coming_and_what_is_left_to_close(desk, cast, home, shift, now):
    volunteers.shift(home, now - timedelta(hours=5), activity=volunteers.activity(home, title="昨天的"))
    volunteers.shift(
        cast.city["other_community"],
        NINE,
        activity=volunteers.activity(cast.city["other_community"], title="邻街的"),
    )
    volunteers.record(volunteers.volunteer(cast.guilan), cast.worker, now=now)
    page = Page(desk.get("/staff/volunteers/"))
    assert page.headings("h2") == ["做完了，还没关闭", "两周内的班次", "要办的"]
    assert "小广场清扫" in page.text
    assert "邻街的" not in page.text
    assert "待审核的服务记录" in page.text
    assert "/staff/volunteers/" in Page(desk.get("/staff/")).links


def test_signing_somebody_up_at_the_desk(desk, cast, shift):
    page = Page(desk.get(page_of(shift), {"q": "解福生"}))
    assert "先登记志愿者" in page.text
    answer = desk.post(page_of(shift, "enlist/"), {"person": cast.elder.pk}, follow=True)
    assert "已登记为志愿者" in Page(answer).text
    elder = Volunteer.objects.get(person=cast.elder)
    page = Page(desk.post(page_of(shift, "add/"), {"volunteer": elder.pk}, follow=True))
    assert "解福生：已报名" in page.text
    assert Notice.objects.filter(recipient=cast.elder, kind="SHIFT_SIGNED").exists()
    page = Page(desk.post(page_of(shift, "add/"), {"volunteer": elder.pk}, follow=True))
    assert "已经在这个班次的名单里" in page.text
    assert "已在名单里" in Page(desk.get(page_of(shift), {"q": "解福生"})).text
    assert "没有找到" in Page(desk.get(page_of(shift), {"q": "查无此人"})).text
    assert (
        "您不能替这位居民登记"
        in Page(desk.post(page_of(shift, "enlist/"), {"person": cast.stranger.pk}, follow=True)).text
    )


def test_taking_somebody_off_the_list(desk, cast, shift, now):
    signup = volunteers.signup(shift, volunteers.volunteer(cast.guilan), now)
    where = f"/staff/volunteers/signups/{signup.pk}/remove/"
    assert "把王桂兰移出名单" in Page(desk.get(where)).text
    page = Page(desk.post(where, {"reason": " x"}))
    assert page.status == 409
    assert "请写明原因" in page.text
    assert "已移出名单" in Page(desk.post(where, {"reason": "电话里说不来了"}, follow=True)).text
    signup.refresh_from_db()
    assert signup.state == S.REMOVED


def test_calling_off_moving_and_widening(desk, shift):
    answer = desk.post(page_of(shift, "places/"), {"places": "5"}, follow=True)
    assert "人数已改" in Page(answer).text
    when = {"day": "2026年11月29日", "starts": "14：00", "ends": "1600", "reason": "让路给集市"}
    assert "已改期" in Page(desk.post(page_of(shift, "move/"), when, follow=True)).text
    shift.refresh_from_db()
    assert (shift.places, shift.starts_at, shift.ends_at) == (5, at(2026, 11, 29, 14), at(2026, 11, 29, 16))
    page = Page(desk.post(page_of(shift, "move/"), {**when, "day": "2020-01-01"}))
    assert page.status == 409
    assert "新的时间要在现在之后" in page.text
    assert [field["value"] for field in page.fields("reason")] == ["让路给集市"]
    page = Page(desk.post(page_of(shift, "move/"), {**when, "day": "下周"}))
    assert page.status == 422
    assert "班次已取消" in Page(desk.post(page_of(shift, "cancel/"), {"reason": "下雨"}, follow=True)).text
    shift.refresh_from_db()
    assert shift.state == "CANCELLED"


def opened_kiosk(desk, shift):
    """The address of the machine, after staff pressed the button."""
    assert "退出您的账号" in Page(desk.get(page_of(shift, "kiosk/"))).text
    return desk.post(page_of(shift, "kiosk/start/")).url


def test_the_sign_in_sheet_has_twenty_lines_a_page(desk, home, shift, now):
    type(shift).objects.filter(pk=shift.pk).update(places=30)
    for _ in range(21):
        volunteers.signup(shift, volunteers.volunteer(home=home), now)
    page = Page(desk.get(page_of(shift, "sheet/")))
    assert page.text.count("签名") == 2
    assert "第 2 页，共 2 页" in page.text
    assert sum(tag == "td" and attrs.get("class") == "sign" for tag, attrs in page.tags) == 40


def test_what_was_typed_by_hand_is_open_to_every_colleague(client, cast, now):
    one = volunteers.volunteer(cast.guilan)
    volunteers.record(one, cast.worker, now=now, key="manual:1", minutes=60)
    volunteers.record(one, cast.worker, now=now, key="manual:2", minutes=30)
    volunteers.record(one, cast.worker, now=now, key="shift:1", minutes=270)
    volunteers.record(one, cast.worker, now=now, key="manual:3", minutes=500, state="REFUSED")
    for colleague in (cast.worker, cast.officer):
        client.force_login(colleague)
        page = Page(client.get("/staff/volunteers/manual/"))
        assert "2026年11月" in page.text
        assert "周敏 2 条 90 分钟 占 25%" in page.text
    client.force_login(cast.other_worker)
    assert "没有手工补录" in Page(client.get("/staff/volunteers/manual/")).text


def test_pages_cost_the_same_however_long(desk, home, shift, now):
    type(shift).objects.filter(pk=shift.pk).update(places=999)

    def more(count):
        for _ in range(count):
            volunteers.signup(shift, volunteers.volunteer(home=home), now)
            volunteers.shift(home, NINE + timedelta(hours=volunteers.next_number()))

    for where in (page_of(shift), page_of(shift, "sheet/")):
        assert_constant(desk, where, more)
    assert ShiftSignup.objects.count() == 2 * 9
    assert_constant(desk, opened_kiosk(desk, shift), more)


def test_the_days_list_costs_the_same_however_long(desk, home, now):
    def more(count):
        for _ in range(count):
            number = volunteers.next_number()
            volunteers.shift(home, NINE + timedelta(minutes=number))
            volunteers.shift(home, now - timedelta(hours=9, minutes=number))

    assert_constant(desk, "/staff/volunteers/", more)


def test_what_a_clerk_organises_elsewhere_is_not_her_offices(desk, cast):
    far = cast.city["other_community"]
    herself = volunteers.volunteer(
        type(cast.guilan).objects.create(full_name="周敏", user=cast.worker, home=far)
    )
    volunteers.shift(far, NINE, activity=volunteers.activity(far, title="邻街的", organiser=herself))
    assert "邻街的" not in Page(desk.get("/staff/volunteers/")).text
    assert "邻街的" in Page(desk.get("/volunteer/")).text

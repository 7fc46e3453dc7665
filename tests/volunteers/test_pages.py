"""Pages of volunteering as residents see them: joining, a shift, taking a place, being there."""

from datetime import timedelta

import pytest
from django.test import Client

from notices.models import Notice
from people.models import Consent
from people.rules import Purpose
from tests.factories import volunteers
from tests.factories.courses import at
from tests.html import Page
from tests.queries import assert_constant
from volunteers.actions.check_in import shift_token
from volunteers.actions.signups import sign_up
from volunteers.models.roll import Skill, Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.signups import ShiftSignup
from volunteers.rules.shifts import ShiftState, SignupState

pytestmark = pytest.mark.usefixtures("clock")
S = SignupState
NINE = at(2026, 11, 28, 9)


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def me(cast):
    return volunteers.volunteer(cast.guilan)


@pytest.fixture
def shift(home):
    activity = volunteers.activity(home, title="小广场清扫", meeting_point="3 号楼门口", about="带手套")
    return volunteers.shift(home, NINE, activity=activity)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def led_by(shift, volunteer):
    type(shift.activity).objects.filter(pk=shift.activity_id).update(organiser=volunteer)


# --- What there is to do ----------------------------------------------------------------------


def test_everybody_reads_what_needs_people(client, shift, home):
    volunteers.shift(home, NINE, state=ShiftState.CANCELLED, reason="下雨")
    page = Page(client.get("/volunteer/"))
    assert page.heading() == "志愿"
    assert page.headings("h3") == ["小广场清扫"]
    assert "周六" in page.text
    assert "只剩 2 个名额" in page.text
    assert "/volunteer/join/" in page.links


def test_nothing_to_do_says_so(client, db):
    assert "眼下没有要人手的班次" in Page(client.get("/volunteer/")).text


def test_a_volunteer_sees_her_shifts_and_those_she_leads(guilan, me, shift, now):
    led_by(shift, me)
    volunteers.signup(shift, me, now)
    page = Page(guilan.get("/volunteer/"))
    assert page.headings("h2") == ["我的班次", "我组织的", "需要人手", "还可以"]
    assert f"/volunteer/shifts/{shift.pk}/run/" in page.links


def test_what_there_is_to_do_costs_the_same_however_much(guilan, me, home, now):
    def more(count):
        for n in range(count):
            made = volunteers.shift(home, NINE + timedelta(hours=3 * volunteers.next_number() + n))
            volunteers.signup(made, me, now)

    assert_constant(guilan, "/volunteer/", more)


# --- Joining ----------------------------------------------------------------------------------


def test_joining_with_skills_and_changing_them(guilan, cast):
    electric, singing = (Skill.objects.create(name=name) for name in ("电工", "唱歌"))
    page = Page(guilan.get("/volunteer/join/"))
    assert "电工" in page.text
    answer = guilan.post("/volunteer/join/", {"person": cast.guilan.pk, "skill": [electric.pk]})
    assert answer.url == "/volunteer/"
    me = Volunteer.objects.get(person=cast.guilan)
    assert list(me.skills.all()) == [electric]
    guilan.post(
        "/volunteer/join/", {"person": cast.guilan.pk, "skill": [singing.pk], "next": "/volunteer/shifts/1/"}
    )
    assert list(me.skills.all()) == [singing]
    page = Page(guilan.get("/volunteer/join/"))
    chosen = [field["value"] for field in page.fields("skill") if "checked" in field]
    assert chosen == [str(singing.pk)]


def test_joining_refused_keeps_what_was_chosen(guilan, cast):
    skill = Skill.objects.create(name="电工")
    page = Page(guilan.post("/volunteer/join/", {"person": cast.zixuan.pk, "skill": [skill.pk]}))
    assert page.status == 409
    assert "不满 14 岁" in page.text
    assert page.heading("title").startswith("没有登记上：")
    chosen = [field["value"] for field in page.fields("person") if "checked" in field]
    assert chosen == [str(cast.zixuan.pk)]
    assert ["checked" in field for field in page.fields("skill")] == [True]


def test_joining_wants_sign_in_and_leaving_is_one_button(client, guilan, cast, me):
    assert Client().get("/volunteer/join/").url.startswith("/account/login/")
    guilan.post(f"/volunteer/leave/{me.pk}/")
    me.refresh_from_db()
    assert me.state == "LEFT"


def test_a_guardian_agrees_on_the_family_page(guilan, cast):
    assert "同意孩子参加志愿服务" in Page(guilan.get("/my/family/")).text
    where = f"/my/family/{cast.zixuan.pk}/consent/"
    address = next(link for link in Page(guilan.get("/my/family/")).links if link.endswith("/consent/"))
    assert address.endswith(where[-len("/consent/") :])
    guilan.post(address, {"purpose": "VOLUNTEERING"})
    assert cast.zixuan.has_consent(Purpose.VOLUNTEERING)
    assert "监护人已同意参加志愿服务" in Page(guilan.get("/my/family/")).text
    guilan.post(f"/my/family/{cast.zixuan.pk}/withdraw-consent/", {"purpose": "VOLUNTEERING"})
    assert not cast.zixuan.has_consent(Purpose.VOLUNTEERING)
    assert Consent.objects.filter(person=cast.zixuan, purpose=Purpose.COURSES, withdrawn_at=None).exists()


# --- A shift ----------------------------------------------------------------------------------


def test_one_tap_takes_a_place_and_one_gives_it_back(guilan, me, shift):
    page = Page(guilan.get(f"/volunteer/shifts/{shift.pk}/"))
    assert "报名这个班次" in page.text
    assert "3 号楼门口" in page.text
    answer = guilan.post(f"/volunteer/shifts/{shift.pk}/sign-up/", {"volunteer": me.pk})
    made = ShiftSignup.objects.get()
    assert (answer.url, made.state) == (f"/volunteer/signups/{made.pk}/", S.SIGNED)
    page = Page(guilan.get(answer.url))
    assert page.heading() == "王桂兰报上了小广场清扫"
    assert "看我的报名" in Page(guilan.get(f"/volunteer/shifts/{shift.pk}/")).text
    page = Page(guilan.post(f"/volunteer/signups/{made.pk}/withdraw/", follow=True))
    assert page.heading() == "王桂兰已退出小广场清扫"
    assert "名额让给了下一位" in page.text


def test_the_button_says_what_happens(guilan, me, shift, home, now):
    for _ in range(3):
        one = volunteers.volunteer(home=home)
        sign_up(shift_id=shift.pk, volunteer_id=one.pk, by=one.person.user, now=now)
    assert "排进候补，第 2 位" in Page(guilan.get(f"/volunteer/shifts/{shift.pk}/")).text
    answer = guilan.post(f"/volunteer/shifts/{shift.pk}/sign-up/", {"volunteer": me.pk}, follow=True)
    assert "前面还有 1 人" in Page(answer).text


def test_a_refusal_is_shown_where_it_happened(guilan, me, shift, home, now):
    skill = Skill.objects.create(name="电工")
    type(shift.activity).objects.filter(pk=shift.activity_id).update(skill=skill)
    page = Page(guilan.post(f"/volunteer/shifts/{shift.pk}/sign-up/", {"volunteer": me.pk}))
    assert page.status == 409
    assert "要会“电工”" in page.text
    assert page.heading("title").startswith("没有报上：")
    assert any(link.startswith("/volunteer/join/?next=") for link in page.links)
    page = Page(guilan.post(f"/volunteer/shifts/{shift.pk}/sign-up/", {}))
    assert "请选一下给谁报名" in page.text
    assert guilan.post("/volunteer/shifts/999999/sign-up/", {"volunteer": me.pk}).status_code == 404


def test_who_is_not_signed_in_or_no_volunteer_is_led_there(client, guilan, shift):
    page = Page(Client().get(f"/volunteer/shifts/{shift.pk}/"))
    assert "登录后报名" in page.text
    page = Page(guilan.get(f"/volunteer/shifts/{shift.pk}/"))
    assert "先登记成为志愿者" in page.text
    assert Client().post(f"/volunteer/shifts/{shift.pk}/sign-up/").url.startswith("/account/login/")
    assert guilan.get(f"/volunteer/shifts/{shift.pk}/sign-up/").url == f"/volunteer/shifts/{shift.pk}/"


def test_what_is_off_or_drafted(guilan, me, home, shift, now):
    off = volunteers.shift(home, NINE, state=ShiftState.CANCELLED, reason="暴雨红色预警")
    page = Page(guilan.get(f"/volunteer/shifts/{off.pk}/"))
    assert "已取消" in page.text
    assert "暴雨红色预警" in page.text
    draft = volunteers.shift(home, NINE, activity=volunteers.activity(home, state="DRAFT"))
    assert guilan.get(f"/volunteer/shifts/{draft.pk}/").status_code == 404


def test_somebody_elses_sign_up_is_not_there(guilan, home, shift, now):
    other = volunteers.signup(shift, volunteers.volunteer(home=home), now)
    assert guilan.get(f"/volunteer/signups/{other.pk}/").status_code == 404


def test_my_page_shows_shifts_among_classes(guilan, me, shift, now):
    volunteers.signup(shift, me, now)
    page = Page(guilan.get("/my/"))
    assert "周六 09:00" in page.text
    assert "小广场清扫" in page.text
    assert "3 号楼门口" in page.text


def test_a_shift_says_when_else(guilan, me, shift):
    volunteers.shift(shift.activity.division, NINE + timedelta(days=7), activity=shift.activity)
    page = Page(guilan.get(f"/volunteer/shifts/{shift.pk}/"))
    assert "别的日期" in page.headings("h2")
    assert "12月5日" in page.text
    # One card an activity: the next date of it.
    assert Page(guilan.get("/volunteer/")).headings("h3") == ["小广场清扫"]


def test_a_shift_and_my_page_cost_the_same_however_much_there_is(guilan, me, home, shift, now):
    def more(count):
        for _ in range(count):
            number = volunteers.next_number()
            volunteers.shift(home, NINE + timedelta(days=number), activity=shift.activity)
            coming = volunteers.shift(home, now + timedelta(minutes=number * 3), hours=0.01)
            volunteers.signup(coming, me, now)

    more(20)
    for where in (f"/volunteer/shifts/{shift.pk}/", "/my/"):
        assert_constant(guilan, where, more)


# --- Being there ------------------------------------------------------------------------------


def code(shift, moment):
    return f"/volunteer/check-in/{shift.pk}/{shift_token(shift.pk, moment)}/"


def test_a_scan_asks_who_and_one_button_checks_in(guilan, me, shift, clock, now):
    signup = volunteers.signup(shift, me, now)
    clock.now = NINE
    page = Page(guilan.get(code(shift, NINE)))
    assert "王桂兰签到" in page.text
    signup.refresh_from_db()
    assert signup.state == S.SIGNED  # opening the page changes nothing
    clock.now = NINE + timedelta(minutes=4)  # slow, but scanned in time
    page = Page(guilan.post(code(shift, NINE) + "in/", {"volunteer": me.pk}, follow=True))
    assert page.heading() == "王桂兰已签到：小广场清扫"
    signup.refresh_from_db()
    assert (signup.state, signup.checked_in_at) == (S.CAME, NINE)
    late = NINE + timedelta(minutes=100)
    clock.now = late
    assert "王桂兰签退" in Page(guilan.get(code(shift, late))).text
    page = Page(guilan.post(code(shift, late) + "out/", {"volunteer": me.pk}, follow=True))
    assert "09:00 签到，10:40 签退" in page.text


def test_who_has_to_sign_in_first_has_scanned_all_the_same(cast, me, shift, clock, now):
    volunteers.signup(shift, me, now)
    client, clock.now = Client(), NINE
    assert "登录，继续签到" in Page(client.get(code(shift, NINE))).text
    clock.now = NINE + timedelta(minutes=6)
    client.force_login(cast.guilan.user)
    client.post(code(shift, NINE) + "in/", {"volunteer": me.pk})
    assert ShiftSignup.objects.get().checked_in_at == NINE


def test_an_old_code_is_refused_with_a_sentence(guilan, me, shift, clock, now):
    volunteers.signup(shift, me, now)
    clock.now = NINE + timedelta(minutes=5)
    guilan.get(code(shift, NINE))
    page = Page(guilan.post(code(shift, NINE) + "in/", {"volunteer": me.pk}))
    assert page.status == 409
    assert "这个码已经过期" in page.text
    assert ShiftSignup.objects.get().state == S.SIGNED


def test_who_has_not_signed_up_is_led_there(guilan, me, shift, clock):
    clock.now = NINE
    page = Page(guilan.get(code(shift, NINE)))
    assert "您还没有报这个班次" in page.text
    assert f"/volunteer/shifts/{shift.pk}/" in page.links


# --- The organiser ----------------------------------------------------------------------------


@pytest.fixture
def leader(home, shift):
    organiser = volunteers.volunteer(home=home)
    led_by(shift, organiser)
    return client_of(organiser.person.user)


def test_the_organiser_shows_a_code_and_ticks_the_list(leader, me, shift, clock, now):
    signup = volunteers.signup(shift, me, now)
    clock.now, run = NINE, f"/volunteer/shifts/{shift.pk}/run/"
    page = Page(leader.get(run))
    assert "每 30 秒换一个码" in page.text
    picture = leader.get(f"{run}code.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    first = picture.content
    clock.now = NINE + timedelta(seconds=30)
    assert leader.get(f"{run}code.svg").content != first
    told = {"volunteer": me.pk, "signup": signup.pk}
    assert "已签到" in Page(leader.post(f"{run}in/", told, follow=True)).text
    assert "已撤销签到" in Page(leader.post(f"{run}undo/", told, follow=True)).text
    leader.post(f"{run}in/", told)
    clock.now = NINE + timedelta(minutes=60)
    assert "已签退" in Page(leader.post(f"{run}out/", told, follow=True)).text
    page = Page(leader.post(f"{run}close/", {"confirmed": [signup.pk]}, follow=True))
    assert "班次已关闭" in page.text
    assert ServiceRecord.objects.get().minutes == 59


def test_the_list_says_what_was_refused(leader, me, shift, now):
    signup = volunteers.signup(shift, me, now)
    run = f"/volunteer/shifts/{shift.pk}/run/"
    told = {"volunteer": me.pk, "signup": signup.pk}
    assert "还没到时间" in Page(leader.post(f"{run}in/", told, follow=True)).text
    assert "班次还没有开始" in Page(leader.post(f"{run}close/", follow=True)).text


def test_the_list_is_for_the_organiser_and_staff(guilan, cast, shift, leader, me):
    run = f"/volunteer/shifts/{shift.pk}/run/"
    assert guilan.get(run).status_code == 404
    assert client_of(cast.officer).get(run).status_code == 403
    assert client_of(cast.worker).get(run).status_code == 200
    assert guilan.post(f"{run}in/", {"volunteer": me.pk}).status_code == 404
    assert guilan.post(f"{run}close/").status_code == 404


def test_the_list_costs_the_same_however_long(leader, home, shift, now):
    type(shift).objects.filter(pk=shift.pk).update(places=999)

    def more(count):
        for _ in range(count):
            volunteers.signup(shift, volunteers.volunteer(home=home), now)

    assert_constant(leader, f"/volunteer/shifts/{shift.pk}/run/", more)
    assert not Notice.objects.exists()

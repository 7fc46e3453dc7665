"""Volunteers, activities and records in the back office: records by form, work by verb, in reach."""

from datetime import timedelta

import pytest
from django.apps import apps

from tests.backoffice import add, change, listed, said, verb, verb_of_list
from tests.factories import people, volunteers
from tests.factories.courses import at
from tests.html import Page
from tests.queries import assert_constant
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Skill, Team, TeamMember, Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Activity, Shift
from volunteers.models.signups import ShiftSignup
from volunteers.rules.roll import VolunteerState
from volunteers.rules.shifts import ActivityState

pytestmark = pytest.mark.usefixtures("clock")
NINE = at(2026, 11, 28, 9)
ShiftSignupEvent = apps.get_model("volunteers", "ShiftSignupEvent")


@pytest.fixture
def home(cast):
    return cast.city["community"]


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


def form(home, **fields):
    """A weekly activity, as the add form sends it."""
    return {
        "title": "周五清扫",
        "division": home.pk,
        "repeats": "WEEKLY",
        "weekday": 5,
        "starts": "15:00",
        "ends": "16:00",
        "starts_on": "2026-11-20",
        "places": 10,
        "waiting_limit": 5,
        "state": "PUBLISHED",
        **fields,
    }


def test_an_activity_is_drafted_published_planned_and_ended(desk, home):
    desk.post(add(Activity), form(home))
    made = Activity.objects.get()
    assert made.state == ActivityState.DRAFT  # the state is not a field
    assert said(desk.post(verb(made, "publish"))) == "已发布，六周内的班次排好了，居民现在看得到。"
    assert made.shifts.count() == 6
    assert said(desk.post(verb(made, "plan"))) == "六周内的班次都已经排好，没有要加的。"
    page = Page(desk.post(verb(made, "end"), {"reason": "x"}))
    assert (page.status, "请写明原因" in page.text) == (409, True)
    assert "活动已结束" in said(desk.post(verb(made, "end"), {"reason": "换了保洁公司"}))
    made.refresh_from_db()
    assert made.state == ActivityState.ENDED


def test_an_activity_that_makes_no_sense_is_sent_back(desk, home):
    for wrong, sentence in (
        ({"ends": "14:00"}, "结束时间要晚于开始时间"),
        ({"weekday": ""}, "请选星期几"),
        ({"places": 0}, "至少要有 1 个人"),
    ):
        assert sentence in Page(desk.post(add(Activity), form(home, **wrong))).text
    assert not Activity.objects.exists()


def test_another_street_is_out_of_sight_and_out_of_the_boxes(desk, cast, now):
    far = cast.city["other_community"]
    shift = volunteers.shift(far, NINE, activity=volunteers.activity(far, title="邻街清扫"))
    stranger = volunteers.volunteer(cast.stranger)
    signup = volunteers.signup(shift, stranger, now)
    rows = [shift.activity, shift, signup, ShiftSignupEvent.objects.get(), stranger]
    rows.append(volunteers.record(stranger, cast.other_worker, now=now))
    rows += [model.objects.create(name="邻街的", division=far) for model in (Team, PartnerUnit, PartnerShop)]
    for row in rows:
        text = desk.get(listed(type(row))).content.decode()
        assert "邻街" not in text
        assert "曾小雨" not in text
        assert desk.get(change(row)).status_code == 302
    assert "学院路社区" not in desk.get(add(Activity)).content.decode()
    desk.post(add(Activity), form(far))
    assert Activity.objects.count() == 1


def test_a_shift_leads_to_where_it_is_worked_on(desk, home):
    shift = volunteers.shift(home, NINE)
    assert f"/staff/volunteers/shifts/{shift.pk}/" in Page(desk.get(change(shift))).links
    assert desk.post(verb(shift, "cancel"), {"reason": "下雨"}).status_code == 404
    assert desk.get(add(Shift)).status_code == 403


def test_a_volunteer_is_found_and_put_on_the_register(desk, cast):
    join = verb_of_list(Volunteer, "join")
    assert "没有找到这位居民" in Page(desk.post(join, {"person": "查无此人"})).text
    assert "已登记为志愿者" in said(desk.post(join, {"person": "解福生"}))
    elder = Volunteer.objects.get(person=cast.elder)
    skill = Skill.objects.create(name="电工")
    desk.post(change(elder), {"insured_until": "2027-01-01", "skills": [skill.pk], "state": "LEFT"})
    elder.refresh_from_db()
    assert (str(elder.insured_until), elder.state) == ("2027-01-01", VolunteerState.ACTIVE)
    assert list(elder.skills.all()) == [skill]
    assert "已退出" in said(desk.post(verb(elder, "leave")))


def test_two_people_of_one_name_are_told_apart(desk, cast, home):
    type(cast.elder).objects.create(full_name="解福生", home=home)
    assert "找到不止一位" in Page(desk.post(verb_of_list(Volunteer, "join"), {"person": "解福生"})).text


def test_a_record_shows_its_evidence(desk, cast, now):
    one = volunteers.volunteer(cast.guilan)
    typed = volunteers.record(one, cast.worker, now=now, key="manual:1")
    text = desk.get(listed(ServiceRecord)).content.decode()
    assert "扫码签到、组织者名单" in text
    assert "手工补录" in text
    assert change(typed) in desk.get(listed(ServiceRecord), {"manual": "1"}).content.decode()
    assert change(typed) not in desk.get(listed(ServiceRecord), {"manual": "0"}).content.decode()
    assert "组织者名单" in desk.get(change(typed)).content.decode()
    assert desk.get(add(ServiceRecord)).status_code == 403


def test_a_team_has_members_in_reach(desk, home):
    leader = volunteers.volunteer(home=home)
    members = {"members-TOTAL_FORMS": 1, "members-INITIAL_FORMS": 0}
    members |= {"members-0-volunteer": leader.pk, "members-0-since": "2026-11-01"}
    desk.post(
        add(Team), {"name": "红马甲", "kind": "TEAM", "division": home.pk, "leader": leader.pk, **members}
    )
    assert TeamMember.objects.get().team.leader == leader


OWN_TEAM = "自己或家人的事，要由另一位工作人员来办。"


def test_nobody_leads_or_leaves_a_team_by_her_own_hand(desk, cast, home):
    """A leader's pitch is her own, and a member's to judge: off for a moment, it was not."""
    mine = volunteers.volunteer(people.person("周敏", home=home, phone=cast.worker.phone))
    team, one = Team.objects.create(name="红马甲", division=home), volunteers.volunteer(home=home)
    none = {"members-TOTAL_FORMS": 0, "members-INITIAL_FORMS": 0}
    sent = {"name": "红马甲", "kind": "TEAM", "division": home.pk, "about": "新介绍", **none}
    for before, after in ((None, mine), (mine, None), (mine, one)):
        Team.objects.update(leader=before)
        page = Page(desk.post(change(team), {**sent, "leader": after.pk if after else ""}))
        team.refresh_from_db()
        assert (OWN_TEAM in page.text, team.leader) == (True, before)
    assert desk.post(change(team), {**sent, "leader": mine.pk}).status_code == 302  # as it was
    line = {**sent, "leader": mine.pk, "members-TOTAL_FORMS": 1, "members-0-since": "2026-11-01"}
    joins = {**line, "members-0-volunteer": mine.pk}
    assert OWN_TEAM in Page(desk.post(change(team), joins)).text
    member = TeamMember.objects.create(team=team, volunteer=mine, since="2026-11-01")
    stays = {**joins, "members-INITIAL_FORMS": 1, "members-0-id": member.pk, "members-0-team": team.pk}
    for off in (
        {"members-0-until": "2026-11-20"},
        {"members-0-DELETE": "on"},
        {"members-0-volunteer": one.pk},
    ):
        assert OWN_TEAM in Page(desk.post(change(team), {**stays, **off})).text
    member.refresh_from_db()
    assert (member.volunteer, member.until) == (mine, None)
    assert desk.post(change(team), stays).status_code == 302


@pytest.mark.sweep
@pytest.mark.parametrize(
    "model",
    [
        Activity,
        Shift,
        ShiftSignup,
        ShiftSignupEvent,
        Volunteer,
        ServiceRecord,
        Team,
        PartnerUnit,
        PartnerShop,
    ],
)
def test_lists_cost_the_same_however_long(desk, cast, home, now, model):
    shift = volunteers.shift(home, NINE, places=999)

    def more(count):
        for _ in range(count):
            one = volunteers.volunteer(home=home)
            volunteers.signup(shift, one, now)
            volunteers.record(one, cast.worker, now=now)
            volunteers.shift(home, NINE + timedelta(minutes=volunteers.next_number()))
            for kind in (Team, PartnerUnit, PartnerShop):
                kind.objects.create(name=f"第{volunteers.next_number()}", division=home)

    assert_constant(desk, listed(model), more)

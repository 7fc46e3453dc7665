"""The counter: one box, the resident's card, a class, a slip."""

from datetime import date
from urllib.parse import unquote

import pytest

from common.veils import veiled
from courses.models.enrolment import Enrolment
from courses.rules import EnrolBy, EnrolmentState
from people.models import Consent, Person
from people.rules import MAY, Role
from tests.backoffice import said, sought, staff
from tests.factories import centers, courses, people
from tests.html import Page
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


@pytest.fixture
def group(cast, now):
    return courses.class_group(cast.center, now, name="书法一班", capacity=1)


def test_one_match_opens_the_card(desk, cast):
    assert sought(desk, staff("desk"), "xfs").url == staff("person", cast.elder.pk)


@pytest.mark.parametrize(
    "typed",
    ["13900001111", "139-0000-1111", "+86 139 0000 1111", "１３９００００１１１１", "1111"],
)
def test_a_phone_is_found_however_it_is_written(desk, cast, typed):
    hers = people.person("赵小丽", home=cast.city["community"], phone="13900001111")
    assert sought(desk, staff("desk"), typed).url == staff("person", hers.pk)


@pytest.mark.parametrize("typed", ["0371-65251265", "(0371)65251265", "0371 65251265", "65251265", "1265"])
def test_so_is_a_landline(desk, cast, typed):
    hers = people.person("赵小丽", home=cast.city["community"], phone="0371-65251265")
    assert sought(desk, staff("desk"), typed).url == staff("person", hers.pk)


@pytest.mark.parametrize("born", ["0001-01-01", "1026-05-06", "2126-05-06"])
def test_a_birth_that_cannot_be_is_refused(desk, cast, born):
    answers = {"full_name": "赵小丽", "born_on": born, "home": cast.city["community"].pk}
    page = Page(desk.post(staff("new_person"), answers))
    assert page.status == 409
    assert "出生日期" in page.text
    assert page.fields("born_on")[0]["value"] == born


def test_several_matches_are_told_apart(desk, cast):
    people.person("解福生", home=cast.city["community"], born_on=date(1960, 1, 1), phone="13900001111")
    page = Page(sought(desk, staff("desk"), "解福生"))
    assert "1945年生" in page.text
    assert "139****1111" in page.text
    assert "通信花园社区 通信花园第一网格" in page.text


def test_nobody_found_leads_to_a_new_record(desk, cast):
    page = Page(sought(desk, staff("desk"), "赵小丽"))
    assert "没有找到“赵小丽”" in page.text
    [way] = [link for link in page.links if link.startswith(staff("new_person"))]
    assert "赵小丽" not in unquote(way)
    assert Page(desk.get(way)).fields("full_name")[0]["value"] == "赵小丽"
    answers = {"full_name": "赵小丽", "phone": "13900002222", "home": cast.city["grid"].pk}
    answer = desk.post(staff("new_person"), answers)
    made = Person.objects.get(full_name="赵小丽")
    assert answer.url == staff("person", made.pk)
    assert desk.post(staff("new_person"), answers).url == staff("person", made.pk)  # a double click


@pytest.mark.parametrize("home", ["", "theirs"])
def test_a_new_record_wants_a_home_in_reach(desk, cast, home):
    home = cast.city["other_community"].pk if home else ""
    answers = {"full_name": "赵小丽", "phone": "13900002222", "home": home}
    page = Page(desk.post(staff("new_person"), answers))
    assert page.status == 422
    assert page.fields("phone")[0]["value"] == "13900002222"
    assert not Person.objects.filter(full_name="赵小丽").exists()


def test_the_card(desk, cast, group, now):
    courses.seat(group, cast.guilan, now)
    centers.center(cast.city["community"], "第二中心")
    page = Page(desk.get(staff("person", cast.guilan.pk)))
    assert "68 岁" in page.text
    assert "已入班" in page.text
    assert "已满，候补 0 人" in page.text
    assert "打印登录验证码" in page.text


def test_a_child_without_consent_is_pointed_out(desk, cast, now):
    assert "同意书" not in Page(desk.get(staff("person", cast.zixuan.pk))).text.split("改资料")[0]
    Consent.objects.update(withdrawn_at=now)
    assert "还没有监护人的同意书" in Page(desk.get(staff("person", cast.zixuan.pk))).text


@pytest.mark.parametrize(("typed", "listed"), [("书法", True), ("sfyb", True), ("SF", True), ("声乐", False)])
def test_a_class_is_found_by_name_or_initials(desk, cast, group, typed, listed):
    page = Page(desk.get(staff("person", cast.elder.pk), {"c": typed}))
    assert bool(page.fields("class_id")) is listed


def test_enrol_then_wait(desk, cast, group):
    first = desk.post(staff("person_enrol", cast.elder.pk), {"class_id": group.pk})
    assert said(first) == "解福生已入班。"
    assert first.url == staff("person", cast.elder.pk)
    second = desk.post(staff("person_enrol", cast.guilan.pk), {"class_id": group.pk})
    assert "排进候补" in said(second)
    assert Enrolment.objects.get(person=cast.guilan).state == EnrolmentState.WAITING


def test_a_refusal_and_a_clash_come_back_with_the_search(desk, cast, group, now):
    other = courses.class_group(cast.center, now, name="声乐班")
    for one in (group, other):
        courses.session(one, courses.at(2026, 12, 2, 18))
    courses.seat(other, cast.elder, now)
    answer = desk.post(staff("person_enrol", cast.elder.pk), {"class_id": group.pk, "c": "书法"})
    assert "声乐班" in said(answer)
    page = Page(desk.get(answer.url))
    assert "仍然报名" in page.text
    assert page.fields("c")[0]["value"] == "书法"
    desk.post(staff("person_enrol", cast.elder.pk), {"class_id": group.pk, "clash": "yes"})
    assert group.enrolments.get().person == cast.elder
    again = desk.post(staff("person_enrol", cast.elder.pk), {"class_id": group.pk, "clash": "yes"})
    assert "已经报过" in said(again)
    assert "没有找到" in said(desk.post(staff("person_enrol", cast.elder.pk), {"class_id": "x"}))


def test_by_session_classes_lead_to_their_roster(desk, cast, now):
    group = courses.class_group(cast.center, now, name="手工课", enrol_by=EnrolBy.SESSION)
    page = Page(desk.get(staff("person", cast.elder.pk)))
    assert any(link.startswith(staff("class", group.pk)) for link in page.links)


def test_other_streets_are_out_of_sight(desk, cast, now):
    theirs = courses.class_group(cast.other_center, now, name="邻街班")
    assert desk.get(staff("person", cast.stranger.pk)).status_code == 404
    assert desk.post(staff("person_enrol", cast.stranger.pk), {"class_id": theirs.pk}).status_code == 404
    assert "邻街班" not in Page(desk.get(staff("person", cast.elder.pk))).text
    assert "负责的范围" in said(desk.post(staff("person_enrol", cast.elder.pk), {"class_id": theirs.pk}))
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("role", [Role.STREET_OFFICER, Role.AUDITOR, Role.GRID_WORKER, Role.TEACHER])
def test_who_fills_no_seats_has_no_counter(client, cast, role):
    client.force_login(people.staff("某人", role, cast.city["street"]))
    looks = role in MAY["people.view"]  # and finds whom to ring: test_lookup.py
    assert client.get(staff("desk")).status_code == (200 if looks else 403)
    assert client.get(staff("person", cast.elder.pk)).status_code == 403
    assert client.get(staff("new_person")).status_code == 403


def test_looking_enrols_nobody(desk, cast, group):
    assert desk.get(staff("person_enrol", cast.elder.pk), {"class_id": group.pk}).status_code == 405
    assert not Enrolment.objects.exists()


def test_a_number_of_nobody_goes_along_to_the_new_record(desk, cast):
    page = Page(sought(desk, staff("desk"), "139-0000-2222"))
    assert "没有找到“尾号2222”" in page.text
    [way] = [link for link in page.links if link.startswith(staff("new_person"))]
    assert Page(desk.get(way)).fields("phone")[0]["value"] == "139-0000-2222"


def test_the_desk_costs_the_same_however_many(desk, cast):
    more = lambda n: [people.person("某某", home=cast.city["grid"]) for _ in range(n)]  # noqa: E731
    assert_constant(desk, f"{staff('desk')}?q={veiled('某某')}", more)


def test_the_card_costs_the_same_however_many(desk, cast, now):
    def more(count):
        for _ in range(count):
            group = courses.class_group(cast.center, now, teacher=courses.teacher())
            courses.seat(group, cast.elder, now)

    assert_constant(desk, staff("person", cast.elder.pk), more)

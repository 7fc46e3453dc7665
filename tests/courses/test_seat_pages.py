"""Taking a seat, answering an offer, giving the seat back: what the buttons do and what they refuse."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.actions.enrolment import lapse_offers
from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.rules import ClassState, EnrolBy, EnrolmentState
from notices.models import Notice
from tests.factories import courses, people
from tests.factories.courses import at
from tests.factories.stages import put
from tests.html import Page

S = EnrolmentState
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def group(cast, now):
    made = courses.class_group(cast.center, now, name="书法一班", capacity=2, waiting_limit=2, bring="毛笔")
    courses.session(made, now + timedelta(days=3))
    return made


def enrol(client, group, person, **more):
    """Presses the button; `person` may be whatever a tampered form sends."""
    data = {"person": getattr(person, "pk", person), **more}
    return client.post(f"/classes/{group.pk}/enrol/", {k: v for k, v in data.items() if v is not None})


def press(client, enrolment, button, **data):
    return client.post(reverse(f"courses:{button}", args=[enrolment.pk]), data, follow=True)


def refused(response, status, sentence):
    page = Page(response)
    assert page.status == status
    assert sentence in page.text
    assert page.heading("title").startswith(("没有报上：", "已经报过："))
    return page


# --- taking a seat ----------------------------------------------------------------------------


def test_one_press_takes_a_seat_and_the_page_says_what_was_done_and_how_to_undo_it(guilan, cast, group):
    response = enrol(guilan, group, cast.guilan)
    done = Enrolment.objects.get(person=cast.guilan)
    assert response.status_code == 302
    assert response.url == f"/my/enrolments/{done.pk}/"
    assert (done.state, done.channel, done.by) == (S.SEATED, "WEB", cast.guilan.user)
    page = Page(guilan.get(response.url))
    assert page.heading() == "王桂兰报上了书法一班"
    for words in (f"编号 {group.pk}-{done.pk}", "下一次课：11月28日", "毛笔", "退出这个班", "加到日历"):
        assert words in page.text
    assert reverse("courses:withdraw", args=[done.pk]) in page.links


def test_a_grandmother_enrols_her_grandson(guilan, cast, group):
    enrol(guilan, group, cast.zixuan)
    done = Enrolment.objects.get(person=cast.zixuan)
    assert done.state == S.SEATED
    assert Page(guilan.get(f"/my/enrolments/{done.pk}/")).heading() == "王子轩报上了书法一班"


def test_who_comes_to_a_full_class_is_told_her_place_in_line(guilan, cast, group, now):
    courses.seat(group, cast.elder, now)
    courses.seat(group, cast.stranger, now)
    courses.seat(group, people.person("李秀英"), now, S.WAITING)
    page = Page(guilan.get(enrol(guilan, group, cast.guilan).url))
    assert page.heading() == "王桂兰在候补书法一班"
    assert "前面还有 1 人。" in page.text
    assert "不排了" in page.text
    assert "随时可以不排；以后再来，要从最后一位排起。" in page.text
    assert "座位马上给候补的人" not in page.text


def test_one_date_of_a_class_can_be_taken_alone(guilan, cast, now):
    group = courses.class_group(cast.center, now, enrol_by=EnrolBy.SESSION, capacity=3)
    session = courses.session(group, at(2026, 11, 26, 18))
    enrol(guilan, group, cast.guilan, session=session.pk)
    done = Enrolment.objects.get(person=cast.guilan)
    assert done.session == session
    assert "下一次课：11月26日" in Page(guilan.get(f"/my/enrolments/{done.pk}/")).text


def test_a_passer_by_signs_in_and_is_back_at_the_class(client, cast, group):
    response = enrol(client, group, cast.guilan)
    assert response.status_code == 302
    assert response.url == f"/account/login/?next=/classes/{group.pk}/"
    assert not Enrolment.objects.exists()


def test_looking_at_the_button_s_address_enrols_nobody(guilan, group):
    assert guilan.get(f"/classes/{group.pk}/enrol/").url == f"/classes/{group.pk}/"
    assert not Enrolment.objects.exists()


def test_a_double_click_takes_one_seat_and_says_so(guilan, cast, group):
    enrol(guilan, group, cast.guilan)
    page = refused(enrol(guilan, group, cast.guilan), 409, "王桂兰已经报过书法一班，不用再报。")
    assert "已经报过" in page.headings("h2")
    done = Enrolment.objects.get(person=cast.guilan)
    assert f"/my/enrolments/{done.pk}/" in page.links
    assert Notice.objects.filter(recipient=cast.guilan).count() == 1


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"closes_at": at(2026, 11, 25, 13)}, "报名已经截止，请看其他班，或打电话问服务台。"),
        ({"opens_at": at(2026, 11, 25, 15)}, "报名还没开始，11月25日 15:00 开放，请到时再来。"),
        ({"state": ClassState.CANCELLED, "state_reason": "老师生病"}, "这个班已取消：老师生病"),
        ({"state": ClassState.FINISHED}, "这个班已经结课，请看下学期的班。"),
        ({"capacity": 0, "waiting_limit": 0}, "名额和候补都满了，请看其他班，或过几天再来。"),
        ({"max_age": 60}, "这个班收 60 岁及以下的学员。"),
        ({"min_age": 70}, "这个班收 70 岁及以上的学员。"),
    ],
)
def test_a_refusal_is_one_plain_sentence_on_the_class_s_own_page(guilan, cast, group, fields, sentence):
    ClassGroup.objects.filter(pk=group.pk).update(**fields)
    refused(enrol(guilan, group, cast.guilan), 409, sentence)
    assert not Enrolment.objects.exists()


def test_a_draft_is_as_good_as_not_there(guilan, cast, group):
    put(ClassGroup.objects.filter(pk=group.pk), state=ClassState.DRAFT)
    assert enrol(guilan, group, cast.guilan).status_code == 404


@pytest.mark.parametrize("class_id", [999999, 9 * 10**30])
def test_a_class_that_does_not_exist_is_a_404(guilan, cast, group, class_id):
    response = guilan.post(f"/classes/{class_id}/enrol/", {"person": cast.guilan.pk})
    assert response.status_code == 404
    assert "班" in Page(response).text


def test_a_child_under_14_waits_for_a_guardian_s_consent(guilan, cast, group):
    child = people.child("王小宝", date(2019, 1, 1), cast.guilan, consented=False)
    page = refused(enrol(guilan, group, child), 409, "王小宝不满 14 岁，请监护人先在“我的家人”里同意")
    assert "/my/family/" in page.links
    checked = [radio["value"] for radio in page.fields("person") if "checked" in radio]
    assert checked == [str(child.pk)]


def test_an_unknown_age_is_asked_for_where_the_class_has_limits(guilan, cast, group):
    ClassGroup.objects.filter(pk=group.pk).update(min_age=18)
    nobody = people.person("王母")
    people.Guardianship.objects.create(guardian=cast.guilan, ward=nobody, kind="AGENT")
    refused(enrol(guilan, group, nobody), 409, "请先补上王母的出生日期")


def test_overlapping_classes_are_asked_about_once_and_then_taken(guilan, cast, group, now):
    other = courses.class_group(cast.center, now, name="合唱一班")
    courses.session(other, now + timedelta(days=3, minutes=30))
    courses.seat(other, cast.zixuan, now)
    page = refused(enrol(guilan, group, cast.zixuan), 409, "和合唱一班的上课时间有重叠。")
    assert page.fields("clash")[0]["value"] == "yes"
    assert "仍然报名" in page.text
    assert [radio["value"] for radio in page.fields("person") if "checked" in radio] == [str(cast.zixuan.pk)]
    assert enrol(guilan, group, cast.zixuan, clash="yes").status_code == 302
    assert Enrolment.objects.filter(class_group=group, person=cast.zixuan, state=S.SEATED).exists()


def test_a_refused_choice_of_date_stays_chosen(guilan, cast, now):
    group = courses.class_group(cast.center, now, enrol_by=EnrolBy.SESSION, capacity=3)
    courses.session(group, at(2026, 11, 26, 18))
    second = courses.session(group, at(2026, 11, 27, 18))
    child = people.child("王小宝", date(2019, 1, 1), cast.guilan, consented=False)
    page = Page(enrol(guilan, group, child, session=second.pk))
    assert page.status == 409
    assert [radio["value"] for radio in page.fields("session") if "checked" in radio] == [str(second.pk)]


def test_nobody_enrols_somebody_else_s_ward(guilan, cast, group):
    theirs = people.child("曾小宝", date(2018, 1, 1), cast.stranger)
    page = refused(enrol(guilan, group, theirs), 403, "您不能替这位居民报名，请先到服务台登记代办关系。")
    assert "曾小宝" not in page.text


@pytest.mark.parametrize("person", [None, "", "abc", "²", "-1", "1.5", "1e3", "9" * 30, "x" * 100_000])
def test_a_tampered_form_without_a_person_asks_who(guilan, cast, group, person):
    refused(enrol(guilan, group, person), 422, "请选一下给谁报名。")


def test_a_tampered_form_with_an_unknown_person_is_not_allowed(guilan, cast, group):
    refused(enrol(guilan, group, "9" * 18), 403, "您不能替这位居民报名")


@pytest.mark.parametrize("session", ["abc", "9" * 18, "9" * 40, "-1"])
def test_a_tampered_date_is_refused_in_words(guilan, cast, now, session):
    group = courses.class_group(cast.center, now, enrol_by=EnrolBy.SESSION, capacity=3)
    courses.session(group, at(2026, 11, 26, 18))
    response = enrol(guilan, group, cast.guilan, session=session)
    assert response.status_code in {404, 422}
    assert "课" in Page(response).text
    assert not Enrolment.objects.exists()


def test_a_session_of_another_class_is_not_taken(guilan, cast, group, now):
    other = courses.class_group(cast.center, now, enrol_by=EnrolBy.SESSION, capacity=3)
    session = courses.session(other, at(2026, 11, 26, 18))
    response = enrol(guilan, group, cast.guilan, session=session.pk)
    assert response.status_code == 404
    assert "没有找到这次课" in Page(response).text


def test_without_the_token_of_our_own_page_nothing_happens(cast, group):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.guilan.user)
    page = Page(enrol(client, group, cast.guilan))
    assert page.status == 403
    assert page.heading() == "这一页放得太久了，没有提交上去"
    assert not Enrolment.objects.exists()


# --- offers -----------------------------------------------------------------------------------


@pytest.fixture
def offer(cast, group, now):
    """王桂兰 was first in line and has been offered the seat; somebody else waits behind her."""
    courses.seat(group, cast.elder, now)
    made = courses.seat(group, cast.guilan, now, S.OFFERED, offer_until=now + timedelta(hours=5))
    courses.seat(group, cast.stranger, now, S.WAITING)
    return made


def test_an_offer_is_shown_everywhere_and_taken_with_one_press(guilan, cast, offer):
    for url in ("/", "/my/"):
        assert f"/my/enrolments/{offer.pk}/" in Page(guilan.get(url)).links
    page = Page(guilan.get(f"/my/enrolments/{offer.pk}/"))
    assert page.heading() == "书法一班有名额了，给王桂兰留着"
    assert "请在 11月25日 星期三 19:00 前回答" in page.text
    assert {reverse(f"courses:{button}", args=[offer.pk]) for button in ("accept", "decline")} <= set(
        page.links
    )
    assert Page(press(guilan, offer, "accept")).heading() == "王桂兰报上了书法一班"
    assert Page(press(guilan, offer, "accept")).heading() == "王桂兰报上了书法一班"


def test_a_declined_offer_goes_to_the_next_in_line(guilan, cast, offer):
    page = Page(press(guilan, offer, "decline"))
    assert "已放弃，名额让给了下一位。" in page.text
    assert Enrolment.objects.get(person=cast.stranger).state == S.OFFERED
    press(guilan, offer, "decline")
    assert Enrolment.objects.get(pk=offer.pk).state == S.LAPSED


def test_an_expired_offer_cannot_be_taken_and_says_what_to_do(guilan, cast, offer, clock, now):
    clock.now = now + timedelta(hours=6)
    page = Page(guilan.get(f"/my/enrolments/{offer.pk}/"))
    assert page.heading() == "书法一班的名额没有留住"
    assert reverse("courses:accept", args=[offer.pk]) not in page.links
    page = Page(press(guilan, offer, "accept"))
    assert page.heading() == "书法一班的名额没有留住"
    assert "这个名额的保留时间已过，已让给下一位。您可以重新报名候补。" in page.text
    lapse_offers(now=clock.now)
    assert Page(guilan.get(f"/my/enrolments/{offer.pk}/")).heading() == "书法一班的名额没有留住"
    assert Enrolment.objects.get(person=cast.stranger).state == S.OFFERED


# --- giving a seat back -----------------------------------------------------------------------


def test_a_seat_given_back_is_offered_on_at_once(guilan, cast, group, now):
    mine = courses.seat(group, cast.guilan, now)
    courses.seat(group, cast.elder, now)
    waiting = courses.seat(group, cast.stranger, now, S.WAITING)
    page = Page(press(guilan, mine, "withdraw"))
    assert page.heading() == "王桂兰已退出书法一班"
    assert "已退出。改主意了可以重新报名。" in page.text
    assert Enrolment.objects.get(pk=waiting.pk).state == S.OFFERED
    assert Page(press(guilan, mine, "withdraw")).status == 200


def test_who_has_left_may_come_again(guilan, cast, group, now):
    mine = courses.seat(group, cast.guilan, now)
    press(guilan, mine, "withdraw")
    assert enrol(guilan, group, cast.guilan).status_code == 302
    assert Enrolment.objects.filter(person=cast.guilan, state=S.SEATED).count() == 1


@pytest.mark.parametrize("button", ["withdraw", "accept", "decline"])
def test_opening_a_button_s_address_changes_nothing_and_says_so(guilan, cast, offer, button):
    response = guilan.get(reverse(f"courses:{button}", args=[offer.pk]))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert Page(response).heading() == "这里要按按钮才能办"
    assert Enrolment.objects.get(pk=offer.pk).state == S.OFFERED


def test_who_was_signed_out_meanwhile_comes_back_to_the_page_with_the_button(client, cast, offer):
    here = f"/my/enrolments/{offer.pk}/"
    response = client.post(f"{here}withdraw/", HTTP_REFERER=f"http://testserver{here}")
    assert response.url == f"/account/login/?next={here}"
    response = client.post(f"{here}withdraw/", HTTP_REFERER=f"http://evil.example{here}")
    assert response.url == "/account/login/?next=/"


def test_a_class_that_is_over_cannot_be_left(guilan, cast, group, now):
    mine = courses.seat(group, cast.guilan, now, S.COMPLETED)
    page = Page(press(guilan, mine, "withdraw"))
    assert page.heading() == "王桂兰学完了书法一班"
    assert "这次报名现在是“已结业”，不能退出。" in page.text


@pytest.mark.parametrize("button", ["withdraw", "accept", "decline"])
def test_nobody_touches_another_s_enrolment(client, cast, offer, button):
    client.force_login(cast.stranger.user)
    page = Page(press(client, offer, button))
    assert page.status == 403
    assert "没有找到这次报名，或者它不是您的。" in page.text
    assert client.get(f"/my/enrolments/{offer.pk}/").status_code == 404
    assert client.get(f"/my/enrolments/{offer.pk}/class.ics").status_code == 404
    assert Enrolment.objects.get(pk=offer.pk).state == S.OFFERED


def test_a_refusal_leads_back_to_our_own_page_and_never_to_another_site(guilan, cast, group, now):
    mine = courses.seat(group, cast.guilan, now, S.COMPLETED)
    url = reverse("courses:withdraw", args=[mine.pk])
    for before in ("https://evil.example/x", f"http://testserver/my/enrolments/{mine.pk}/"):
        assert guilan.post(url, HTTP_REFERER=before).url == f"/my/enrolments/{mine.pk}/"

"""The roster of a class: who is added, moved, taken off, written to."""

from datetime import date, timedelta

import pytest

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Attendance, Enrolment
from courses.rules import EnrolBy, EnrolmentState, Mark
from notices.models import Notice
from people.models import Person
from tests.backoffice import said, staff
from tests.factories import courses, people
from tests.html import Page

pytestmark = pytest.mark.usefixtures("clock")
S = EnrolmentState


def words(answer):
    return Page(answer).text


@pytest.fixture
def group(cast, now):
    room = cast.center.rooms.first()
    return courses.class_group(cast.center, now, name="书法一班", capacity=2, waiting_limit=2, room=room)


@pytest.fixture
def session(group, now):
    """It began an hour ago."""
    return courses.session(group, now - timedelta(hours=1))


@pytest.fixture
def coming(group, now):
    return courses.session(group, now + timedelta(days=3))


@pytest.fixture
def seat(group, cast, now):
    return courses.seat(group, cast.guilan, now)


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


# --- The roster -------------------------------------------------------------------------------


def test_the_roster_tells_who_sits_and_who_waits(desk, cast, group, session, now):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    first = courses.seat(group, cast.guilan, now)
    courses.seat(group, cast.elder, now, S.OFFERED, offer_until=now + timedelta(hours=5))
    for name in ("甲", "乙"):
        courses.seat(group, people.person(f"候补{name}"), now, S.WAITING)
    Attendance.objects.create(session=session, enrolment=first, mark=Mark.PRESENT, at=now)
    text = words(desk.get(staff("class", group.pk)))
    assert "138****5678" in text
    assert "13812345678" not in text
    assert "68" in text
    assert "1/1 次" in text
    assert "等回话 1 人" in text
    assert text.index("第 1 位 候补甲") < text.index("第 2 位 候补乙")
    assert "今天" in text


@pytest.mark.parametrize("typed", ["解福生", "xfs", "1111"])
def test_a_resident_is_found_and_added(desk, cast, group, typed):
    Person.objects.filter(pk=cast.elder.pk).update(phone="13900001111")
    page = Page(desk.get(staff("class", group.pk), {"q": typed}))
    assert page.fields("person")[0]["value"] == str(cast.elder.pk)
    answer = desk.post(staff("add", group.pk), {"person": cast.elder.pk, "q": typed})
    assert said(answer) == "解福生已入班。"
    done = Enrolment.objects.get()
    assert (done.state, done.channel, done.by) == (S.SEATED, "COUNTER", cast.worker)


def test_people_out_of_sight_are_neither_found_nor_added(desk, cast, group):
    assert "没有找到" in words(desk.get(staff("class", group.pk), {"q": "曾小雨"}))
    assert desk.post(staff("add", group.pk), {"person": cast.stranger.pk}).status_code == 404
    assert said(desk.post(staff("add", group.pk), {"person": "x"})) == "请选一下给谁报名。"
    assert not Enrolment.objects.exists()


def test_a_full_class_gives_a_place_in_line(desk, cast, group, now):
    for name in ("甲", "乙"):
        courses.seat(group, people.person(f"学员{name}"), now)
    assert (
        said(desk.post(staff("add", group.pk), {"person": cast.elder.pk}))
        == "名额满了，解福生排进候补，前面 0 人。"
    )


def test_a_refusal_is_a_message_and_keeps_the_search(desk, cast, group, seat):
    answer = desk.post(staff("add", group.pk), {"person": cast.guilan.pk, "q": "wgl"})
    assert "已经报过" in said(answer)
    assert "q=wgl" in answer.url
    assert "已在名单里" in words(desk.get(answer.url))


def test_a_clash_is_confirmed_once_more(desk, cast, group, coming, now):
    other = courses.class_group(cast.center, now, name="声乐班")
    courses.session(other, coming.starts_at)
    courses.seat(other, cast.elder, now)
    answer = desk.post(staff("add", group.pk), {"person": cast.elder.pk, "q": "xfs"})
    assert "声乐班" in said(answer)
    assert "仍然报名" in words(desk.get(answer.url))
    desk.post(staff("add", group.pk), {"person": cast.elder.pk, "clash": "yes"})
    assert group.enrolments.get().state == S.SEATED


def test_someone_new_is_put_on_record_and_enrolled(desk, cast, group):
    form = {"full_name": "李 大妈", "phone": "138 1234 5678", "born_on": "1950.1.2", "sex": "F"}
    for _ in range(2):
        answer = desk.post(staff("newcomer", group.pk), form)
    assert "已经报过" in answer.content.decode()
    made = Person.objects.get(full_name="李大妈")
    assert (made.phone, made.born_on, made.home) == ("13812345678", date(1950, 1, 2), cast.city["community"])
    assert Enrolment.objects.get().person == made


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"full_name": ""}, "不能空着"),
        ({"phone": "12"}, "电话看不懂"),
        ({"born_on": "五月"}, "2026-12-02"),
        ({"born_on": "2027-01-01"}, "今天之后"),
        ({"born_on": "2019-01-01"}, "监护人"),
    ],
)
def test_a_newcomer_refused_leaves_no_record_and_keeps_what_was_typed(desk, group, fields, sentence):
    form = {"full_name": "李大妈", "phone": "13812345678", "born_on": "", "sex": "", **fields}
    page = Page(desk.post(staff("newcomer", group.pk), form))
    assert page.status in {409, 422}
    assert sentence in page.text
    assert page.heading("title").startswith("错误")
    assert page.fields("phone")[0].get("value", "") == form["phone"]
    assert not Person.objects.filter(full_name="李大妈").exists()


def test_withdraw_passes_the_seat_on(desk, cast, group, coming, seat, now):
    courses.seat(group, people.person("学员甲"), now)
    courses.seat(group, cast.elder, now, S.WAITING)
    assert "王桂兰已退出" in said(desk.post(staff("withdraw", seat.pk)))
    assert Enrolment.objects.get(person=cast.elder).state == S.OFFERED
    text = words(desk.get(staff("class", group.pk)))
    assert "等回话 1 人" in text
    waiting = Enrolment.objects.get(person=cast.elder)
    assert said(desk.post(staff("accept", waiting.pk))) == "解福生：已入班。"


def test_an_offer_is_declined_by_phone(desk, cast, group, now):
    offer = courses.seat(group, cast.elder, now, S.OFFERED, offer_until=now + timedelta(hours=5))
    desk.post(staff("decline", offer.pk))
    assert Enrolment.objects.get().state == S.LAPSED


def test_remove_wants_a_reason(desk, seat):
    page = Page(desk.post(staff("remove", seat.pk), {"reason": ""}))
    assert page.status == 422
    assert page.heading("title").startswith("错误")
    assert "已移出" in said(desk.post(staff("remove", seat.pk), {"reason": "年龄不符"}))
    assert Enrolment.objects.get().reason == "年龄不符"
    again = Page(desk.post(staff("remove", seat.pk), {"reason": "年龄不符"}))
    assert again.status == 409
    assert "不能移出" in again.text


def test_move_to_a_parallel_class(desk, cast, group, seat, now):
    full = courses.class_group(cast.center, now, name="书法二班", course=group.course, capacity=1)
    courses.seat(full, cast.elder, now)
    free = courses.class_group(cast.center, now, name="书法三班", course=group.course)
    courses.class_group(cast.center, now, name="声乐班")
    text = words(desk.get(staff("enrolment", seat.pk)))
    assert "书法二班（1/1）" in text
    assert "声乐班" not in text
    assert desk.post(staff("move_seat", seat.pk), {"to_class": ""}).status_code == 422
    refused = Page(desk.post(staff("move_seat", seat.pk), {"to_class": full.pk}))
    assert refused.status == 409
    assert "没有空名额" in refused.text
    assert "已调到书法三班" in said(desk.post(staff("move_seat", seat.pk), {"to_class": free.pk}))
    assert Enrolment.objects.get(class_group=free).person == cast.guilan


def test_where_people_enrol_by_session_each_has_its_roster(desk, cast, now):
    group = courses.class_group(cast.center, now, name="手工课", enrol_by=EnrolBy.SESSION, capacity=9)
    first, second = (courses.session(group, now + timedelta(days=day)) for day in (1, 8))
    desk.post(staff("add", group.pk), {"person": cast.elder.pk, "session": second.pk})
    assert Enrolment.objects.get().session == second
    assert "解福生" in words(desk.get(staff("class", group.pk), {"session": second.pk}))
    assert "解福生" not in words(desk.get(staff("class", group.pk)))
    assert "解福生" in words(desk.get(staff("session", second.pk)))
    assert "解福生" not in words(desk.get(staff("session", first.pk)))
    assert "解福生" in words(desk.get(staff("sheet", group.pk), {"session": second.pk}))


def test_capacity(desk, cast, group, seat, now):
    courses.seat(group, people.person("学员甲"), now)
    refused = Page(desk.post(staff("capacity", group.pk), {"capacity": 1, "waiting_limit": 2}))
    assert refused.status == 409
    assert "名额不能更少" in refused.text
    assert refused.fields("capacity")[0]["value"] == "1"
    desk.post(staff("capacity", group.pk), {"capacity": 7, "waiting_limit": 3})
    assert ClassGroup.objects.get().capacity == 7


# --- Letters ----------------------------------------------------------------------------------


def test_a_double_click_is_one_letter(desk, group, seat):
    key = Page(desk.get(staff("message", group.pk))).fields("key")[0]["value"]
    for _ in range(2):
        assert (
            said(desk.post(staff("message", group.pk), {"text": "明天带毛笔", "key": key}))
            == "已发给 1 位学员。"
        )
    assert Notice.objects.get().body_data["text"] == "明天带毛笔"
    assert Page(desk.get(staff("message", group.pk))).fields("key")[0]["value"] != key


def test_an_empty_letter_is_not_sent(desk, group, seat):
    page = Page(desk.post(staff("message", group.pk), {"text": "  ", "key": "k1"}))
    assert page.status == 422
    assert page.fields("key")[0]["value"] == "k1"
    assert not Notice.objects.exists()

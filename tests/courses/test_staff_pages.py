"""The daily work: who gets in, rosters, attendance, letters, sheets, the call list."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from openpyxl import load_workbook

from courses.models import Attendance, ClassGroup, Enrolment, Session
from courses.rules import ClassState, EnrolBy, EnrolmentState, Mark, SessionState
from notices.models import Delivery, Notice
from notices.rules import Channel, DeliveryState
from people.models import Person, RevealLog
from people.rules import Role
from tests.factories import courses, people
from tests.html import Page
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")
S = EnrolmentState


def url(page, *args):
    return reverse(f"courses:staff_{page}", args=args)


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)][-1]


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


@pytest.fixture
def teacher(cast, group):
    """The class's own teacher: an account, no post."""
    person = people.resident("陈国华", cast.city["other_community"])
    group.teacher = courses.Teacher.objects.create(person=person)
    group.save()
    return person.user


def pages(group, session, seat):
    return [
        url("home"),
        url("class", group.pk),
        url("newcomer", group.pk),
        url("message", group.pk),
        url("capacity", group.pk),
        url("sheet", group.pk),
        url("attendance", group.pk),
        url("export", group.pk),
        url("enrolment", seat.pk),
        url("session", session.pk),
        url("cancel_session", session.pk),
        url("move_session", session.pk),
        url("calls"),
    ]


def posts(seat, group, delivery_id=1):
    return [
        url("add", group.pk),
        url("withdraw", seat.pk),
        url("remove", seat.pk),
        url("move_seat", seat.pk),
        url("answer", seat.pk),
        url("phoned", delivery_id),
    ]


# --- Who gets in ------------------------------------------------------------------------------


def test_strangers_sign_in_and_residents_are_told(client, cast, group, coming, seat):
    for page in pages(group, coming, seat):
        assert client.get(page).url.startswith(reverse("account_login")), page
    client.force_login(cast.guilan.user)
    for page in pages(group, coming, seat):
        assert client.get(page).status_code == 403, page


def test_the_desk_opens_every_page(desk, group, coming, seat):
    for page in pages(group, coming, seat):
        answer = desk.get(page)
        assert answer.status_code == 200, page
        assert Page(answer).heading(), page
        assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]


def test_staff_of_another_street_find_nothing(client, cast, group, coming, seat):
    client.force_login(cast.other_worker)
    assert "书法一班" not in words(client.get(url("home")))
    for page in pages(group, coming, seat)[1:-1]:
        assert client.get(page).status_code == 404, page
    for page in posts(seat, group)[1:5]:
        assert client.post(page, {"reason": "试试"}).status_code == 404
    client.post(url("add", group.pk), {"person": cast.stranger.pk})
    assert client.post(url("message", group.pk), {"text": "好", "key": "k"}).status_code == 404
    assert client.post(url("session", coming.pk), {f"mark-{seat.pk}": "PRESENT"}).status_code == 404
    assert Enrolment.objects.get().state == S.SEATED
    assert not Notice.objects.exists()


def test_nothing_is_changed_by_looking(desk, group, coming, seat):
    for page in [*posts(seat, group), *pages(group, coming, seat)]:
        desk.get(page, {"reason": "试试", "answer": "no", "person": seat.person_id, "text": "好", "all": "1"})
    assert Enrolment.objects.get().state == S.SEATED
    assert Session.objects.get().state == SessionState.PLANNED
    assert not Notice.objects.exists()
    assert not RevealLog.objects.exists()
    assert all(desk.get(page).status_code == 405 for page in posts(seat, group))


def test_staff_without_a_post_today_stay_out(client, cast):
    cast.worker.memberships.update(until=date(2026, 11, 24))
    client.force_login(cast.worker)
    assert client.get(url("home")).status_code == 403


def test_a_teacher_has_her_roster_and_attendance_only(client, cast, group, session, seat, teacher):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    courses.class_group(cast.center, courses.at(2026, 11, 25), name="声乐班")
    client.force_login(teacher)
    home = words(client.get(url("home")))
    assert "书法一班" in home
    assert "声乐班" not in home
    roster = words(client.get(url("class", group.pk)))
    assert "王桂兰" in roster
    assert "138****5678" not in roster
    assert "加学员" not in roster
    assert client.post(url("session", session.pk), {f"mark-{seat.pk}": "LATE"}).status_code == 302
    assert Attendance.objects.get().mark == Mark.LATE
    for page in ("newcomer", "message", "capacity", "export"):
        assert client.get(url(page, group.pk)).status_code == 403, page
    assert client.get(url("calls")).status_code == 403
    for page in (url("enrolment", seat.pk), url("cancel_session", session.pk)):
        assert client.get(page).status_code == 403
    for page in (url("withdraw", seat.pk), url("remove", seat.pk), url("answer", seat.pk)):
        assert client.post(page, {"reason": "不想教"}).status_code == 403, page
    assert Enrolment.objects.get().state == S.SEATED


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.STREET_OFFICER])
def test_who_may_look_does_not_fill_seats(client, cast, group, seat, role):
    client.force_login(people.staff("某人", role, cast.city["street"]))
    assert client.get(url("class", group.pk)).status_code == 200
    assert client.get(url("enrolment", seat.pk)).status_code == 403
    for page in ("withdraw", "remove", "answer", "move_seat"):
        assert client.post(url(page, seat.pk), {"reason": "试试"}).status_code == 403, page
    assert Enrolment.objects.get().state == S.SEATED


# --- The roster -------------------------------------------------------------------------------


def test_the_roster_tells_who_sits_and_who_waits(desk, cast, group, session, now):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    first = courses.seat(group, cast.guilan, now)
    courses.seat(group, cast.elder, now, S.OFFERED, offer_until=now + timedelta(hours=5))
    for name in ("甲", "乙"):
        courses.seat(group, people.person(f"候补{name}"), now, S.WAITING)
    Attendance.objects.create(session=session, enrolment=first, mark=Mark.PRESENT, at=now)
    text = words(desk.get(url("class", group.pk)))
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
    page = Page(desk.get(url("class", group.pk), {"q": typed}))
    assert page.fields("person")[0]["value"] == str(cast.elder.pk)
    answer = desk.post(url("add", group.pk), {"person": cast.elder.pk, "q": typed})
    assert said(answer) == "解福生已入班。"
    done = Enrolment.objects.get()
    assert (done.state, done.channel, done.by) == (S.SEATED, "COUNTER", cast.worker)


def test_people_out_of_sight_are_neither_found_nor_added(desk, cast, group):
    assert "没有找到" in words(desk.get(url("class", group.pk), {"q": "曾小雨"}))
    assert desk.post(url("add", group.pk), {"person": cast.stranger.pk}).status_code == 404
    assert desk.post(url("add", group.pk), {"person": "x"}).status_code == 404
    assert not Enrolment.objects.exists()


def test_a_full_class_gives_a_place_in_line(desk, cast, group, now):
    for name in ("甲", "乙"):
        courses.seat(group, people.person(f"学员{name}"), now)
    assert (
        said(desk.post(url("add", group.pk), {"person": cast.elder.pk}))
        == "名额满了，解福生排进候补，前面 0 人。"
    )


def test_a_refusal_is_a_message_and_keeps_the_search(desk, cast, group, seat):
    answer = desk.post(url("add", group.pk), {"person": cast.guilan.pk, "q": "wgl"})
    assert "已经报过" in said(answer)
    assert "q=wgl" in answer.url
    assert "已在名单里" in words(desk.get(answer.url))


def test_a_clash_is_confirmed_once_more(desk, cast, group, coming, now):
    other = courses.class_group(cast.center, now, name="声乐班")
    courses.session(other, coming.starts_at)
    courses.seat(other, cast.elder, now)
    answer = desk.post(url("add", group.pk), {"person": cast.elder.pk, "q": "xfs"})
    assert "声乐班" in said(answer)
    assert "仍然报名" in words(desk.get(answer.url))
    desk.post(url("add", group.pk), {"person": cast.elder.pk, "clash": "yes"})
    assert group.enrolments.get().state == S.SEATED


def test_someone_new_is_put_on_record_and_enrolled(desk, cast, group):
    form = {"full_name": "李 大妈", "phone": "138 1234 5678", "born_on": "1950.1.2", "sex": "F"}
    for _ in range(2):
        answer = desk.post(url("newcomer", group.pk), form)
    assert "已经报过" in answer.content.decode()
    made = Person.objects.get(full_name="李大妈")
    assert (made.phone, made.born_on, made.home) == ("13812345678", date(1950, 1, 2), cast.city["community"])
    assert Enrolment.objects.get().person == made


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"full_name": ""}, "必填"),
        ({"phone": "12"}, "电话看不懂"),
        ({"born_on": "五月"}, "2026-12-02"),
        ({"born_on": "2027-01-01"}, "今天之后"),
        ({"born_on": "2019-01-01"}, "监护人"),
    ],
)
def test_a_newcomer_refused_leaves_no_record_and_keeps_what_was_typed(desk, group, fields, sentence):
    form = {"full_name": "李大妈", "phone": "13812345678", "born_on": "", "sex": "", **fields}
    page = Page(desk.post(url("newcomer", group.pk), form))
    assert page.status in {409, 422}
    assert sentence in page.text
    assert page.heading("title").startswith("错误")
    assert page.fields("phone")[0].get("value", "") == form["phone"]
    assert not Person.objects.filter(full_name="李大妈").exists()


def test_withdraw_passes_the_seat_on(desk, cast, group, coming, seat, now):
    courses.seat(group, people.person("学员甲"), now)
    courses.seat(group, cast.elder, now, S.WAITING)
    assert "王桂兰已退出" in said(desk.post(url("withdraw", seat.pk)))
    assert Enrolment.objects.get(person=cast.elder).state == S.OFFERED
    text = words(desk.get(url("class", group.pk)))
    assert "等回话 1 人" in text
    waiting = Enrolment.objects.get(person=cast.elder)
    assert said(desk.post(url("answer", waiting.pk), {"answer": "yes"})) == "解福生：已入班。"


def test_an_offer_is_declined_by_phone(desk, cast, group, now):
    offer = courses.seat(group, cast.elder, now, S.OFFERED, offer_until=now + timedelta(hours=5))
    desk.post(url("answer", offer.pk), {"answer": "no"})
    assert Enrolment.objects.get().state == S.LAPSED


def test_remove_wants_a_reason(desk, seat):
    page = Page(desk.post(url("remove", seat.pk), {"reason": ""}))
    assert page.status == 422
    assert page.heading("title").startswith("错误")
    assert "已移出" in said(desk.post(url("remove", seat.pk), {"reason": "年龄不符"}))
    assert Enrolment.objects.get().reason == "年龄不符"
    again = Page(desk.post(url("remove", seat.pk), {"reason": "年龄不符"}))
    assert again.status == 409
    assert "不能移出" in again.text


def test_move_to_a_parallel_class(desk, cast, group, seat, now):
    full = courses.class_group(cast.center, now, name="书法二班", course=group.course, capacity=1)
    courses.seat(full, cast.elder, now)
    free = courses.class_group(cast.center, now, name="书法三班", course=group.course)
    courses.class_group(cast.center, now, name="声乐班")
    text = words(desk.get(url("enrolment", seat.pk)))
    assert "书法二班（1/1）" in text
    assert "声乐班" not in text
    assert desk.post(url("move_seat", seat.pk), {"to_class": ""}).status_code == 422
    refused = Page(desk.post(url("move_seat", seat.pk), {"to_class": full.pk}))
    assert refused.status == 409
    assert "没有空名额" in refused.text
    assert "已调到书法三班" in said(desk.post(url("move_seat", seat.pk), {"to_class": free.pk}))
    assert Enrolment.objects.get(class_group=free).person == cast.guilan


def test_where_people_enrol_by_session_each_has_its_roster(desk, cast, now):
    group = courses.class_group(cast.center, now, name="手工课", enrol_by=EnrolBy.SESSION, capacity=9)
    first, second = (courses.session(group, now + timedelta(days=day)) for day in (1, 8))
    desk.post(url("add", group.pk), {"person": cast.elder.pk, "session": second.pk})
    assert Enrolment.objects.get().session == second
    assert "解福生" in words(desk.get(url("class", group.pk), {"session": second.pk}))
    assert "解福生" not in words(desk.get(url("class", group.pk)))
    assert "解福生" in words(desk.get(url("session", second.pk)))
    assert "解福生" not in words(desk.get(url("session", first.pk)))
    assert "解福生" in words(desk.get(url("sheet", group.pk), {"session": second.pk}))


def test_capacity(desk, cast, group, seat, now):
    courses.seat(group, people.person("学员甲"), now)
    refused = Page(desk.post(url("capacity", group.pk), {"capacity": 1, "waiting_limit": 2}))
    assert refused.status == 409
    assert "名额不能更少" in refused.text
    assert refused.fields("capacity")[0]["value"] == "1"
    desk.post(url("capacity", group.pk), {"capacity": 7, "waiting_limit": 3})
    assert ClassGroup.objects.get().capacity == 7


# --- Letters ----------------------------------------------------------------------------------


def test_a_double_click_is_one_letter(desk, group, seat):
    key = Page(desk.get(url("message", group.pk))).fields("key")[0]["value"]
    for _ in range(2):
        assert (
            said(desk.post(url("message", group.pk), {"text": "明天带毛笔", "key": key}))
            == "已发给 1 位学员。"
        )
    assert Notice.objects.get().body_data["text"] == "明天带毛笔"
    assert Page(desk.get(url("message", group.pk))).fields("key")[0]["value"] != key


def test_an_empty_letter_is_not_sent(desk, group, seat):
    page = Page(desk.post(url("message", group.pk), {"text": "  ", "key": "k1"}))
    assert page.status == 422
    assert page.fields("key")[0]["value"] == "k1"
    assert not Notice.objects.exists()


# --- Dates ------------------------------------------------------------------------------------


def test_attendance(desk, cast, group, session, seat, now):
    other = courses.seat(group, cast.elder, now)
    answer = desk.post(url("session", session.pk), {f"mark-{seat.pk}": "ABSENT", "all": "1"})
    assert said(answer) == "已记 2 人。"
    marks = dict(Attendance.objects.values_list("enrolment", "mark"))
    assert marks == {seat.pk: Mark.ABSENT, other.pk: Mark.PRESENT}
    assert Session.objects.get().state == SessionState.HELD
    page = Page(desk.get(url("session", session.pk)))
    chosen = {field["value"] for field in page.fields(f"mark-{seat.pk}") if "checked" in field}
    assert chosen == {"ABSENT"}
    desk.post(url("session", session.pk), {f"mark-{seat.pk}": "EXCUSED"})
    assert Attendance.objects.get(enrolment=seat).mark == Mark.EXCUSED
    table = words(desk.get(url("attendance", group.pk)))
    assert "请假" in table
    assert "1/1" in table


def test_attendance_that_says_nothing_is_asked_again(desk, session, seat):
    page = Page(desk.post(url("session", session.pk), {f"mark-{seat.pk}": "PERHAPS"}))
    assert page.status == 409
    assert "还没有选" in page.text
    assert page.heading("title").startswith("错误")
    assert not Attendance.objects.exists()


def test_no_attendance_before_the_session(desk, coming, seat):
    assert "上课后再记考勤" in words(desk.get(url("session", coming.pk)))
    page = Page(desk.post(url("session", coming.pk), {f"mark-{seat.pk}": "PRESENT"}))
    assert page.status == 409
    assert not Attendance.objects.exists()


def test_a_learner_who_left_keeps_her_marks(desk, session, seat, now):
    Attendance.objects.create(session=session, enrolment=seat, mark=Mark.PRESENT, at=now)
    Enrolment.objects.update(state=S.WITHDRAWN)
    assert "王桂兰" in words(desk.get(url("session", session.pk)))


def test_cancel_a_session(desk, coming, seat):
    assert Page(desk.post(url("cancel_session", coming.pk), {"reason": ""})).status == 422
    assert "已停" in said(desk.post(url("cancel_session", coming.pk), {"reason": "下雪"}))
    assert Session.objects.get().state == SessionState.CANCELLED
    assert Notice.objects.get().kind == "SESSION_CANCELLED"


def test_move_a_session(desk, cast, group, coming, seat):
    second = cast.center.rooms.last()
    form = {"day": "2026-12-06", "starts": "9:00", "ends": "10：30", "room": second.pk, "reason": "检修"}
    late = Page(desk.post(url("move_session", coming.pk), {**form, "day": "2026-11-01"}))
    assert late.status == 409
    assert late.fields("day")[0]["value"] == "2026-11-01"
    assert "已改到 12月6日" in said(desk.post(url("move_session", coming.pk), form))
    coming.refresh_from_db()
    assert coming.moved_to.ends_at == courses.at(2026, 12, 6, 10, 30)
    assert coming.moved_to.room == second
    again = Page(desk.post(url("move_session", coming.pk), form))
    assert again.status == 409


def test_no_room_of_another_center(desk, cast, coming):
    form = {"day": "2026-12-06", "starts": "9:00", "ends": "10:00", "reason": "检修"}
    foreign = cast.other_center.rooms.first().pk
    assert desk.post(url("move_session", coming.pk), {**form, "room": foreign}).status_code == 422


# --- Paper and files --------------------------------------------------------------------------


def test_the_sign_in_sheet_has_twenty_lines_a_page(desk, group, coming, now):
    ClassGroup.objects.update(capacity=50)
    for number in range(21):
        courses.seat(group, people.person(f"学员{'甲乙丙丁'[number % 4]}"), now)
    page = Page(desk.get(url("sheet", group.pk)))
    assert page.text.count("签名") == 2
    assert "第 2 页，共 2 页" in page.text
    assert sum(attrs.get("class") == "sign" for _tag, attrs in page.tags) == 40
    assert "11月28日" in page.text


def test_an_empty_class_prints_a_blank_sheet(desk, group):
    page = Page(desk.get(url("sheet", group.pk)))
    assert sum(attrs.get("class") == "sign" for _tag, attrs in page.tags) == 20


def export(client, group, **answers):
    return client.post(url("export", group.pk), answers)


def cells(answer):
    sheet = load_workbook(BytesIO(answer.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_export_masks_phones(desk, cast, group, seat, now):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    courses.seat(group, people.person("=1+1"), now)
    answer = export(desk, group, masked="1")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    rows = cells(answer)
    assert rows[1][:6] == [1, "王桂兰", "女", 68, "138****5678", "已入班"]
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet["B3"].data_type == "s"
    assert not RevealLog.objects.exists()


def test_full_phones_want_a_reason_and_are_logged(desk, cast, group, seat):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    assert Page(export(desk, group, full="1", reason="")).status == 422
    assert Page(export(desk, group, full="1", reason="要")).status == 409
    assert not RevealLog.objects.exists()
    rows = cells(export(desk, group, full="1", reason="组织年终汇报"))
    assert rows[1][4] == "13812345678"
    log = RevealLog.objects.get()
    assert (log.person, log.user, log.reason) == (cast.guilan, cast.worker, "组织年终汇报")


def test_the_officer_exports_masked_phones_only(client, cast, group, seat):
    client.force_login(cast.officer)
    assert "要完整电话" not in words(client.get(url("export", group.pk)))
    assert export(client, group, full="1", reason="组织年终汇报").status_code == 403
    assert not RevealLog.objects.exists()


# --- Calls and the day ------------------------------------------------------------------------


def call(now, person):
    notice = Notice.objects.create(
        kind="CLASS_CANCELLED",
        key=f"k{Notice.objects.count()}",
        recipient=person,
        about_type="class",
        about_id=1,
        due_at=now,
        created_at=now,
        body_data={"name": "书法一班", "reason": "下雪"},
    )
    return Delivery.objects.create(notice=notice, channel=Channel.CALL_LIST, state=DeliveryState.OPEN, at=now)


def test_the_call_list(desk, cast, now):
    Person.objects.filter(pk=cast.elder.pk).update(phone="13900001111")
    mine, theirs = call(now, cast.elder), call(now, cast.stranger)
    page = Page(desk.get(url("calls")))
    assert "13900001111" in page.text
    assert "书法一班" in page.text
    assert "曾小雨" not in page.text
    assert "tel:13900001111" in page.links
    assert said(desk.post(url("phoned", mine.pk))) == "已记下：解福生打过电话了。"
    assert Delivery.objects.get(pk=mine.pk).done_by == cast.worker
    assert "没有要打的电话" in words(desk.get(url("calls")))
    assert desk.post(url("phoned", theirs.pk)).status_code == 403
    assert Delivery.objects.get(pk=theirs.pk).state == DeliveryState.OPEN


def test_the_day_at_a_glance(desk, cast, group, session, now):
    courses.class_group(cast.other_center, now, name="邻街班")
    courses.class_group(cast.center, now, name="草稿班", state=ClassState.DRAFT)
    call(now, cast.elder)
    page = Page(desk.get(url("home")))
    assert url("session", session.pk) in page.links
    assert url("class", group.pk) in page.links
    assert "草稿" in page.text
    assert "邻街班" not in page.text
    assert "草稿班" not in words(desk.get(url("home"), {"q": "书法"}))
    assert "没有找到" in words(desk.get(url("home"), {"q": "围棋"}))


# --- Cost -------------------------------------------------------------------------------------


def _learners(cast, group, now, state=S.SEATED):
    return lambda count: [
        courses.seat(group, people.person("某某", home=cast.city["grid"]), now, state) for _ in range(count)
    ]


@pytest.mark.parametrize("page", ["class", "sheet", "attendance"])
def test_roster_pages_cost_the_same_however_long(desk, cast, group, session, now, page):
    ClassGroup.objects.update(capacity=100)
    Session.objects.update(state=SessionState.HELD)
    seated, waiting = _learners(cast, group, now), _learners(cast, group, now, S.WAITING)
    assert_constant(desk, url(page, group.pk), lambda n: (seated(n), waiting(n)))


def test_the_attendance_page_costs_the_same_however_long(desk, cast, group, session, now):
    ClassGroup.objects.update(capacity=100)
    assert_constant(desk, url("session", session.pk), _learners(cast, group, now))


def test_the_search_costs_the_same_however_many(desk, cast, group):
    more = lambda n: [people.person("某某", home=cast.city["grid"]) for _ in range(n)]  # noqa: E731
    assert_constant(desk, url("class", group.pk) + "?q=某某", more)


def test_home_costs_the_same_however_many(desk, cast, now):
    def more(count):
        for _ in range(count):
            group = courses.class_group(cast.center, now, teacher=courses.teacher())
            courses.session(group, now + timedelta(hours=1))

    assert_constant(desk, url("home"), more)


def test_the_call_list_costs_the_same_however_long(desk, cast, now):
    more = lambda n: [call(now, people.person("某某", home=cast.city["grid"])) for _ in range(n)]  # noqa: E731
    assert_constant(desk, url("calls"), more)

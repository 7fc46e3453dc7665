"""One session and a class on paper: attendance, calling off, moving, sheets, exports."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Attendance, Enrolment
from courses.models.session import Session
from courses.rules import EnrolmentState, Mark, SessionState
from notices.models import Notice
from people.models import Person, RevealLog
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


# --- Dates ------------------------------------------------------------------------------------


def test_attendance(desk, cast, group, session, seat, now):
    other = courses.seat(group, cast.elder, now)
    answer = desk.post(staff("session", session.pk), {f"mark-{seat.pk}": "ABSENT", "all": "1"})
    assert said(answer) == "已记 2 人。"
    marks = dict(Attendance.objects.values_list("enrolment", "mark"))
    assert marks == {seat.pk: Mark.ABSENT, other.pk: Mark.PRESENT}
    assert Session.objects.get().state == SessionState.HELD
    page = Page(desk.get(staff("session", session.pk)))
    chosen = {field["value"] for field in page.fields(f"mark-{seat.pk}") if "checked" in field}
    assert chosen == {"ABSENT"}
    desk.post(staff("session", session.pk), {f"mark-{seat.pk}": "EXCUSED"})
    assert Attendance.objects.get(enrolment=seat).mark == Mark.EXCUSED
    table = words(desk.get(staff("attendance", group.pk)))
    assert "请假" in table
    assert "1/1" in table


def test_attendance_that_says_nothing_is_asked_again(desk, session, seat):
    page = Page(desk.post(staff("session", session.pk), {f"mark-{seat.pk}": ""}))
    assert "还没有选" in page.text
    assert page.heading("title").startswith("错误")
    for mark in ("", "PERHAPS"):
        assert desk.post(staff("session", session.pk), {f"mark-{seat.pk}": mark}).status_code == 422
    assert not Attendance.objects.exists()


def test_no_attendance_before_the_session(desk, coming, seat):
    assert "上课后再记考勤" in words(desk.get(staff("session", coming.pk)))
    page = Page(desk.post(staff("session", coming.pk), {f"mark-{seat.pk}": "PRESENT"}))
    assert page.status == 409
    assert not Attendance.objects.exists()


def test_a_learner_who_left_keeps_her_marks(desk, session, seat, now):
    Attendance.objects.create(session=session, enrolment=seat, mark=Mark.PRESENT, at=now)
    Enrolment.objects.update(state=S.WITHDRAWN)
    assert "王桂兰" in words(desk.get(staff("session", session.pk)))


def test_cancel_a_session(desk, coming, seat):
    assert Page(desk.post(staff("cancel_session", coming.pk), {"reason": ""})).status == 422
    assert "已停" in said(desk.post(staff("cancel_session", coming.pk), {"reason": "下雪"}))
    assert Session.objects.get().state == SessionState.CANCELLED
    assert Notice.objects.get().kind == "SESSION_CANCELLED"


def test_move_a_session(desk, cast, group, coming, seat):
    second = cast.center.rooms.last()
    form = {"day": "2026-12-06", "starts": "9:00", "ends": "10：30", "room": second.pk, "reason": "检修"}
    late = Page(desk.post(staff("move_session", coming.pk), {**form, "day": "2026-11-01"}))
    assert late.status == 409
    assert late.fields("day")[0]["value"] == "2026-11-01"
    assert "已改到 12月6日" in said(desk.post(staff("move_session", coming.pk), form))
    coming.refresh_from_db()
    assert coming.moved_to.ends_at == courses.at(2026, 12, 6, 10, 30)
    assert coming.moved_to.room == second
    again = Page(desk.post(staff("move_session", coming.pk), form))
    assert again.status == 409


def test_no_room_of_another_center(desk, cast, coming):
    form = {"day": "2026-12-06", "starts": "9:00", "ends": "10:00", "reason": "检修"}
    foreign = cast.other_center.rooms.first().pk
    assert desk.post(staff("move_session", coming.pk), {**form, "room": foreign}).status_code == 422


# --- Paper and files --------------------------------------------------------------------------


def test_the_sign_in_sheet_has_twenty_lines_a_page(desk, group, coming, now):
    ClassGroup.objects.update(capacity=50)
    for number in range(21):
        courses.seat(group, people.person(f"学员{'甲乙丙丁'[number % 4]}"), now)
    page = Page(desk.get(staff("sheet", group.pk)))
    assert page.text.count("签名") == 2
    assert "第 2 页，共 2 页" in page.text
    assert sum(attrs.get("class") == "sign" for _tag, attrs in page.tags) == 40
    assert "11月28日" in page.text


def test_an_empty_class_prints_a_blank_sheet(desk, group):
    page = Page(desk.get(staff("sheet", group.pk)))
    assert sum(attrs.get("class") == "sign" for _tag, attrs in page.tags) == 20


def export(client, group, **answers):
    """The file; the full one where it is said why."""
    return client.post(staff("export_full" if answers else "export", group.pk), answers)


def cells(answer):
    sheet = load_workbook(BytesIO(answer.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_export_masks_phones(desk, cast, group, seat, now):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    courses.seat(group, people.person("=1+1"), now)
    answer = export(desk, group)
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    rows = cells(answer)
    assert rows[1][:6] == [1, "王桂兰", "女", 68, "138****5678", "已入班"]
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet["B3"].data_type == "s"
    assert not RevealLog.objects.exists()


def test_full_phones_want_a_reason_and_are_logged(desk, cast, group, seat):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    assert Page(export(desk, group, reason="")).status == 422
    assert Page(export(desk, group, reason="要")).status == 409
    assert not RevealLog.objects.exists()
    rows = cells(export(desk, group, reason="组织年终汇报"))
    assert rows[1][4] == "13812345678"
    log = RevealLog.objects.get()
    assert (log.person, log.user, log.reason) == (cast.guilan, cast.worker, "组织年终汇报")


def test_the_officer_exports_masked_phones_only(client, cast, group, seat):
    client.force_login(cast.officer)
    assert "要完整电话" not in words(client.get(staff("export", group.pk)))
    assert export(client, group, reason="组织年终汇报").status_code == 403
    assert not RevealLog.objects.exists()

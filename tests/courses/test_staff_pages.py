"""The daily work: who gets in, what the pages cost."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Attendance, Enrolment
from courses.models.session import Session
from courses.rules import EnrolmentState, Mark, SessionState
from notices.models import Notice
from people.models import Person, RevealLog
from people.rules import Role
from tests.backoffice import staff
from tests.factories import courses, people
from tests.html import Page
from tests.queries import assert_constant

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


@pytest.fixture
def teacher(cast, group):
    """The class's own teacher: an account, no post."""
    person = people.resident("陈国华", cast.city["other_community"])
    group.teacher = courses.Teacher.objects.create(person=person)
    group.save()
    return person.user


def pages(group, session, seat):
    return [
        staff("home"),
        staff("class", group.pk),
        staff("newcomer", group.pk),
        staff("message", group.pk),
        staff("capacity", group.pk),
        staff("sheet", group.pk),
        staff("attendance", group.pk),
        staff("export", group.pk),
        staff("enrolment", seat.pk),
        staff("session", session.pk),
        staff("cancel_session", session.pk),
        staff("move_session", session.pk),
        staff("calls"),
    ]


def posts(seat, group, delivery_id=1):
    return [
        staff("add", group.pk),
        staff("withdraw", seat.pk),
        staff("remove", seat.pk),
        staff("move_seat", seat.pk),
        staff("accept", seat.pk),
        staff("decline", seat.pk),
        staff("export_full", group.pk),
        staff("phoned", delivery_id),
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
    assert "书法一班" not in words(client.get(staff("home")))
    for page in pages(group, coming, seat)[1:-1]:
        assert client.get(page).status_code == 404, page
    for page in posts(seat, group)[1:-1]:
        assert client.post(page, {"reason": "试试"}).status_code == 404
    client.post(staff("add", group.pk), {"person": cast.stranger.pk})
    assert client.post(staff("message", group.pk), {"text": "好", "key": "k"}).status_code == 404
    assert client.post(staff("session", coming.pk), {f"mark-{seat.pk}": "PRESENT"}).status_code == 404
    assert Enrolment.objects.get().state == S.SEATED
    assert not Notice.objects.exists()


def test_nothing_is_changed_by_looking(desk, group, coming, seat):
    for page in [*posts(seat, group), *pages(group, coming, seat)]:
        desk.get(page, {"reason": "试试", "person": seat.person_id, "text": "好", "all": "1"})
    assert Enrolment.objects.get().state == S.SEATED
    assert Session.objects.get().state == SessionState.PLANNED
    assert not Notice.objects.exists()
    assert not RevealLog.objects.exists()
    assert all(desk.get(page).status_code == 405 for page in posts(seat, group))


def test_staff_without_a_post_today_stay_out(client, cast):
    cast.worker.memberships.update(until=date(2026, 11, 24))
    client.force_login(cast.worker)
    assert client.get(staff("home")).status_code == 403


def test_a_teacher_has_her_roster_and_attendance_only(client, cast, group, session, seat, teacher):
    Person.objects.filter(pk=cast.guilan.pk).update(phone="13812345678")
    courses.class_group(cast.center, courses.at(2026, 11, 25), name="声乐班")
    client.force_login(teacher)
    home = words(client.get(staff("home")))
    assert "书法一班" in home
    assert "声乐班" not in home
    roster = words(client.get(staff("class", group.pk)))
    assert "王桂兰" in roster
    assert "138****5678" not in roster
    assert "加学员" not in roster
    assert client.post(staff("session", session.pk), {f"mark-{seat.pk}": "LATE"}).status_code == 302
    assert Attendance.objects.get().mark == Mark.LATE
    for page in ("newcomer", "message", "capacity", "export"):
        assert client.get(staff(page, group.pk)).status_code == 403, page
    assert client.get(staff("calls")).status_code == 403
    for page in (staff("enrolment", seat.pk), staff("cancel_session", session.pk)):
        assert client.get(page).status_code == 403
    for page in (staff("withdraw", seat.pk), staff("remove", seat.pk), staff("accept", seat.pk)):
        assert client.post(page, {"reason": "不想教"}).status_code == 403, page
    assert Enrolment.objects.get().state == S.SEATED


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.STREET_OFFICER])
def test_who_may_look_does_not_fill_seats(client, cast, group, seat, role):
    client.force_login(people.staff("某人", role, cast.city["street"]))
    assert client.get(staff("class", group.pk)).status_code == 200
    assert client.get(staff("enrolment", seat.pk)).status_code == 403
    for page in ("withdraw", "remove", "accept", "decline", "move_seat"):
        assert client.post(staff(page, seat.pk), {"reason": "试试"}).status_code == 403, page
    assert Enrolment.objects.get().state == S.SEATED


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
    assert_constant(desk, staff(page, group.pk), lambda n: (seated(n), waiting(n)))


def test_the_attendance_page_costs_the_same_however_long(desk, cast, group, session, now):
    ClassGroup.objects.update(capacity=100)
    assert_constant(desk, staff("session", session.pk), _learners(cast, group, now))


def test_the_search_costs_the_same_however_many(desk, cast, group):
    more = lambda n: [people.person("某某", home=cast.city["grid"]) for _ in range(n)]  # noqa: E731
    assert_constant(desk, staff("class", group.pk) + "?q=某某", more)

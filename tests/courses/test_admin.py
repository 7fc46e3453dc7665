"""Classes, dates and enrolments in the back office: records by form, work by verb, within reach."""

from datetime import date, time, timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from courses.actions.enrolment import enrol, remove
from courses.models.catalogue import ClassGroup, Course, Teacher, Term, WeeklySlot
from courses.models.enrolment import Enrolment
from courses.models.session import Session
from courses.rules import ClassState, EnrolChannel, EnrolmentState
from notices.models import Delivery, Notice
from notices.rules import Channel, DeliveryState
from people.rules import Role
from tests.backoffice import add, change, delete, listed, said, verb
from tests.factories import centers, courses, people
from tests.html import Page
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")

EnrolmentEvent = apps.get_model("courses", "EnrolmentEvent")


@pytest.fixture
def group(cast, now):
    room = cast.center.rooms.first()
    return courses.class_group(cast.center, now, name="书法一班", capacity=2, room=room)


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.worker)
    return client


def form(cast, **fields):
    """A drafted class, as the add form sends it."""
    course = Course.objects.get_or_create(name="国画")[0]
    slots = {"slots-TOTAL_FORMS": 1, "slots-INITIAL_FORMS": 0}
    slots |= {"slots-0-weekday": 3, "slots-0-starts": "18:00", "slots-0-ends": "19:00"}
    dates = {"starts_on": "2026-12-02", "ends_on": "2026-12-30"}
    dates |= {"opens_at_0": "2026-11-20", "opens_at_1": "08:00"}
    dates |= {"closes_at_0": "2026-12-01", "closes_at_1": "20:00"}
    return {
        "name": "国画一班",
        "course": course.pk,
        "term": courses.term(cast.center).pk,
        "center": cast.center.pk,
        "room": cast.center.rooms.first().pk,
        "makeup": "SKIP",
        "capacity": 20,
        "waiting_limit": 5,
        "enrol_by": "CLASS",
        "mode": "FIRST_COME",
        "min_size": 0,
        "state": "PUBLISHED",
        "seats_taken": 9,
        "skipped_dates-TOTAL_FORMS": 0,
        "skipped_dates-INITIAL_FORMS": 0,
        **dates,
        **slots,
        **fields,
    }


# --- Reach ------------------------------------------------------------------------------------


@pytest.fixture
def theirs(cast, now):
    """A class at the other street's center, with a learner, a session and a history."""
    made = courses.class_group(cast.other_center, now, name="邻街声乐班", teacher=courses.teacher("邻街老师"))
    courses.session(made, now + timedelta(days=1))
    courses.seat(made, cast.stranger, now)
    return made


@pytest.mark.parametrize("model", [ClassGroup, Session, Enrolment, EnrolmentEvent, Term, Teacher])
def test_another_street_is_out_of_sight(desk, theirs, model):
    rows = {
        ClassGroup: theirs,
        Session: theirs.sessions.get(),
        Enrolment: theirs.enrolments.get(),
        EnrolmentEvent: EnrolmentEvent.objects.get(),
        Term: theirs.term,
        Teacher: theirs.teacher,
    }
    text = desk.get(listed(model)).content.decode()
    assert "邻街" not in text
    assert "曾小雨" not in text
    assert change(rows[model]) not in text
    assert desk.get(change(rows[model])).status_code == 302
    assert desk.post(change(rows[model]), {}).status_code in {302, 403, 404}


def test_verbs_on_another_streets_class_are_not_found(desk, theirs):
    for which in ("plan", "publish", "cancel", "capacity", "message"):
        assert desk.post(verb(theirs, which), {"reason": "试试"}).status_code == 404


def test_select_boxes_offer_only_what_is_in_reach(desk, theirs, cast):
    courses.term(cast.center)
    text = desk.get(add(ClassGroup)).content.decode()
    assert "通信花园社区党群服务中心" in text
    assert "学院路社区" not in text
    found = desk.get(
        reverse("admin:autocomplete"),
        {"app_label": "courses", "model_name": "classgroup", "field_name": "teacher", "term": ""},
    )
    assert "邻街老师" not in found.json().__repr__()


@pytest.mark.parametrize("field", ["center", "room", "term", "teacher"])
def test_no_class_reaches_into_another_street(desk, cast, theirs, field):
    foreign = {
        "center": cast.other_center,
        "room": cast.other_center.rooms.first(),
        "term": theirs.term,
        "teacher": theirs.teacher,
    }
    answer = desk.post(add(ClassGroup), form(cast, **{field: foreign[field].pk}))
    assert answer.status_code == 200
    assert not ClassGroup.objects.filter(name="国画一班").exists()


def test_an_auditor_looks_and_changes_nothing(client, cast, group):
    client.force_login(people.staff("钱审计", Role.AUDITOR, cast.city["district"]))
    page = Page(client.get(change(group)))
    assert page.status == 200
    assert "取消这个班" not in page.text
    assert client.post(verb(group, "plan")).status_code == 403
    assert client.post(change(group), form(cast)).status_code == 403


# --- Records ----------------------------------------------------------------------------------


def test_a_class_is_drafted_then_planned_then_published(desk, cast):
    assert desk.post(add(ClassGroup), form(cast)).status_code == 302
    group = ClassGroup.objects.get(name="国画一班")
    assert (group.state, group.seats_taken) == (ClassState.DRAFT, 0)
    assert WeeklySlot.objects.get(class_group=group).starts == time(18)
    assert said(desk.post(verb(group, "publish"))) == "请先排课，再发布。"
    assert said(desk.post(verb(group, "plan"))) == "已排 5 次课。"
    assert said(desk.post(verb(group, "publish"))) == "已发布，居民现在看得到这个班。"
    group.refresh_from_db()
    assert group.state == ClassState.PUBLISHED
    assert said(desk.post(verb(group, "plan"))) == "日期都已经排好，没有要加的。"
    assert group.sessions.count() == 5


def test_seats_and_states_are_not_written_by_the_form(desk, cast, group):
    fields = form(cast, name="书法一班", capacity=99, state="FINISHED", **{"slots-TOTAL_FORMS": 0})
    fields |= {
        "course": group.course_id,
        "starts_on": group.starts_on,
        "ends_on": group.ends_on,
        "bring": "毛笔",
    }
    desk.post(change(group), fields)
    group.refresh_from_db()
    assert (group.capacity, group.state, group.seats_taken, group.bring) == (
        2,
        ClassState.PUBLISHED,
        0,
        "毛笔",
    )


def test_a_room_of_another_center_is_refused(desk, cast):
    second = centers.center(cast.city["community"], "第二中心")
    answer = desk.post(add(ClassGroup), form(cast, room=second.rooms.first().pk))
    assert "请另选一间" in answer.content.decode()


def test_terms_of_the_district_are_used_but_not_changed(desk, cast):
    district = Term.objects.create(
        division=cast.city["district"], name="全区秋季", starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 1)
    )
    assert desk.post(change(district), {"name": "改名"}).status_code == 403
    desk.post(add(ClassGroup), form(cast, term=district.pk))
    assert ClassGroup.objects.get(name="国画一班").term == district


@pytest.mark.parametrize("model", [Session, Enrolment, EnrolmentEvent])
def test_histories_are_read_only(desk, cast, group, now, model):
    courses.session(group, now + timedelta(days=1))
    courses.seat(group, cast.guilan, now)
    row = model.objects.get()
    assert desk.get(add(model)).status_code == 403
    assert desk.post(delete(row), {"post": "yes"}).status_code == 403
    assert desk.post(change(row), {}).status_code == 403
    assert desk.get(change(row)).status_code == 200


def test_a_class_with_people_is_not_deleted(desk, group):
    assert desk.post(delete(group), {"post": "yes"}).status_code == 403


# --- Verbs ------------------------------------------------------------------------------------


def test_get_changes_nothing(desk, group, now):
    for which in ("plan", "publish", "cancel"):
        assert desk.get(verb(group, which)).status_code == 405
    assert ClassGroup.objects.get().state == ClassState.PUBLISHED


def test_cancel_wants_a_reason(desk, group, cast, now):
    courses.seat(group, cast.guilan, now)
    assert desk.post(verb(group, "cancel"), {"reason": ""}).status_code == 422
    assert said(desk.post(verb(group, "cancel"), {"reason": "老师生病"}))
    group.refresh_from_db()
    assert (group.state, group.state_reason) == (ClassState.CANCELLED, "老师生病")
    assert "取消这个班</button>" not in desk.get(change(group)).content.decode()


def test_capacity(desk, group, cast, now):
    for person in (cast.guilan, cast.elder):
        courses.seat(group, person, now)
    answer = desk.post(verb(group, "capacity"), {"capacity": 1, "waiting_limit": 3})
    assert answer.status_code == 409
    assert "名额不能更少" in answer.content.decode()
    desk.post(verb(group, "capacity"), {"capacity": 5, "waiting_limit": 3})
    group.refresh_from_db()
    assert (group.capacity, group.waiting_limit) == (5, 3)


def test_a_message_sent_twice_is_one(desk, group, cast, now):
    courses.seat(group, cast.guilan, now)
    page = Page(desk.get(change(group)))
    key = page.fields("key")[0]["value"]
    for _ in range(2):
        assert (
            said(desk.post(verb(group, "message"), {"text": "明天带毛笔", "key": key})) == "已发给 1 位学员。"
        )
    assert Notice.objects.filter(kind="CLASS_MESSAGE").count() == 1


def test_the_officer_changes_classes_but_writes_to_nobody(client, cast, group):
    client.force_login(cast.officer)
    assert "群发通知" not in Page(client.get(change(group))).text
    assert client.post(verb(group, "message"), {"text": "好", "key": "k"}).status_code == 403
    assert not Notice.objects.exists()


def test_a_session_leads_to_where_it_is_moved(desk, group, now):
    session = courses.session(group, now + timedelta(days=1))
    assert f"/staff/sessions/{session.pk}/" in Page(desk.get(change(session))).links
    assert desk.post(verb(session, "cancel"), {"reason": "下大雪"}).status_code == 404


def test_a_history_tells_who_did_what(desk, group, cast, now):
    seat = enrol(class_id=group.pk, person=cast.elder, by=cast.worker, now=now, channel=EnrolChannel.COUNTER)
    remove(enrolment_id=seat.pk, by=cast.worker, now=now, reason="年龄不符")
    text = desk.get(listed(EnrolmentEvent)).content.decode()
    assert "年龄不符" in text
    assert "已移出" in text
    assert "周敏" in text


# --- The call list ----------------------------------------------------------------------------


def call(cast, now, person):
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


def test_the_call_list_is_looked_at_and_worked_off_elsewhere(desk, cast, now):
    delivery, theirs = call(cast, now, cast.elder), call(cast, now, cast.stranger)
    text = desk.get(listed(Delivery)).content.decode()
    assert "解福生" in text
    assert "曾小雨" not in text
    assert desk.post(change(delivery), {"state": DeliveryState.SENT}).status_code == 403
    assert desk.get(change(delivery.notice)).status_code == 200
    assert desk.post(change(delivery.notice), {}).status_code == 403
    assert desk.get(change(theirs.notice)).status_code == 302


# --- Lists ------------------------------------------------------------------------------------


def _class(cast, now):
    return courses.class_group(cast.center, now, teacher=courses.teacher(), room=cast.center.rooms.first())


def _learner(cast, now):
    group = ClassGroup.objects.first() or courses.class_group(cast.center, now, capacity=100)
    return courses.seat(
        group, people.person("某某", home=cast.city["community"]), now, state=EnrolmentState.SEATED
    )


def _session(cast, now):
    group = ClassGroup.objects.first() or _class(cast, now)
    return courses.session(group, now + timedelta(hours=2 * Session.objects.count()))


def _term(cast, now):
    return courses.term(cast.center, f"学期{Term.objects.count()}")


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("model", "make"),
    [
        (ClassGroup, _class),
        (Course, _class),
        (Teacher, _class),
        (Term, _term),
        (Session, _session),
        (Enrolment, _learner),
        (EnrolmentEvent, _learner),
        (Notice, lambda cast, now: call(cast, now, people.person("某某", home=cast.city["community"]))),
        (Delivery, lambda cast, now: call(cast, now, people.person("某某", home=cast.city["community"]))),
    ],
)
def test_lists_cost_the_same_however_long(desk, cast, now, model, make):
    assert_constant(desk, listed(model), lambda count: [make(cast, now) for _ in range(count)])

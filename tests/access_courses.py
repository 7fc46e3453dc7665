"""Who may open the pages of classes, and do what they are for (tests/test_access.py)."""

from datetime import timedelta

from courses.models.register import RegisterImport
from courses.rules import RegisterState
from tests.access import ALL, DESK, SIGNED_IN, Row, button, verb
from tests.factories import courses
from tests.factories.stages import past_the_table

PLANS = "worker officer admin"

TABLE = {
    "courses:list": Row(),
    "courses:class": Row(),
    "courses:centers": Row(),
    "courses:enrol": verb("guilan", {"person": "$guilan_id"}, {"class_id": "free_class"}, get=ALL),
    "courses:enrolment": Row("guilan"),
    "courses:enrolment_calendar": Row("guilan"),
    "courses:withdraw": verb("guilan worker admin"),
    "courses:accept": verb("guilan worker admin"),
    "courses:decline": verb("guilan worker admin"),
    "courses:staff_person_enrol": verb(DESK, {"class_id": "$free_class"}),
    "courses:staff_class": Row(PLANS),
    "courses:staff_add": verb(DESK, {"person": "$guilan_id"}, {"class_id": "free_class"}),
    "courses:staff_newcomer": verb(DESK, {"full_name": "赵小丽"}, get=DESK),
    "courses:staff_message": verb(DESK, {"text": "带毛笔", "key": "k"}, get=DESK),
    "courses:staff_capacity": verb(PLANS, {"capacity": "30", "waiting_limit": "5"}, get=PLANS),
    "courses:staff_sheet": Row(PLANS),
    "courses:staff_attendance": Row(PLANS),
    "courses:staff_export": Row(PLANS),
    "courses:staff_export_full": button(DESK, reason="组织年终汇报"),
    "courses:staff_enrolment": Row(DESK),
    "courses:staff_withdraw": verb(DESK),
    "courses:staff_remove": verb(DESK, {"reason": "搬走了"}),
    "courses:staff_move_seat": verb(DESK, {"to_class": "$parallel_class"}, {"enrolment_id": "seat_of_elder"}),
    "courses:staff_accept": verb(DESK),
    "courses:staff_decline": verb(DESK),
    "courses:staff_registers": Row("worker other_worker admin", "worker other_worker admin", {"kind": "x"}),
    "courses:staff_register": Row(DESK),
    "courses:staff_register_confirm": verb(DESK),
    "courses:staff_register_undo": verb(DESK, {}, {"register_id": "confirmed_register"}),
    "courses:staff_session": verb(DESK, {"all": "1"}, {"session_id": "begun_session"}, get=PLANS),
    "courses:staff_cancel_session": verb(PLANS, {"reason": "停电了"}, get=PLANS),
    "courses:staff_move_session": verb(
        PLANS, {"day": "2026-12-20", "starts": "9:00", "ends": "10:00", "reason": "停电了"}, get=PLANS
    ),
    # the API
    "api-class-list": Row(),
    "api-class-detail": Row(),
    "api-class-sessions": Row(),
    "api-enrolment-list": verb(
        "guilan", {"class_id": "$free_class", "person_id": "$guilan_id"}, get=SIGNED_IN
    ),
    "api-enrolment-detail": Row("guilan"),
    "api-enrolment-withdraw": verb("guilan"),
    "api-enrolment-accept": verb("guilan"),
    "api-enrolment-decline": verb("guilan"),
    "api-notice-list": Row(SIGNED_IN),
}


def world(cast, now, group):
    """What the verbs are about, besides the class of which 王桂兰 was offered a seat."""
    free = courses.class_group(cast.center, now, name="空班")
    parallel = courses.class_group(cast.center, now, name="另一个班", course=group.course)
    with past_the_table(RegisterImport):
        confirmed = RegisterImport.objects.create(
            kind="ROSTER", division=cast.city["street"], term=group.term, file_name="x", by=cast.worker,
            at=now, state=RegisterState.CONFIRMED,
        )  # fmt: skip
    return {
        "free_class": free.pk,
        "parallel_class": parallel.pk,
        "seat_of_elder": courses.seat(group, cast.elder, now).pk,
        "begun_session": courses.session(group, now - timedelta(hours=2)).pk,
        "confirmed_register": confirmed.pk,
    }

"""Who may open the pages of classes (tests/test_access.py)."""

from tests.access import ALL, DESK, SIGNED_IN, Row, button

TABLE = {
    "courses:list": Row(),
    "courses:class": Row(),
    "courses:centers": Row(),
    "courses:enrol": Row(ALL, SIGNED_IN),
    "courses:enrolment": Row("guilan"),
    "courses:enrolment_calendar": Row("guilan"),
    "courses:withdraw": button("guilan worker admin"),
    "courses:accept": button("guilan worker admin"),
    "courses:decline": button("guilan worker admin"),
    "courses:staff_person_enrol": button(DESK),
    "courses:staff_class": Row("worker officer admin"),
    # An officer is told on the class's page that the verb refuses her.
    "courses:staff_add": button("worker officer admin", person="$person_id"),
    "courses:staff_newcomer": Row(DESK, DESK, {"full_name": "1"}),
    "courses:staff_message": Row(DESK, DESK, {"text": ""}),
    "courses:staff_capacity": Row("worker officer admin", "worker officer admin", {"capacity": "x"}),
    "courses:staff_sheet": Row("worker officer admin"),
    "courses:staff_attendance": Row("worker officer admin"),
    "courses:staff_export": Row("worker officer admin"),
    "courses:staff_export_full": button(DESK, reason="组织年终汇报"),
    "courses:staff_enrolment": Row(DESK),
    "courses:staff_withdraw": button(DESK),
    "courses:staff_remove": button(DESK, reason="x"),
    "courses:staff_move_seat": button(DESK, to_class="x"),
    "courses:staff_accept": button(DESK),
    "courses:staff_decline": button(DESK),
    "courses:staff_registers": Row("worker other_worker admin", "worker other_worker admin", {"kind": "x"}),
    "courses:staff_register": Row(DESK),
    "courses:staff_register_confirm": button(DESK),
    "courses:staff_register_undo": button(DESK),
    "courses:staff_session": Row("worker officer admin"),
    "courses:staff_cancel_session": Row("worker officer admin", "worker officer admin", {"reason": ""}),
    "courses:staff_move_session": Row("worker officer admin", "worker officer admin", {"day": "x"}),
}

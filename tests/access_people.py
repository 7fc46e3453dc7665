"""Who may open the pages of one's own account and family, and of the front hall (tests/test_access.py)."""

from tests.access import ALL, DESK, SIGNED_IN, STAFF, Row, button, verb

CHILD = {"full_name": "王小宝", "born_on": "2019-01-01", "relation": "孙子", "kind": "GUARDIAN"}

TABLE = {
    "people:desk_login": Row(ALL, ALL, {"code": "00000000"}),
    "people:factor": Row(SIGNED_IN, SIGNED_IN),
    "people:profile": verb(SIGNED_IN, {"full_name": "张三"}, get=SIGNED_IN),
    "people:family": verb("guilan stranger", CHILD, get=SIGNED_IN),
    "people:birth": Row(SIGNED_IN, SIGNED_IN, {"born_on": "x"}),
    "people:home": Row(SIGNED_IN, SIGNED_IN, {"home": "x"}),
    "people:my_data": Row(SIGNED_IN, SIGNED_IN, {"sure": ""}),
    "people:my_data_file": Row(SIGNED_IN, SIGNED_IN),
    "people:consent": verb("guilan", {"purpose": "COURSES"}),
    "people:withdraw_consent": verb("guilan", {"purpose": "COURSES"}),
    "people:end_guardianship": verb("guilan worker admin", {}, {"guardianship_id": "help_for_guilan"}),
    # the front hall and its desk
    "portal:feed": Row(),  # whoever has the token
    "portal:inbox": Row(SIGNED_IN),
    "portal:renew_feed": button(SIGNED_IN),
    "portal:desk": Row(STAFF),
    "portal:find_elsewhere": verb(STAFF, {"text": "x", "reason": "路上摔倒了"}),
    "portal:ring_family": verb("worker officer admin", {"whose": "$person_id", "field": "contact_phone"}),
    "portal:new_person": verb(
        DESK, {"full_name": "赵小丽", "home": "$home_id"}, get="worker other_worker admin"
    ),
    "desk_person": Row(DESK),
    "portal:calls": Row("worker other_worker admin"),
    "portal:phoned": verb(DESK),
    "portal:ring": verb(DESK),
    "portal:print_calls": button(DESK, call="$delivery_id"),
}

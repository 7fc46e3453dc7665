"""Who may open the pages of one's own account and family (tests/test_access.py)."""

from tests.access import ALL, SIGNED_IN, Row, button

TABLE = {
    "people:desk_login": Row(ALL, ALL, {"code": "00000000"}),
    "people:factor": Row(SIGNED_IN, SIGNED_IN),
    "people:profile": Row(SIGNED_IN, SIGNED_IN, {"full_name": "1"}),
    "people:family": Row(SIGNED_IN, SIGNED_IN, {"full_name": "1"}),
    "people:birth": Row(SIGNED_IN, SIGNED_IN, {"born_on": "x"}),
    "people:home": Row(SIGNED_IN, SIGNED_IN, {"home": "x"}),
    "people:my_data": Row(SIGNED_IN, SIGNED_IN, {"sure": ""}),
    "people:my_data_file": Row(SIGNED_IN, SIGNED_IN),
    "people:consent": button("guilan worker admin", purpose="COURSES"),
    "people:withdraw_consent": button("guilan", purpose="COURSES"),
    "people:end_guardianship": button("guilan worker admin"),
}

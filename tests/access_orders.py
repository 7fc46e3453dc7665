"""Who may open the addresses of orders, grants and markets: rows for tests/test_access.py.

(who gets in by GET, who by POST, what is posted); "405" is an address that only acts.
"""

from typing import Any

from tests.access import ALL, DESK, NONE, SIGNED_IN

DISPATCH = "worker other_worker grid_worker admin"
GRANTS = "officer admin"

ORDERS: dict[str, tuple[Any, ...]] = {
    # what everybody reads, and ordering
    "volunteers:services": (),
    "volunteers:errand": (SIGNED_IN, SIGNED_IN, {"title": ""}),
    "volunteers:order_item": (SIGNED_IN, SIGNED_IN, {"person": "x"}),
    "volunteers:wishes": (),
    "volunteers:wish": (SIGNED_IN, SIGNED_IN, {"title": ""}),
    "volunteers:adopt": (SIGNED_IN,),
    # only who signed up, and nobody in the cast has
    "volunteers:adopted": ("405", NONE, {"as": "volunteer-0"}),
    # one's own, and the helper's: who only looks after an order is told on the page
    "volunteers:my_orders": (SIGNED_IN,),
    "volunteers:my_order": ("guilan",),
    "volunteers:my_order_do": ("405", "guilan", {"move": "cancel"}),
    "volunteers:taker_orders": (SIGNED_IN,),
    "volunteers:taker_do": ("405", "guilan worker admin", {"move": "take"}),
    "volunteers:use_card": (SIGNED_IN, SIGNED_IN, {"number": ""}),
    # the dispatcher's desk
    "volunteers:staff_orders": (DISPATCH,),
    "volunteers:staff_order_find": (DISPATCH,),
    "volunteers:staff_order_for": (DESK, DESK, {"what": ""}),
    "volunteers:staff_project": (DISPATCH, DISPATCH, {"title": ""}),
    "volunteers:staff_card": (DESK, DESK, {"uses": "x"}),
    "volunteers:staff_callbacks": (DISPATCH,),
    "volunteers:staff_called": ("405", DESK, {"answer": "UNREACHED"}),
    "volunteers:staff_order": (DESK,),
    "volunteers:staff_order_do": ("405", DESK, {"move": "cancel", "reason": "不办了"}),
    # grants: those who run them are directors and street officers
    "volunteers:grants": (),
    "volunteers:grant": (),
    "volunteers:make_pitch": (SIGNED_IN, SIGNED_IN, {"title": ""}),
    "volunteers:pitch": (),
    "volunteers:pitch_do": ("405", "guilan", {"move": "vote", "person": "$person_id", "needed": "yes"}),
    "volunteers:staff_grants": (GRANTS, GRANTS, {"title": ""}),
    "volunteers:staff_close_call": ("405", GRANTS),
    "volunteers:staff_pitch": (GRANTS,),
    "volunteers:staff_pitch_do": ("405", GRANTS, {"move": "advance", "step": "SURVEY"}),
    "volunteers:staff_contract": (GRANTS, GRANTS, {"contract_no": ""}),
    # market days
    "volunteers:markets": (),
    "volunteers:market": (),
    "volunteers:stall": (SIGNED_IN, SIGNED_IN, {"person": "x"}),
    "volunteers:cancel_booking": ("405", "guilan worker admin"),
    "volunteers:staff_announce": (DISPATCH, DISPATCH, {"title": ""}),
    "volunteers:staff_cancel_stall": ("405", DESK),
    "volunteers:staff_market": (DESK, DESK, {"offers": ""}),
    "volunteers:staff_cancel_market": ("405", DESK),
    # the API
    "api-service-list": (),
    "api-service-detail": (),
    "api-order-list": (SIGNED_IN, SIGNED_IN),
    "api-order-detail": ("guilan",),
    "api-order-confirm": ("405", "guilan"),
    "api-order-dispute": ("405", "guilan"),
    "api-order-cancel": ("405", "guilan"),
    "api-task-list": (SIGNED_IN,),
    "api-task-detail": (NONE,),
    "api-task-take": ("405", NONE),
    "api-task-decline": ("405", NONE),
    "api-task-release": ("405", NONE),
    "api-task-done": ("405", NONE),
    "api-wish-list": (),
    "api-wish-detail": (),
    # What is refused is answered 409, which the table takes for an answer.
    "api-wish-adopt": ("405", SIGNED_IN),
    "api-volunteer-list": (SIGNED_IN, SIGNED_IN),
    "api-volunteer-detail": ("guilan",),
    "api-volunteer-leave": ("405", "guilan"),
    "api-volunteer-honour": ("405", "guilan"),
    "api-transfer-list": (SIGNED_IN,),
    "api-coverage-list": (),
    "api-call-list": (),
    "api-call-detail": (),
    "api-call-pitches": (),
    # What is refused is answered 409, which the table takes for an answer; 403 without sign-in.
    "api-pitch-list": (ALL, SIGNED_IN),
    "api-pitch-detail": (),
    "api-pitch-vote": ("405", SIGNED_IN, {"person_id": "$person_id", "needed": "true"}),
    "api-market-list": (),
    "api-market-detail": (),
    "api-market-stalls": (),
    "api-stall-list": (),
    "api-stall-detail": (),
    "api-booking-list": (SIGNED_IN, SIGNED_IN),
    "api-booking-detail": ("guilan",),
    "api-booking-cancel": ("405", "guilan"),
}

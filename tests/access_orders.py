"""Who may open the addresses of orders, grants and markets: rows for tests/test_access.py.

(who gets in by GET, who by POST, what is posted); "405" is an address that only acts.
"""

from typing import Any

from tests.access import ALL, DESK, NONE, SIGNED_IN

DISPATCH = "worker other_worker grid_worker admin"
GRANTS = "officer admin"

ORDERS: dict[str, tuple[Any, ...]] = {
    # what everybody reads, and ordering
    "orders:services": (),
    "orders:errand": (SIGNED_IN, SIGNED_IN, {"title": ""}),
    "orders:order_item": (SIGNED_IN, SIGNED_IN, {"person": "x"}),
    "orders:wishes": (),
    "orders:wish": (SIGNED_IN, SIGNED_IN, {"title": ""}),
    "orders:adopt": (SIGNED_IN,),
    # only who signed up, and nobody in the cast has
    "orders:adopted": ("405", NONE, {"as": "volunteer-0"}),
    # one's own, and the helper's: who only looks after an order is told on the page
    "orders:my_orders": (SIGNED_IN,),
    "orders:my_order": ("guilan",),
    "orders:my_order_do": ("405", "guilan", {"move": "cancel"}),
    "orders:taker_orders": (SIGNED_IN,),
    "orders:taker_do": ("405", "guilan worker admin", {"move": "take"}),
    "orders:ring_client": ("405", NONE),
    "orders:use_card": (SIGNED_IN, SIGNED_IN, {"number": ""}),
    # the dispatcher's desk
    "orders:staff_orders": (DISPATCH,),
    "orders:staff_order_find": (DISPATCH,),
    "orders:staff_order_for": (DESK, DESK, {"what": ""}),
    "orders:staff_project": (DISPATCH, DISPATCH, {"title": ""}),
    "orders:staff_card": (DESK, DESK, {"uses": "x"}),
    "orders:staff_callbacks": (DISPATCH,),
    "orders:staff_called": ("405", DESK, {"answer": "UNREACHED"}),
    "orders:ring_back": ("405", DESK),
    "orders:staff_order": (DESK,),
    "orders:staff_order_do": ("405", DESK, {"move": "cancel", "reason": "不办了"}),
    # grants: those who run them are directors and street officers
    "grants:calls": (),
    "grants:call": (),
    "grants:make_pitch": (SIGNED_IN, SIGNED_IN, {"title": ""}),
    "grants:pitch": (),
    "grants:pitch_do": ("405", "guilan", {"move": "vote", "person": "$person_id", "needed": "yes"}),
    "grants:staff_calls": (GRANTS, GRANTS, {"title": ""}),
    "grants:staff_close_call": ("405", GRANTS),
    "grants:staff_pitch": (GRANTS,),
    "grants:staff_pitch_do": ("405", GRANTS, {"move": "advance", "step": "SURVEY"}),
    "grants:staff_contract": (GRANTS, GRANTS, {"contract_no": ""}),
    # market days
    "orders:markets": (),
    "orders:market": (),
    "orders:stall": (SIGNED_IN, SIGNED_IN, {"person": "x"}),
    "orders:cancel_booking": ("405", "guilan worker admin"),
    "orders:staff_announce": (DISPATCH, DISPATCH, {"title": ""}),
    "orders:staff_cancel_stall": ("405", DESK),
    "orders:staff_market": (DESK, DESK, {"offers": ""}),
    "orders:staff_cancel_market": ("405", DESK),
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

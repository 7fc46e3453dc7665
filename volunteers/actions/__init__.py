"""The verbs of volunteering, one module a noun; import them from here."""

from volunteers.actions.cards import issue_card, stop_card, use_card
from volunteers.actions.completion import (
    confirm,
    dispute,
    draw_callbacks,
    mark_done,
    record_callback,
    settle,
)
from volunteers.actions.contracts import (
    accept_report,
    close_pitch,
    contract_pitch,
    excuse_report,
    hand_in_report,
    release_tranche,
)
from volunteers.actions.dispatch import (
    decline_order,
    expire_offers,
    offer_order,
    release_order,
    take_order,
    withdraw_offer,
)
from volunteers.actions.grants import (
    advance_pitch,
    appoint_expert,
    close_call,
    make_pitch,
    open_call,
    score_pitch,
    vote,
    withdraw_pitch,
)
from volunteers.actions.market import add_stall, announce_market, book_stall, cancel_booking, cancel_market
from volunteers.actions.orders import (
    accept_order,
    cancel_order,
    escalate_orders,
    post_project,
    refuse_order,
    request_order,
    sign_contract,
)
from volunteers.actions.register import join, leave, show_honour
from volunteers.actions.service import record_service, refuse_service

__all__ = [
    "accept_order",
    "accept_report",
    "add_stall",
    "advance_pitch",
    "announce_market",
    "appoint_expert",
    "book_stall",
    "cancel_booking",
    "cancel_market",
    "cancel_order",
    "close_call",
    "close_pitch",
    "confirm",
    "contract_pitch",
    "decline_order",
    "dispute",
    "draw_callbacks",
    "escalate_orders",
    "excuse_report",
    "expire_offers",
    "hand_in_report",
    "issue_card",
    "join",
    "leave",
    "make_pitch",
    "mark_done",
    "offer_order",
    "open_call",
    "post_project",
    "record_callback",
    "record_service",
    "refuse_order",
    "refuse_service",
    "release_order",
    "release_tranche",
    "request_order",
    "score_pitch",
    "settle",
    "show_honour",
    "sign_contract",
    "stop_card",
    "take_order",
    "use_card",
    "vote",
    "withdraw_offer",
    "withdraw_pitch",
]

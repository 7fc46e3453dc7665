"""The verbs of volunteering, one module a noun; import them from here."""

from volunteers.actions.books import close_day
from volunteers.actions.cards import issue_card, stop_card, use_card
from volunteers.actions.check_in import check_in, check_out, close_shift, undo_check_in
from volunteers.actions.completion import confirm, dispute, draw_callbacks, mark_done, record_callback, settle
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
from volunteers.actions.earning import approve_service, fund_budget, open_book
from volunteers.actions.gifts import cancel_redemption, hand_out, redeem, renew_code, take_in
from volunteers.actions.giving import approve_transfer, ask_transfer, donate, grant_points, refuse_transfer
from volunteers.actions.grant_letters import remind_reports
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
from volunteers.actions.holds import commit_hold, expire_holds, expire_lots, hold, release_hold, warn_expiring
from volunteers.actions.honour import certificate, revoke_certificate
from volunteers.actions.ledger import post, reverse
from volunteers.actions.market import (
    add_stall,
    announce_market,
    book_stall,
    cancel_booking,
    cancel_market,
    cancel_stall,
)
from volunteers.actions.market_letters import remind_markets
from volunteers.actions.orders import (
    accept_order,
    cancel_order,
    escalate_orders,
    post_project,
    refuse_order,
    request_order,
    sign_contract,
)
from volunteers.actions.partners import answer_for
from volunteers.actions.register import join, leave, show_honour
from volunteers.actions.reminders import remind_shifts
from volunteers.actions.service import record_service, refuse_service
from volunteers.actions.shifts import (
    cancel_shift,
    change_places,
    end_activity,
    move_shift,
    plan_ahead,
    plan_shifts,
    publish_activity,
)
from volunteers.actions.signups import fill_places, remove_signup, sign_up, withdraw_signup

__all__ = [
    "accept_order",
    "accept_report",
    "add_stall",
    "advance_pitch",
    "announce_market",
    "answer_for",
    "appoint_expert",
    "approve_service",
    "approve_transfer",
    "ask_transfer",
    "book_stall",
    "cancel_booking",
    "cancel_market",
    "cancel_order",
    "cancel_redemption",
    "cancel_shift",
    "cancel_stall",
    "certificate",
    "change_places",
    "check_in",
    "check_out",
    "close_call",
    "close_day",
    "close_pitch",
    "close_shift",
    "commit_hold",
    "confirm",
    "contract_pitch",
    "decline_order",
    "dispute",
    "donate",
    "draw_callbacks",
    "end_activity",
    "escalate_orders",
    "excuse_report",
    "expire_holds",
    "expire_lots",
    "expire_offers",
    "fill_places",
    "fund_budget",
    "grant_points",
    "hand_in_report",
    "hand_out",
    "hold",
    "issue_card",
    "join",
    "leave",
    "make_pitch",
    "mark_done",
    "move_shift",
    "offer_order",
    "open_book",
    "open_call",
    "plan_ahead",
    "plan_shifts",
    "post",
    "post_project",
    "publish_activity",
    "record_callback",
    "record_service",
    "redeem",
    "refuse_order",
    "refuse_service",
    "refuse_transfer",
    "release_hold",
    "release_order",
    "release_tranche",
    "remind_markets",
    "remind_reports",
    "remind_shifts",
    "remove_signup",
    "renew_code",
    "request_order",
    "reverse",
    "revoke_certificate",
    "score_pitch",
    "settle",
    "show_honour",
    "sign_contract",
    "sign_up",
    "stop_card",
    "take_in",
    "take_order",
    "undo_check_in",
    "use_card",
    "vote",
    "warn_expiring",
    "withdraw_offer",
    "withdraw_pitch",
    "withdraw_signup",
]

"""The verbs of volunteering, one module a noun; import them from here."""

from volunteers.actions.books import close_day
from volunteers.actions.check_in import check_in, check_out, close_shift, undo_check_in
from volunteers.actions.earning import approve_service, fund_budget, open_book
from volunteers.actions.gifts import cancel_redemption, hand_out, redeem, renew_code, take_in
from volunteers.actions.giving import approve_transfer, ask_transfer, donate, grant_points, refuse_transfer
from volunteers.actions.holds import commit_hold, expire_holds, expire_lots, hold, release_hold, warn_expiring
from volunteers.actions.honour import certificate, revoke_certificate
from volunteers.actions.ledger import post, reverse
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
    "approve_service",
    "approve_transfer",
    "ask_transfer",
    "cancel_redemption",
    "cancel_shift",
    "certificate",
    "change_places",
    "check_in",
    "check_out",
    "close_day",
    "close_shift",
    "commit_hold",
    "donate",
    "end_activity",
    "expire_holds",
    "expire_lots",
    "fill_places",
    "fund_budget",
    "grant_points",
    "hand_out",
    "hold",
    "join",
    "leave",
    "move_shift",
    "open_book",
    "plan_ahead",
    "plan_shifts",
    "post",
    "publish_activity",
    "record_service",
    "redeem",
    "refuse_service",
    "refuse_transfer",
    "release_hold",
    "remind_shifts",
    "remove_signup",
    "renew_code",
    "reverse",
    "revoke_certificate",
    "show_honour",
    "sign_up",
    "take_in",
    "undo_check_in",
    "warn_expiring",
    "withdraw_signup",
]

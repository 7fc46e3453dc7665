"""The verbs of volunteering, one module a noun; import them from here."""

from volunteers.actions.books import close_day
from volunteers.actions.earning import approve_service, fund_budget, open_book
from volunteers.actions.gifts import (
    cancel_redemption,
    hand_out,
    redeem,
    renew_code,
    take_in,
)
from volunteers.actions.giving import (
    approve_transfer,
    ask_transfer,
    donate,
    grant_points,
    refuse_transfer,
)
from volunteers.actions.holds import (
    commit_hold,
    expire_holds,
    expire_lots,
    hold,
    release_hold,
    warn_expiring,
)
from volunteers.actions.honour import certificate, revoke_certificate
from volunteers.actions.ledger import post, reverse
from volunteers.actions.register import join, leave, show_honour
from volunteers.actions.service import record_service, refuse_service

__all__ = [
    "approve_service",
    "approve_transfer",
    "ask_transfer",
    "cancel_redemption",
    "certificate",
    "close_day",
    "commit_hold",
    "donate",
    "expire_holds",
    "expire_lots",
    "fund_budget",
    "grant_points",
    "hand_out",
    "hold",
    "join",
    "leave",
    "open_book",
    "post",
    "record_service",
    "redeem",
    "refuse_service",
    "refuse_transfer",
    "release_hold",
    "renew_code",
    "reverse",
    "revoke_certificate",
    "show_honour",
    "take_in",
    "warn_expiring",
]

"""The verbs of volunteering, one module a noun; import them from here."""

from volunteers.actions.books import close_day, day_book
from volunteers.actions.earning import approve_service, fund_budget, open_book
from volunteers.actions.holds import commit_hold, expire_holds, expire_lots, hold, release_hold
from volunteers.actions.ledger import post, reverse
from volunteers.actions.register import join, leave, show_honour
from volunteers.actions.service import record_service, refuse_service

__all__ = [
    "approve_service",
    "close_day",
    "commit_hold",
    "day_book",
    "expire_holds",
    "expire_lots",
    "fund_budget",
    "hold",
    "join",
    "leave",
    "open_book",
    "post",
    "record_service",
    "refuse_service",
    "release_hold",
    "reverse",
    "show_honour",
]

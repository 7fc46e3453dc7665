"""The verbs of volunteering, one module a noun; import them from here."""

from volunteers.actions.holds import commit_hold, expire_holds, expire_lots, hold, release_hold
from volunteers.actions.ledger import post, reverse
from volunteers.actions.register import join, leave, show_honour
from volunteers.actions.service import record_service, refuse_service

__all__ = [
    "commit_hold",
    "expire_holds",
    "expire_lots",
    "hold",
    "join",
    "leave",
    "post",
    "record_service",
    "refuse_service",
    "release_hold",
    "reverse",
    "show_honour",
]

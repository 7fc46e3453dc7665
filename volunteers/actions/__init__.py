"""The verbs of volunteering, one module a noun; import them from here."""

from volunteers.actions.check_in import check_in, check_out, close_shift, undo_check_in
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
    "cancel_shift",
    "change_places",
    "check_in",
    "check_out",
    "close_shift",
    "end_activity",
    "fill_places",
    "join",
    "leave",
    "move_shift",
    "plan_ahead",
    "plan_shifts",
    "publish_activity",
    "record_service",
    "refuse_service",
    "remind_shifts",
    "remove_signup",
    "show_honour",
    "sign_up",
    "undo_check_in",
    "withdraw_signup",
]

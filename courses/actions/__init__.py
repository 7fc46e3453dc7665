"""The verbs of courses, one module a noun; import them from here."""

from courses.actions.attendance import mark_attendance
from courses.actions.classes import cancel_class, change_capacity, message_class, publish_class, turn_classes
from courses.actions.enrolment import (
    accept_offer,
    decline_offer,
    enrol,
    enrol_together,
    lapse_offers,
    move_seat,
    remove,
    withdraw,
)
from courses.actions.reminders import remind
from courses.actions.rosters import enrol_newcomer, reveal_roster
from courses.actions.sessions import cancel_session, move_session, plan_sessions
from courses.actions.teaching import record_teaching

__all__ = [
    "accept_offer",
    "cancel_class",
    "cancel_session",
    "change_capacity",
    "decline_offer",
    "enrol",
    "enrol_newcomer",
    "enrol_together",
    "lapse_offers",
    "mark_attendance",
    "message_class",
    "move_seat",
    "move_session",
    "plan_sessions",
    "publish_class",
    "record_teaching",
    "remind",
    "remove",
    "reveal_roster",
    "turn_classes",
    "withdraw",
]

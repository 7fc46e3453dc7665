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
from volunteers.actions.dispatch import (
    decline_order,
    expire_offers,
    offer_order,
    release_order,
    take_order,
    withdraw_offer,
)
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
    "cancel_order",
    "confirm",
    "decline_order",
    "dispute",
    "draw_callbacks",
    "escalate_orders",
    "expire_offers",
    "issue_card",
    "join",
    "leave",
    "mark_done",
    "offer_order",
    "post_project",
    "record_callback",
    "record_service",
    "refuse_order",
    "refuse_service",
    "release_order",
    "request_order",
    "settle",
    "show_honour",
    "sign_contract",
    "stop_card",
    "take_order",
    "use_card",
    "withdraw_offer",
]

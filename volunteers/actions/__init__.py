"""The verbs of volunteering, one module a noun; import them from here."""

from volunteers.actions.register import join, leave, show_honour
from volunteers.actions.service import record_service, refuse_service

__all__ = ["join", "leave", "record_service", "refuse_service", "show_honour"]

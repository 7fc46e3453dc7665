"""The back office of volunteering, one module a noun."""

from volunteers.admin import orders

__all__ = ["orders"]

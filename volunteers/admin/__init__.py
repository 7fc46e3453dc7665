"""Volunteers, hours and points in the back office."""

from volunteers.admin import ledger, points

__all__ = ["ledger", "points"]

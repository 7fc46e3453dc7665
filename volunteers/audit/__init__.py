"""Invariants of volunteering that span rows, one module a noun; `manage.py audit` runs them."""

from volunteers.audit import grants, orders

__all__ = ["grants", "orders"]

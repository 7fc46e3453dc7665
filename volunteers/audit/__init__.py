"""The drift finders of volunteering, one module a noun; importing them registers their checks."""

from volunteers.audit import ledger, orders, shifts

__all__ = ["ledger", "orders", "shifts"]

"""The drift finders of volunteering, one module a noun; importing them registers their checks."""

from volunteers.audit import grants, ledger, orders, shifts

__all__ = ["grants", "ledger", "orders", "shifts"]

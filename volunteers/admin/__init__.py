"""The back office of volunteering, one module a noun."""

from volunteers.admin import ledger, orders, partners, points, records, register, shifts

__all__ = ["ledger", "orders", "partners", "points", "records", "register", "shifts"]

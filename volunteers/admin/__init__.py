"""The back office of volunteering, one module a noun."""

from volunteers.admin import grants, ledger, markets, orders, partners, points, records, register, shifts

__all__ = ["grants", "ledger", "markets", "orders", "partners", "points", "records", "register", "shifts"]

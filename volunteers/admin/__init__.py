"""The back office of volunteering, one module a noun."""

from volunteers.admin import orders, partners, records, register, shifts

__all__ = ["orders", "partners", "records", "register", "shifts"]

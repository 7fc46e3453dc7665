"""Volunteers, activities, shifts and records of service in the back office."""

from volunteers.admin import partners, records, register, shifts

__all__ = ["partners", "records", "register", "shifts"]

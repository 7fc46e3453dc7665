"""Residents, accounts, posts and logs in the back office."""

from people.admin import accounts, logs, persons

__all__ = ["accounts", "logs", "persons"]

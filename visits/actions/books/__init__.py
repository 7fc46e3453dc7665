"""Household books: sent in, read by the worker, looked at, written down house by house, undone."""

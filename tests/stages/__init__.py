"""Stages: fixtures that several test modules play on, one module a noun; a conftest.py names them."""

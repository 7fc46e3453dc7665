"""Makers of rows for tests: plain functions, one module an app, sensible without arguments."""

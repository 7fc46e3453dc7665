"""Fixtures that several modules of this folder play on."""

from tests.stages.grants import call, director, expert, pitch, running, unit

__all__ = ["call", "director", "expert", "pitch", "running", "unit"]

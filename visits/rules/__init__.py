"""Enums and pure decisions of the register and of visits, by noun."""

"""The API of volunteering, one module a noun."""

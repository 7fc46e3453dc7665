"""Shape of the API of volunteering, one module a noun."""

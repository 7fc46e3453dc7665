"""Pages of volunteering, one package or module a noun."""
